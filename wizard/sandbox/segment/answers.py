"""Segment's envelope, errors, paging and input checks.

See docs/segment.md#errors and docs/segment.md#paging-and-query-strings.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from wizard.sandbox.http.exchange import Answer, Incoming, Json, Refusal

Item = TypeVar("Item")

DEFAULT_COUNT = 200
LARGEST_COUNT = 1000


def success(data: Json, status: int = 200) -> Answer:
    return Answer(status, {"data": data})


def error(status: int, kind: str, message: str, **more: object) -> Answer:
    return Answer(status, {"errors": [{"type": kind, "message": message, **more}]})


def refused(status: int, message: str, **more: object) -> Refusal:
    """Return a refusal. Its error types are those seen at Segment, which aren't a complete list."""
    kinds = {400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 409: "conflict"}
    return Refusal(error(status, kinds.get(status, "input-validation"), message, **more))


def invalid(field: str, message: str) -> Refusal:
    return refused(422, message, field=field)


@dataclass(frozen=True, slots=True)
class Field:
    """What an input field accepts: a value of the Python types `kinds`, and never null."""

    kinds: type | tuple[type, ...]
    required: bool = False


TEXT = Field(str)
TEXT_REQUIRED = Field(str, required=True)
TRUTH = Field(bool)
TRUTH_REQUIRED = Field(bool, required=True)
MAP = Field(dict)
MAP_REQUIRED = Field(dict, required=True)
LIST = Field(list)


def checked_body(incoming: Incoming, fields: Mapping[str, Field]) -> Json:
    """Return the body; refuse with 422 and the first wrong field unless all keys and types are as documented."""
    try:
        body = incoming.json()
    except ValueError as broken:
        raise refused(400, "The body is no JSON") from broken
    return checked(body, fields)


def checked(value: Any, fields: Mapping[str, Field], inside: str = "") -> Json:
    """Return an input object after checking it; unknown keys and null are refused, not ignored."""
    if not isinstance(value, dict):
        raise invalid(inside.rstrip("."), f"{inside.rstrip('.') or 'The body'} must be an object")
    for name, given in value.items():
        if name not in fields:
            raise invalid(inside + name, f'property "{inside}{name}" should not exist')
        kinds = fields[name].kinds
        if given is None or not isinstance(given, kinds):
            raise invalid(inside + name, f'property "{inside}{name}" has the wrong type')
    for name, field in fields.items():
        if field.required and name not in value:
            raise invalid(inside + name, f'property "{inside}{name}" is required')
    return value


def page(incoming: Incoming, items: Sequence[Item], most: int = LARGEST_COUNT) -> tuple[list[Item], Json]:
    """Return one page with its `pagination`. Only the dot form of the parameters works."""
    count = _count(incoming.value("pagination.count"), most)
    start = _start(incoming.value("pagination.cursor"))
    pagination: Json = {"current": _cursor(start), "totalEntries": len(items)}
    if start > 0:
        pagination["previous"] = _cursor(max(0, start - count))
    if start + count < len(items):
        pagination["next"] = _cursor(start + count)
    return list(items[start : start + count]), pagination


def _count(text: str | None, most: int) -> int:
    if text is None:
        return DEFAULT_COUNT
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid("pagination.count", f"pagination.count must be between 1 and {most}")
    return int(text)


def _cursor(start: int) -> str:
    """Return a page's cursor; the first page's is `MA==`."""
    return base64.b64encode(str(start).encode()).decode()


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True))
    except (ValueError, binascii.Error) as broken:
        raise invalid("pagination.cursor", "pagination.cursor is not one of ours") from broken
