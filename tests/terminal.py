"""A program in a pseudo-terminal, and what a person sees of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pexpect
import pyte

SETTLE_S = 0.3
PATIENCE_S = 60.0


@dataclass
class Terminal:
    """A program in a terminal, and what a person sees of it."""

    child: pexpect.spawn
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(80, 24))
    written: bytes = b""  # all of it, for what a screen does not show

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def _read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                piece = self.child.read_nonblocking(65_536, timeout=0.05)
                self.written += piece
                self._stream.feed(piece)
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

    def press(self, *keys: str | bytes) -> None:
        for key in keys:
            self.child.send(key)
            self._read(SETTLE_S)

    def press_quickly(self, keys: bytes) -> None:
        """Without looking what comes of it."""
        self.child.send(keys)
        self._read(0.01)

    def press_until(self, key: str, wanted: str) -> None:
        """Presses a key again and again, each time looking first, until the screen shows what is wanted."""
        for _ in range(12):
            self._read(SETTLE_S)
            if wanted in self.text:
                return
            self.child.send(key)
        raise AssertionError(f"never saw {wanted!r}:\n{self.text}")

    def press_to_the_end(self, *keys: str) -> None:
        """Presses the keys again and again until the program has ended; an early key may mean nothing yet."""
        end = time.monotonic() + PATIENCE_S
        while self.child.isalive():
            assert time.monotonic() < end, f"it did not end:\n{self.text}"
            self.press(*keys)
        self.read_to_the_end()

    def read_to_the_end(self) -> None:
        """Reads all that is still written, until the program has ended."""
        self._read(PATIENCE_S)
        self.child.wait()
