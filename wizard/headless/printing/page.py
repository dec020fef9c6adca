"""Lines for a terminal: wrapped at words, with the sign or status at their start in color."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

WIDEST = 100  # cells; longer lines are hard to read, however wide the terminal is
_GREEN, _RED, _YELLOW, _CYAN, _DIM = "32", "31", "33", "36", "2"
_TONES = {
    **dict.fromkeys(("+", "✓", "Pass", "Done", "Healthy", "Delete all"), _GREEN),
    **dict.fromkeys(("-", "✗", "Failed", "Not healthy", "failed"), _RED),
    **dict.fromkeys(("~", "!", "Warning", "Unknown", "Couldn't tell", "By hand", ">", "warning", "warnings"), _YELLOW),
    **dict.fromkeys(("=", "·", "Skipped", "Already right", "skipped"), _DIM),
    "Next": _CYAN,
}
_AT_THE_START = "|".join(re.escape(one) for one in sorted(_TONES, key=len, reverse=True))
_SIGN = re.compile(rf"^(\s*)({_AT_THE_START})(?=[ :.]|$)|(?<=\d )(✓|failed|warnings?|skipped)", re.MULTILINE)
_HANGS = re.compile(r"\s*(?:[-+~=>·✓✗!?] |\d+\. )?")


@dataclass(frozen=True, slots=True)
class Page:
    """How a stream shows lines; by default unchanged, for files and pipes."""

    width: int = 0  # in cells; 0: lines aren't wrapped
    colored: bool = False
    fallback_glyphs: Mapping[int, str] = field(default_factory=dict)  # for `str.translate`

    def show(self, line: str) -> str:
        line = line.translate(self.fallback_glyphs) if self.fallback_glyphs else line
        shown = wrapped(line, min(self.width, WIDEST)) if self.width else line
        return colored(shown) if self.colored else shown


PIPE = Page()
_FALLBACK_GLYPHS = {
    "→": "->",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "«": "<<",
    "»": ">>",
    "…": "...",
    "–": "-",
    "—": "-",
    "·": "-",
    "≈": "~",
    "✓": "OK",
    "✗": "x",
    "●": "*",
    "○": "o",
    "▸": ">",
    "▶": ">",
    "■": "#",
    "□": "-",
    "•": "*",
    "×": "x",
    **dict(zip("▁▂▃▄▅▆▇█", "__..-=##", strict=True)),
    "↑": "Up",
    "↓": "Down",
    "←": "<-",
    "│": "|",
    "─": "-",
}


def fallback_glyphs(encoding: str | None) -> dict[int, str]:
    """Return plain characters for the marks that an encoding such as cp1252 or Latin-1 lacks."""
    return {ord(mark): plain for mark, plain in _FALLBACK_GLYPHS.items() if not _has(encoding or "utf-8", mark)}


def _has(encoding: str, mark: str) -> bool:
    try:
        mark.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wrapped(text: str, width: int) -> str:
    """Return the text with lines broken at blanks, to at most `width` characters where possible.

    A link or a key is never broken. The rest of a line is indented below its text, not below its sign or number.
    """
    lines = []
    for line in text.split("\n"):
        start = _HANGS.match(line)
        indent = " " * (start.end() if start else 0)
        lines += textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def colored(text: str) -> str:
    """Return the text with the sign, status or label at the start of each line in color, and counts too."""

    def paint(found: re.Match[str]) -> str:
        word = found[2] or found[3]
        return f"{found[1] or ''}\x1b[{_TONES[word]}m{word}\x1b[0m"

    return _SIGN.sub(paint, text)
