"""Where each setting of a setup file stands: its line, which `tomllib` doesn't report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_NAME})\s*=")


def lines_of(text: str) -> Iterator[tuple[str, int]]:
    """Return the last line number of every table and key; those of the third `[[targets]]` begin with `targets[2]`."""
    table, seen = "", Counter[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            name = _dotted(header[2])
            table = f"{name}[{seen[name]}]" if header[1] == "[[" else name
            seen[name] += 1
            yield name, number
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{_dotted(key[1])}" if table else _dotted(key[1]), number


def _dotted(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in re.findall(_PART, name))


def lines_of_items(text: str, values: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Return the line of each list item that is written there literally."""
    rows = text.splitlines()
    for name, value in values.items():
        for item in value if isinstance(value, list) else ():
            first = lines.get(name, 1)
            found = (number for number in range(first, len(rows) + 1) if item in rows[number - 1])
            yield f"{name}={item}", next(found, first)
