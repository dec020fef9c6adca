"""Why a command doesn't start: wrong usage or configuration, in sentences. Ends with exit code 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.domain.tokens.credentials import Shape, holds_a_token, read_paste
from wizard.text import plain

_CREDENTIALS = {Shape.ACCESS_TOKEN, Shape.SDK_KEY, Shape.MOBILE_KEY, Shape.SEGMENT_TOKEN, Shape.SEVERAL}
CLOSE = 0.6  # of 1; less similar names have little to do with each other
_LONGEST_NAME = 40  # a word of this many characters is more likely a token than a name


class Refused(Exception):
    """Nothing was done; `lines` give all the reasons."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a setup file; `line` 0 means that it has no line of its own."""

    line: int
    key: str
    what: str
    nearest: str = ""

    def at(self, file: str) -> str:
        where = f"{file}:{self.line}" if self.line else file
        key = "this key" if holds_a_token(self.key) else plain(self.key)
        hint = f" Nearest valid: {self.nearest}." if self.nearest else ""
        return f"{where}: {key}: {self.what}{hint}"


def nearest(given: str, valid: Iterable[str], least: float = 0.0) -> str:
    """Return the most similar name; empty when none is at least so similar."""
    lowered = {name.casefold(): name for name in sorted(valid, reverse=True)}
    found = difflib.get_close_matches(given.casefold(), lowered, n=1, cutoff=least)
    return lowered[found[0]] if found else ""


def did_you_mean(given: str, valid: Iterable[str], *, by_word: bool = False) -> str:
    """Return the question to add to a refusal; empty when no name is close. `by_word`: one word of a name may do."""
    names = tuple(valid)
    words = {word: name for name in reversed(names) for word in name.split("-")} if by_word else {}
    near = nearest(given, names, CLOSE) or words.get(nearest(given, words, CLOSE), "")
    return f" Did you mean {near}?" if near else ""


def shown(value: object) -> str:
    """Quote what a person typed; a text that may be a secret isn't repeated."""
    text = str(value)
    secret = read_paste(text).shape in _CREDENTIALS or (len(text) >= _LONGEST_NAME and " " not in text)
    return "this text" if secret else f"“{plain(text, 60)}”"
