"""A program in a pseudo-terminal, whose output is stamped on arrival, so that drawing it costs no measured time."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

COLUMNS, ROWS = 100, 30
PATIENCE_S = 60.0
QUIET_S = 0.15
_ASKS, _ANSWER = b"\x1b[c", b"\x1b[?62;22c"  # which terminal it is: every real one answers at once
_SLOW_START = ("PYTHONDONTWRITEBYTECODE", "NO_COLOR")  # the first one would time the compiler


class Timed:
    """A program and its output; all times are seconds of one monotonic clock, at the moment of arrival."""

    def __init__(self, *arguments: str, home: Path) -> None:
        sys.setswitchinterval(0.0002)  # the stamping thread must not wait for the drawing one
        environment = {name: value for name, value in os.environ.items() if name not in _SLOW_START} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "AUDIENCE_WIZARD_HOME": str(home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self.began = self._at = time.perf_counter()
        self._child = pexpect.spawn(sys.executable, list(arguments), env=environment, dimensions=(ROWS, COLUMNS))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        """Read a piece of output; an empty piece is the end."""
        piece = b"-"
        while piece:
            try:
                piece = os.read(self._child.child_fd, 65_536)
            except OSError:
                piece = b""
            self._pieces.put((time.perf_counter(), piece))
            if _ASKS in piece:
                os.write(self._child.child_fd, _ANSWER)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def until(self, wanted: Callable[[str], bool]) -> float:
        """Return when the screen first showed a text."""
        while not wanted(self.text):
            self._take(PATIENCE_S)
        return self._at

    def until_shown(self, *texts: str) -> float:
        return self.until(lambda screen: all(text in screen for text in texts))

    def until_ended(self) -> float:
        """Return when the process was gone."""
        try:
            while True:
                self._take(PATIENCE_S)
        except EOFError:
            self._child.wait()
        return time.perf_counter()

    def until_quiet(self) -> None:
        try:
            while True:
                self._take(QUIET_S)
        except queue.Empty:
            return

    def press(self, key: str) -> float:
        """Type a key, and return the time."""
        pressed = time.perf_counter()
        os.write(self._child.child_fd, key.encode())
        return pressed

    def latency(self, key: str, part: Callable[[str], str] = lambda screen: screen) -> float:
        """Return the time from a key, pressed on a quiet screen, until this part of the screen changed."""
        self.until_quiet()
        before = part(self.text)
        pressed = self.press(key)
        return self.until(lambda screen: part(screen) != before) - pressed

    def close(self) -> None:
        self._child.close(force=True)

    def _take(self, patience: float) -> None:
        self._at, piece = self._pieces.get(timeout=patience)
        if not piece:
            raise EOFError(f"the program ended:\n{self.text}")
        self._stream.feed(piece)
