"""LaunchDarkly's error bodies and its offset paging (docs/launchdarkly.md#errors, docs/launchdarkly.md#paging)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Incoming, Json, Refusal

Item = TypeVar("Item")

LARGEST_PAGE = 100
"""Not stated by LaunchDarkly; above it the sandbox refuses, so that a client keeps its fall-back working."""

_ERRORS = {
    400: ("invalid_request", "Invalid request body"),
    401: ("unauthorized", "Invalid access token"),
    403: ("forbidden", "Access to the requested resource was denied"),
    404: ("not_found", "Invalid resource identifier"),
    405: ("method_not_allowed", "Method not allowed"),
    409: ("optimistic_locking_error", "Conflict. Optimistic lock error. Try again."),
    429: ("rate_limited", "You've exceeded the API rate limit. Try again later."),
    503: ("service_unavailable", "Service Unavailable"),
}


def error(status: int, message: str = "") -> Answer:
    """Return a refusal, with the body `{code, message}`."""
    code, usual = _ERRORS[status]
    return Answer(status, {"code": code, "message": message or usual})


def refused(status: int, message: str = "") -> Refusal:
    return Refusal(error(status, message))


def link(href: str) -> Json:
    return {"href": href, "type": "application/json"}


def self_link(href: str) -> Json:
    return {"self": link(href)}


def whole_number(incoming: Incoming, name: str, default: int, least: int = 0, most: int | None = None) -> int:
    """Return a numeric query parameter; refuse with 400 when it isn't a number or is out of bounds."""
    text = incoming.value(name)
    if text is None:
        return default
    number = int(text) if text.isdecimal() else least - 1
    if number < least or (most is not None and number > most):
        raise refused(400, f"invalid value for query parameter {name}")
    return number


def page(incoming: Incoming, items: Sequence[Item], size: int, *, paged: bool = True) -> tuple[list[Item], Json]:
    """Return one page with its `totalCount` and `_links`; everything when `paged` is False (old API versions)."""
    if not paged:
        return list(items), {"totalCount": len(items), "_links": self_link(_href(incoming, {}))}
    limit = whole_number(incoming, "limit", size, least=1, most=LARGEST_PAGE)
    offset = whole_number(incoming, "offset", 0)
    links = _page_links(incoming, limit, offset, len(items))
    return list(items[offset : offset + limit]), {"totalCount": len(items), "_links": links}


def _page_links(incoming: Incoming, limit: int, offset: int, total: int) -> Json:
    starts = {"self": offset}
    if offset > 0:
        starts |= {"first": 0, "prev": max(0, offset - limit)}
    if offset + limit < total:
        starts |= {"next": offset + limit, "last": (total - 1) // limit * limit}
    return {name: link(_href(incoming, {"limit": limit, "offset": at})) for name, at in starts.items()}


def _href(incoming: Incoming, changes: dict[str, int]) -> str:
    query = dict(incoming.query) | {name: str(value) for name, value in changes.items()}
    return incoming.path + (f"?{urlencode(query)}" if query else "")


# --- other ways to page lists -----------------------------------------------------------------------------------------

_WITHOUT_TOTAL = {Behavior.LISTS_WITHOUT_TOTAL, Behavior.LISTS_WITHOUT_BOTH}
_WITHOUT_LINKS = {Behavior.LISTS_WITHOUT_LINKS, Behavior.LISTS_WITHOUT_BOTH}
FEW = 20
HALF = 50


def limited(incoming: Incoming, behaviors: Collection[Behavior]) -> Incoming:
    """Return the request with the page size that this world uses for it; refuse a limit that is too large."""
    limit = incoming.value("limit") or ""
    if not limit.isdecimal():
        return incoming
    if Behavior.LIMIT_FIFTY in behaviors and int(limit) > HALF:
        raise refused(400, "invalid value for query parameter limit")
    if Behavior.LISTS_OF_TWENTY not in behaviors or int(limit) <= FEW:
        return incoming
    others = tuple(pair for pair in incoming.query if pair[0] != "limit")
    return replace(incoming, query=(*others, ("limit", str(FEW))))


def paged(answer: Answer, behaviors: Collection[Behavior]) -> Answer:
    """Return the answer without the paging fields that this world's lists lack."""
    return replace(answer, body=_without(answer.body, set(behaviors))) if behaviors else answer


def _without(body: Any, behaviors: set[Behavior]) -> Any:
    if not isinstance(body, dict):
        return body
    kept = {name: _without(value, behaviors) for name, value in body.items()}
    if "items" not in kept:
        return {name: [_without(one, behaviors) for one in v] if isinstance(v, list) else v for name, v in kept.items()}
    if behaviors & _WITHOUT_TOTAL:
        kept.pop("totalCount", None)
    if behaviors & _WITHOUT_LINKS and isinstance(kept.get("_links"), dict):
        kept["_links"] = {name: link for name, link in kept["_links"].items() if name not in ("next", "last")}
    kept["items"] = [_without(one, behaviors) for one in kept["items"]]
    return kept
