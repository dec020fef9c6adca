"""Which parts of Segment's API this token can use, and why the others are closed."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Findings, failed, need, not_judged, passed, warned
from wizard.domain.facts import Facts, is_closed
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links
from wizard.domain.services.naming import is_engage
from wizard.domain.services.segment import Connections
from wizard.domain.tokens.closed import ClosedBy, closed_by
from wizard.domain.wanted import chosen_destination, engage_sources_of
from wizard.text import count

_ROLES = (
    "In Segment, go to Settings → Workspace settings → Access Management and give the token Unify and Engage Admin on "
    "the space and Source Admin on its Engage source"
)
_SOURCE_ADMIN = "source admin"


def permissions(facts: Facts, answers: Answers) -> Findings:
    """Report the closed parts of the API, and whether the token or the workspace is the reason, if that's known."""
    need(facts.workspace, "the workspace of this token")
    if facts.spaces is None and facts.sources is None:
        return not_judged("Not read yet: which Segment APIs the token can use.")
    refused = _refused(facts)
    no_key = _shows_no_key(facts, answers) if refused else ""
    closed = {name: _said(failure) for name, failure in refused.items()} | ({_SOURCE_ADMIN: no_key} if no_key else {})
    by = ClosedBy.PROBABLY_TOKEN if no_key else _closed_by(refused)
    if not closed or _is_reported_elsewhere(closed, by, facts):
        return _hides_connections(facts) or _all_open(closed, facts)
    summary = _SUMMARIES[by].format(_words(closed))
    if _cannot_go_on(closed, facts, answers):
        return failed(summary, **_about(closed, by))
    return warned(f"{summary} You do these steps by hand in Segment's web app.", **_about(closed, by))


def _all_open(closed: Collection[str], facts: Facts) -> Findings:
    which = "every Segment API that this workspace offers" if closed else "every Segment API that the wizard needs"
    return passed(f"This token can use {which}.", evidence={"apis": _apis(facts, closed)})


def _hides_connections(facts: Facts) -> Findings:
    seen = [found for found in facts.connections.values() if isinstance(found, Connections)]
    hidden = sum(max(0, (found.total or 0) - len(found.items)) for found in seen)
    if not hidden:
        return ()
    return warned(
        f"This token can't see {count(hidden, 'destination')} that the chosen audiences are connected to.",
        cause="A token sees only connections to destinations whose source it can read.",
        fix="In Segment, go to Settings → Workspace settings → Access Management and give the token Source Admin on "
        "those sources.",
        links=(links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
        evidence={"hidden_connections": hidden},
    )


def _cannot_go_on(closed: Container[str], facts: Facts, answers: Answers) -> bool:
    """Return whether a closed API keeps the wizard from finding or making anything. The others have a way by hand."""
    needed = ["spaces", "sources", "destinations", "audiences"]
    if chosen_destination(facts, answers) is None:
        needed.append(_SOURCE_ADMIN)
    return not answers.by_hand and any(name in closed for name in needed)


def _refused(facts: Facts) -> dict[str, Failure]:
    """Return each closed API with Segment's refusal, without those that are closed only because Engage is missing."""
    has_engage = not _engage_is_off(facts)
    slots: dict[str, object] = {
        "spaces": facts.spaces if has_engage else None,
        "sources": facts.sources,
        "catalog": facts.catalog,
        "destinations": facts.destinations,
        "audiences": facts.audiences if has_engage else None,
        "subscriptions": facts.subscriptions,
        "connections": refused_connections(facts),
    }
    return {name: seen for name, seen in slots.items() if is_closed(seen)}


def refused_connections(facts: Facts) -> Failure | None:
    """Return Segment's refusal to show what an audience is connected to, if it refused."""
    return next((seen for seen in facts.connections.values() if is_closed(seen)), None)


def _shows_no_key(facts: Facts, answers: Answers) -> str:
    """Return that no source of the space shows its write key, which a Source Admin would see; empty if one does.

    That alone is no proof: Segment may show write keys to nobody (docs/segment.md#roles).
    """
    sources = engage_sources_of(facts, answers)
    without = sources and all(source.writable is False for source in sources)
    return f"{sources[0].name} doesn't show its write key" if without else ""


def _said(failure: Failure) -> str:
    return f"{failure.status or ''} {failure.code}".strip() or failure.kind.value


def _engage_is_off(facts: Facts) -> bool:
    """Return whether Engage is missing: a powerful token sees no space and no Engage source."""
    if not (is_closed(facts.spaces) and isinstance(facts.sources, tuple)):
        return False
    powerful = facts.spaces.kind is FailureKind.NOT_FOUND or any(source.writable for source in facts.sources)
    return powerful and not any(map(is_engage, facts.sources))


# --- why it is closed ---------------------------------------------------------------------------------------------

_SUMMARIES = {
    ClosedBy.WORKSPACE: "This workspace doesn't offer these parts of Segment's API: {}.",
    ClosedBy.PROBABLY_WORKSPACE: "Segment refuses these parts of its API: {}.",
    ClosedBy.PROBABLY_TOKEN: "This token can't use these parts of Segment's API: {}.",
    ClosedBy.UNKNOWN: "Segment refuses these parts of its API: {}.",
}
_CAUSES = {
    ClosedBy.WORKSPACE: "Segment says that they're off for the workspace. The token's role isn't the cause.",
    ClosedBy.PROBABLY_WORKSPACE: "Most likely the workspace doesn't have them: the token can use everything else.",
    ClosedBy.PROBABLY_TOKEN: "Most likely the token lacks a role on the space or on its Engage source.",
    ClosedBy.UNKNOWN: "The token lacks a role, or the workspace doesn't have these parts. Segment gives the same "
    "answer in both cases, so we can't tell which.",
}
_ASK_SEGMENT = "ask Segment to turn them on for this workspace"


def _closed_by(refused: Mapping[str, Failure]) -> ClosedBy:
    """Return what closes these APIs. A token that can read the space and its audiences has the role for the rest."""
    each = {closed_by(failure) for failure in refused.values()}
    if ClosedBy.PROBABLY_TOKEN in each:
        return ClosedBy.PROBABLY_TOKEN
    if each == {ClosedBy.WORKSPACE}:
        return ClosedBy.WORKSPACE
    return ClosedBy.PROBABLY_WORKSPACE if refused.keys() <= {"subscriptions", "connections"} else ClosedBy.UNKNOWN


def _is_reported_elsewhere(closed: Collection[str], by: ClosedBy, facts: Facts) -> bool:
    """Return whether `audience.attach_by_api` reports this."""
    return set(closed) == {"connections"} and by.is_workspace and facts.attach_by_api is False


def _about(closed: Mapping[str, str], by: ClosedBy) -> dict[str, Any]:
    """Return cause, fix, pages and evidence of what is closed."""
    fixes = {ClosedBy.PROBABLY_TOKEN: f"{_ROLES}.", ClosedBy.UNKNOWN: f"{_ROLES}. Or {_ASK_SEGMENT}."}
    pages = (links.SEGMENT_ACCESS, links.SEGMENT_TOKENS, links.SEGMENT_ROLES_DOCS)
    return {
        "cause": _CAUSES[by],
        "fix": fixes.get(by, f"Do these steps by hand in Segment's web app, or {_ASK_SEGMENT}."),
        "links": (links.SEGMENT_WORKSPACE,) if by.is_workspace else pages,
        "evidence": {"closed": dict(closed), "missing": list(closed), "because_of": str(by)},
    }


def _words(closed: Iterable[str]) -> str:
    """Return the names that Segment's web app has for these parts. There, a subscription is called a mapping."""
    words = {"subscriptions": "mappings", _SOURCE_ADMIN: "Source Admin on the Engage source"}
    return ", ".join(words.get(name, name) for name in closed)


def _apis(facts: Facts, closed: Container[str]) -> dict[str, str]:
    names = ("spaces", "sources", "catalog", "destinations", "audiences", "subscriptions")
    return {name: "closed" if name in closed else "open" for name in names if getattr(facts, name) is not None}
