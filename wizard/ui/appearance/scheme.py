"""Light or dark: what the user chose, else what fits the terminal's background.

`AUDIENCE_WIZARD_THEME` wins over the choice that was kept. Both win over the terminal's answer (OSC 11), and that over
`COLORFGBG`. This module doesn't import Textual, because the early frame uses it before Textual is loaded.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

LIGHT, DARK = "light", "dark"
VARIABLE = "AUDIENCE_WIZARD_THEME"
QUESTION = (
    "\x1b]11;?\x1b\\\x1b[c"  # every terminal answers the second part, so the wait ends even if the first gets no answer
)
_FILE = ".theme"  # no profile's name begins with a dot
_BACKGROUND = re.compile(rb"\x1b\]11;([^\x07\x1b]{0,60})(?:\x07|\x1b\\)")
_ATTRIBUTES = re.compile(rb"\x1b\[\?[\d;]{0,60}c")
_BEGUN = re.compile(rb"\x1b\](?:1|11|11;[^\x07\x1b]{0,60}\x1b?)?\Z")
_PERHAPS_BEGUN = re.compile(_BEGUN.pattern + rb"|\x1b(?:\[(?:\?[\d;]{0,60})?)?\Z")
_COLOR = re.compile(rb"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_LIGHT_NUMBERS = {"7", *(str(number) for number in range(9, 16))}  # of the 16 colors, as vim counts them


class Replies:
    """Separate a terminal's answers to `QUESTION` from typed keys; the answers may arrive late and in pieces.

    `expected`: the answer to the second part hasn't come yet. It comes first from a multiplexer that has to ask
    another terminal for the color.
    """

    def __init__(self, *, expected: bool = False) -> None:
        self.expected = expected
        self.scheme = ""
        self._held = b""

    def typed_in(self, data: bytes) -> bytes:
        """Return the typed bytes in `data`; the beginning of an answer is held until the rest arrives."""
        data, self._held = self._held + data, b""
        if found := _BACKGROUND.search(data):
            self.scheme = scheme_of(found[1])
            data = data.replace(found[0], b"")
        if self.expected and (found := _ATTRIBUTES.search(data)):
            self.expected = False
            data = data.replace(found[0], b"")
        if begun := (_PERHAPS_BEGUN if self.expected else _BEGUN).search(data):
            self._held = begun[0]
        return data.removesuffix(self._held)

    def release(self) -> bytes:
        """Return the held bytes: the rest of an answer never arrived, so a person typed them."""
        held, self._held = self._held, b""
        return held


def scheme_of(color: bytes) -> str:
    """Return the scheme for a background such as `rgb:ffff/ffff/ffff`; empty when it isn't a color."""
    found = _COLOR.fullmatch(color) or _COLOR.match(color)
    if found is None:
        return ""
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    return LIGHT if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else DARK


def guessed(environ: Mapping[str, str]) -> str:
    """Return the scheme that `COLORFGBG` names ("0;15": black on white); empty when it names none."""
    number = environ.get("COLORFGBG", "").rpartition(";")[2]
    return (LIGHT if number in _LIGHT_NUMBERS else DARK) if number.isdecimal() else ""


def chosen(environ: Mapping[str, str], home: Path | None) -> str:
    """Return the user's choice: the variable's, else the kept one; empty when there is none."""
    return _valid(environ.get(VARIABLE, "")) or (kept(home) if home else "")


def mistake(environ: Mapping[str, str]) -> str:
    """Return what is wrong with the variable's value; empty when it can be used."""
    value = environ.get(VARIABLE, "").strip()
    known = not value or bool(_valid(value))
    return "" if known else f"{VARIABLE} is {value[:40]!a}. Use {LIGHT} or {DARK}, or leave it out."


def kept(home: Path) -> str:
    try:
        return _valid((home / _FILE).read_text("ascii"))
    except (OSError, ValueError):
        return ""


def keep(home: Path, scheme: str) -> None:
    """Keep a choice for the next runs; an empty one means to ask the terminal again."""
    with contextlib.suppress(OSError):  # then the choice is for this run only
        if scheme:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            (home / _FILE).write_text(f"{scheme}\n", "ascii")
        else:
            (home / _FILE).unlink(missing_ok=True)


def _valid(text: str) -> str:
    text = text.strip().lower()
    return text if text in (LIGHT, DARK) else ""
