"""What an answer looks like, with none of its values (wizard.domain.answer_shape)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from wizard.api.call import Call
from wizard.api.errors import Answer
from wizard.domain.answer_shape import AnswerShape, is_own_word, known_names, route
from wizard.domain.failure import Failure, Service

_SIZES = ("limit", "pagination.count")


def shape_of(call: Call, response: httpx.Response, read: Answer | Failure, at: datetime) -> AnswerShape:
    """Return the shape of an answer, or of a refusal."""
    limits = known_names(name for name in response.headers if "ratelimit" in name or name == "retry-after")
    more = _of_refusal(read) if isinstance(read, Failure) else _of_body(call, read)
    return AnswerShape(call.service, route(call.method, call.url), at, response.status_code, limits=limits, **more)


def _of_refusal(refused: Failure) -> dict[str, Any]:
    return {"code": refused.code if is_own_word(refused.code) else ""}


def _of_body(call: Call, read: Answer) -> dict[str, Any]:
    body = read.body.get("data") if call.service is Service.SEGMENT else read.body
    if not isinstance(body, dict):
        return {}
    items = next((value for value in body.values() if isinstance(value, list)), None)
    is_page = items is not None and ("items" in body or call.service is Service.SEGMENT)
    if is_page and items is not None:
        first = items[0] if items and isinstance(items[0], dict) else {}
        return {"fields": known_names(first), "got": len(items), "asked": _asked(call), **_paging(call, body)}
    only = next(iter(body.values())) if call.service is Service.SEGMENT and len(body) == 1 else body
    only = only if isinstance(only, dict) else {}
    settings = only.get("settings")
    return {"fields": known_names(only), "settings": known_names(settings) if isinstance(settings, dict) else ""}


def _asked(call: Call) -> int | None:
    size = next((value for name, value in call.query if name in _SIZES), "")
    return int(size) if size.isdecimal() else None


def _paging(call: Call, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the total and whether a next page is named, in either service's form."""
    holder = body.get("pagination" if call.service is Service.SEGMENT else "_links")
    inside = holder if isinstance(holder, dict) else {}
    total = inside.get("totalEntries") if call.service is Service.SEGMENT else body.get("totalCount")
    is_number = isinstance(total, int) and not isinstance(total, bool)
    return {"total": total if is_number else None, "has_next": bool(inside.get("next"))}
