"""Activations, which make a connection send members (docs/segment.md#activations)."""

from __future__ import annotations

from datetime import timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
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
from wizard.sandbox.segment.audiences.audiences import named_audience
from wizard.sandbox.segment.audiences.connections import named_connection
from wizard.sandbox.segment.catalog import add_mapping
from wizard.sandbox.segment.gate import ALPHA, Call, Endpoint
from wizard.sandbox.state.segment_workspace import BATCH, Activation, Audience, Connection, Mapping, Workspace

KINDS = (
    "Audience Entered",
    "Audience Exited",
    "Audience Membership Changed",
    "Entity Added",
    "Entity Removed",
    "Entity Values Changed",
    "All Events",
)
_ACTIVATE = {
    "activationName": TEXT_REQUIRED,
    "activationType": TEXT_REQUIRED,
    "performResync": TRUTH_REQUIRED,
    "enabled": TRUTH,
    "destinationMapping": MAP,
    "personalization": MAP,
}
_UPDATE_ACTIVATION = {
    "activationName": TEXT,
    "enabled": TRUTH,
    "performResync": TRUTH,
    "destinationMapping": MAP,
    "personalization": MAP,
}
_OWN_MAPPING = {"actionId": TEXT_REQUIRED, "settings": MAP_REQUIRED}
RESYNCS_FOR = timedelta(minutes=5)


def activate(call: Call) -> Answer:
    """Add an activation, so that the connection sends. If it has its own mapping, the destination lists that too."""
    body = checked_body(call.incoming, _ACTIVATE)
    connection = named_connection(call)
    if body["activationType"] not in KINDS:
        raise invalid("activationType", f"activationType must be one of {', '.join(KINDS)}")
    if "entities" in body.get("personalization", {}):
        raise refused(400, "entities are for Linked audiences only")
    own = body.get("destinationMapping")
    if own is not None:
        checked(own, _OWN_MAPPING, "destinationMapping.")
    if any(one.kind == body["activationType"] for one in connection.activations.values()):
        call.note("a second activation of one kind on one connection")
    made = Activation(
        id=f"act_{call.workspace.next_number():09d}",
        name=body["activationName"],
        kind=body["activationType"],
        enabled=body.get("enabled", False) and Behavior.ACTIVATION_STARTS_OFF not in call.workspace.behaviors,
        perform_resync=body["performResync"],
        created_at=call.now,
        mapping=own,
    )
    add_own_mapping(call.workspace, connection, made)
    connection.activations[made.id] = made
    call.workspace.list_later("activations", made.id, call.now)
    audience = named_audience(call)
    call.workspace.note(call.now, "Activation Created", made.id, "activation", made.name)
    return success({"activation": _activation(call, audience, connection, made)})


def add_own_mapping(workspace: Workspace, connection: Connection, made: Activation) -> None:
    """Add the activation's mapping to the destination's mappings, with its own trigger."""
    if made.mapping is None:
        return
    made.emitter_id = made.id.replace("act_", "ee_")
    destination = workspace.destinations[connection.destination_id]
    fires = f'context.personas.event_emitter_id = "{made.emitter_id}"'
    settings = dict(made.mapping["settings"])
    mapping = add_mapping(workspace, destination, made.name, fires, made.enabled, settings)
    mapping.activation_id = made.id


def list_activations(call: Call) -> Answer:
    audience = named_audience(call)
    items = [
        _activation(call, audience, connection, activation)
        for connection in call.workspace.connections_of(audience.id)
        for activation in connection.activations.values()
        if call.workspace.is_listed(activation.id, call.now)
    ]
    shown, pagination = page(call.incoming, items)
    return success({"activations": shown, "pagination": pagination})


def one_activation(call: Call) -> Answer:
    connection, activation = _named_activation(call)
    return success({"activation": _activation(call, named_audience(call), connection, activation)})


def update_activation(call: Call) -> Answer:
    """Update the activation: its mapping is replaced as a whole, and a resync sends every member again."""
    body = checked_body(call.incoming, _UPDATE_ACTIVATION)
    connection, changed = _named_activation(call)
    own = body.get("destinationMapping")
    if own is not None:
        _replace_own_mapping(call, connection, changed, checked(own, _OWN_MAPPING, "destinationMapping."))
    changed.enabled = body.get("enabled", changed.enabled)
    changed.name = body.get("activationName", changed.name)
    changed.perform_resync = body.get("performResync", changed.perform_resync)
    for mapping in _mappings_owned_by(call, connection, changed):
        mapping.enabled = changed.enabled
    if body.get("performResync"):
        connection.send_all_again(call.now)
        changed.resyncs_until = call.now + RESYNCS_FOR
    return success({"activation": _activation(call, named_audience(call), connection, changed)})


def _replace_own_mapping(call: Call, connection: Connection, changed: Activation, own: Json) -> None:
    if changed.mapping is not None and own["actionId"] != changed.mapping["actionId"]:
        raise invalid("destinationMapping.actionId", "The action of an activation cannot change")
    had_none, changed.mapping = changed.mapping is None, own
    if had_none:
        add_own_mapping(call.workspace, connection, changed)
    for mapping in _mappings_owned_by(call, connection, changed):
        mapping.settings = dict(own["settings"])


def _mappings_owned_by(call: Call, connection: Connection, activation: Activation) -> list[Mapping]:
    every = call.workspace.destinations[connection.destination_id].mappings.values()
    return [one for one in every if one.activation_id == activation.id]


def delete_activation(call: Call) -> Answer:
    connection, gone = _named_activation(call)
    destination = call.workspace.destinations[connection.destination_id]
    for mapping in _mappings_owned_by(call, connection, gone):
        del destination.mappings[mapping.id]
    del connection.activations[gone.id]
    return success({"status": "SUCCESS"})


def _named_activation(call: Call) -> tuple[Connection, Activation]:
    wanted = call.incoming.params["activationId"]
    for connection in call.workspace.connections_of(named_audience(call).id):
        if wanted in connection.activations:
            return connection, connection.activations[wanted]
    raise refused(404, "Activation not found")


def _activation(call: Call, audience: Audience, connection: Connection, activation: Activation) -> Json:
    return {
        "id": activation.id,
        "enabled": activation.enabled,
        "workspaceId": call.workspace.id,
        "spaceId": audience.space_id,
        "audienceId": audience.id,
        "connectionId": connection.id,
        "activationType": activation.kind,
        "activationName": activation.name,
        "personalization": {"profile": {"properties": [], "mapping": {}}},
        "destinationMapping": _shown_mapping(call, activation),
        "performResync": _is_resyncing(call, audience, connection, activation),
    }


def _is_resyncing(call: Call, audience: Audience, connection: Connection, activation: Activation) -> bool:
    is_first = activation.perform_resync and connection.batches_sent * BATCH < len(audience.members)
    return is_first or (activation.resyncs_until is not None and call.now < activation.resyncs_until)


def _shown_mapping(call: Call, activation: Activation) -> Json:
    own = activation.mapping or {"actionId": "", "settings": {}}
    return own if call.workspace.shows_activation_settings else {**own, "settings": {}}


_AUDIENCE = "/spaces/{spaceId}/audiences/{audienceId}"
_ONE = _AUDIENCE + "/activations/{activationId}"
_NEEDS = "activations"

ENDPOINTS = (
    Endpoint("POST", _AUDIENCE + "/destination-connections/{connectionId}/activations", activate, ALPHA, 50, _NEEDS),
    Endpoint("GET", _AUDIENCE + "/activations", list_activations, ALPHA, 60, _NEEDS),
    Endpoint("GET", _ONE, one_activation, ALPHA, 60, _NEEDS),
    Endpoint("PATCH", _ONE, update_activation, ALPHA, 50, _NEEDS),
    Endpoint("DELETE", _ONE, delete_activation, ALPHA, 50, _NEEDS),
)
