"""Mappings, which the API calls subscriptions: an alpha API that allows five writes of each kind per minute.

See docs/segment.md#mapping-calls.
"""

from __future__ import annotations

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import (
    MAP,
    MAP_REQUIRED,
    TEXT,
    TEXT_REQUIRED,
    TRUTH,
    TRUTH_REQUIRED,
    checked,
    checked_body,
    invalid,
    page,
    refused,
    success,
)
from wizard.sandbox.segment.catalog import add_mapping
from wizard.sandbox.segment.destinations import named_destination
from wizard.sandbox.segment.gate import ALPHA, Call, Endpoint
from wizard.sandbox.segment.trigger import BadTrigger, reformatted, trigger
from wizard.sandbox.state.segment_workspace import Destination, Mapping

MOST_MAPPINGS = 50
WRITES_PER_MINUTE = 5
_CREATE = {
    "name": TEXT_REQUIRED,
    "actionId": TEXT_REQUIRED,
    "trigger": TEXT_REQUIRED,
    "enabled": TRUTH_REQUIRED,
    "settings": MAP,
    "modelId": TEXT,
}
_UPDATE = {
    "name": TEXT,
    "trigger": TEXT,
    "enabled": TRUTH,
    "settings": MAP,
    "reverseETLModelId": TEXT,
    "reverseETLSchedule": MAP,
}


def list_mappings(call: Call) -> Answer:
    destination = named_destination(call)
    listed = [one for one in destination.mappings.values() if call.workspace.is_listed(one.id, call.now)]
    shown, pagination = page(call.incoming, listed)
    return success({"subscriptions": [_mapping(call, destination, one) for one in shown], "pagination": pagination})


def one_mapping(call: Call) -> Answer:
    destination = named_destination(call)
    return success({"subscription": _mapping(call, destination, _named(call, destination))})


def _named(call: Call, destination: Destination) -> Mapping:
    found = destination.mappings.get(call.incoming.params["subscriptionId"])
    if found is None:
        raise refused(404, "Subscription not found")
    return found


def create(call: Call) -> Answer:
    body = checked_body(call.incoming, _CREATE)
    destination = named_destination(call)
    _check_action(destination, body["actionId"])
    _check_trigger(body["trigger"])
    settings = _normalised(body.get("settings", {}))
    if len(destination.mappings) >= MOST_MAPPINGS:
        raise refused(400, f"At most {MOST_MAPPINGS} mappings per destination")
    if any(m.action_id == body["actionId"] and not m.activation_id for m in destination.mappings.values()):
        call.note("a second mapping of the same action")
    enabled = body["enabled"] and Behavior.MAPPING_STARTS_OFF not in call.workspace.behaviors
    made = add_mapping(call.workspace, destination, body["name"], body["trigger"], enabled, settings)
    call.workspace.list_later("mappings", made.id, call.now)
    return success({"destinationSubscription": _mapping(call, destination, made)})


def update(call: Call) -> Answer:
    """Update a mapping; the body wraps the changes as `{"input": {...}}`."""
    body = checked_body(call.incoming, {"input": MAP_REQUIRED})
    changes = checked(body["input"], _UPDATE, "input.")
    changed = _named(call, named_destination(call))
    if "trigger" in changes:
        _check_trigger(changes["trigger"])
    if "settings" in changes:
        changed.settings = _normalised(changes["settings"])
    changed.name = changes.get("name", changed.name)
    changed.trigger = changes.get("trigger", changed.trigger)
    changed.enabled = changes.get("enabled", changed.enabled)
    return success({"subscription": _mapping(call, named_destination(call), changed)})


def delete(call: Call) -> Answer:
    destination = named_destination(call)
    del destination.mappings[_named(call, destination).id]
    return success({"status": "SUCCESS"})


def _check_action(destination: Destination, action_id: str) -> None:
    actions = catalog.CATALOG[destination.metadata_id]["actions"]
    if action_id not in [action["id"] for action in actions]:
        raise invalid("actionId", "The destination has no such action")


def _check_trigger(text: str) -> None:
    try:
        trigger(text)
    except BadTrigger as bad:
        raise invalid("trigger", f"The trigger is no valid query: {bad}") from bad


def _normalised(settings: Json) -> Json:
    """Return the settings as Segment stores them, with its own keys added (docs/segment.md#mapping-calls)."""
    for name in settings:
        if name not in catalog.FIELDS and name != "batch_size":
            raise invalid(f"settings.{name}", f'property "settings.{name}" should not exist')
    return {"enable_batching": True, "batch_size": 1000, **settings}


def _mapping(call: Call, destination: Destination, mapping: Mapping) -> Json:
    return {
        "id": mapping.id,
        "name": mapping.name,
        "actionId": mapping.action_id,
        "actionSlug": catalog.ACTION_SLUG,
        "destinationId": destination.id,
        "enabled": mapping.enabled,
        "trigger": reformatted(mapping.trigger, call.workspace.behaviors),
        "settings": mapping.settings | _keys_that_nobody_sent(call),
        "modelId": "",
    }


def _keys_that_nobody_sent(call: Call) -> Json:
    gains = Behavior.SETTINGS_GAIN_KEYS in call.workspace.behaviors
    return {"__segment_internal_engage_force_full_sync": True, "batch_bytes": 100} if gains else {}


_ALL = "/destinations/{destinationId}/subscriptions"
_ONE = _ALL + "/{subscriptionId}"
_FEATURE = "subscriptions"

ENDPOINTS = (
    Endpoint("GET", _ALL, list_mappings, ALPHA, feature=_FEATURE),
    Endpoint("GET", _ONE, one_mapping, ALPHA, feature=_FEATURE),
    Endpoint("POST", _ALL, create, ALPHA, WRITES_PER_MINUTE, _FEATURE),
    Endpoint("PATCH", _ONE, update, ALPHA, WRITES_PER_MINUTE, _FEATURE),
    Endpoint("DELETE", _ONE, delete, ALPHA, WRITES_PER_MINUTE, _FEATURE),
)
