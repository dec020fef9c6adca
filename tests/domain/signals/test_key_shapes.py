"""What context keys look like, and whether the mapping sends the same."""

from __future__ import annotations

import pytest

from wizard.domain.answers import ContextKey
from wizard.domain.services.launchdarkly import KeyShape, KeyShapes
from wizard.domain.signals.key_shapes import differ, is_strange, shape_of, usual


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("ada@example.com", KeyShape.EMAIL),
        ("6F9619FF-8B86-D011-B42D-00CF4FC964FF", KeyShape.UUID),
        ("104232", KeyShape.NUMBER),
        ("usr_2abc", KeyShape.PREFIXED),
        ("auth0|5f7c", KeyShape.PREFIXED),
        ("u_42", KeyShape.PREFIXED),
        ("2b9f1c", KeyShape.OPAQUE),
        ("@", KeyShape.OPAQUE),
        ("ada@home", KeyShape.OPAQUE),
    ],
)
def test_a_key_has_one_shape(key: str, shape: KeyShape) -> None:
    assert shape_of(key) is shape


@pytest.mark.parametrize(
    ("context_key", "counts", "different"),
    [
        (ContextKey.EMAIL_ONLY, {KeyShape.UUID: 50}, True),
        (ContextKey.EMAIL_ONLY, {KeyShape.UUID: 45, KeyShape.EMAIL: 5}, True),
        (ContextKey.EMAIL_ONLY, {KeyShape.UUID: 44, KeyShape.EMAIL: 6}, False),
        (ContextKey.USER_ID_ONLY, {KeyShape.EMAIL: 50}, True),
        (ContextKey.USER_ID_ONLY, {KeyShape.NUMBER: 50}, False),
        (ContextKey.USER_ID_THEN_EMAIL, {KeyShape.EMAIL: 50}, False),
        (ContextKey.EMAIL_ONLY, {}, False),
    ],
)
def test_keys_differ_when_hardly_any_looks_like_what_is_sent(
    context_key: ContextKey, counts: dict[KeyShape, int], different: bool
) -> None:
    assert differ(KeyShapes("user", counts), context_key) is different


def test_the_usual_shape_is_that_of_most() -> None:
    assert usual(KeyShapes("user", {KeyShape.UUID: 3, KeyShape.EMAIL: 9})) == (KeyShape.EMAIL, 9)


@pytest.mark.parametrize(
    ("key", "counts", "strange"),
    [
        ("u_42", {KeyShape.UUID: 30}, True),
        ("42", {KeyShape.PREFIXED: 30}, True),
        ("u_42", {KeyShape.OPAQUE: 30}, False),
        ("u_42", {KeyShape.UUID: 29, KeyShape.PREFIXED: 1}, False),
        ("u_42", {KeyShape.UUID: 9}, False),
        ("u_42", {}, False),
    ],
)
def test_a_key_that_no_recent_one_looks_like_is_strange(key: str, counts: dict[KeyShape, int], strange: bool) -> None:
    assert is_strange(key, KeyShapes("user", counts)) is strange
