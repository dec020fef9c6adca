"""Cache the last result of a function whose arguments are never mutated."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def memoize_last(make: Callable[P, R]) -> Callable[P, R]:
    """Return `make` with a cache of its last result, which is used for as long as the arguments are the same.

    While facts are judged, the same question is asked about them a hundred times, and there may be ten thousand
    choices. Only the last arguments are kept, so no earlier state stays in memory.
    """
    kept: list[tuple[tuple[object, ...], R]] = []

    @wraps(make)
    def made(*of: P.args, **named: P.kwargs) -> R:
        given = (*of, *named, *named.values())
        last = kept[0] if kept else None  # read once: a thread with another profile may replace it
        if last is None or len(last[0]) != len(given) or not all(map(_is_same, last[0], given)):
            last = given, make(*of, **named)
            kept[:] = [last]
        return last[1]

    return made


def _is_same(before: object, now: object) -> bool:
    """Compare by identity; only dicts and frozensets, which are small here, also by content."""
    return before is now or (isinstance(now, dict | frozenset) and before == now)
