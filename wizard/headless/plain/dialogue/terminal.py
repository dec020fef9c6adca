"""The real conversation, on standard input and output: whole lines, no cursor movement, nothing repainted."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from wizard.daemon_thread import in_daemon_thread
from wizard.headless.plain.dialogue.conversation import EndOfInput
from wizard.headless.printing.page import WIDEST, fallback_glyphs, wrapped

NARROWEST, USUAL = 20, 80
_PASTE_S = 0.3  # lines of one paste follow each other within this time, even over a slow connection
_CHUNK = 65_536


class Terminal:
    """Standard input and output. A daemon thread reads the file descriptor itself.

    A thread that waits in `sys.stdin` would hold its lock, and the interpreter couldn't end after Ctrl+C.
    """

    def __init__(self, source: TextIO | None = None, out: TextIO | None = None, *, rings: bool = False) -> None:
        self._out = out or sys.stdout
        self._rings = rings and self._out.isatty()
        if isinstance(self._out, io.TextIOWrapper):
            self._out.reconfigure(errors="replace")  # a terminal without "…" shows a question mark instead of an error
        self._fallback_glyphs = fallback_glyphs(self._out.encoding)
        self._fd = _descriptor(source or sys.stdin)
        self._input = None if self._fd is None else open(self._fd, "rb", buffering=0, closefd=False)  # noqa: SIM115
        self._is_tty = self._fd is not None and os.isatty(self._fd)
        self._waiting = b""
        self._secret_came = False  # whether a secret was read since the last prompt

    def say(self, text: str = "") -> None:
        width = max(NARROWEST, shutil.get_terminal_size((USUAL, 24)).columns)
        self._print(wrapped(text, min(width, WIDEST)) + "\n")

    async def ask(self, prompt: str) -> str:
        self._drop_rest_of_secret()
        self._print(prompt)
        answer = await in_daemon_thread(self._line, "answers")
        if not self._is_tty:
            self.say(answer)  # no terminal echoed the answer, and a transcript needs it
        return answer

    async def ask_secret(self, prompt: str) -> str:
        with self._hidden(prompt):
            return await in_daemon_thread(self._read_secret, "answers")

    def read_secret(self, prompt: str) -> str:
        """Read a secret like `ask_secret`, but block until it has come. Raises EndOfInput."""
        with self._hidden(prompt):
            return self._read_secret()

    @contextlib.contextmanager
    def _hidden(self, prompt: str) -> Iterator[None]:
        self._drop_rest_of_secret()
        with _without_echo(self._fd if self._is_tty else None, again=lambda: self._print(prompt)):
            self._print(prompt)
            yield
        self._secret_came = True
        self.say()

    def _drop_rest_of_secret(self) -> None:
        """Drop input since a secret was read: a late line of that paste must not answer the next question."""
        if self._secret_came and self._is_tty and sys.platform != "win32":
            import termios

            self._waiting = b""
            with contextlib.suppress(OSError, termios.error):  # the terminal was closed
                termios.tcflush(self._fd or 0, termios.TCIFLUSH)
        self._secret_came = False

    def _read_secret(self) -> str:
        return _windows_paste() if self._is_tty and os.name == "nt" else self._paste()

    def ring(self) -> None:
        if self._rings:
            self._print("\a")

    def _print(self, text: str) -> None:
        """Print lines. Raises BrokenPipeError if the reader is gone or the terminal was closed."""
        try:
            print(text.translate(self._fallback_glyphs), end="", file=self._out, flush=True)
        except OSError as error:
            if error.errno not in {errno.EPIPE, errno.EIO}:
                raise  # such as a full disk
            raise BrokenPipeError(error.errno, error.strerror) from error

    # --- reading, in the thread ----------------------------------------------------------------------------------

    def _line(self) -> str:
        while b"\n" not in self._waiting and (more := self._read()):
            self._waiting += more
        line, end, self._waiting = self._waiting.partition(b"\n")
        if not line and not end:
            raise EndOfInput
        return line.decode(errors="replace").rstrip("\r")

    def _paste(self) -> str:
        """Return a line and, at a terminal, all lines pasted with it: the next question must not get half a secret."""
        lines = [self._line()]
        while self._is_tty and (self._waiting or self._has_more()):
            lines.append(self._line())
        return "\n".join(lines)

    def _has_more(self) -> bool:
        if self._fd is None:
            return False
        try:
            ready, _, _ = select.select([self._fd], [], [], _PASTE_S)
        except (OSError, ValueError):  # Windows selects sockets only
            return False
        return bool(ready)

    def _read(self) -> bytes:
        if self._input is None:
            return b""
        try:
            return self._input.read(_CHUNK) or b""
        except OSError:  # the terminal was closed
            return b""


def _windows_paste() -> str:
    """Read a paste on Windows, whose console has no echo to switch off, and drop the lines pasted after the first."""
    if sys.platform != "win32":
        raise AssertionError("only Windows has this console")
    import getpass
    import msvcrt

    try:
        line = getpass.getpass("")
    except EOFError:
        raise EndOfInput from None
    while msvcrt.kbhit():
        msvcrt.getwch()
    return line


def _descriptor(source: TextIO | None) -> int | None:
    """Return the file descriptor; None when standard input is closed."""
    try:
        return None if source is None else source.fileno()
    except (OSError, ValueError):
        return None


@contextlib.contextmanager
def _without_echo(fd: int | None, again: Callable[[], None]) -> Iterator[None]:
    """Hide what is typed. Turn the echo back on in any case, even after Ctrl+C, or the shell wouldn't show typing.

    While the wizard is stopped (Ctrl+Z), a shell turns the echo on and leaves it on. When the wizard continues, hide
    the typing again and call `again`, which repeats the prompt.
    """
    if sys.platform == "win32" or fd is None:
        yield
        return
    import termios

    before = termios.tcgetattr(fd)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]

    def hide_again(*_: object) -> None:
        termios.tcsetattr(fd, termios.TCSADRAIN, silent)
        again()

    earlier = signal.signal(signal.SIGCONT, hide_again)
    try:
        termios.tcsetattr(fd, termios.TCSADRAIN, silent)
        yield
    finally:
        signal.signal(signal.SIGCONT, earlier)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
