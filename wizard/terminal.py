"""What the wizard is shown on: a browser, a terminal with a full screen, or a terminal without one, and why."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import TextIOWrapper

_NO_SCREEN = ("dumb", "unknown")


def in_browser(environ: Mapping[str, str]) -> bool:
    """Return whether a server such as textual-serve runs the wizard and draws it in a browser."""
    return bool(environ.get("TEXTUAL_DRIVER"))


def is_there() -> bool:
    """Return whether standard input and standard output are both a terminal."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty())


def canvas() -> TextIOWrapper | None:
    """Return the stream to draw on: standard error, as Textual does, unless it's redirected (`2>file`)."""
    error, output = sys.__stderr__, sys.__stdout__
    return error if error and (error.isatty() or output is None) else output


def why_no_screen(environ: Mapping[str, str]) -> str:
    """Return why a full screen can't be drawn on this terminal; empty when it can."""
    term = environ.get("TERM", "")
    if term in _NO_SCREEN:
        return f"A terminal with TERM={term} can't show the full screen. The wizard runs line by line."
    encoding = sys.getfilesystemencoding()  # the locale's encoding, or UTF-8 where Python assumes it (LANG=C)
    if encoding.lower() not in {"utf-8", "utf8"}:
        return f"The full screen needs a UTF-8 locale, and this one is {encoding}. The wizard runs line by line."
    return ""
