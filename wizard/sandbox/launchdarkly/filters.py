"""The filter expressions of the segments list (docs/launchdarkly.md#listing-segments).

expression = term { "|" term }        any of
term       = factor { "," factor }    all of
factor     = "(" expression ")" | field operator value
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from wizard.sandbox.state.account import Segment

Fits = Callable[[Segment], bool]

_TOKENS = re.compile(r'\s*(?:(?P<mark>[(),|])|(?P<list>\[[^\]]*\])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>\w+))')


class BadFilter(ValueError):
    """A filter expression that LaunchDarkly doesn't understand."""


def segment_filter(expression: str) -> Fits:
    """Return the expression as a test of a segment. Raises BadFilter for an unknown field, operator or form."""
    tokens = _Tokens(expression)
    fits = _any_of(tokens)
    if tokens.left():
        raise BadFilter(expression)
    return fits


class _Tokens:
    def __init__(self, expression: str) -> None:
        self._tokens: list[str] = []
        position = 0
        while expression[position:].strip():
            found = _TOKENS.match(expression, position)
            if found is None:
                raise BadFilter(expression)
            self._tokens.append(found.group().strip())
            position = found.end()

    def left(self) -> bool:
        return bool(self._tokens)

    def take(self) -> str:
        if not self._tokens:
            raise BadFilter("ends too early")
        return self._tokens.pop(0)

    def take_if(self, mark: str) -> bool:
        if self._tokens[:1] != [mark]:
            return False
        self._tokens.pop(0)
        return True


def _any_of(tokens: _Tokens) -> Fits:
    choices = [_all_of(tokens)]
    while tokens.take_if("|"):
        choices.append(_all_of(tokens))
    return lambda segment: any(fits(segment) for fits in choices)


def _all_of(tokens: _Tokens) -> Fits:
    conditions = [_factor(tokens)]
    while tokens.take_if(","):
        conditions.append(_factor(tokens))
    return lambda segment: all(fits(segment) for fits in conditions)


def _factor(tokens: _Tokens) -> Fits:
    if tokens.take_if("("):
        inner = _any_of(tokens)
        if not tokens.take_if(")"):
            raise BadFilter("a parenthesis is not closed")
        return inner
    field, operator = tokens.take(), tokens.take()
    condition = _CONDITIONS.get((field, operator))
    if condition is None:
        raise BadFilter(f"{field} {operator}")
    return condition(_value(tokens.take()))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as broken:
        raise BadFilter(text) from broken


def _external_exists(wanted: Any) -> Fits:
    return lambda segment: (segment.external is not None) is wanted


def _unbounded_equals(wanted: Any) -> Fits:
    return lambda segment: segment.unbounded is wanted


def _query_equals(wanted: Any) -> Fits:
    text = str(wanted).lower()
    return lambda segment: any(text in field.lower() for field in (segment.key, segment.name, segment.description))


def _tags_any_of(wanted: Any) -> Fits:
    return lambda segment: not {str(tag).lower() for tag in wanted}.isdisjoint(map(str.lower, segment.tags))


def _included_any_of(wanted: Any) -> Fits:
    return lambda segment: not set(wanted).isdisjoint(segment.included)


def _excluded_any_of(_: Any) -> Fits:
    return lambda _: False  # no segment of the sandbox excludes anyone


def _view_equals(wanted: Any) -> Fits:
    return lambda segment: wanted in segment.views


_CONDITIONS: dict[tuple[str, str], Callable[[Any], Fits]] = {
    ("external", "exists"): _external_exists,
    ("unbounded", "equals"): _unbounded_equals,
    ("query", "equals"): _query_equals,
    ("tags", "anyOf"): _tags_any_of,
    ("includedKeys", "anyOf"): _included_any_of,
    ("excludedKeys", "anyOf"): _excluded_any_of,
    ("view", "equals"): _view_equals,
}
