"""A mapping's trigger, in the part of Segment's query language that mappings use.

trigger = part { "or" part }      part = test { "and" test }      test = path ("=" | "!=") "text"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Json

Matches = Callable[[Json], bool]

_TEST = re.compile(r'\s*(?P<path>[\w.]+)\s*(?P<sign>!?=)\s*"(?P<text>[^"]*)"\s*')


class BadTrigger(ValueError):
    """A trigger that the sandbox doesn't understand."""


@lru_cache(maxsize=256)  # a mapping needs it for each batch
def trigger(text: str) -> Matches:
    """Return a function that says whether an event matches. Raises BadTrigger."""
    choices = [_all_of(part) for part in re.split(r"\bor\b(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", text)]
    return lambda event: any(matches(event) for matches in choices)


def _all_of(text: str) -> Matches:
    tests = [_test(part) for part in re.split(r"\band\b(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", text)]
    return lambda event: all(matches(event) for matches in tests)


def _test(text: str) -> Matches:
    found = _TEST.fullmatch(text)
    if found is None:
        raise BadTrigger(text.strip())
    look, equal, wanted = value_at(found["path"]), found["sign"] == "=", found["text"]
    return lambda event: (look(event) == wanted) is equal


def reformatted(text: str, behaviors: Collection[Behavior]) -> str:
    """Return a trigger as the API shows it: verbatim, or in another form with the same meaning."""
    parts = text.split(" or ")
    if Behavior.TRIGGER_REORDERED in behaviors:
        parts.reverse()
    if Behavior.TRIGGER_TIGHT in behaviors:
        parts = [part.replace(" = ", "=") for part in parts]
    if Behavior.TRIGGER_IN_PARENTHESES in behaviors:
        return f"({' or '.join(f'({part})' for part in parts)})"
    return " or ".join(parts)


def value_at(path: str) -> Callable[[Json], Any]:
    """Return a function that returns an event's value at the path `a.b.c`, or None if the path ends early."""
    steps = path.split(".")

    def look(event: Json) -> Any:
        value: Any = event
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    return look
