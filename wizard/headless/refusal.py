"""Why a command doesn't start: wrong usage or configuration, in sentences. The exit code is 2."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wizard.domain.credentials import Shape, holds_a_token, read_paste
from wizard.text import plain

_CREDENTIALS = {Shape.ACCESS_TOKEN, Shape.SDK_KEY, Shape.MOBILE_KEY, Shape.SEGMENT_TOKEN, Shape.SEVERAL}
CLOSE = 0.6  # of 1; less similar names have little to do with each other
_LONGEST_KEY = 120  # characters of a key that are shown and compared
_LONGEST_NAME = 40  # a word of this length or more is more likely a token than a name


class Refused(Exception):
    """Nothing was done; `lines` give all the reasons."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a setup file; `line` 0 means that it has no line of its own.

    `nearest` finds the nearest valid name. That takes a while, so it's only called for mistakes that are shown.
    """

    line: int
    key: str
    what: str
    nearest: Callable[[], str] = str

    def at(self, file: str) -> str:
        where = f"{file}:{self.line}" if self.line else file
        key = "this key" if holds_a_token(self.key) else plain(self.key, _LONGEST_KEY)
        near = self.nearest()
        return f"{where}: {key}: {self.what}{f' Nearest valid: {near}.' if near else ''}"


def nearest(given: str, valid: Iterable[str], least: float = 0.0) -> str:
    """Return the most similar name; empty if none has at least the similarity `least` (0 to 1)."""
    compared, best = difflib.SequenceMatcher(b=given.casefold()[:_LONGEST_KEY]), ""
    for name in sorted(valid, reverse=True):
        compared.set_seq1(name.casefold()[:_LONGEST_KEY])
        is_far = compared.real_quick_ratio() < least or compared.quick_ratio() < least
        if not is_far and (ratio := compared.ratio()) >= least and (ratio > least or not best):
            least, best = ratio, name
    return best


def did_you_mean(given: str, valid: Iterable[str], *, by_word: bool = False) -> str:
    """Return " Did you mean …?", or an empty text if no name is close. With `by_word`, one word of a name is enough."""
    names = tuple(valid)
    words = {word: name for name in reversed(names) for word in name.split("-")} if by_word else {}
    near = nearest(given, names, CLOSE) or words.get(nearest(given, words, CLOSE), "")
    return f" Did you mean {near}?" if near else ""


def quoted(value: object) -> str:
    """Return a typed text in quotes; a text that may be a secret isn't repeated."""
    text = str(value)
    secret = read_paste(text).shape in _CREDENTIALS or (len(text) >= _LONGEST_NAME and " " not in text)
    return "this text" if secret else f"“{plain(text, 60)}”"
