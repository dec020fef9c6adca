"""The workspace, its spaces and sources, its audit trail and its roles.

See docs/segment.md#workspace-spaces-and-sources, docs/segment.md#audit-trail and docs/segment.md#roles.
"""

from __future__ import annotations

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import iso, letters_id
from wizard.sandbox.segment.answers import page, refused, success
from wizard.sandbox.segment.gate import ALPHA, Call, Endpoint
from wizard.sandbox.state.segment_workspace import ENGAGE_SOURCE_SLUG, ENGAGE_SOURCE_TYPE, Source, Space


def workspace(call: Call) -> Answer:
    found = call.workspace
    return success({"workspace": {"id": found.id, "slug": found.slug, "name": found.name}})


def echo(call: Call) -> Answer:
    incoming = call.incoming
    status = incoming.value("statusCode") or "200"
    if incoming.value("triggerError") == "true":
        raise refused(
            int(status) if status in ("401", "403", "404", "429", "500", "503") else 400, "triggered by the request"
        )
    return success({"message": incoming.value("message") or "", "method": incoming.method, "headers": {}})


def list_spaces(call: Call) -> Answer:
    shown, pagination = page(call.incoming, call.workspace.spaces)
    return success({"spaces": [_space(space) for space in shown], "pagination": pagination})


def one_space(call: Call) -> Answer:
    found = call.workspace.space(call.incoming.params["spaceId"])
    if found is None:
        raise refused(404, "Space not found")
    return success({"space": _space(found)})


def _space(space: Space) -> Json:
    return {"id": space.id, "slug": space.slug, "name": space.name}


def list_sources(call: Call) -> Answer:
    shown, pagination = page(call.incoming, call.workspace.sources)
    return success({"sources": [_source(call, source) for source in shown], "pagination": pagination})


def one_source(call: Call) -> Answer:
    found = call.workspace.source(call.incoming.params["sourceId"])
    if found is None:
        raise refused(404, "Source not found")
    return success({"source": _source(call, found), "trackingPlanId": None})


def _source(call: Call, source: Source) -> Json:
    """Return a source. Only a Workspace Owner's token sees its write keys."""
    type_id, type_slug = _type_of(call, source)
    shows_keys = call.token.owner and Behavior.WRITE_KEYS_HIDDEN not in call.workspace.behaviors
    return {
        "id": source.id,
        "slug": source.slug,
        "name": source.name,
        "workspaceId": call.workspace.id,
        "enabled": source.enabled,
        "writeKeys": [source.write_key] if shows_keys else [],
        "metadata": {
            "id": type_id,
            "slug": type_slug,
            "name": source.metadata_name,
            "description": "",
            "logos": {"default": "https://cdn.example.com/source.svg"},
            "options": [],
            "categories": [],
            "isCloudEventSource": False,
            "status": "PUBLIC",
        },
        "settings": {},
        "labels": [],
    }


def _type_of(call: Call, source: Source) -> tuple[str, str]:
    """Return the ID and the slug of the source's type (docs/segment.md#engage-sources)."""
    if source.metadata_slug != ENGAGE_SOURCE_SLUG:
        return letters_id("metadata", source.metadata_slug), source.metadata_slug
    switched = call.workspace.behaviors
    if Behavior.ENGAGE_TYPE_DIFFERS in switched:
        return letters_id("metadata", "engage"), "engage"
    return ENGAGE_SOURCE_TYPE, "engage" if Behavior.ENGAGE_SLUG_DIFFERS in switched else source.metadata_slug


def audit_events(call: Call) -> Answer:
    """Return events newest first; `resourceId`, `startTime` and `endTime` filter the list."""
    value = call.incoming.value
    start, end, resource = value("startTime") or "", value("endTime") or "~", value("resourceId")
    events = [
        {
            "id": event.id,
            "timestamp": iso(event.at),
            "type": event.kind,
            "actor": letters_id("actor", call.workspace.id),
            "actorEmail": "ada@example.com",
            "resourceId": event.resource_id,
            "resourceType": event.resource_type,
            "resourceName": event.resource_name,
        }
        for event in reversed(call.workspace.audit_trail)
        if start <= iso(event.at) < end and resource in (None, event.resource_id)
    ]
    shown, pagination = page(call.incoming, events)
    return success({"events": shown, "pagination": pagination})


def list_roles(call: Call) -> Answer:
    names = ("Workspace Owner", "Unify and Engage Admin", "Source Admin", "Identity Admin")
    roles = [{"id": letters_id("role", name), "name": name, "description": name} for name in names]
    shown, pagination = page(call.incoming, roles)
    return success({"roles": shown, "pagination": pagination})


ENDPOINTS = (
    Endpoint("GET", "/", workspace, roles=False),
    Endpoint("GET", "/echo", echo, roles=False),
    Endpoint("GET", "/spaces", list_spaces, ALPHA, feature="spaces", roles=False),
    Endpoint("GET", "/spaces/{spaceId}", one_space, ALPHA, feature="spaces", roles=False),
    Endpoint("GET", "/sources", list_sources, roles=False),
    Endpoint("GET", "/sources/{sourceId}", one_source, roles=False),
    Endpoint("GET", "/audit-events", audit_events),
    Endpoint("GET", "/roles", list_roles),
)
