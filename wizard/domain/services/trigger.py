"""Compare mappings' triggers by meaning: Segment may show other spaces, parentheses or order than it was sent.

See docs/segment.md#mapping-calls.

    trigger = part { "or" part }      part = test { "and" test }
    test    = "(" trigger ")" | path ("=" | "!=" | …) text
"""

from __future__ import annotations

import re
from typing import TypeAlias

Meaning: TypeAlias = tuple[str, frozenset["Meaning"]] | str
"""A test by its text, or ("or" | "and", its parts)."""

_TOKEN = re.compile(r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<mark>[()])|(?P<sign>[!<>=]=?)|(?P<word>[^\s()"'!<>=]+))""")


def same_trigger(one: str, other: str) -> bool:
    """Return whether two triggers take the same events. Triggers that can't be parsed are compared word by word."""
    return one.split() == other.split() or _meaning(one) == _meaning(other) is not None


def _meaning(text: str) -> Meaning | None:
    tokens = _tokens(text)
    try:
        found = _any_of(tokens)
    except (IndexError, ValueError):
        return None
    return None if tokens else found


def _tokens(text: str) -> list[str]:
    """Return the tokens in order. If something isn't a token, return only "?", which no rule takes."""
    tokens, position = [], 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            return ["?"]
        tokens.append(f'"{found["text"][1:-1]}"' if found["text"] else found.group().strip())
        position = found.end()
    return tokens


def _any_of(tokens: list[str]) -> Meaning:
    return _joined("or", tokens)


def _joined(word: str, tokens: list[str]) -> Meaning:
    """Return the parts that `word` joins. A single part stands for itself; nested parts of the same word are flat."""
    parts = [_part(word, tokens)]
    while tokens and tokens[0].lower() == word:
        tokens.pop(0)
        parts.append(_part(word, tokens))
    flat = frozenset(inner for part in parts for inner in _flat(word, part))
    return next(iter(flat)) if len(flat) == 1 else (word, flat)


def _part(word: str, tokens: list[str]) -> Meaning:
    return _joined("and", tokens) if word == "or" else _test(tokens)


def _flat(word: str, part: Meaning) -> frozenset[Meaning]:
    return part[1] if isinstance(part, tuple) and part[0] == word else frozenset([part])


def _test(tokens: list[str]) -> Meaning:
    first = tokens.pop(0)
    if first == "(":
        inner = _any_of(tokens)
        if tokens.pop(0) != ")":
            raise ValueError("a parenthesis isn't closed")
        return inner
    sign, value = tokens.pop(0), tokens.pop(0)
    if not _TOKEN.fullmatch(first) or first == ")" or sign[0] not in "!<>=" or value in {"(", ")"}:
        raise ValueError("no comparison")
    return f"{first} {'=' if sign == '==' else sign} {value}"
