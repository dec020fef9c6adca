"""What context keys look like, and which shape the mapping sends: the app must send the same keys.

See docs/launchdarkly.md#what-the-apps-contexts-look-like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.domain.answers import ContextKey
from wizard.domain.services.launchdarkly import KeyShape, KeyShapes

_SHAPES = (
    (KeyShape.EMAIL, re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    (KeyShape.UUID, re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    (KeyShape.NUMBER, re.compile(r"\d+")),
    (KeyShape.PREFIXED, re.compile(r"[A-Za-z]+\d{0,2}[-_.:|/]\S+")),
)
_SENT: Mapping[ContextKey, frozenset[KeyShape]] = {
    ContextKey.EMAIL_ONLY: frozenset({KeyShape.EMAIL}),
    ContextKey.USER_ID_ONLY: frozenset(KeyShape) - {KeyShape.EMAIL},
}
_DISTINCT = {KeyShape.EMAIL, KeyShape.UUID, KeyShape.NUMBER}
_ENOUGH = 10
_FEW = 0.1  # share of the keys that a few visitors or a test may send


def shape_of(key: str) -> KeyShape:
    """Return what a context key looks like."""
    return next((shape for shape, pattern in _SHAPES if pattern.fullmatch(key)), KeyShape.OPAQUE)


def differ(seen: KeyShapes, context_key: ContextKey) -> bool:
    """Return whether hardly any of the app's keys look like the keys that the mapping sends.

    A context key that takes several identifiers fits every shape.
    """
    expected = _SENT.get(context_key)
    if expected is None or not seen.total:
        return False
    return sum(many for shape, many in seen.counts.items() if shape in expected) <= _FEW * seen.total


def usual(seen: KeyShapes) -> tuple[KeyShape, int]:
    """Return the most frequent shape, and how many keys have it. Raises ValueError when no key was seen."""
    return max(seen.counts.items(), key=lambda pair: pair[1])


def in_words(shape: KeyShape) -> str:
    return "an ID with a prefix, such as user_1234" if shape is KeyShape.PREFIXED else str(shape)


def usual_in_words(seen: KeyShapes) -> str:
    """Return a sentence about the shape of most keys."""
    shape, many = usual(seen)
    which = f"All {many}" if many == seen.total > 1 else f"{many} of {seen.total}"
    return f"{which} recent {seen.kind} keys of your app look like {in_words(shape)}."


def is_strange(key: str, seen: KeyShapes) -> bool:
    """Return whether no recent key looks like this one.

    A few keys say nothing, and a prefix isn't told apart from other text.
    """
    shape = shape_of(key)
    if seen.total < _ENOUGH or seen.counts.get(shape):
        return False
    return shape in _DISTINCT or usual(seen)[0] in _DISTINCT
