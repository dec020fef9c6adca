"""Lines about several environments, in which a paragraph isn't repeated for the next environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

_LEAST = 3  # lines of a paragraph worth replacing: its replacement takes two
_TOLD = ("+ ", "~ ", "> ", "Failed:", "Warning:", "Unknown:")  # beginnings of a change or a finding


def without_repeats(groups: Sequence[tuple[str, Iterable[str]]]) -> list[list[str]]:
    """Return each group's lines; for a paragraph that an earlier group has, the first line and that group's name."""
    said: dict[tuple[str, ...], str] = {}
    return [list(_shortened(name, lines, said)) for name, lines in groups]


def _shortened(name: str, lines: Iterable[str], said: dict[tuple[str, ...], str]) -> Iterator[str]:
    for is_text, part in groupby(lines, key=bool):
        paragraph = tuple(part)
        is_long = is_text and len(paragraph) >= _LEAST and paragraph[0].startswith(_TOLD)
        before = said.get(paragraph) if is_long else None
        yield from (paragraph[0], f"  As in {before}.") if before else paragraph
        said.setdefault(paragraph, name)
