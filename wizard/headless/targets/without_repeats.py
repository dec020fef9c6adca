"""Lines about several environments, in which a paragraph isn't repeated for the next environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from wizard.domain.findings import Status
from wizard.domain.planning.change import Action
from wizard.flow.words import STATUSES
from wizard.flow.writing.plan_rows import MARKS

_LEAST = 3  # lines of a paragraph worth replacing: its replacement takes two
_CHANGES = (Action.CREATE, Action.UPDATE, Action.BY_HAND)
_PROBLEMS = (Status.FAIL, Status.WARN, Status.UNKNOWN)
_BEGINNINGS = (*(f"{MARKS[one]} " for one in _CHANGES), *(f"{STATUSES[one].capitalize()}:" for one in _PROBLEMS))


def without_repeats(groups: Sequence[tuple[str, Iterable[str]]]) -> list[list[str]]:
    """Return each group's lines; for a paragraph that an earlier group has, the first line and that group's name."""
    said: dict[tuple[str, ...], str] = {}
    return [list(_shortened(name, lines, said)) for name, lines in groups]


def _shortened(name: str, lines: Iterable[str], said: dict[tuple[str, ...], str]) -> Iterator[str]:
    for is_text, part in groupby(lines, key=bool):
        paragraph = tuple(part)
        is_long = is_text and len(paragraph) >= _LEAST and paragraph[0].startswith(_BEGINNINGS)
        before = said.get(paragraph) if is_long else None
        yield from (paragraph[0], f"  As in {before}.") if before else paragraph
        said.setdefault(paragraph, name)
