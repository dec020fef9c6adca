"""A frame that looks like the wizard, shown before the libraries that draw the real one are loaded.

This module doesn't import Textual. Keys typed meanwhile aren't echoed, don't end the program, and reach the wizard: the
terminal is put into the wizard's own mode without flushing its input.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from functools import cached_property
from time import monotonic
from typing import Any

from wizard.exit_codes import ExitCode
from wizard.home import home_of
from wizard.terminal import canvas, in_browser, is_there, why_no_screen
from wizard.ui.appearance.palette import DARK, LIGHT
from wizard.ui.appearance.scheme import LIGHT as LIGHT_SCHEME
from wizard.ui.appearance.scheme import QUESTION, Replies, chosen, guessed

NAME = "Audience Wizard"
_ENTER = "\x1b[?1049h\x1b[?25l"
_LEAVE = "\x1b[H\x1b[2J\x1b[?25h\x1b[?1049l"  # cleared first: not every terminal has an alternate screen
_PATIENCE_S = 0.05  # seconds to wait for the background; a later answer, as over SSH, changes the colors then


def draw(columns: int, rows: int, *, colored: bool, scheme: str = "") -> str:
    """Return the title line, both hairlines and "Starting …" as terminal output."""
    colors = LIGHT if scheme == LIGHT_SCHEME else DARK
    back = _paint(48, colors.background) if colored else ""
    fore = colors.foreground, colors.hairline, colors.muted
    text, line, dim = (_paint(38, one) if colored else "" for one in fore)
    rule = "─" * columns
    return "".join(
        (
            f"{back}\x1b[2J\x1b[H{text} \x1b[1m{NAME}\x1b[22m",
            f"\x1b[2;1H{line}{rule}",
            f"\x1b[{max(3, rows - 1)};1H{rule}",
            f"\x1b[{max(4, rows)};1H{dim} Starting …",
            "\x1b[0m",
        )
    )


def _paint(layer: int, color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"\x1b[{layer};2;{red};{green};{blue}m"


class EarlyFrame:
    """The frame, shown only on a terminal; removed on leaving, unless another driver has taken over."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._before: list[Any] = []  # the terminal's attributes before the frame was shown
        self._is_mine = False
        self._typed = b""
        self.replies = Replies()

    @cached_property
    def chosen(self) -> str:
        """The user's own choice of light or dark; empty when there is none."""
        return chosen(self._environ, home_of(self._environ))

    @property
    def reported(self) -> str:
        """Light or dark, by the terminal's background, else by `COLORFGBG`; empty when neither is known."""
        return self.replies.scheme or guessed(self._environ)

    def __enter__(self) -> EarlyFrame:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def show(self) -> None:
        """Show the frame; later calls do nothing."""
        if sys.platform == "win32" or self._before or not _can_draw(self._environ):
            return
        import termios

        stdin = sys.stdin.fileno()
        self._before, quiet = termios.tcgetattr(stdin), termios.tcgetattr(stdin)
        quiet[0] &= ~(termios.IXON | termios.ICRNL)
        quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        termios.tcsetattr(stdin, termios.TCSANOW, quiet)
        self._is_mine = True
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Python's own interrupt can be lost in an import
            if signal.getsignal(each) is not signal.SIG_IGN:
                signal.signal(each, self._stop)
        self._look_at_the_colors(stdin)
        columns, rows = os.get_terminal_size(stdin)
        colored = self._environ.get("COLORTERM", "") in {"truecolor", "24bit"} and "NO_COLOR" not in self._environ
        _write(draw(columns, rows, colored=colored, scheme=self.chosen or self.reported))

    def _look_at_the_colors(self, stdin: int) -> None:
        """Ask the terminal for its background, and wait a moment unless the user has chosen; keep typed keys."""
        from select import select

        _write(_ENTER + QUESTION)
        self.replies = Replies(expected=True)
        end = monotonic() + (0 if self.chosen else _PATIENCE_S)
        while self.replies.expected and select([stdin], [], [], max(0.0, end - monotonic()))[0]:
            if not (data := os.read(stdin, 4_096)):
                return
            self._typed += self.replies.typed_in(data)

    def take_typed(self) -> bytes:
        """Return the keys typed so far, and forget them; after this, another driver reads."""
        typed, self._typed = self._typed, b""
        return typed

    def _stop(self, *_: object) -> None:
        """End the process on a signal: nothing but imports is in progress."""
        self.give_back()
        os._exit(ExitCode.INTERRUPTED)

    def hand_over(self) -> list[Any]:
        """Leave the terminal to another driver, and return the attributes to restore, if the frame was shown."""
        self._is_mine = False
        return self._before

    def give_back(self) -> None:
        """Restore the terminal, unless it was closed."""
        if sys.platform != "win32" and self._before and not is_gone():
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._before)
        if self._is_mine:
            self._is_mine = False
            with contextlib.suppress(OSError):
                _write(_LEAVE)


def is_gone() -> bool:
    """Return whether the terminal was closed or its connection broke."""
    if sys.platform == "win32":
        return False
    import termios

    try:
        termios.tcgetattr(sys.stdin.fileno())
    except termios.error:
        return True
    return False


def _can_draw(environ: Mapping[str, str]) -> bool:
    plain = environ.get("ACCESSIBLE", "") not in {"", "0"} or not environ.get("TERM") or why_no_screen(environ)
    return is_there() and not plain and not in_browser(environ)


def _write(text: str) -> None:
    if stream := canvas():
        os.write(stream.fileno(), text.encode())
