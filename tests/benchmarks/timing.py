"""A program in a pseudo-terminal, whose output is stamped when it arrives: drawing it costs nothing of the times."""

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
_SLOW_START = ("PYTHONDONTWRITEBYTECODE", "NO_COLOR")  # the first would time the compiler


class Timed:
    """All times are seconds of one monotonic clock, of the moment when what is waited for had arrived."""

    def __init__(self, *arguments: str, home: Path) -> None:
        sys.setswitchinterval(0.0002)  # the thread that stamps must not wait for the one that draws
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
        """An empty piece is the end."""
        piece = b"-"
        while piece:
            try:
                piece = os.read(self._child.child_fd, 65_536)
            except OSError:
                piece = b""
            self._pieces.put((time.perf_counter(), piece))

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def until(self, wanted: Callable[[str], bool]) -> float:
        """When the screen first showed what is wanted."""
        while not wanted(self.text):
            self._take(PATIENCE_S)
        return self._at

    def until_shown(self, *texts: str) -> float:
        return self.until(lambda screen: all(text in screen for text in texts))

    def until_ended(self) -> float:
        """When the process was gone."""
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
        """Now; types a key."""
        pressed = time.perf_counter()
        os.write(self._child.child_fd, key.encode())
        return pressed

    def latency(self, key: str, part: Callable[[str], str] = lambda screen: screen) -> float:
        """From a key, pressed when nothing is drawn any more, until this part of the screen is another."""
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
