"""The first sync: deliveries, the segment, its members."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    DESTINATION,
    MAPPING,
    NOW,
    SEGMENT,
    TOKEN,
    VIP,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    refused,
)
from wizard.domain.answers import ContextKey
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.checks.sync.sync_delivery import is_of_any_audience
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import Finding, healthy
from wizard.domain.services.launchdarkly import Allowlist, ContextKind, LaunchDarklySegment, SegmentWrite
from wizard.domain.services.segment import Activation, Connection, Connections, Delivery

TO_BE_MADE: dict[str, Any] = {"destinations": (), "subscriptions": None, "delivery": None, "connections": {}}
NEW = {"destination": "new"}
NAMESAKE = replace(SEGMENT, key="segment-audiences-aud_0")
MIXED = replace(VIP, identifiers=("user_id", "email"))  # the context key takes user IDs only
FIRST, SECOND = replace(SEGMENT, key="k1"), replace(SEGMENT, key="k2")
ATTACHED = {"attached_at": NOW - timedelta(hours=3)}
OLD = NOW - timedelta(days=30)
BLIND: dict[str, Any] = {  # by hand without a Segment token: LaunchDarkly's side is all that is seen
    "segment_token_shape": None,
    **dict.fromkeys(("workspace", "spaces", "sources", "catalog", "destinations", "subscriptions", "audiences")),
    **dict.fromkeys(("delivery", "intake", "attach_by_api")),
    "connections": {},
    "activations": {},
}
BY_HAND = {"by_hand": True, "audiences": ("vip_customers",), "destination": "new"}
IN_ITS_SLOT = {"segment_details": {SEGMENT.key: SEGMENT}, "test_user_member": {SEGMENT.key: False}}


def _delivered(delivered: int, *failures: tuple[str, int]) -> dict[str, Any]:
    return {"delivery": Delivery(delivered, sum(many for _, many in failures), 0, failures)}


def _refused_since(taken: int, refused: int, reason: str = "401", **more: Any) -> dict[str, Any]:
    """36 were taken until, and 8 refused until so many minutes ago."""
    at, refused_at = NOW - timedelta(minutes=taken), NOW - timedelta(minutes=refused)
    seen = Delivery(36, 8, 0, ((reason, 8),), first_at=NOW - timedelta(hours=3), last_at=at, last_failed_at=refused_at)
    return {"delivery": seen, **more}


def _first_at(ago: timedelta) -> dict[str, Any]:
    return {"delivery": Delivery(5, 0, 0, first_at=NOW - ago)}


BY_EMAIL = replace(MAPPING, settings={**MAPPING.settings, "context_key": str(ContextKey.EMAIL_ONLY)})


def _waiting(minutes: int) -> dict[str, Any]:
    """Attached so long ago, and nothing has been counted or has appeared."""
    return {"segments": (), **_delivered(0), "attached_at": NOW - timedelta(minutes=minutes)}


def _connected(minutes: int) -> dict[str, Any]:
    """Connected so long ago, by nobody that this profile knows of, and nothing has been counted or has appeared."""
    made = Connection("con_1", DESTINATION.id, enabled=True, created_at=NOW - timedelta(minutes=minutes))
    return {"segments": (), **_delivered(0), "attached_at": None, "connections": {VIP.id: Connections((made,), 1)}}


FOUND_BEFORE: dict[str, Any] = {"found_segments": {"vip_customers": SEGMENT.key}, "attached_at": NOW - timedelta(1)}


def _filtered(reason: str) -> dict[str, Any]:
    return {"delivery": Delivery(5, 0, 3, (), (("FILTERED_BY_INTEGRATIONS_OBJECT", 900), (reason, 3)))}


ACCOUNTS = {"context_kinds": (ContextKind("user", "User"), ContextKind("account", "Account"))}


def _segment(**changed: Any) -> dict[str, Any]:
    return {"segments": (replace(SEGMENT, **changed),)}


def _sent_again(minutes: int) -> dict[str, Any]:
    """An old connection, whose activation sent all members again so long ago."""
    old = Connection("con_1", DESTINATION.id, enabled=True, created_at=NOW - timedelta(days=3))
    return {
        "connections": {VIP.id: Connections((old,), 1)},
        "activations": {VIP.id: (Activation("act_1", "LaunchDarkly sync", old.id, enabled=True),)},
        "attached_at": NOW - timedelta(minutes=minutes),
    }


def _wrote(minutes: int) -> SegmentWrite:
    return SegmentWrite(SEGMENT.key, "updateIncluded", NOW - timedelta(minutes=minutes))


def _used_at(moment: datetime) -> dict[str, Any]:
    """Attached a moment ago, nothing counted, and another token than ours in the destination."""
    held = replace(TOKEN, id="tok_2", last_four="9z9z", last_used=moment)
    return {
        "segments": (),
        "delivery": Delivery(0, 0, 0),
        "attached_at": NOW - timedelta(minutes=5),
        "destinations": (replace(DESTINATION, token_last_four="9z9z"),),
        "destination_tokens": (held,),
    }


CASES = (
    *(
        Case("sync.delivery", "fail", reason, _delivered(0, (reason, 7)), says=says, root=True)
        for reason, says in (
            ("401", "the same token works from this machine"),
            ("403", "IP allowlist in LaunchDarkly"),
            ("404", "the same token sees the environment"),
            ("BAD_REQUEST/400", "It isn't a missing context key"),
            ("INVALID_SETTINGS", "missing"),
            ("PAYLOAD_VALIDATION_FAILED", "Most likely a computed trait is attached"),
            ("SOMETHING_NEW", "SOMETHING_NEW"),
        )
    ),
    Case(
        "sync.delivery",
        "pass",
        "none counted, and the destination's token was used since",
        _used_at(NOW - timedelta(minutes=3)),
        says="LaunchDarkly saw the destination's token at 11:57 UTC",
    ),
    Case("sync.delivery", "skipped", "none counted, and its token was last used before", _used_at(OLD)),
    Case(
        "sync.delivery",
        "pass",
        "none counted, and our own token, which it holds, changed a segment",
        {**_waiting(minutes=10), "segment_writes": (_wrote(minutes=4),)},
        says="the destination's token changed segment-audiences-aud_1 at 11:56 UTC",
    ),
    Case(
        "sync.delivery",
        "skipped",
        "none counted, and it changed a segment before attaching only",
        {**_waiting(minutes=10), "segment_writes": (_wrote(minutes=40),)},
        says="within its usual time",
    ),
    Case(
        "sync.delivery",
        "pass",
        "closed, and the audit log has a change",
        {**_waiting(minutes=10), "delivery": refused(), "segment_writes": (_wrote(minutes=4),)},
        says="Segment shows no deliveries to this token",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, and the allowlist is on",
        _delivered(0, ("403", 7)) | {"allowlist": Allowlist(True, True, 1)},
        says="The IP allowlist in LaunchDarkly blocks Segment",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, and the allowlist is off",
        _delivered(0, ("FORBIDDEN", 7)) | {"allowlist": Allowlist(False, True, 1)},
        says="had fewer rights than its role shows",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, and no segment shows that the plan has them",
        _delivered(0, ("403", 7)) | {"segments": ()},
        says="Most likely the plan doesn't include synced segments. It isn't the token's role",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, no segment, and the allowlist is off",
        _delivered(0, ("403", 7)) | {"segments": (), "allowlist": Allowlist(False, True, 1)},
        says="If the plan includes them, the person who made the token",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, and the segments can't be read",
        _delivered(0, ("403", 7)) | {"segments": refused(Service.LAUNCHDARKLY)},
        says="createSegment",
    ),
    Case(
        "sync.delivery",
        "fail",
        "401, the same token works from here, and the allowlist is off",
        _delivered(0, ("401", 7)) | {"allowlist": Allowlist(False, True, 1)},
        says="paste the whole token into LaunchDarkly Service Token again",
    ),
    Case("sync.delivery", "fail", "401, and only an ending agrees", _delivered(0, ("401", 7)), says="a damaged copy"),
    Case(
        "sync.delivery",
        "fail",
        "403, and nobody could read the allowlist",
        _delivered(0, ("403", 7)),
        says="If none is on, the person who made the token had fewer rights",
    ),
    Case(
        "sync.delivery",
        "fail",
        "403, the token's rights unknown",
        _delivered(0, ("403", 7)) | {"token": refused(Service.LAUNCHDARKLY)},
        says="createSegment",
    ),
    *(
        Case(
            "sync.delivery",
            "fail",
            f"{reason}, the destination's token isn't shown",
            _delivered(0, (reason, 7)) | {"destinations": (replace(DESTINATION, token_last_four=""),)},
            says=says,
        )
        for reason, says in (
            ("401", "the destination's token is no longer valid"),
            ("404", "client-side ID doesn't belong"),
        )
    ),
    Case(
        "sync.delivery",
        "fail",
        "a few, and everything since",
        _refused_since(45, 15),
        says="LaunchDarkly has taken nothing since 11:15 UTC. Most likely an IP allowlist in LaunchDarkly blocks "
        "Segment: the same token works from this machine. In Segment",
    ),
    *(
        Case(check, "pass", "the last deliveries failed, and this is right", _refused_since(45, 15))
        for check in ("sync.segment", "sync.members", "sync.context_kind", "sync.test_user", "launchdarkly.flags")
    ),
    *(
        Case(check, "skipped", "the last deliveries failed, which explains this", {**_refused_since(45, 15), **odd})
        for check, odd in (
            ("sync.segment", {"segments": ()}),
            ("sync.members", _segment(included_count=44)),
            ("sync.test_user", {"test_user_member": {VIP.id: False}}),
            ("launchdarkly.flags", {"segments": ()}),
        )
    ),
    Case(
        "sync.context_kind",
        "warn",
        "the last deliveries failed, and the kind is another one",
        {**_refused_since(45, 15), **_segment(context_kind="account")},
    ),
    Case(
        "launchdarkly.flags",
        "warn",
        "the last deliveries failed, and no flag uses it",
        {**_refused_since(45, 15), "segment_details": {VIP.id: replace(SEGMENT, flags=())}},
    ),
    Case("sync.delivery", "warn", "a few, before the wizard's repair", _refused_since(45, 15, repaired_at=NOW)),
    Case("sync.delivery", "warn", "a few single events, and the last ones", _refused_since(45, 15, "400")),
    Case(
        "sync.delivery",
        "warn",
        "refused, and something was taken since",
        _refused_since(15, 45),
        says="8 deliveries failed until 11:15 UTC, mostly with 401. LaunchDarkly has taken others since.",
    ),
    Case("sync.delivery", "fail", "most of them", _delivered(3, ("401", 7)), says="7 of 10"),
    Case("sync.delivery", "warn", "a few", _delivered(900, ("400", 7))),
    Case(
        "sync.delivery",
        "warn",
        "some as invalid, and the audience admits people without the identifier",
        {**_delivered(900, ("400", 7)), "audiences": (MIXED,)},
        says="Most likely some members lack the identifier that the context key needs. In the Mapping step, choose a "
        "context key that every member has.",
    ),
    Case(
        "sync.delivery",
        "fail",
        "all as invalid, the same, and an activation sends them",
        {**_delivered(0, ("400", 7)), "audiences": (MIXED,), "segments": ()},
        says="needs. If every member has it, the activation's events lack a field",
    ),
    Case(
        "sync.delivery",
        "fail",
        "all as invalid, the same, and the members came before",
        {**_delivered(0, ("400", 7)), "audiences": (MIXED,)},
        says="needs. In the Mapping step, choose a context key that every member has.",
    ),
    Case(
        "sync.delivery",
        "fail",
        "all as invalid, every member has the identifier, and an activation sends them",
        {**_delivered(0, ("400", 7)), "segments": ()},
        says="Most likely the activation's events lack a field",
    ),
    Case(
        "sync.delivery",
        "fail",
        "all as invalid, every member has the identifier, and the web app sends them",
        {**_delivered(0, ("400", 7)), "segments": (), "activations": {}},
        says="It isn't a missing context key",
    ),
    Case(
        "sync.delivery",
        "fail",
        "all as invalid, and nobody could look for the client-side ID",
        {
            **_delivered(0, ("400", 7)),
            "projects": refused(Service.LAUNCHDARKLY),
            "project": refused(Service.LAUNCHDARKLY),
            "client_side_id_exists": None,
            "segments": (),
        },
        says="Most likely the destination's client-side ID is wrong.",
    ),
    Case(
        "sync.delivery",
        "fail",
        "the fields don't fit, the mapping's do, and an activation sends them",
        {**_delivered(0, ("PAYLOAD_VALIDATION_FAILED", 7)), "segments": ()},
        says="Most likely the activation's events lack a field",
    ),
    Case(
        "sync.delivery",
        "fail",
        "the fields don't fit, and nobody sees the mapping's",
        {**_delivered(0, ("PAYLOAD_VALIDATION_FAILED", 7)), "subscriptions": (replace(MAPPING, settings={}),)},
        says="Most likely a hidden field of the mapping is missing or edited.",
    ),
    Case(
        "sync.delivery",
        "warn",
        "one, and the members have come since attaching",
        {**_delivered(0, ("400", 1)), "attached_at": NOW - timedelta(hours=3)},
    ),
    Case(
        "sync.delivery",
        "fail",
        "all, and the members are from before",
        {
            **_delivered(0, ("401", 1)),
            "attached_at": NOW - timedelta(minutes=3),
            "known_segments": {SEGMENT.key: None},
        },
    ),
    *(
        Case("sync.delivery", "warn", f"{reason} passes", _delivered(0, (reason, 5), ("ETIMEDOUT", 2)), says=says)
        for reason, says in (
            ("429", "LaunchDarkly limits the rate. Segment retries for up to four hours."),
            ("409", "LaunchDarkly is processing another change of the segment."),
            ("503", "LaunchDarkly has a problem."),
        )
    ),
    Case(
        "sync.delivery",
        "fail",
        "INVALID_SETTINGS, and no token shows",
        {
            **_delivered(0, ("INVALID_SETTINGS", 7)),
            "destinations": (replace(DESTINATION, token_last_four=""),),
        },
        says="Most likely the destination has no token: its client-side ID is set.",
    ),
    Case(
        "sync.delivery",
        "skipped",
        "nothing sent, and the missing segment says why",
        _delivered(0) | {"segments": (), "activations": {}},
        says="Segment hasn't counted any deliveries to this destination. `sync.segment` says why.",
    ),
    Case(
        "sync.segment",
        "unknown",
        "nothing sent, and the web app decides it",
        _delivered(0) | {"segments": (), "activations": {}},
        says="Most likely Send Identify and Send Track are both off. Segment's API doesn't show these switches.",
    ),
    Case(
        "sync.delivery",
        "unknown",
        "nothing sent, and the segment is there",
        _delivered(0) | {"segments": (replace(SEGMENT, included_count=0),)},
        says="Most likely nobody entered or left the audience lately.",
    ),
    Case(
        "sync.segment",
        "unknown",
        "nothing sent, and only changes ever are",
        _delivered(0) | {"segments": (), "activations": {}, "audiences": (replace(VIP, history=False),)},
        says="Most likely nobody entered or left the audience lately.",
    ),
    Case("sync.delivery", "skipped", "nothing sent yet", _waiting(minutes=10), says="within its usual time"),
    Case("sync.segment", "unknown", "nothing sent for too long", _waiting(minutes=120), says="Segment hasn't computed"),
    Case("sync.delivery", "pass", "not counted yet, but members are there", _delivered(0), says="Segment counts"),
    Case("sync.delivery", "unknown", "closed", {"delivery": refused()}),
    Case("sync.delivery", "skipped", "not read", {"delivery": None}),
    Case("sync.delivery", "skipped", "no destination yet", TO_BE_MADE, NEW),
    *(
        Case("sync.filtered", "warn", reason, _filtered(reason), says=reason)
        for reason in (
            "NO_MATCHING_MAPPING",
            "FILTERED_AT_MAPPING",
            "FILTERED_BY_RULES",
            "FILTERED_BY_END_USER_CONSENT",
        )
    ),
    Case("sync.filtered", "pass", "a reason that is nobody's fault", _filtered("UNSUPPORTED_EVENT_TYPE")),
    Case("sync.filtered", "skipped", "not read", {"delivery": None}),
    Case("sync.segment", "pass", "by its name", _segment(key="other-key"), says="Vip customers"),
    Case("sync.segment", "pass", "made anew", _segment(generation=2), says="recreated it"),
    Case(
        "sync.segment",
        "fail",
        "delivered, not there",
        {"segments": ()},
        says="although Segment delivered events",
        root=True,
    ),
    Case(
        "sync.segment",
        "fail",
        "someone may have renamed it",
        {
            "segments": (replace(SEGMENT, key="seg-1", name="Our best customers", created_at=NOW - timedelta(days=2)),),
            **_sent_again(minutes=0),
            "attached_at": None,
            **_first_at(timedelta(days=2)),
        },
        says="Our best customers (seg-1) appeared since",
    ),
    Case("sync.segment", "fail", "deleted", _segment(deleted=True), says="was deleted", root=True),
    Case("sync.segment", "unknown", "not there", {"segments": (), **_delivered(0)}, says="Segment hasn't computed"),
    Case("sync.segment", "skipped", "its usual time isn't over", _waiting(minutes=10), says="about 10 minutes"),
    Case("sync.segment", "unknown", "later than usual", _waiting(minutes=30), says="audience-wizard watch"),
    Case(
        "sync.segment",
        "unknown",
        "its usual time isn't over, but there is one elsewhere",
        {**_waiting(minutes=10), "segments_elsewhere": {"staging": (replace(SEGMENT, created_at=NOW),)}},
        says="The environment staging has a segment with this name",
    ),
    Case(
        "sync.segment",
        "unknown",
        "not there although the usual time is over",
        {"segments": (), **_delivered(0), "attached_at": NOW - timedelta(hours=2)},
        says="The usual time has passed",
    ),
    Case(
        "sync.segment",
        "unknown",
        "no profile knows when it was attached, and its connection is old",
        _connected(minutes=120),
        says="The usual time has passed",
    ),
    Case(
        "sync.segment",
        "unknown",
        "no profile knows when it was attached, and its connection is new",
        _connected(minutes=2),
        says="about 10 minutes",
    ),
    Case(
        "sync.segment",
        "skipped",
        "a batch audience has more time",
        {
            "segments": (),
            **_delivered(0),
            "attached_at": NOW - timedelta(hours=2),
            "audiences": (replace(VIP, cadence="BATCH"),),
        },
        says="up to eight hours",
    ),
    Case(
        "sync.segment",
        "unknown",
        "two look alike",
        {"segments": (replace(SEGMENT, key="a"), replace(SEGMENT, key="b"))},
        says="can't tell which segment belongs",
    ),
    Case(
        "sync.segment",
        "unknown",
        "new since attaching, under another name",
        {"segments": (replace(FIRST, name="Aaa"), replace(SECOND, name="Bbb")), **ATTACHED},
        says="Aaa (k1), Bbb (k2). They appeared after the audience was attached",
    ),
    Case(
        "sync.segment",
        "unknown",
        "of another audience, nothing delivered",
        {"segments": (NAMESAKE,), **_delivered(0)},
        says="yet. The key of the segment with this name (segment-audiences-aud_0) has another audience's ID",
    ),
    Case(
        "sync.segment",
        "fail",
        "of another audience, delivered",
        {"segments": (NAMESAKE,), **ATTACHED, "known_segments": {NAMESAKE.key: None}},
        says="delivered events. The key of the segment with this name (segment-audiences-aud_0) has another audience",
        root=True,
    ),
    Case(
        "sync.segment",
        "unknown",
        "with another ID, and it came with the sync",
        {"segments": (NAMESAKE,), **ATTACHED},
        says="(segment-audiences-aud_0) is most likely VIP customers. It has 1,234 members.",
    ),
    Case(
        "sync.segment",
        "fail",
        "gone since attaching began",
        {"segments": (), **_delivered(0), **ATTACHED, "known_segments": {SEGMENT.key: None}},
        says="was deleted",
        root=True,
    ),
    Case(
        "sync.segment",
        "fail",
        "deleted, told by its name",
        {**_segment(key="k1", deleted=True), **_delivered(0), **ATTACHED},
        says="was deleted",
        root=True,
    ),
    Case(
        "sync.segment",
        "unknown",
        "deleted before attaching began",
        {**_segment(deleted=True, created_at=OLD), **_delivered(0), **ATTACHED},
        says="Vip customers yet",
    ),
    Case(
        "sync.segment",
        "fail",
        "deleted before attaching began, and due",
        {**_segment(deleted=True, created_at=OLD), **ATTACHED},
        says="was deleted",
        root=True,
    ),
    Case(
        "sync.segment",
        "unknown",
        "one of another audience was deleted",
        {"segments": (replace(NAMESAKE, deleted=True),), **_delivered(0), **ATTACHED},
        says="Vip customers yet",
    ),
    *(
        Case(
            "sync.segment",
            "unknown",
            f"{kind}, found before",
            {"segments": failure(kind), **FOUND_BEFORE},
            says="The segment was there at the last check.",
        )
        for kind in FailureKind
    ),
    Case("sync.segment", "unknown", "outage", {"segments": failure(FailureKind.SERVER)}, says="problem"),
    Case(
        "sync.segment", "unknown", "the list is not found", {"segments": failure(FailureKind.NOT_FOUND)}, says="renam"
    ),
    Case("sync.members", "skipped", "outage", {"segments": failure(FailureKind.SERVER)}, says="See `sync.segment`"),
    Case("sync.duplicate", "skipped", "outage", {"segments": failure(FailureKind.SERVER)}, says="See `sync.segment`"),
    Case(
        "sync.segment",
        "unknown",
        "delivered a moment ago",
        {"segments": (), **_first_at(timedelta(minutes=6)), **ATTACHED},
        says="Vip customers yet",
    ),
    Case(
        "sync.segment",
        "fail",
        "delivered long enough ago",
        {"segments": (), **_first_at(timedelta(minutes=21)), **ATTACHED},
        says="although Segment delivered events",
        root=True,
    ),
    Case(
        "sync.segment",
        "fail",
        "gone, told by the end of its key",
        {"segments": (), **_delivered(0), **ATTACHED, "known_segments": {"shop-aud_1": None}},
        says="was deleted",
        root=True,
    ),
    Case(
        "sync.segment",
        "unknown",
        "overdue, and Segment retries what LaunchDarkly didn't take",
        {**_waiting(minutes=120), **_delivered(0, ("429", 7))},
        says="Segment retries them for up to four hours. Wait a few minutes",
    ),
    Case(
        "sync.segment",
        "unknown",
        "overdue, and the activation is off",
        {
            **_waiting(minutes=120),
            "activations": {VIP.id: (Activation("act_1", "LaunchDarkly sync", "con_1", enabled=False),)},
        },
        says="“Activation” says why. Fix “Activation” first.",
    ),
    Case("sync.segment", "skipped", "not read", {"segments": None}),
    Case("sync.segment", "skipped", "no destination yet", {**TO_BE_MADE, "segments": ()}, NEW),
    Case(
        "sync.members",
        "fail",
        "none, and every event was taken",
        _segment(included_count=0),
        says="hasn't counted the members yet: it accepted 1,300 events and refused none.",
        root=True,
    ),
    Case(
        "sync.members",
        "fail",
        "none, and nobody sees the token's rights",
        {**_segment(included_count=0), **_delivered(9), "token": refused(Service.LAUNCHDARKLY)},
        says="Most likely the destination's token can't change members (updateIncluded).",
    ),
    Case(
        "sync.members",
        "fail",
        "none, the token may change members, and the audience admits people without the identifier",
        {**_segment(included_count=0), **_delivered(9), "audiences": (MIXED,)},
        says="Most likely the other profiles don't have the identifier",
    ),
    Case(
        "sync.members",
        "fail",
        "less than half, and some deliveries failed",
        {**_segment(included_count=500), **_delivered(500, ("400", 7))},
        says="Most likely LaunchDarkly refused the others: 7 deliveries failed.",
    ),
    Case("sync.members", "fail", "less than half", _segment(included_count=500), says="We can't tell why", root=True),
    Case("sync.members", "fail", "some came, so it isn't a right", _segment(included_count=5), says="fewer-members"),
    Case(
        "sync.members",
        "skipped",
        "sent again after a repair a moment ago, and they are arriving",
        {**_segment(included_count=500), **_sent_again(minutes=4)},
        says="500 of 1,234 members, and more are arriving",
    ),
    Case(
        "sync.members",
        "fail",
        "sent again half an hour ago",
        {**_segment(included_count=500), **_sent_again(minutes=30)},
        says="500 of 1,234",
    ),
    Case(
        "sync.members",
        "fail",
        "no history",
        {**_segment(included_count=46), "audiences": (replace(VIP, history=False),)},
        says="historical event data",
        root=True,
    ),
    Case("sync.members", "warn", "some are missing", _segment(included_count=1000), says="1,000 of 1,234 members"),
    Case("sync.members", "pass", "a few are missing", _segment(included_count=1200), says="1,200 of 1,234 members"),
    Case(
        "sync.members",
        "pass",
        "a few more",
        _segment(included_count=1240),
        says="1,240 members, but VIP customers has 1,234",
    ),
    Case("sync.members", "warn", "more than the audience", _segment(included_count=2468), says="got no removal for"),
    Case(
        "sync.members",
        "warn",
        "more, and the segment is older than the audience",
        {**_segment(included_count=2468), "audiences": (replace(VIP, created_at=NOW - timedelta(hours=1)),)},
        says="They're from an earlier audience with the same key: Vip customers is older than VIP customers.",
    ),
    Case(
        "sync.members",
        "warn",
        "more, and the context key can have several values",
        {**_segment(included_count=2468), "subscriptions": (BY_EMAIL,), "audiences": (replace(VIP, identifiers=()),)},
        {"context_key": ContextKey.EMAIL_ONLY},
        says="one person became several members: the context key can have several values. Troubleshoot it with F2 "
        "(audience-wizard troubleshoot more-members) to find out which.",
    ),
    Case(
        "sync.members",
        "warn",
        "the wizard changed their keys",
        {**_segment(included_count=2468, created_at=NOW - timedelta(days=3)), "rekeyed_at": NOW - timedelta(days=1)},
        says="stay in the segment under their old keys",
    ),
    Case("sync.members", "unknown", "not counted", _segment(included_count=None)),
    Case(
        "sync.members",
        "skipped",
        "new, none yet",
        _segment(included_count=0, created_at=NOW - timedelta(minutes=3)),
        says="0 of 1,234 members, and more are arriving",
    ),
    Case(
        "sync.members",
        "skipped",
        "new, not counted",
        _segment(included_count=None, created_at=NOW - timedelta(minutes=3)),
        says="hasn't counted its members yet",
    ),
    Case(
        "sync.members",
        "pass",
        "new, most are there",
        _segment(included_count=700, created_at=NOW - timedelta(minutes=3)),
        says="700 of 1,234 members, and more are arriving",
    ),
    Case(
        "sync.members",
        "unknown",
        "the audience's size is not known",
        {**_segment(included_count=0), "audiences": (replace(VIP, size=None),)},
    ),
    Case("sync.members", "skipped", "no segment", {"segments": (), **_delivered(0)}),
    Case("sync.context_kind", "warn", "another kind", _segment(context_kind="account"), says="account"),
    Case(
        "sync.context_kind",
        "warn",
        "another kind, and a flag uses it",
        {**_segment(context_kind="account"), **ACCOUNTS},
        says="would break new-checkout, which uses it",
    ),
    Case(
        "sync.context_kind",
        "warn",
        "another kind, and no flag uses it",
        {**_segment(context_kind="account"), **ACCOUNTS, "segment_details": {"aud_1": replace(SEGMENT, flags=())}},
        says="or delete Vip customers",
    ),
    Case(
        "sync.context_kind",
        "warn",
        "another kind, which the project lacks",
        {**_segment(context_kind="person"), "segment_details": {"aud_1": replace(SEGMENT, flags=())}},
        says="Delete Vip customers in LaunchDarkly and attach VIP customers again.",
    ),
    Case(
        "sync.context_kind",
        "warn",
        "another kind, which the project lacks, and a flag uses it",
        _segment(context_kind="person"),
        says="Take Vip customers out of new-checkout",
    ),
    Case("sync.context_kind", "skipped", "not said", _segment(context_kind="")),
    Case(
        "sync.duplicate",
        "warn",
        "a flag uses the old one",
        {"segments": (SEGMENT, NAMESAKE), "flag_uses": {NAMESAKE.key: ("new-checkout",)}},
        says=f"change the rules of new-checkout to Vip customers ({SEGMENT.key}). Then delete or rename",
    ),
    Case(
        "sync.duplicate",
        "warn",
        "many flags use the old one",
        {"segments": (SEGMENT, NAMESAKE), "flag_uses": {NAMESAKE.key: ("a", "b", "c", "d")}},
        says="change the rules of a, b, c to Vip customers",
    ),
    Case(
        "sync.duplicate",
        "warn",
        "no flag uses the old one",
        {"segments": (SEGMENT, NAMESAKE), "flag_uses": {NAMESAKE.key: ()}},
        says=f"delete or rename {NAMESAKE.key}, unless another audience syncs to it",
    ),
    Case(
        "sync.duplicate",
        "warn",
        "nobody knows which flags use it",
        {"segments": (SEGMENT, NAMESAKE), "flag_uses": {NAMESAKE.key: failure()}},
        says="once no flag uses it",
    ),
    Case(
        "sync.duplicate", "warn", "the audience was made again", {"segments": (SEGMENT, NAMESAKE)}, says="was recreated"
    ),
    Case(
        "sync.duplicate",
        "warn",
        "one made by hand",
        {"namesakes": (LaunchDarklySegment("vip", "Vip customers"),)},
        says="created by hand",
    ),
    Case(
        "sync.duplicate",
        "pass",
        "another name",
        {"namesakes": (LaunchDarklySegment("vip", "VIP"),)},
    ),
    Case(
        "sync.duplicate",
        "skipped",
        "which is the right one cannot be told",
        {"segments": (FIRST, SECOND)},
        says="can't tell which segment belongs to VIP customers. See `sync.segment`",
    ),
    Case(
        "sync.duplicate",
        "warn",
        "of another audience, the right one cannot be told",
        {"segments": (FIRST, SECOND, NAMESAKE)},
        says="rename segment-audiences-aud_0 once no flag uses it, unless another audience syncs to it",
    ),
    Case("sync.duplicate", "pass", "they cannot be listed", {"namesakes": failure(FailureKind.FORBIDDEN)}),
    Case("sync.duplicate", "skipped", "not read", {"segments": None}),
    Case(
        "sync.segment",
        "fail",
        "in another environment",
        {"segments": (), "segments_elsewhere": {"test": failure(), "staging": (SEGMENT,)}},
        says="in the environment staging",
        root=True,
    ),
    Case("sync.segment", "pass", "by hand", BLIND, BY_HAND, says="Vip customers"),
    Case("sync.segment", "unknown", "by hand, not there", {**BLIND, "segments": ()}, BY_HAND, says="about 10 minutes"),
    Case(
        "sync.segment",
        "unknown",
        "by hand, one of its name elsewhere",
        {**BLIND, "segments": (), "segments_elsewhere": {"staging": (SEGMENT,)}},
        BY_HAND,
        says="environment staging has a segment with this name",
    ),
    Case("sync.members", "pass", "by hand", BLIND, BY_HAND, says="1,234 members"),
    Case(
        "sync.context_kind", "warn", "by hand", {**BLIND, **_segment(context_kind="account")}, BY_HAND, says="account"
    ),
    Case("sync.test_user", "warn", "by hand", {**BLIND, **IN_ITS_SLOT}, BY_HAND, says="u_42 isn't a member"),
    Case(
        "launchdarkly.flags",
        "warn",
        "by hand",
        {**BLIND, "segment_details": {SEGMENT.key: replace(SEGMENT, flags=())}},
        BY_HAND,
        says="No flag uses",
    ),
    Case("sync.delivery", "skipped", "by hand", BLIND, BY_HAND, says="by hand"),
)


@pytest.mark.parametrize("case", table(CASES))
def test_sync(case: Case) -> None:
    case.holds()


def test_deliveries_say_nothing_of_a_second_audience_once_the_first_has_arrived() -> None:
    second = replace(VIP, id="aud_2", key="lapsed", name="Lapsed")
    connections = dict.fromkeys(("aud_1", "aud_2"), healthy_facts().connections["aud_1"])
    facts = healthy_facts(audiences=(second, VIP), connections=connections)
    finding = found(facts, healthy_answers(audiences=("aud_2", "aud_1")))["sync.segment"]
    assert finding.status == "unknown"
    assert finding.evidence["audience"] == "lapsed"


def test_a_segment_that_was_elsewhere_before_attaching_is_no_trace_of_this_sync() -> None:
    facts = healthy_facts(segments=(), segments_elsewhere={"staging": (replace(SEGMENT, created_at=OLD),)}, **ATTACHED)
    assert "although Segment delivered events" in found(facts)["sync.segment"].summary


TWO = ("aud_1", "aud_2")


def _of_two(delivery: Delivery, **changed: Any) -> list[Finding]:
    second = replace(VIP, id="aud_2", key="lapsed", name="Lapsed")
    connections = dict.fromkeys(TWO, healthy_facts().connections["aud_1"])
    facts = healthy_facts(audiences=(VIP, second), connections=connections, delivery=delivery, **changed)
    findings = run_checks(CHECKS, facts, healthy_answers(audiences=TWO))
    return [finding for finding in findings if finding.id == "sync.delivery"]


def test_refusals_that_nobody_can_tell_apart_are_reported_for_no_audience() -> None:
    (finding,) = _of_two(Delivery(0, 7, 0, (("400", 7),)))
    assert (finding.status, is_of_any_audience(finding)) == ("fail", True)
    assert "doesn't say which audience they belong to" in finding.cause
    (settings,) = _of_two(Delivery(0, 7, 0, (("401", 7),)))
    assert not is_of_any_audience(settings), "the destination's token meets every audience"


def test_refusals_are_reported_for_the_audience_that_segment_names() -> None:
    apart = {"aud_2": Delivery(0, 7, 0, (("400", 7),)), "aud_1": Delivery(40, 0, 0)}
    found_of = {one.evidence["audience"]: one.status for one in _of_two(Delivery(40, 7, 0, by_audience=apart))}
    assert found_of == {"vip_customers": "pass", "lapsed": "fail"}


def test_names_of_other_audiences_tell_none_of_ours_apart() -> None:
    (finding,) = _of_two(Delivery(0, 7, 0, (("400", 7),), by_audience={"other": Delivery(0, 7, 0)}))
    assert is_of_any_audience(finding)


def test_what_is_of_another_chosen_audience_is_no_candidate() -> None:
    second = replace(VIP, id="aud_2", key="lapsed", name="Lapsed")
    connections = dict.fromkeys(("aud_1", "aud_2"), healthy_facts().connections["aud_1"])
    facts = healthy_facts(audiences=(VIP, second), connections=connections, segments=(FIRST,), **ATTACHED)
    finding = found(facts, healthy_answers(audiences=("aud_2", "aud_1")))["sync.segment"]
    assert "the segment Lapsed yet" in finding.summary


def test_nobody_is_told_to_delete_what_may_be_the_right_one() -> None:
    findings = found(healthy_facts(segments=(FIRST, SECOND)))
    assert not any("elete" in one.fix and ("k1" in one.fix or "k2" in one.fix) for one in findings.values())
    assert "don't delete any until you're certain" in findings["sync.segment"].fix


def test_by_hand_a_setup_is_not_called_healthy_before_its_segment_is_there() -> None:
    there = found(healthy_facts(**BLIND), healthy_answers(**BY_HAND))
    missing = found(healthy_facts(**{**BLIND, "segments": ()}), healthy_answers(**BY_HAND))
    assert healthy(there.values()) is True
    assert healthy(missing.values()) is None


def test_the_segments_page_is_linked() -> None:
    (page,) = found(healthy_facts())["sync.segment"].links
    assert page.startswith("https://app.launchdarkly.com/projects/shop/segments/segment-audiences-aud_1/targeting?")


REMEMBERED = {"found_segments": {"vip_customers": "a-key"}}


def test_what_was_found_once_is_still_it_whatever_it_is_called() -> None:
    renamed = replace(SEGMENT, key="a-key", name="Our best customers")
    unknown = found(healthy_facts(segments=(renamed,)))["sync.segment"]
    known = found(healthy_facts(segments=(renamed,), **REMEMBERED))["sync.segment"]
    assert (unknown.status, known.status) == ("fail", "pass")
    assert "Our best customers" in known.summary


def test_what_was_found_once_and_is_gone_was_deleted() -> None:
    gone = found(healthy_facts(segments=(), **REMEMBERED))["sync.segment"]
    assert (gone.status, "was deleted in LaunchDarkly" in gone.summary) == ("fail", True)


JUST_ATTACHED = {"attached_at": NOW - timedelta(minutes=5), "known_segments": {SEGMENT.key: None}}
CHANGED_SINCE = {
    "segments": (replace(SEGMENT, modified_at=NOW),),
    "known_segments": {SEGMENT.key: NOW - timedelta(days=1)},
}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        (_delivered(0), "unknown"),
        (_delivered(5), "pass"),
        ({"delivery": failure()}, "pass"),
        ({**_delivered(0), "known_segments": {}}, "pass"),
        ({**_delivered(0), **CHANGED_SINCE}, "pass"),
        ({**_delivered(0), **CHANGED_SINCE, "known_segments": {SEGMENT.key: NOW}}, "unknown"),
        ({**_delivered(0), **CHANGED_SINCE, "known_segments": {SEGMENT.key: None}}, "unknown"),
        ({**_delivered(0), "attached_at": NOW - timedelta(hours=2)}, "pass"),
    ],
)
def test_a_segment_from_before_attaching_is_no_proof_while_nothing_was_delivered(
    changed: dict[str, Any], status: str
) -> None:
    assert found(healthy_facts(**{**JUST_ATTACHED, **changed}))["sync.segment"].status == status


def test_what_one_audience_sends_is_reported_for_the_destination() -> None:
    refused = healthy_facts(delivery=Delivery(0, 9, 0, (("401", 9),)))
    assert "audience" not in found(refused)["sync.delivery"].evidence
