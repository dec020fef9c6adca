"""Attaching a destination to an audience (docs/segment.md#connections).

A connection made by API sends nothing until it has an activation. A connection made in the App has two toggles for
that instead.
"""

from __future__ import annotations

from wizard.sandbox.behaviors import Behavior, status_of
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import iso
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import (
    LIST,
    MAP,
    MAP_REQUIRED,
    TEXT,
    TEXT_REQUIRED,
    checked,
    checked_body,
    invalid,
    page,
    refused,
    success,
)
from wizard.sandbox.segment.audiences.audiences import named_audience
from wizard.sandbox.segment.gate import ALPHA, Call, Endpoint
from wizard.sandbox.state.segment_workspace import Audience, Connection, Destination

MOST_ID_SYNCS = 5
DEFAULT_ID_SYNC = [{"externalId": "email", "strategy": "last"}, {"externalId": "user_id", "strategy": "last"}]
_CREATE = {"destination": MAP_REQUIRED, "idSyncConfiguration": LIST, "connectionSettings": MAP}


def list_connections(call: Call) -> Answer:
    """Return the audience's connections, and note the time: the scenario's colleague acts after such reads."""
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
    """Return the destination; refuse unless Engage knows it: it must be on an Engage source of the audience's space."""
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
    changed = named_connection(call)
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
    """Return the connection to delete. The docs don't say whether the path takes its ID or the destination's."""
    status = status_of(call.workspace.behaviors, _BY_DESTINATION)
    if not status:
        return named_connection(call)
    wanted = call.incoming.params["connectionId"]
    connections = call.workspace.connections_of(named_audience(call).id)
    found = next((one for one in connections if one.destination_id == wanted), None)
    if found is None:
        raise refused(status, "No such destination on this audience")
    return found


def named_connection(call: Call) -> Connection:
    """Return the connection in the path, by its own ID; the destination's ID doesn't work."""
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


_ALL = "/spaces/{spaceId}/audiences/{audienceId}/destination-connections"
_ONE = _ALL + "/{connectionId}"
_NEEDS = "audiences"

ENDPOINTS = (
    Endpoint("GET", _ALL, list_connections, ALPHA, 50, _NEEDS),
    Endpoint("POST", _ALL, attach, ALPHA, 50, _NEEDS),
    Endpoint("PATCH", _ONE, update, ALPHA, feature=_NEEDS),
    Endpoint("DELETE", _ONE, detach, ALPHA, feature=_NEEDS),
)
