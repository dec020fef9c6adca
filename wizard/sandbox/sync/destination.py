"""A copy of what the vendor's LaunchDarkly Audiences code does with a batch of events, flaws included.

See docs/segment.md#what-is-sent.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wizard.sandbox.http.exchange import Json
from wizard.sandbox.segment.catalog import CONTEXT_KEYS, REQUIRED_FIELDS
from wizard.sandbox.segment.trigger import trigger, value_at
from wizard.sandbox.sync.events import Batch

COMPUTATIONS = ("audience", "journey_step")
ABSENT = object()

Directive = Callable[[Json], Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Counts, by type and name, of events that end the same way, and the requests with them; no requests if refused."""

    kinds: Counter[tuple[str, str]]
    requests: tuple[Json, ...]

    def send(self, post: Callable[[Json], int]) -> int:
        """Return the status of all events; `post` sends one request's body and returns its status.

        The vendor's code awaits the requests together, so one failure gives its status to every event.
        """
        return max(map(post, self.requests), default=400)


def parcels(batch: Batch, trigger_text: str, settings: str, client_id: str) -> list[Parcel]:
    """Return the parcels that a mapping makes from a batch: refused events, and requests for each audience.

    `settings` are the mapping's, as JSON text. The list is empty if no event matches the trigger.
    """
    payload, in_batches = _mapped_by(settings)
    made = [(event, payload(event)) for event in filter(trigger(trigger_text), batch.events())]
    valid = [pair for pair in made if _is_valid(pair[1])]
    refused = [event for event, one in made if not _is_valid(one)] if len(valid) < len(made) else []
    groups = [valid] if in_batches else [[pair] for pair in valid]
    return [
        *([Parcel(_kinds(refused), ())] if refused else []),
        *(_parcel(group, client_id) for group in groups if group),
    ]


def _parcel(group: Sequence[tuple[Json, Json]], client_id: str) -> Parcel:
    events, payloads = zip(*group, strict=True)
    return Parcel(_kinds(events), tuple(_requests(payloads, client_id)))


def _kinds(events: Iterable[Json]) -> Counter[tuple[str, str]]:
    return Counter((event["type"], event.get("event", "")) for event in events)


parcels_of_first_sync = lru_cache(maxsize=16)(parcels)
"""Each new world's first sync is the same again."""


@lru_cache(maxsize=64)
def _mapped_by(text: str) -> tuple[Callable[[Json], Json], bool]:
    """Return a function from an event to its payload, and whether payloads are batched. Cached by the JSON text."""
    settings = json.loads(text)
    directives = [(name, _directive(setting)) for name, setting in settings.items()]

    def payload(event: Json) -> Json:
        resolved = ((name, directive(event)) for name, directive in directives)
        return {name: value for name, value in resolved if value is not ABSENT}

    return payload, settings.get("enable_batching", True)


def _directive(setting: Any) -> Directive:
    """Return a function that resolves a mapping directive for an event; a path without a value is absent, not null."""
    if not isinstance(setting, dict):
        return lambda _: setting
    if "@path" in setting:
        return _path(str(setting["@path"]).removeprefix("$."))
    if "@if" in setting:
        return _choice(setting["@if"])
    directives = {name: _directive(value) for name, value in setting.items()}
    return lambda event: {name: directive(event) for name, directive in directives.items()}


def _path(path: str) -> Directive:
    look = value_at(path)

    def resolve(event: Json) -> Any:
        value = look(event)
        return ABSENT if value is None else value

    return resolve


def _choice(test: Any) -> Directive:
    if not isinstance(test, dict):
        return lambda _: ABSENT
    exists, then, otherwise = (_directive(test.get(name)) for name in ("exists", "then", "else"))
    return lambda event: (otherwise if exists(event) in (ABSENT, None) else then)(event)


def _is_valid(payload: Json) -> bool:
    texts = [payload.get(name) for name in REQUIRED_FIELDS if name != "traits_or_props"]
    if not all(isinstance(text, str) and text for text in texts):
        return False
    if not isinstance(payload.get("traits_or_props"), dict):
        return False
    return payload["segment_computation_action"] in COMPUTATIONS and payload["context_key"] in CONTEXT_KEYS


def _requests(batch: Sequence[Json], client_id: str) -> Iterable[Json]:
    """Yield one request per audience, with the context kind of the audience's first event."""
    by_audience: dict[str, list[Json]] = {}
    for payload in batch:
        by_audience.setdefault(payload["segment_audience_id"], []).append(payload)
    for payloads in by_audience.values():
        kind = payloads[0]["context_kind"]
        yield {"environmentId": client_id, "contextKind": kind, "batch": [_item(one) for one in payloads]}


def _item(payload: Json) -> Json:
    """Return an event's item. An absent identifier leaves out `userId`: the vendor's code checks only for null."""
    key = payload["segment_audience_key"]
    item: Json = {
        "cohortName": sentence_case(key),
        "cohortId": payload["segment_audience_id"],
        "value": _truthy(payload["traits_or_props"].get(key)),
    }
    user_id = _context_key(payload)
    return item if user_id is None else {"userId": user_id, **item}


def _context_key(payload: Json) -> str | None:
    user_id = payload.get("segment_user_id")
    email = payload.get("user_email")
    anonymous_id = payload.get("segment_anonymous_id")
    choices = {
        "user_id_only": (user_id,),
        "email_only": (email,),
        "user_id_then_email": (user_id, email),
        "user_id_then_anonymousId": (user_id, anonymous_id),
        "user_id_then_email_then_anonymousId": (user_id, email, anonymous_id),
    }
    candidates = choices[payload["context_key"]]
    return next((candidate for candidate in candidates if candidate), candidates[-1])


def sentence_case(key: str) -> str:
    """Return the segment's name: the audience key with its first letter in upper case and spaces for underscores."""
    return key[:1].upper() + key[1:].replace("_", " ")


def _truthy(value: Any) -> bool:
    """Return whether JavaScript takes a value for true, such as the text "false" or an empty object."""
    return bool(value) or isinstance(value, (dict, list))
