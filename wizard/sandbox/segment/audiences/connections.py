"""Attaching a destination to an audience, and activations (docs/segment.md#connections, docs/segment.md#activations).

A connection made by API sends nothing until an activation exists; one made in the App sends by its two toggles.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import iso
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import (
    LIST,
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
from wizard.sandbox.segment.catalog import add_mapping
from wizard.sandbox.segment.gate import ALPHA, Call, Endpoint
from wizard.sandbox.segment.state import BATCH, Activation, Audience, Connection, Destination, Mapping, Workspace

MOST_ID_SYNCS = 5
DEFAULT_ID_SYNC = [{"externalId": "email", "strategy": "last"}, {"externalId": "user_id", "strategy": "last"}]
ACTIVATION_KINDS = (
    "Audience Entered",
    "Audience Exited",
    "Audience Membership Changed",
    "Entity Added",
    "Entity Removed",
    "Entity Values Changed",
    "All Events",
)
_CREATE = {"destination": MAP_REQUIRED, "idSyncConfiguration": LIST, "connectionSettings": MAP}
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


def list_connections(call: Call) -> Answer:
    """List connections; one whose destination the token can't read is left out, yet counted."""
    _needs_the_api(call)
    audience = named_audience(call)
    connections = call.workspace.connections_of(audience.id)
    call.workspace.waited_for.setdefault(audience.id, []).append(call.now)
    listed = [one for one in connections if call.workspace.is_listed(one.id, call.now)]
    shown, pagination = page(call.incoming, listed)
    return success({"connections": [_connection(call, one) for one in shown], "pagination": pagination})


def attach(call: Call) -> Answer:
    _needs_the_api(call)
    body = checked_body(call.incoming, _CREATE)
    target = checked(body["destination"], {"id": TEXT_REQUIRED, "type": TEXT_REQUIRED}, "destination.")
    audience = named_audience(call)
    destination = _attachable(call, audience, target)
    id_sync = _checked_id_sync(body.get("idSyncConfiguration", DEFAULT_ID_SYNC))
    if any(one.destination_id == destination.id for one in call.workspace.connections_of(audience.id)):
        call.note("the destination is attached to this audience already")
        raise refused(409, "The destination is already connected to this audience")
    made = Connection(
        id=f"ii_{call.workspace.next_number():09d}",
        audience_id=audience.id,
        destination_id=destination.id,
        created_at=call.now,
        updated_at=call.now,
        id_sync=id_sync,
        settings=dict(body.get("connectionSettings", {})),
    )
    call.workspace.connections.append(made)
    call.workspace.list_later("connections", made.id, call.now)
    call.workspace.note(call.now, "Destination Added into Audience", audience.id, "audience", audience.name)
    hidden = Behavior.ATTACHED_WITHOUT_ID in call.workspace.behaviors
    answer = {
        "connection": {} if hidden else {"id": made.id},
        "idSyncConfiguration": made.id_sync,
        "connectionSettings": made.settings,
    }
    return success(answer)


def _needs_the_api(call: Call) -> None:
    if call.workspace.attaching == "off":
        raise refused(403, "Destination connections are not enabled for this workspace")


def _attachable(call: Call, audience: Audience, target: Json) -> Destination:
    """Return the instance if Engage knows it: if it is on an Engage source of the audience's own space."""
    destination = call.workspace.destinations.get(target["id"])
    if target["type"] not in ("destination", "warehouse"):
        raise invalid("destination.type", "destination.type must be destination or warehouse")
    if destination is None:
        raise refused(404, "Destination not found")
    source = call.workspace.source(destination.source_id)
    on_engage = source is not None and source.space_id == audience.space_id
    if call.workspace.attaching == "app-first" or not on_engage:
        raise refused(400, "The destination must be added to Engage in Engage settings first")
    return destination


def _checked_id_sync(items: list[Json]) -> list[Json]:
    if len(items) > MOST_ID_SYNCS:
        raise invalid("idSyncConfiguration", f"at most {MOST_ID_SYNCS} items")
    fields = {"externalId": TEXT_REQUIRED, "strategy": TEXT_REQUIRED, "mapTo": TEXT}
    for item in items:
        checked(item, fields, "idSyncConfiguration.")
        if item["strategy"] not in ("first", "last", "all"):
            raise invalid("idSyncConfiguration.strategy", "strategy must be first, last or all")
    return items


def update(call: Call) -> Answer:
    _needs_the_api(call)
    body = checked_body(call.incoming, {"idSyncConfiguration": LIST, "connectionSettings": MAP})
    if not body:
        raise refused(400, "Nothing to change")
    changed = _named(call)
    changed.id_sync = _checked_id_sync(body.get("idSyncConfiguration", [])) or changed.id_sync
    changed.settings = body.get("connectionSettings") or changed.settings
    changed.updated_at = call.now
    return success({"destination": {"id": changed.destination_id}})


def detach(call: Call) -> Answer:
    _needs_the_api(call)
    gone = _detached(call)
    if gone.activations:
        raise refused(409, "The connection still has activations")
    call.workspace.connections.remove(gone)
    return success({"status": "SUCCESS"})


_BY_DESTINATION = {
    Behavior.DETACH_BY_DESTINATION_400: 400,
    Behavior.DETACH_BY_DESTINATION_404: 404,
    Behavior.DETACH_BY_DESTINATION_422: 422,
}


def _detached(call: Call) -> Connection:
    """Return the connection to delete. Whether the path takes its ID or the destination's isn't documented."""
    status = next((status for one, status in _BY_DESTINATION.items() if one in call.workspace.behaviors), 0)
    if not status:
        return _named(call)
    wanted = call.incoming.params["connectionId"]
    connections = call.workspace.connections_of(named_audience(call).id)
    found = next((one for one in connections if one.destination_id == wanted), None)
    if found is None:
        raise refused(status, "No such destination on this audience")
    return found


def _named(call: Call) -> Connection:
    """Return the connection with that id; the instance's id doesn't work."""
    wanted = call.incoming.params["connectionId"]
    connections = call.workspace.connections_of(named_audience(call).id)
    found = next((one for one in connections if one.id == wanted), None)
    if found is None:
        raise refused(404, "Connection not found")
    return found


def _connection(call: Call, connection: Connection) -> Json:
    destination = call.workspace.destinations[connection.destination_id]
    entry = catalog.CATALOG[destination.metadata_id]
    return {
        "id": connection.id,
        "name": destination.name,
        "sourceId": destination.source_id,
        "enabled": not connection.paused,
        "destinationId": destination.id,
        "metadata": {"id": entry["id"], "name": entry["name"], "slug": entry["slug"]},
        "settings": {},
        "idSyncConfiguration": connection.id_sync,
        "connectionSettings": connection.settings,
        "createdAt": iso(connection.created_at),
        "updatedAt": iso(connection.updated_at),
    }


def activate(call: Call) -> Answer:
    """Make the connection send. An activation with its own mapping lists that mapping at the destination."""
    body = checked_body(call.incoming, _ACTIVATE)
    connection = _named(call)
    if body["activationType"] not in ACTIVATION_KINDS:
        raise invalid("activationType", f"activationType must be one of {', '.join(ACTIVATION_KINDS)}")
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
    """List the activation's mapping among the destination's mappings, under a trigger of its own."""
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
    """Replace the activation's mapping as a whole; with a resync, every member is sent again."""
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
        connection.batches_sent, changed.resyncs_until = 0, call.now + RESYNCS_FOR
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
_ALL = _AUDIENCE + "/destination-connections"
_ONE = _ALL + "/{connectionId}"
_ACTIVATION = _AUDIENCE + "/activations/{activationId}"
_NEEDS = "audiences"
_ACTIVATIONS = "activations"

ENDPOINTS = (
    Endpoint("GET", _ALL, list_connections, ALPHA, 50, _NEEDS),
    Endpoint("POST", _ALL, attach, ALPHA, 50, _NEEDS),
    Endpoint("PATCH", _ONE, update, ALPHA, feature=_NEEDS),
    Endpoint("DELETE", _ONE, detach, ALPHA, feature=_NEEDS),
    Endpoint("POST", _ONE + "/activations", activate, ALPHA, 50, _ACTIVATIONS),
    Endpoint("GET", _AUDIENCE + "/activations", list_activations, ALPHA, 60, _ACTIVATIONS),
    Endpoint("GET", _ACTIVATION, one_activation, ALPHA, 60, _ACTIVATIONS),
    Endpoint("PATCH", _ACTIVATION, update_activation, ALPHA, 50, _ACTIVATIONS),
    Endpoint("DELETE", _ACTIVATION, delete_activation, ALPHA, 50, _ACTIVATIONS),
)
