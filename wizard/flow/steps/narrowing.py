"""Narrow a long list by what a user types; the same words find the same choices everywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wizard.flow.steps.ask import Choice

_BLANKS_AND_SIGNS = re.compile(r"[^\w\n]|_")
LEAST_OF_AN_ID = 6  # shorter words occur in too many IDs by chance


class Narrowing:
    """The choices that hold every typed word. Ids are searched only for a word that looks like part of one."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._shown = ["\n".join((choice.label, *choice.details)).casefold() for choice in choices]
        self._bare = [_bare(shown) for shown in self._shown]
        self._hidden = [choice.search.casefold() for choice in choices]

    def matching(self, typed: str) -> list[Choice]:
        left: Sequence[int] = range(len(self._choices))
        for word in typed.casefold().split():
            by_id, bare = len(word) >= LEAST_OF_AN_ID, _bare(word)
            left = [
                i
                for i in left
                if word in self._shown[i] or (bare and bare in self._bare[i]) or (by_id and word in self._hidden[i])
            ]
        return [self._choices[index] for index in left]


def _bare(text: str) -> str:
    """Return a text without blanks and signs: where Space selects, nobody can type a blank."""
    return _BLANKS_AND_SIGNS.sub("", text)
