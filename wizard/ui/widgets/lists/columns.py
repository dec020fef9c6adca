"""The columns of a list, aligned over all rows; where room is short, the last columns are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

from wizard.flow.steps.ask import Choice
from wizard.text import cut

_TAG = "recommended"
_GAP = 2
_ID_CELLS = 9
_NUMBER = re.compile(r"[\d,]+(?= |$)")  # at the beginning of a detail: "1,234 members"


class Columns:
    """The columns' widths, measured once from all choices, so that a filter moves nothing."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        labels = sorted(_cells(choice.label) for choice in choices) or [0]
        self._label = labels[-1]
        self._most_labels = labels[-(-(len(labels) - 1) * 4 // 5)]  # a few long names don't cost everyone a column
        columns = tuple(zip_longest(*(choice.details for choice in choices), fillvalue=""))
        self._numbers = [_longest_number(column) for column in columns]
        self._details = [max(map(_cells, column)) for column in columns]
        self._tag = _GAP + len(_TAG) if any(choice.recommended for choice in choices) else 0

    def of(self, choice: Choice, room: int) -> tuple[str, str, str]:
        """Return the label, the details and the tag of one row; together they take at most `room` cells."""
        tag = self._tag if room - self._tag >= self._label + _taken(self._details[:1]) else 0
        label, details = self._fitting(room - tag)
        drawn = "".join(
            " " * _GAP + set_cell_size(_right(cut(text, cells), number, cells), cells)
            for text, number, cells in zip(_padded(choice.details, len(details)), self._numbers, details, strict=False)
            if cells
        )
        said = f"{'':{_GAP}}{_TAG}" if choice.recommended else ""
        shown = set_cell_size(cut(choice.label, label), label)
        if tag or not said:
            return shown, drawn, said
        ends_in_a_detail = bool(drawn.strip())  # without a tag column, the tag follows right after the row's text
        shown, drawn = (shown, drawn.rstrip()) if ends_in_a_detail else (shown.rstrip(), "")
        return shown, drawn, said if _cells(shown) + _cells(drawn) + len(said) <= room else ""

    def _fitting(self, room: int) -> tuple[int, list[int]]:
        """Return the widths of the label and of the details shown; a long label keeps up to two thirds of `room`."""
        details = list(self._details)
        most = room * 2 // 3
        least = self._label if self._label <= most else min(self._most_labels, most)
        while len(details) > 1 and least + _taken(details) > room:
            details.pop()
        label = min(self._label, max(least, room - _taken(details)))
        if len(details) == 1:
            details = [max(0, min(details[0], room - label - _GAP))]
        return max(0, min(label, room)), details


def _longest_number(column: Sequence[str]) -> int:
    """Return how long the longest number of a column is, if each of its details begins with one."""
    numbers = [_NUMBER.match(text) for text in column if text]
    return max((len(one[0]) for one in numbers if one), default=0) if all(numbers) else 0


def _right(text: str, number: int, cells: int) -> str:
    """Return a detail with its number aligned at the last digit, as far as the column has room for that."""
    found = _NUMBER.match(text) if number else None
    return " " * min(number - len(found[0]), cells - len(text)) + text if found else text


def _taken(details: Sequence[int]) -> int:
    return sum(cells + _GAP for cells in details if cells)


def _padded(details: tuple[str, ...], count: int) -> tuple[str, ...]:
    return (*details, *[""] * count)[:count]


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def with_distinct_labels(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the choices, with the beginning of the ID beside those that would look the same."""
    times = Counter((choice.label, choice.details) for choice in choices)
    if len(times) == len(choices):
        return choices

    def beside(choice: Choice) -> str:
        return cut(choice.value, _ID_CELLS) if times[choice.label, choice.details] > 1 else ""

    return tuple(replace(choice, details=(beside(choice), *choice.details)) for choice in choices)
