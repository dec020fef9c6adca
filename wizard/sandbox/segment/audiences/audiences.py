"""Reading audiences, and the destinations that the activation API supports for them.

See docs/segment.md#audience-calls and docs/segment.md#supported-destinations.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import iso, letters_id
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import MAP, TEXT, TRUTH, checked_body, invalid, page, refused, success
from wizard.sandbox.segment.audiences import computing
from wizard.sandbox.segment.gate import ALPHA, V1_OR_ALPHA, Call, Endpoint
from wizard.sandbox.state.segment_workspace import Audience

FEATURE = "audiences"
LARGEST_COUNT = 200
LOCKED_FOR = timedelta(minutes=2)
LONGEST_SEARCH = 255
_KINDS = ("USERS", "ACCOUNTS", "LINKED")


def list_audiences(call: Call) -> Answer:
    """Return audiences; only the alpha version honors search, paging and `include` (docs/segment.md#media-types)."""
    audiences = call.workspace.audiences_of(space_id(call))
    if call.version != "v1alpha":
        return _first_page_whatever_was_asked(call, audiences)
    shown, pagination = page(call.incoming, _found(call, audiences), LARGEST_COUNT)
    return success({"audiences": [_listed(call, one) for one in shown], "pagination": pagination})


def _first_page_whatever_was_asked(call: Call, audiences: list[Audience]) -> Answer:
    asked = {name.partition(".")[0] for name, _ in call.incoming.query}
    if asked & {"pagination", "search", "include"}:
        call.note("search, pagination and include on audiences need the v1alpha Accept")
    shown = [_listed(call, one) for one in audiences[:LARGEST_COUNT]]
    return success({"audiences": shown, "pagination": {"current": "MA==", "totalEntries": len(audiences)}})


def _found(call: Call, audiences: list[Audience]) -> list[Audience]:
    kind, query = call.incoming.value("search.type"), call.incoming.value("search.query")
    if (kind is None and query is None) or Behavior.SEARCH_IGNORED in call.workspace.behaviors:
        return audiences
    if Behavior.SEARCH_REFUSED in call.workspace.behaviors:
        raise invalid("search.type", 'property "search.type" should not exist')
    if kind not in ("NAME", "KEY", "DEFINITION"):
        raise invalid("search.type", "search.type must be NAME, KEY or DEFINITION")
    if query is None or len(query) > LONGEST_SEARCH:
        raise invalid("search.query", f"search.query must have at most {LONGEST_SEARCH} characters")
    text = query.lower()
    if kind == "KEY":
        return [one for one in audiences if one.key.lower().startswith(text)]
    return [one for one in audiences if text in (one.name if kind == "NAME" else one.query).lower()]


def one_audience(call: Call) -> Answer:
    return success({"audience": _audience(call, named_audience(call))})


def space_id(call: Call) -> str:
    """Return the ID of the space in the path; refuse with 404 if there is none."""
    space = call.workspace.space(call.incoming.params["spaceId"])
    if space is None:
        raise refused(404, "Space not found")
    return space.id


def named_audience(call: Call) -> Audience:
    """Return the audience in the path; refuse with 404 unless it's in the path's space."""
    audience = call.workspace.audiences.get(call.incoming.params["audienceId"])
    if audience is None or audience.space_id != space_id(call):
        raise refused(404, "Audience not found")
    return audience


def update(call: Call) -> Answer:
    """Change the audience, and lock it until the change is processed. The wizard never calls this."""
    fields = {"enabled": TRUTH, "name": TEXT, "description": TEXT, "definition": MAP, "options": MAP}
    body = checked_body(call.incoming, fields)
    call.note("an audience was changed: enabling one is its owner's decision, and it locks")
    audience = named_audience(call)
    if computing.status(call.workspace, audience, call.now) == "Locked":
        raise refused(409, "The audience is locked while a change is processed")
    audience.enabled = body.get("enabled", audience.enabled)
    audience.name = body.get("name", audience.name)
    audience.locked_until = call.now + LOCKED_FOR
    changed = _audience(call, audience)
    return success({"audience": {k: v for k, v in changed.items() if k not in ("size", "computeCadence")}})


def force_run(call: Call) -> Answer:
    if named_audience(call).kind != "LINKED":
        raise refused(400, "Runs can be forced for Linked audiences only")
    return success({"run": {"id": letters_id("run", call.workspace.next_number())}})


def references(call: Call) -> Answer:
    named_audience(call)
    return success({"audienceReferences": [], "pagination": {"current": "MA==", "totalEntries": 0}})


def supported_destinations(call: Call) -> Answer:
    """Return an untyped map by slug; the activation API refuses a destination that isn't in it."""
    space_id(call)
    if call.incoming.params["type"] not in _KINDS:
        raise refused(404, "Unknown audience type")
    asked = call.incoming.value("slug")
    listed: Json = {}
    switched = call.workspace.behaviors
    if Behavior.SUPPORTED_LIST in switched:
        return success({"destinations": [{"slug": catalog.LAUNCHDARKLY_SLUG, "name": "LaunchDarkly Audiences"}]})
    offers = call.workspace.attaching == "open" and Behavior.SUPPORTED_NONE not in switched
    if offers and asked in (None, catalog.LAUNCHDARKLY_SLUG):
        action = {"id": catalog.ACTION_ID, "slug": catalog.ACTION_SLUG, "name": "Sync Audience"}
        listed[catalog.LAUNCHDARKLY_SLUG] = {"name": "LaunchDarkly Audiences", "actions": [action]}
    return success({"destinations": listed})


def _listed(call: Call, audience: Audience) -> Json:
    shown = _audience(call, audience)
    wants_schedules = call.incoming.value("include") == "schedules"
    return shown | ({"schedules": []} if wants_schedules and audience.kind == "LINKED" else {})


def _audience(call: Call, audience: Audience) -> Json:
    shown: Json = {
        "id": audience.id,
        "spaceId": audience.space_id,
        "name": audience.name,
        "key": audience.key,
        "description": audience.description,
        "enabled": audience.enabled,
        "status": computing.status(call.workspace, audience, call.now),
        "audienceType": audience.kind,
        "computeCadence": {"type": audience.cadence},
        "definition": {"query": audience.query},
        "options": {
            "filterByExternalIds": list(audience.external_ids),
            "includeHistoricalData": audience.history,
        },
        "createdBy": letters_id("actor", call.workspace.id),
        "updatedBy": letters_id("actor", call.workspace.id),
        "createdAt": iso(audience.created_at),
        "updatedAt": iso(audience.created_at),
    }
    if Behavior.STATUS_HIDDEN in call.workspace.behaviors:
        del shown["status"]
    count = computing.size(call.workspace, audience, call.now)
    if count is not None and Behavior.SIZE_HIDDEN not in call.workspace.behaviors:
        kind = "ENTITIES" if audience.kind == "LINKED" else audience.kind
        shown["size"] = {"count": count, "type": kind}
    return shown


_ALL = "/spaces/{spaceId}/audiences"
_ONE = _ALL + "/{audienceId}"

ENDPOINTS = (
    Endpoint("GET", _ALL, list_audiences, per_minute=60, feature=FEATURE),
    Endpoint("GET", _ONE, one_audience, per_minute=100, feature=FEATURE, poll_seconds=10),
    Endpoint("PATCH", _ONE, update, per_minute=50, feature=FEATURE),
    Endpoint("POST", _ONE + "/runs", force_run, V1_OR_ALPHA, feature=FEATURE),
    Endpoint("GET", _ONE + "/audience-references", references, ALPHA, 25, FEATURE),
    Endpoint(
        "GET",
        "/spaces/{spaceId}/audienceType/{type}/supported-destinations",
        supported_destinations,
        ALPHA,
        60,
        FEATURE,
    ),
)
