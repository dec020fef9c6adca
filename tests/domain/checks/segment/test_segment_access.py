"""What the Segment token opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import ENGAGE_SOURCE, failing, failure, found, healthy_answers, healthy_facts, refused
from wizard.domain.credentials import Shape
from wizard.domain.failure import FailureKind, Service
from wizard.domain.services.segment import Connection, Connections, Region, Source, Space, Workspace

UNREAD: dict[str, Any] = {
    "spaces": None,
    "sources": None,
    "catalog": None,
    "destinations": None,
    "subscriptions": None,
    "audiences": None,
    "connections": {},
    "attach_by_api": None,
    "delivery": None,
}
BAD_TOKEN = failure(FailureKind.UNAUTHORIZED, Service.SEGMENT, path="/")
OFF = replace(refused(), message="Destination connections are not enabled for this workspace")
IN_EU = Workspace("ws_1", "acme", "Acme", Region.EU)
NOT_ADMIN = replace(ENGAGE_SOURCE, writable=False)
WEB = Source("src_9", "web", "Website", "javascript", True, True)
HIDDEN = {"aud_1": Connections((Connection("con_1", "dst_1", enabled=True),), 3)}


def _pasted(shape: Shape | None, **facts: Any) -> dict[str, Any]:
    return {**UNREAD, "segment_token_shape": shape, "workspace": None, **facts}


CASES = (
    Case("segment.token.kind", "fail", "LaunchDarkly's token", _pasted(Shape.ACCESS_TOKEN), root=True),
    Case("segment.token.kind", "fail", "two of them", _pasted(Shape.SEVERAL), says="more than one"),
    Case("segment.token.kind", "fail", "several lines", _pasted(Shape.WORDS), says="more than one word or line"),
    Case("segment.token.kind", "pass", "its usual form", _pasted(Shape.SEGMENT_TOKEN)),
    Case("segment.token.kind", "pass", "an unknown form", _pasted(Shape.OTHER)),
    Case("segment.token.kind", "pass", "whatever its form, it works", {"segment_token_shape": Shape.CLIENT_SIDE_ID}),
    Case("segment.token.kind", "skipped", "none", _pasted(None)),
    Case(
        "segment.token.valid",
        "fail",
        "401",
        _pasted(Shape.OTHER, workspace=BAD_TOKEN),
        says="doesn't know this token",
        root=True,
    ),
    Case("segment.token.valid", "unknown", "outage", _pasted(Shape.OTHER, workspace=failure(FailureKind.SERVER))),
    Case("segment.token.valid", "skipped", "not asked", _pasted(Shape.OTHER)),
    Case("segment.region", "warn", "found in the other one", {"workspace": IN_EU}, says="eu1.api.segmentapis.com"),
    Case(
        "segment.region",
        "fail",
        "asked on the wrong host",
        {**UNREAD, "workspace": IN_EU, "spaces": refused()},
        root=True,
    ),
    Case("segment.region", "pass", "EU on its host", {"workspace": IN_EU, "segment_host": "eu1.api.segmentapis.com"}),
    Case("segment.region", "pass", "a host of one's own", {"workspace": IN_EU, "segment_host": "127.0.0.1"}),
    Case("segment.region", "skipped", "no workspace", _pasted(Shape.OTHER)),
    Case(
        "segment.token.permissions",
        "fail",
        "all closed",
        {**UNREAD, "spaces": refused(), "sources": refused()},
        root=True,
    ),
    Case(
        "segment.token.permissions", "fail", "spaces closed", {**UNREAD, "spaces": refused(), "sources": ()}, root=True
    ),
    Case("segment.token.permissions", "fail", "sources closed", {"sources": refused()}, says="sources", root=True),
    Case(
        "segment.token.permissions", "fail", "audiences closed", {"audiences": refused()}, says="audiences", root=True
    ),
    Case("segment.token.permissions", "fail", "destinations closed", {"destinations": refused()}, root=True),
    Case(
        "segment.token.permissions",
        "fail",
        "no write keys, something refused, and a destination is to be made",
        {"sources": (NOT_ADMIN,), "destinations": (), "subscriptions": None, "connections": {"aud_1": refused()}},
        {"destination": "new"},
        says="Source Admin on the Engage source",
    ),
    Case("segment.token.permissions", "pass", "write keys may be shown to nobody", {"sources": (NOT_ADMIN,)}),
    Case("segment.token.permissions", "warn", "mappings closed", {"subscriptions": refused()}, says="mappings"),
    Case(
        "segment.token.permissions", "warn", "connections closed", {"connections": {"aud_1": refused()}}, says="by hand"
    ),
    Case(
        "segment.token.permissions",
        "warn",
        "the workspace has no API for connections",
        {"connections": {"aud_1": OFF}},
        says="This workspace doesn't offer these parts of Segment's API: connections.",
    ),
    Case(
        "segment.token.permissions",
        "warn",
        "connections closed, and everything else is open",
        {"connections": {"aud_1": refused()}},
        says="Most likely the workspace doesn't have them",
    ),
    Case(
        "segment.token.permissions",
        "warn",
        "401 is for a token without permission",
        {"connections": {"aud_1": failure(FailureKind.UNAUTHORIZED, Service.SEGMENT)}},
        says="Most likely the token lacks a role",
    ),
    Case(
        "segment.token.permissions",
        "fail",
        "it can't be told",
        {"audiences": refused()},
        says="the same answer in both cases, so we can't tell which",
    ),
    Case(
        "segment.token.permissions",
        "pass",
        "that the workspace does not attach is told by the check for it",
        {"connections": {"aud_1": OFF}, "attach_by_api": False},
        says="every Segment API that this workspace offers",
    ),
    Case("segment.token.permissions", "warn", "closed, but by hand", {"audiences": refused()}, {"by_hand": True}),
    Case("segment.token.permissions", "warn", "hidden connections", {"connections": HIDDEN}, says="2 destinations"),
    Case("segment.token.permissions", "skipped", "not read", UNREAD),
    Case("segment.catalog", "warn", "not shown", {"catalog": replace(healthy_facts().catalog, from_catalog=False)}),  # type: ignore[type-var]
    Case("segment.catalog", "unknown", "closed", {"catalog": refused()}),
    Case("segment.catalog", "skipped", "not read", {"catalog": None}),
    Case(
        "segment.engage",
        "fail",
        "no space",
        {**UNREAD, "spaces": (), "sources": (WEB,)},
        says="any Engage space",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "closed to a token that is admin elsewhere",
        {**UNREAD, "spaces": refused(), "sources": (WEB,)},
        says="We can't tell whether the workspace has no Engage or the token has no role on a space",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "no such API there",
        {**UNREAD, "spaces": failure(FailureKind.NOT_FOUND, Service.SEGMENT), "sources": ()},
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "a setup file names a space of a workspace without Engage",
        {"spaces": refused(), "sources": (WEB,), "audiences": refused(), "connections": {}},
        {"space": "prod"},
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "no space, and an Engage source is seen",
        {**UNREAD, "spaces": (), "sources": (ENGAGE_SOURCE,)},
        says="The workspace has Engage, so most likely the token has no role on a space. In Segment, go to Settings",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "closed with 401",
        {**UNREAD, "spaces": failure(FailureKind.UNAUTHORIZED, Service.SEGMENT), "sources": (WEB,)},
        says="Most likely the token has no role on a space. In Segment, go to Settings",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "closed for the workspace, in Segment's words",
        {**UNREAD, "spaces": replace(refused(), message="Spaces API is not enabled"), "sources": (WEB,)},
        says="Ask your Segment Customer Success Manager to enable Engage.",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "no Engage source, and the space has audiences",
        {"sources": (WEB,)},
        says="so it has a source, but the token has no role on that source. In Segment, give the token Source Admin",
        root=True,
    ),
    Case(
        "segment.engage",
        "fail",
        "no Engage source, and the space has no audience",
        {"sources": (WEB,), "audiences": ()},
        says="Most likely nobody has opened the space yet",
    ),
    Case("segment.engage", "fail", "another space", {}, {"space": "spa_9"}, says="isn't in this workspace", root=True),
    Case(
        "segment.engage",
        "pass",
        "not chosen yet",
        {"spaces": (Space("a", "a", "A"), Space("b", "b", "B"))},
        {"space": ""},
    ),
    Case("segment.engage", "unknown", "outage", {"spaces": failure(FailureKind.SERVER, Service.SEGMENT)}),
    Case("segment.engage", "skipped", "not read", UNREAD),
    Case(
        "segment.engage.source",
        "fail",
        "switched off",
        {"sources": (replace(ENGAGE_SOURCE, enabled=False),)},
        says="switched off",
        root=True,
    ),
    Case(
        "segment.engage.source",
        "warn",
        "nothing in its name",
        {"sources": (replace(ENGAGE_SOURCE, slug="x", name="X"),), "connections": {}},
        says="Choose the Engage source",
    ),
    Case(
        "segment.engage.source",
        "warn",
        "several, and one is needed",
        {
            "sources": (ENGAGE_SOURCE, replace(ENGAGE_SOURCE, id="src_2")),
            "destinations": (),
            "connections": {},
        },
        {"destination": "new"},
        says="2 Engage sources",
    ),
    Case(
        "segment.engage.source",
        "pass",
        "several, one was named",
        {"sources": (ENGAGE_SOURCE, replace(ENGAGE_SOURCE, id="src_2")), "destinations": ()},
        {"destination": "new", "engage_source": "src_2"},
    ),
    Case("segment.engage.source", "skipped", "no space", UNREAD),
)


@pytest.mark.parametrize("case", table(CASES))
def test_segment_access(case: Case) -> None:
    case.holds()


def test_each_closed_api_is_listed_with_what_segment_said() -> None:
    evidence = found(healthy_facts(audiences=refused(), subscriptions=refused()))["segment.token.permissions"].evidence
    assert evidence["closed"] == {"audiences": "403", "subscriptions": "403"}


def test_what_is_closed_with_the_audiences_waits_for_the_permission() -> None:
    findings = found(healthy_facts(audiences=refused()))
    assert findings["audience.exists"].summary == "Not checked: `segment.token.permissions` comes first."
    assert findings["audience.size"].summary == "Not checked: `segment.token.permissions` comes first."


def test_by_hand_without_a_token_nothing_is_checked_on_segments_side() -> None:
    facts = healthy_facts(segment_token_shape=None, segment_reach=None, workspace=None, **UNREAD)
    findings = found(facts, healthy_answers(by_hand=True))
    by_hand = [one for name, one in findings.items() if name.startswith(("segment.", "destination.", "audience."))]
    assert {one.summary for one in by_hand} == {"You do Segment's part by hand."}
    assert failing(facts, healthy_answers(by_hand=True)) == []
    assert findings["launchdarkly.context_kind"].status == "pass"
