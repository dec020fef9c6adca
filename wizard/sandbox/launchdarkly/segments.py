"""Reading segments and their members.

See docs/launchdarkly.md#listing-segments, docs/launchdarkly.md#one-segment and docs/launchdarkly.md#membership.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import hex_id, iso, milliseconds
from wizard.sandbox.launchdarkly.answers import link, page, refused, self_link
from wizard.sandbox.launchdarkly.filters import BadFilter, segment_filter
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.state.account import CURRENT_API_VERSION, Environment, Project, Segment
from wizard.sandbox.state.policies import Part

UNCOUNTED_FOR = timedelta(seconds=20)
"""A brand-new synced segment has no metadata yet: for how long isn't documented."""

_KIND = re.compile(r'kind equals "(?P<kind>[^"]*)"')
_SORTS: dict[str, Callable[[Segment], Any]] = {
    "creationDate": lambda segment: segment.created_at,
    "lastModified": lambda segment: segment.modified_at,
    "name": lambda segment: segment.name.lower(),
}


def list_segments(call: Call) -> Answer:
    project, environment = call.environment()
    kept = [one for one in environment.segments.values() if not one.deleted and _fits(call)(one)]
    ordered = _sorted(kept, call.incoming.value("sort"))
    shown, paging = page(call.incoming, ordered, 20, paged=call.version >= CURRENT_API_VERSION)
    items = [_listed(call, _segment(call, project, environment, segment)) for segment in shown]
    return Answer(body={"items": items, **paging})


def _listed(call: Call, item: Json) -> Json:
    """Return an item of a list, with or without `_external`: the docs don't say whether lists have it."""
    hidden = Behavior.EXTERNAL_NOT_LISTED in call.world.behaviors
    return {name: value for name, value in item.items() if not (hidden and name == "_external")}


def _fits(call: Call) -> Callable[[Segment], bool]:
    expression, switched = call.incoming.value("filter"), call.world.behaviors
    is_refused = Behavior.EXTERNAL_FILTER_REFUSED in switched and "external exists" in (expression or "")
    if expression and (is_refused or Behavior.FILTERS_REFUSED in switched):
        raise refused(400, "invalid filter")
    try:
        is_ignored = not expression or Behavior.FILTERS_IGNORED in switched
        return segment_filter(expression) if expression and not is_ignored else lambda _: True
    except BadFilter as bad:
        raise refused(400, f"invalid filter: {bad}") from bad


def _sorted(segments: list[Segment], sort: str | None) -> list[Segment]:
    for field in reversed((sort or "creationDate").split(",")):
        order = _SORTS.get(field.removeprefix("-"))
        if order is None:
            raise refused(400, "invalid sort")
        segments = sorted(segments, key=order, reverse=field.startswith("-"))
    return segments


def one_segment(call: Call) -> Answer:
    project, environment = call.environment()
    segment = _named(call, environment)
    by_rule = (
        flag.key for flag in environment.flags.values() if any(segment.key in rule.segments for rule in flag.rules)
    )
    flags = [{"key": key, "name": key, "_links": {}} for key in dict.fromkeys((*segment.flag_keys, *by_rule))]
    return Answer(body=_segment(call, project, environment, segment) | {"_flags": flags})


def _named(call: Call, environment: Environment) -> Segment:
    segment = environment.segments.get(call.incoming.params["segmentKey"])
    if segment is None or segment.deleted:
        raise refused(404, "Unknown segment key")
    return segment


def _segment(call: Call, project: Project, environment: Environment, segment: Segment) -> Json:
    shown: Json = {
        "key": segment.key,
        "name": segment.name,
        "tags": segment.tags,
        "creationDate": milliseconds(segment.created_at),
        "lastModifiedDate": milliseconds(segment.modified_at),
        "version": segment.version,
        "deleted": False,
        "rules": [],
        "generation": segment.generation,
        "unbounded": segment.unbounded,
        "_links": self_link(f"/api/v2/segments/{project.key}/{environment.key}/{segment.key}"),
    }
    if Behavior.SEGMENT_NAMES_ITS_PAGE in call.world.behaviors:
        shown["_links"]["site"] = link(f"/{project.key}/{environment.key}/segments/{segment.key}") | {
            "type": "text/html"
        }
    if segment.external is None:
        return shown | {"included": segment.included, "excluded": []}
    shown["unboundedContextKind"] = segment.context_kind
    if Behavior.EXTERNAL_NOWHERE not in call.world.behaviors:
        shown["_external"] = segment.external
    return shown | _metadata(call, environment, segment)


def _metadata(call: Call, environment: Environment, segment: Segment) -> Json:
    if call.now < segment.created_at + UNCOUNTED_FOR or Behavior.COUNT_NOT_SHOWN in call.world.behaviors:
        return {}
    metadata = {
        "envId": environment.id,
        "segmentId": hex_id(environment.id, segment.key),
        "version": segment.version,
        "includedCount": segment.count_shown(call.now),
        "excludedCount": 0,
        "lastModified": milliseconds(segment.modified_at),
        "deleted": False,
    }
    return {"_unboundedMetadata": metadata}


def membership(call: Call) -> Answer:
    """Return whether one context key is a member; big segments only."""
    _, environment = call.environment()
    segment = _named(call, environment)
    if not segment.unbounded:
        raise refused(400, "the segment is not a big segment")
    key = call.incoming.params["contextKey"]
    return Answer(body={"userKey": key, "included": key in segment.counted_at, "excluded": False})


def evaluate(call: Call) -> Answer:
    """Return, for each segment of the environment, whether the given context is a member."""
    project, environment = call.environment()
    items = evaluated_segments(project, environment, dict(keys_by_kind(object_of(call))))
    return Answer(body={"items": items, "_links": self_link(call.incoming.path)})


def evaluated_segments(project: Project, environment: Environment, keys: dict[str, str]) -> list[Json]:
    return [_evaluated(project, environment, segment, keys) for segment in environment.segments.values()]


def object_of(call: Call) -> Json:
    """Return the body; refuse with 400 unless it's a JSON object."""
    try:
        body = call.incoming.json()
    except ValueError as broken:
        raise refused(400) from broken
    if not isinstance(body, dict):
        raise refused(400)
    return body


def keys_by_kind(context: Json) -> Iterator[tuple[str, str]]:
    """Yield each kind and key, from `{"kind": "user", "key": …}` or a multi-context with one object per kind."""
    if context.get("kind") == "multi":
        yield from ((kind, str(one.get("key"))) for kind, one in context.items() if isinstance(one, dict))
    elif "key" in context:
        yield str(context.get("kind", "user")), str(context["key"])
    else:
        raise refused(400, "the context has no key")


def _evaluated(project: Project, environment: Environment, segment: Segment, keys: dict[str, str]) -> Json:
    key = keys.get(segment.context_kind)
    is_member = key in segment.counted_at or key in segment.included
    return {
        "name": segment.name,
        "key": segment.key,
        "description": segment.description,
        "unbounded": segment.unbounded,
        "external": segment.external or "",
        "isMember": is_member,
        "isIndividuallyTargeted": is_member,
        "isRuleTargeted": False,
        "_links": self_link(f"/api/v2/segments/{project.key}/{environment.key}/{segment.key}"),
    }


def search_contexts(call: Call) -> Answer:
    """Return contexts that SDKs evaluated recently, newest first; `limit` is 1 to 50.

    The only known filter is `kind equals "…"`. Query parameters together with a body are refused.
    """
    project, environment = call.environment()
    search = object_of(call) if call.incoming.body else {}
    if search and call.incoming.query:
        raise refused(400, "use the query parameters or the body, not both")
    kind = _kind_asked_for(search.get("filter") or call.incoming.value("filter"))
    limit = search.get("limit", call.incoming.value("limit") or 20)
    if not str(limit).isdecimal() or not 1 <= int(limit) <= 50:
        raise refused(400, "limit must be between 1 and 50")
    fitting = [seen for seen in environment.contexts if kind in (None, seen.kind)]
    newest = sorted(fitting, key=lambda seen: seen.seen_at, reverse=True)[: int(limit)]
    path = f"/api/v2/projects/{project.key}/environments/{environment.key}"
    items = [
        {
            "lastSeen": iso(seen.seen_at),
            "applicationId": "",
            "context": {"kind": seen.kind, "key": seen.key, **seen.attributes},
            "_links": {"parent": {"href": path, "type": "application/json"}},
        }
        for seen in newest
    ]
    return Answer(body={"_environmentId": environment.id, "items": items, "totalCount": len(items), "_links": {}})


def _kind_asked_for(expression: str | None) -> str | None:
    if not expression:
        return None
    found = _KIND.fullmatch(expression)
    if found is None:
        raise refused(400, "invalid filter")
    return found["kind"]


def make_list_segment(call: Call) -> Answer:
    """Create an ordinary segment, which blocks a synced one of the same key.

    See docs/launchdarkly.md#synced-segments.
    """
    project, environment = call.environment()
    body = object_of(call)
    if not body.get("key") or not body.get("name"):
        raise refused(400, "name and key are required")
    key = str(body["key"])
    call.note("a segment was made by hand: a synced segment must never be pre-created")
    call.demand("createSegment", project.part(), environment.part(), Part("segment", key))
    if key in environment.segments:
        raise refused(409)
    segment = Segment(key, str(body["name"]), created_at=call.now, modified_at=call.now)
    environment.segments[key] = segment
    return Answer(201, _segment(call, project, environment, segment))


_SEGMENTS = "/api/v2/segments/{projectKey}/{environmentKey}"
_ENVIRONMENT = "/api/v2/projects/{projectKey}/environments/{environmentKey}"

ENDPOINTS = (
    Endpoint("GET", _SEGMENTS, list_segments, polled=True),
    Endpoint("POST", _SEGMENTS, make_list_segment),
    Endpoint("GET", _SEGMENTS + "/{segmentKey}", one_segment, polled=True),
    Endpoint("GET", _SEGMENTS + "/{segmentKey}/contexts/{contextKey}", membership),
    Endpoint("GET", _SEGMENTS + "/{segmentKey}/users/{contextKey}", membership),
    Endpoint("POST", _ENVIRONMENT + "/segments/evaluate", evaluate),
    Endpoint("POST", _ENVIRONMENT + "/contexts/search", search_contexts),
)
