"""The other ways in which LaunchDarkly's lists may be paged (docs/launchdarkly.md#paging)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from wizard.sandbox.behaviours import Behaviour
from wizard.sandbox.exchange import Answer, Incoming
from wizard.sandbox.launchdarkly.answers import refused

_WITHOUT_TOTAL = {Behaviour.LISTS_WITHOUT_TOTAL, Behaviour.LISTS_WITHOUT_BOTH}
_WITHOUT_LINKS = {Behaviour.LISTS_WITHOUT_LINKS, Behaviour.LISTS_WITHOUT_BOTH}
FEW = 20
HALF = 50


def limited(incoming: Incoming, behaviours: Collection[Behaviour]) -> Incoming:
    """Return the request with the page size that the service uses for it; refuse one that is too large."""
    limit = incoming.value("limit") or ""
    if not limit.isdecimal():
        return incoming
    if Behaviour.LIMIT_FIFTY in behaviours and int(limit) > HALF:
        raise refused(400, "invalid value for query parameter limit")
    if Behaviour.LISTS_OF_TWENTY not in behaviours or int(limit) <= FEW:
        return incoming
    others = tuple(pair for pair in incoming.query if pair[0] != "limit")
    return replace(incoming, query=(*others, ("limit", str(FEW))))


def paged(answer: Answer, behaviours: Collection[Behaviour]) -> Answer:
    """Return the answer without the parts of paging that this world's lists lack."""
    return replace(answer, body=_without(answer.body, set(behaviours))) if behaviours else answer


def _without(body: Any, behaviours: set[Behaviour]) -> Any:
    if not isinstance(body, dict):
        return body
    kept = {name: _without(value, behaviours) for name, value in body.items()}
    if "items" not in kept:
        return {
            name: [_without(one, behaviours) for one in v] if isinstance(v, list) else v for name, v in kept.items()
        }
    if behaviours & _WITHOUT_TOTAL:
        kept.pop("totalCount", None)
    if behaviours & _WITHOUT_LINKS and isinstance(kept.get("_links"), dict):
        kept["_links"] = {name: link for name, link in kept["_links"].items() if name not in ("next", "last")}
    kept["items"] = [_without(one, behaviours) for one in kept["items"]]
    return kept
