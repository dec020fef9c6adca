"""The whole walk in a real pseudo-terminal of 80 by 24, with the keyboard alone."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pexpect
import pyte
import pytest

ENTER, DOWN, SPACE = "\r", "\x1b[B", " "
SETTLE_S = 0.3
PATIENCE_S = 60.0


@dataclass
class Terminal:
    """A program in a terminal, and what a person sees of it."""

    child: pexpect.spawn
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(80, 24))

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def _read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self._stream.feed(self.child.read_nonblocking(65_536, timeout=0.05))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                return

    def until(self, *wanted: str) -> None:
        """Waits until the screen shows all that is wanted."""
        end = time.monotonic() + PATIENCE_S
        while not all(text in self.text for text in wanted):
            assert time.monotonic() < end, f"never saw {wanted}:\n{self.text}"
            self._read(0.05)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)
            self._read(SETTLE_S)

    def press_until(self, key: str, wanted: str) -> None:
        """Presses a key again and again, each time looking first, until the screen shows what is wanted."""
        for _ in range(12):
            self._read(SETTLE_S)
            if wanted in self.text:
                return
            self.child.send(key)
        raise AssertionError(f"never saw {wanted!r}:\n{self.text}")


@pytest.fixture
def terminal(tmp_path: os.PathLike[str]) -> Iterator[Terminal]:
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "AUDIENCE_WIZARD_HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "wizard", "--sandbox", "--speed", "120"],
        env=environment,
        dimensions=(24, 80),
    )
    yield Terminal(child)
    child.close(force=True)


def test_the_keyboard_alone_leads_from_nothing_to_the_segment(terminal: Terminal) -> None:
    terminal.until("Begin")
    terminal.press_until(ENTER, "▸ LaunchDarkly")
    terminal.until("shop / production")
    terminal.press_until(ENTER, "▸ Twilio Segment")
    terminal.until("Production")
    terminal.press_until(ENTER, "▸ Destination")
    terminal.press_until(ENTER, "▸ Mapping")
    terminal.press_until(ENTER, "▸ Audiences")
    terminal.until("VIP customers")
    terminal.press("vip", SPACE)
    terminal.press_until(ENTER, "▸ Review")
    terminal.until("3 changes")
    terminal.press("y")
    terminal.until("read back")
    terminal.press_until(ENTER, "▸ First sync")
    terminal.press_until(ENTER, "Vip customers")
    terminal.until("1,234 members")

    terminal.press("\x1b[21~")
    terminal.child.expect(pexpect.EOF, timeout=10)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0
