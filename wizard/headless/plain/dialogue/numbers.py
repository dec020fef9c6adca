"""Numbers that a person types; a paste may have thousands of digits."""

from __future__ import annotations

import re

_MOST_DIGITS = 9  # a list is never that long, and Python refuses to read very long numbers


def number_in(given: str, most: int) -> int | None:
    """Return the number that was typed; None for anything but one from 1 to `most`."""
    given = given.strip()
    if not given.isdecimal() or len(given) > _MOST_DIGITS:
        return None
    return int(given) if 1 <= int(given) <= most else None


def numbers_in(given: str, most: int) -> list[int]:
    """Return the typed numbers; an empty list if any of them isn't from 1 to `most`."""
    numbers = [number_in(digits, most) for digits in re.findall(r"\d+", given)]
    return [number for number in numbers if number is not None] if None not in numbers else []
