"""The line number of each setting in a setup file, which `tomllib` doesn't report."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_QUOTED = re.compile(r""""([^"\\]*)"|'([^']*)'""")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_NAME})\s*=")


def lines_of(text: str) -> Iterator[tuple[str, int]]:
    """Yield every table and key with its line number; the third `[[targets]]` is `targets[2]`."""
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


def lines_of_texts(text: str) -> Mapping[str, Sequence[int]]:
    """Return, for each text in quotes, the numbers of the lines that have it."""
    found = defaultdict(list)
    for number, line in enumerate(text.splitlines(), 1):
        for quoted in _QUOTED.finditer(line):
            found[(quoted[1] or quoted[2] or "").strip()].append(number)
    return found


def lines_of_items(
    texts: Mapping[str, Sequence[int]], values: Mapping[str, Any], lines: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Yield each list item, as `setting=item`, with its line; for an item with an escape code, the list's line."""
    for name, value in values.items():
        for item in value if isinstance(value, list) else ():
            first, found = lines.get(name, 1), texts.get(item, ())
            following = bisect_left(found, first)
            yield f"{name}={item}", found[following] if following < len(found) else first
