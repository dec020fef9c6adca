"""Destination instances. Secrets are stored as written, and masked in every response.

See docs/segment.md#destination-calls and docs/segment.md#secret-settings.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import hex_id
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import (
    MAP,
    MAP_REQUIRED,
    TEXT,
    TEXT_REQUIRED,
    TRUTH,
    checked,
    checked_body,
    page,
    refused,
    success,
)
from wizard.sandbox.segment.answers import Field as InputField
from wizard.sandbox.segment.catalog import add_mapping
from wizard.sandbox.segment.gate import Call, Endpoint
from wizard.sandbox.state.segment_workspace import Destination, RefusedDestination, Workspace

BULLETS = "\u2022" * 10
PRESET_COMES_AFTER = timedelta(seconds=5)
_CREATE = {
    "sourceId": TEXT_REQUIRED,
    "metadataId": TEXT_REQUIRED,
    "settings": MAP_REQUIRED,
    "enabled": TRUTH,
    "name": TEXT,
}
_UPDATE = {"name": TEXT, "enabled": TRUTH, "settings": MAP}


def list_destinations(call: Call) -> Answer:
    return _listed(call, list(call.workspace.destinations.values()))


def list_connected(call: Call) -> Answer:
    source_id = call.incoming.params["sourceId"]
    if call.workspace.source(source_id) is None:
        raise refused(404, "Source not found")
    return _listed(call, call.workspace.destinations_on(source_id))


def _listed(call: Call, destinations: list[Destination]) -> Answer:
    listed = [one for one in destinations if call.workspace.is_listed(one.id, call.now)]
    shown, pagination = page(call.incoming, listed)
    return success({"destinations": [destination_body(call, one) for one in shown], "pagination": pagination})


def one_destination(call: Call) -> Answer:
    return success({"destination": destination_body(call, named_destination(call))})


def named_destination(call: Call) -> Destination:
    """Return the destination in the path; refuse with 404 if there is none."""
    found = call.workspace.destinations.get(call.incoming.params["destinationId"])
    if found is None:
        raise refused(404, "Destination not found")
    return found


def create(call: Call) -> Answer:
    """Create a destination and answer 200, not 201. A source can have only one destination of a type."""
    body = checked_body(call.incoming, _CREATE)
    workspace = call.workspace
    source, metadata_id = workspace.source(body["sourceId"]), body["metadataId"]
    if source is None:
        raise refused(404, "Source not found")
    if metadata_id not in catalog.CATALOG:
        raise refused(404, "Destination metadata not found")
    _check_settings(call, metadata_id, body["settings"], whole=True)
    name = body["name"] if "name" in body else str(catalog.CATALOG[metadata_id]["name"])
    if not workspace.creates_destinations:
        asked = RefusedDestination(call.now, source.id, name, dict(body["settings"]))
        workspace.refused_destination = workspace.refused_destination or asked
        raise refused(403, "Creating destinations is not enabled for this workspace")
    if any(one.metadata_id == metadata_id for one in workspace.destinations_on(source.id)):
        call.note("a second instance of one destination type on one source")
        raise refused(400, "Multiple configurations of this destination type not supported.")
    made = Destination(
        id=hex_id("destination", workspace.id, workspace.next_number()),
        source_id=source.id,
        metadata_id=metadata_id,
        name=name,
        enabled=body.get("enabled", False) and Behavior.DESTINATION_STARTS_OFF not in workspace.behaviors,
        settings=dict(body["settings"]),
        created_at=call.now,
    )
    workspace.destinations[made.id] = made
    _bring_the_preset(workspace, made)
    workspace.list_later("destinations", made.id, call.now)
    workspace.note(call.now, "Integration Created", made.id, "integration", made.name)
    return success({"destination": destination_body(call, made)})


def _bring_the_preset(workspace: Workspace, made: Destination) -> None:
    """Add the preset's mapping, in worlds where a new destination has it (docs/segment.md#mapping-calls)."""
    if not workspace.behaviors & {Behavior.PRESET_AT_ONCE, Behavior.PRESET_LATER}:
        return
    later = Behavior.PRESET_LATER in workspace.behaviors
    settings = dict(catalog.PRESET_FIELDS)
    mapping = add_mapping(workspace, made, catalog.PRESET_NAME, catalog.TRIGGER, later, settings)
    if later:
        workspace.listed_from[mapping.id] = made.created_at + PRESET_COMES_AFTER


def update(call: Call) -> Answer:
    """Update a destination; settings in the body replace those with the same name."""
    body = checked_body(call.incoming, _UPDATE)
    changed = named_destination(call)
    if not body:
        raise refused(400, "Nothing to change")
    if "settings" in body:
        _check_settings(call, changed.metadata_id, body["settings"], whole=False)
        if set(body["settings"]) < set(changed.settings):
            call.note("settings were sent in part: whether they merge is not documented")
        changed.settings |= body["settings"]
    changed.name = body.get("name", changed.name)
    _switch(call, changed, body.get("enabled", changed.enabled))
    return success({"destination": destination_body(call, changed)})


def _switch(call: Call, changed: Destination, enabled: bool) -> None:
    word = "Modified" if enabled == changed.enabled else "Enabled" if enabled else "Disabled"
    changed.enabled = enabled
    call.workspace.note(call.now, f"Integration {word}", changed.id, "integration", changed.name)


def _check_settings(call: Call, metadata_id: str, settings: Json, *, whole: bool) -> None:
    """Refuse undocumented names and values that aren't text. A masked secret is accepted, but won't work later."""
    options = catalog.CATALOG[metadata_id]["options"]
    fields = {option["name"]: InputField(str, option["required"] and whole) for option in options}
    checked(settings, fields, "settings.")
    if any("\u2022" in value for value in settings.values()):
        call.note("a masked secret was written back")


def delete(call: Call) -> Answer:
    gone = named_destination(call)
    workspace = call.workspace
    del workspace.destinations[gone.id]
    workspace.connections = [one for one in workspace.connections if one.destination_id != gone.id]
    workspace.note(call.now, "Integration Deleted", gone.id, "integration", gone.name)
    return success({"status": "SUCCESS"})


def destination_body(call: Call, destination: Destination) -> Json:
    """Return the destination with masked secrets: ten bullets and the last four characters."""
    secrets = catalog.secret_settings(destination.metadata_id)
    ends = Behavior.MASK_WITHOUT_END not in call.workspace.behaviors
    settings = {
        name: BULLETS + value[-4:] * ends if name in secrets else value for name, value in destination.settings.items()
    }
    if Behavior.SETTINGS_GAIN_KEYS in call.workspace.behaviors:
        settings["dynamicAuthSettings"] = {}
    return {
        "id": destination.id,
        "name": destination.name,
        "enabled": destination.enabled,
        "sourceId": destination.source_id,
        "metadata": catalog.CATALOG[destination.metadata_id],
        "settings": settings,
    }


_ONE = "/destinations/{destinationId}"

ENDPOINTS = (
    Endpoint("GET", "/sources/{sourceId}/connected-destinations", list_connected),
    Endpoint("GET", "/destinations", list_destinations),
    Endpoint("POST", "/destinations", create),
    Endpoint("GET", _ONE, one_destination),
    Endpoint("PATCH", _ONE, update),
    Endpoint("DELETE", _ONE, delete),
)
