"""Audience previews: counting members without changing anything (docs/segment.md#audience-previews)."""

from __future__ import annotations

from datetime import timedelta

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import letters_id
from wizard.sandbox.segment.answers import (
    LIST,
    MAP,
    MAP_REQUIRED,
    TEXT_REQUIRED,
    checked,
    checked_body,
    invalid,
    refused,
    success,
)
from wizard.sandbox.segment.audiences.audiences import FEATURE, space_id
from wizard.sandbox.segment.gate import V1_OR_ALPHA, Call, Endpoint
from wizard.sandbox.state.segment_workspace import Audience, Preview, Profile

RUNS_FOR = timedelta(seconds=8)
A_MONTH = 700
_BODY = {"definition": MAP_REQUIRED, "audienceType": TEXT_REQUIRED, "options": MAP}


def start(call: Call) -> Answer:
    """Begin a count; refuse with 429 if the space has used its 700 previews of the month."""
    space = space_id(call)
    body = checked_body(call.incoming, _BODY)
    query = checked(body["definition"], {"query": TEXT_REQUIRED}, "definition.")["query"]
    options = checked(body.get("options", {}), {"filterByExternalIds": LIST}, "options.")
    if body["audienceType"] not in ("USERS", "ACCOUNTS", "LINKED"):
        raise invalid("audienceType", "audienceType must be USERS, ACCOUNTS or LINKED")
    if sum(one.space_id == space for one in call.workspace.previews.values()) >= A_MONTH:
        raise refused(429, "The space has used its audience previews of this month")
    preview_id = letters_id("preview", call.workspace.next_number())
    identifiers = tuple(options.get("filterByExternalIds", ("user_id", "email", "android.idfa", "ios.idfa")))
    made = Preview(preview_id, space, query, body["audienceType"], identifiers, call.now)
    call.workspace.previews[preview_id] = made
    return success({"audiencePreview": {"id": preview_id}}, 201)


def one(call: Call) -> Answer:
    found = call.workspace.previews.get(call.incoming.params["previewId"])
    if found is None or found.space_id != space_id(call):
        raise refused(404, "Preview not found")
    shown: Json = {
        "id": found.id,
        "audienceType": found.kind,
        "definition": {"query": found.query},
        "options": {"filterByExternalIds": list(found.identifiers)},
        "status": "RUNNING",
    }
    if call.now - found.started_at < RUNS_FOR:
        return success({"audiencePreview": shown})
    members = _members(call, found)
    if members is None:
        return success({"audiencePreview": shown | {"status": "FAILED", "failureReason": "Unknown definition"}})
    count = sum(1 for profile in members if _admitted(profile, found.identifiers))
    return success({"audiencePreview": shown | {"status": "COMPLETED", "results": [], "size": {"count": count}}})


def _members(call: Call, preview: Preview) -> list[Profile] | None:
    """Return the members of the audience that has this definition; None without one. No query is evaluated."""
    audiences = call.workspace.audiences_of(preview.space_id)
    found: Audience | None = next((one for one in audiences if one.query == preview.query), None)
    return None if found is None else [found.members[index] for index in range(len(found.members))]


def _admitted(profile: Profile, identifiers: tuple[str, ...]) -> bool:
    known = {"user_id": profile.user_id, "email": profile.email, "anonymous_id": profile.anonymous_id}
    return any(known.get(name) for name in identifiers)


_ALL = "/spaces/{spaceId}/audiences/previews"

ENDPOINTS = (
    Endpoint("POST", _ALL, start, V1_OR_ALPHA, 5, FEATURE),
    Endpoint("GET", _ALL + "/{previewId}", one, V1_OR_ALPHA, 100, FEATURE),
)
