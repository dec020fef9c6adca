"""Narrow a long list by what a user types; the same words find the same choices everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.flow.steps.ask import Choice

LEAST_OF_AN_ID = 6  # shorter words stand in too many ids by chance


class Narrowing:
    """The choices that hold every typed word. Ids are searched only for a word that looks like part of one."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._shown = [_searched(choice) for choice in choices]
        self._hidden = [choice.search.casefold() for choice in choices]

    def matching(self, typed: str) -> list[Choice]:
        left: Sequence[int] = range(len(self._choices))
        for word in typed.casefold().split():
            by_id = len(word) >= LEAST_OF_AN_ID
            left = [i for i in left if word in self._shown[i] or (by_id and word in self._hidden[i])]
        return [self._choices[index] for index in left]


def _searched(choice: Choice) -> str:
    """Return what a row shows, with its blanks and without: where Space selects, nobody can type one."""
    shown = f"{choice.label} {choice.detail}".casefold()
    return f"{shown}\n{''.join(shown.split())}"
