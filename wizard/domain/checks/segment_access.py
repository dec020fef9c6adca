"""What the Segment token opens: its kind, its workspace and region, Engage, each API (segment rows 1-9, 35, 52)."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check, Findings, failed, need, not_judged, passed, warned
from wizard.domain.credentials import Shape
from wizard.domain.explain import evidence_of
from wizard.domain.facts import Facts
from wizard.domain.model import Connections, Failure, FailureKind, Region, Workspace
from wizard.domain.naming import ENGAGE_SOURCE_SLUG
from wizard.domain.wanted import chosen_destination, engage_sources_of
from wizard.text import count

STEP = "segment"
_NOT_A_PUBLIC_API_TOKEN = {
    Shape.ACCESS_TOKEN: "a LaunchDarkly access token",
    Shape.SDK_KEY: "a LaunchDarkly SDK key",
    Shape.MOBILE_KEY: "a LaunchDarkly mobile key",
    Shape.CLIENT_SIDE_ID: "a LaunchDarkly client-side ID",
    Shape.SEVERAL: "more than one credential",
    Shape.WORDS: "more than one word or line",
}
_HOSTS = {"api.segmentapis.com": Region.US, "eu1.api.segmentapis.com": Region.EU}
_ROLES = (
    "Give the token Unify and Engage Admin on the space and Source Admin on its Engage source under Access Management."
)


def _kind(facts: Facts, _: Answers) -> Findings:
    """Row 1."""
    shape = facts.segment_token_shape
    if isinstance(facts.workspace, Workspace):
        return passed("This is a Public API token.")
    if shape is None:
        return not_judged("Not given yet: the Public API token.")
    if shape not in _NOT_A_PUBLIC_API_TOKEN:
        return passed("This can be a Public API token; Segment decides.")
    return failed(
        f"This is {_NOT_A_PUBLIC_API_TOKEN[shape]}, not a Public API token of Segment.",
        cause="The fields may have been swapped.",
        fix="Have a Workspace Owner create a Public API token under Access Management and paste that.",
        links=(links.SEGMENT_TOKENS, links.PUBLIC_API_DOCS),
        evidence={"kind": _NOT_A_PUBLIC_API_TOKEN[shape]},
    )


def _valid(facts: Facts, _: Answers) -> Findings:
    """Rows 1, 2. The client has asked both regions; statuses for the wrong one are unverified (8)."""
    workspace = facts.workspace
    if isinstance(workspace, Failure) and workspace.is_closed:
        return failed(
            "Segment does not know this token.",
            cause="It was mistyped or revoked, it is another kind of token (Config API, write key, Profile API), or "
            "its workspace lives in the other region.",
            fix="Have a Workspace Owner create a Public API token under Access Management and paste it.",
            links=(links.SEGMENT_TOKENS, links.PUBLIC_API_DOCS),
            evidence=evidence_of(workspace),
        )
    found = need(workspace, "the workspace of this token")
    return passed(f"The token opens the workspace {found.name}.", evidence={"workspace": found.slug or found.id})


def _region(facts: Facts, _: Answers) -> Findings:
    """Row 2. A workspace in the other region is no trouble while its own host is asked."""
    workspace = need(facts.workspace, "the workspace of this token")
    in_use = _HOSTS.get(facts.segment_host.lower())
    evidence = {"region": str(workspace.region), "host": facts.segment_host}
    if in_use in {None, workspace.region}:
        return passed(f"The workspace lives in the {workspace.region} region.", evidence=evidence)
    host = next(name for name, region in _HOSTS.items() if region is workspace.region)
    summary = f"The workspace lives in the {workspace.region} region, not on {facts.segment_host}."
    fix = f"Set --segment-url to https://{host}."
    if isinstance(facts.spaces, Failure) and facts.spaces.is_closed:
        cause = "A token works only on the host of its workspace's region."
        return failed(summary, cause=cause, fix=fix, links=(links.SEGMENT_WORKSPACE,), evidence=evidence)
    cause = f"The wizard found it there and asks {host} from now on."
    return warned(summary, cause=cause, fix=fix, links=(links.SEGMENT_WORKSPACE,), evidence=evidence)


# --- each API ---------------------------------------------------------------------------------------------------


def _permissions(facts: Facts, answers: Answers) -> Findings:
    """Rows 3, 5, 8, 9, 35. Segment says 401, 403 or 404 for a missing role and a missing feature alike (1.4, 8)."""
    need(facts.workspace, "the workspace of this token")
    if facts.spaces is None and facts.sources is None:
        return not_judged("Not read yet: which APIs the token opens.")
    closed = _closed(facts, answers)
    if _cannot_go_on(closed, facts, answers):
        return _may_not(closed)
    if closed:
        return _by_hand(closed)
    if hidden := _hidden_connections(facts):
        return warned(
            f"The token may not see {count(hidden, 'destination')} that the chosen audiences are connected to.",
            cause="A token sees only connections to destinations whose source it may read.",
            fix="Give the token Source Admin on those sources under Access Management.",
            links=(links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
            evidence={"hidden_connections": hidden},
        )
    return passed("Each API that is needed is open to this token.", evidence={"apis": _apis(facts, closed)})


def _cannot_go_on(closed: dict[str, str], facts: Facts, answers: Answers) -> bool:
    """Without these nothing can be found or made; each other API has a way by hand (design, principle 3)."""
    needed = {"spaces", "sources", "destinations", "audiences"}
    if chosen_destination(facts, answers) is None:
        needed.add(_SOURCE_ADMIN)
    return not answers.by_hand and not needed.isdisjoint(closed)


_SOURCE_ADMIN = "source admin"


def _closed(facts: Facts, answers: Answers) -> dict[str, str]:
    """What is closed, each with Segment's answer. What is closed for want of Engage is `_engage`'s to tell."""
    has_engage = not _engage_is_off(facts)
    slots: dict[str, object] = {
        "spaces": facts.spaces if has_engage else None,
        "sources": facts.sources,
        "catalog": facts.catalog,
        "destinations": facts.destinations,
        "audiences": facts.audiences if has_engage else None,
        "subscriptions": facts.subscriptions,
        "connections": next((seen for seen in facts.connections.values() if isinstance(seen, Failure)), None),
    }
    closed = {name: _said(seen) for name, seen in slots.items() if isinstance(seen, Failure) and seen.is_closed}
    sources = engage_sources_of(facts, answers)
    if sources and all(source.writable is False for source in sources):
        closed[_SOURCE_ADMIN] = f"{sources[0].name} shows no write key"
    return closed


def _said(failure: Failure) -> str:
    return f"{failure.status or ''} {failure.code}".strip() or failure.kind.value


def _engage_is_off(facts: Facts) -> bool:
    """Spaces are closed although the token is powerful, and no Engage source exists: the feature, not the role."""
    if not (isinstance(facts.spaces, Failure) and facts.spaces.is_closed and isinstance(facts.sources, tuple)):
        return False
    powerful = facts.spaces.kind is FailureKind.NOT_FOUND or any(source.writable for source in facts.sources)
    return powerful and not any(source.metadata_slug == ENGAGE_SOURCE_SLUG for source in facts.sources)


def _may_not(closed: dict[str, str]) -> Findings:
    return failed(
        f"Closed to this token: {_words(closed)}.",
        cause="The token lacks the role, or the workspace lacks the feature. Segment answers alike for both.",
        fix=_ROLES,
        links=(links.SEGMENT_ACCESS, links.SEGMENT_TOKENS, links.SEGMENT_ROLES_DOCS),
        evidence={"closed": closed, "missing": list(closed)},
    )


def _by_hand(closed: dict[str, str]) -> Findings:
    return warned(
        f"Closed to this token: {_words(closed)}. What they do is done by hand in Segment's web app.",
        cause="The token lacks the role, or the workspace lacks the feature. Segment answers alike for both.",
        fix=_ROLES,
        links=(links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
        evidence={"closed": closed, "missing": list(closed)},
    )


def _words(closed: dict[str, str]) -> str:
    """In the words of Segment's web app, which calls a subscription a mapping."""
    words = {"subscriptions": "mappings", _SOURCE_ADMIN: "Source Admin on the Engage source"}
    return ", ".join(words.get(name, name) for name in closed)


def _hidden_connections(facts: Facts) -> int:
    seen = [found for found in facts.connections.values() if isinstance(found, Connections)]
    return sum(max(0, (found.total or 0) - len(found.items)) for found in seen)


def _apis(facts: Facts, closed: dict[str, str]) -> dict[str, str]:
    names = ("spaces", "sources", "catalog", "destinations", "audiences", "subscriptions")
    return {name: "closed" if name in closed else "open" for name in names if getattr(facts, name) is not None}


def _catalog(facts: Facts, _: Answers) -> Findings:
    """Ids and preset are taken from the catalog at run time; the contract's table is the fall-back (2.5)."""
    entry = need(facts.catalog, "LaunchDarkly Audiences in Segment's catalog")
    if entry.from_catalog:
        return passed("The mapping is made from Segment's catalog.", evidence={"slug": entry.slug})
    return warned(
        "Segment's catalog does not show LaunchDarkly Audiences to this token.",
        cause="The mapping is made from the values that Segment documents instead.",
        fix="Look at the catalog entry in the web app before you apply the plan.",
        links=(links.SEGMENT_CATALOG_ENTRY, links.TWILIO_DESTINATION_DOCS),
    )


_VALID = ("segment.token.valid", "segment.region")
CHECKS = (
    Check("segment.token.kind", "Kind of credential", STEP, _kind),
    Check("segment.token.valid", "Token is known", STEP, _valid, ("segment.reachable", "segment.token.kind")),
    Check("segment.region", "Region", STEP, _region, ("segment.token.valid",)),
    Check("segment.token.permissions", "APIs open to the token", STEP, _permissions, _VALID),
    Check("segment.catalog", "Catalog entry", STEP, _catalog, _VALID, matters=False),
)
