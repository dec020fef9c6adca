"""A program in a pseudo-terminal, and its screen."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect
import pyte

SETTLE_S = 0.3
QUIET_S = 0.03
COMES_UP_S = 0.2
NOTHING_S = 3.0
PATIENCE_S = 60.0


def untouched_attributes() -> list[Any]:
    """Return the attributes of a new terminal, because a program may change those of its own as soon as it starts."""
    if sys.platform == "win32":
        return []  # Windows has no such terminals, and tests that need one are skipped
    import termios

    ours, theirs = os.openpty()
    try:
        return termios.tcgetattr(theirs)
    finally:
        os.close(ours)
        os.close(theirs)


def spawned(command: str, arguments: list[str], environment: dict[str, str], **more: Any) -> pexpect.spawn[Any]:
    """Start a program in a pseudo-terminal of 80 by 24, without pexpect's pauses, which these programs don't need."""
    child: pexpect.spawn[Any] = pexpect.spawn(command, arguments, env=environment, **{"dimensions": (24, 80)} | more)
    child.delaybeforesend = None  # pexpect's pause is for programs that are about to turn off the echo
    child.ptyproc.delayafterclose = 0.01  # time for a program to end by itself when its terminal is gone
    return child


def killed(child: pexpect.spawn[Any]) -> None:
    """Kill a program after a test, if it still runs, and close its terminal."""
    if sys.platform != "win32" and child.isalive():
        child.kill(signal.SIGKILL)
    child.close(force=True)


@dataclass
class Terminal:
    """A program in a pseudo-terminal; `until` waits for what its screen shows."""

    child: pexpect.spawn[Any]
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(80, 24))
    written: bytes = b""  # all output, including what a screen doesn't show
    has_ended: bool = False

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def _read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.has_ended and (left := end - time.monotonic()) > 0:
            self._read_on(left)

    def _read_on(self, seconds: float) -> None:
        """Wait at most `seconds` for output, and read it."""
        try:
            piece = self.child.read_nonblocking(65_536, timeout=seconds)
            self.written += piece
            self._stream.feed(piece)
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            self.has_ended = True

    def _settle(self) -> None:
        """Read until the program waits, which means that it sleeps, writes nothing and uses no CPU time for a moment.

        If that can't be read, or the program is always busy, read for `SETTLE_S`.
        """
        end, now = time.monotonic() + SETTLE_S, self._done()
        while time.monotonic() < end and not self.has_ended:
            before = now
            self._read(QUIET_S)
            now = self._done()
            if now == before and now[1] is not None:
                return

    def _done(self) -> tuple[int, int | None]:
        return len(self.written), _cpu_ticks_of_a_sleeper(self.child.pid)

    def until(self, *wanted: str) -> None:
        """Wait until the screen shows every text."""
        self.until_true(lambda: all(text in self.text for text in wanted), f"never saw {wanted}")

    def until_written(self, wanted: bytes) -> None:
        """Wait until the program has written something that a screen may not show."""
        self.until_true(lambda: wanted in self.written, f"never wrote {wanted!r}")

    def until_true(self, true: Callable[[], bool], otherwise: str = "it never came true") -> None:
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, f"{otherwise}:\n{self.text}"
            assert not self.has_ended, f"it ended, and {otherwise}:\n{self.text}"
            self._read_on(0.05)

    def press(self, *keys: str | bytes) -> None:
        for key in keys:
            self.child.send(key)
            self._settle()

    def press_quickly(self, keys: bytes) -> None:
        """Press keys without waiting in between."""
        self.child.send(keys)
        self._read(0.01)

    def wait_for_start(self) -> None:
        """Wait until a pressed button has come up again: before that, it takes no other Enter."""
        self._read(COMES_UP_S)

    def press_until(self, key: str, wanted: str) -> None:
        """Press a key until the screen shows a text; press again only after the last press had its effect."""
        end = time.monotonic() + PATIENCE_S
        self._settle()
        while wanted not in self.text:
            assert time.monotonic() < end, f"never saw {wanted!r}:\n{self.text}"
            assert not self.has_ended, f"it ended, and never saw {wanted!r}:\n{self.text}"
            self.child.send(key)
            self._read_what_it_does()

    def _read_what_it_does(self) -> None:
        """Read until the screen changes, at most for `NOTHING_S`: a key that comes too early has no effect."""
        before, end = self.text, time.monotonic() + NOTHING_S
        while self.text == before and time.monotonic() < end and not self.has_ended:
            self._read_on(0.05)
        self._settle()

    def press_to_the_end(self, *keys: str) -> None:
        """Press keys repeatedly until the program ends, because a key may come too early to count."""
        end = time.monotonic() + PATIENCE_S
        while self.child.isalive():
            assert time.monotonic() < end, f"it did not end:\n{self.text}"
            self.press(*keys)
        self.read_to_the_end()

    def read_to_the_end(self) -> None:
        """Read the rest of the output, until the program ends."""
        self._read(PATIENCE_S)
        assert self.has_ended, f"it did not end:\n{self.text}"
        self.child.wait()


def _cpu_ticks_of_a_sleeper(pid: int) -> int | None:
    """Return the CPU time that a process has used, in hundredths of a second; None while it runs or can't be read."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[10]) + int(fields[11]) if state == "S" else None
