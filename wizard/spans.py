"""Durations in words, the same in every interface."""

from __future__ import annotations


def elapsed(seconds: float) -> str:
    """Return a duration in words: "3 s", "4 min", "4 min 10 s", "2 h 5 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
