"""How a synced segment stands, from what both services say of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.inventory.judge import judge, with_known_flags
from wizard.domain.inventory.row import Row, Standing, are_in_step
from wizard.domain.inventory.seen import Place, SegmentSide
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment
from wizard.domain.services.mapping import ACTION_SLUG
from wizard.domain.services.segment import Audience, Connection, Connections, Destination, Subscription

VIP = Audience("aud_1", "vip", "VIP", "spa_1", enabled=True, size=100)
SEGMENT = LaunchDarklySegment("segment-audiences-aud_1", "Vip", "segment-audiences", included_count=100)
OLD = replace(SEGMENT, key="segment-audiences-aud_0", included_count=90)
DESTINATION = Destination("dest_1", "LaunchDarkly - shop / production", "src", enabled=True, client_side_id="c1")
MAPPING = Subscription("map_1", "Sync", "dest_1", action_slug=ACTION_SLUG, enabled=True)
ATTACHED = Connections((Connection("ii_1", "dest_1"),), 1)
SIDE = SegmentSide(
    destinations=(DESTINATION,), mappings={"dest_1": (MAPPING,)}, audiences=(VIP,), connections={"aud_1": ATTACHED}
)
CLOSED = Failure(Service.SEGMENT, FailureKind.FORBIDDEN, "api.segmentapis.com", "GET", "/", status=403)


def rows(*segments: LaunchDarklySegment, side: SegmentSide = SIDE, flags: object = None) -> tuple[Row, ...]:
    uses = flags if isinstance(flags, dict | Failure) else {}
    return judge(Place("shop", Environment("c1", "production", "Production"), segments, uses), side)


@dataclass(frozen=True)
class Case:
    name: str
    standing: Standing
    says: str
    segment: LaunchDarklySegment = SEGMENT
    side: SegmentSide = field(default_factory=lambda: SIDE)


CASES = (
    Case("as many", Standing.IN_STEP, "100 of 100"),
    Case("a tenth fewer", Standing.IN_STEP, "90 of 100", replace(SEGMENT, included_count=90)),
    Case("fewer", Standing.LATE, "89 of 100", replace(SEGMENT, included_count=89)),
    Case("more", Standing.MORE_MEMBERS, "111 members, but VIP has 100", replace(SEGMENT, included_count=111)),
    Case("not counted", Standing.UNKNOWN, "LaunchDarkly doesn't show", replace(SEGMENT, included_count=None)),
    Case("no size", Standing.UNKNOWN, "Segment doesn't show", side=replace(SIDE, audiences=(replace(VIP, size=None),))),
    Case("audience gone", Standing.ORPHAN, "Most likely its audience was deleted", side=replace(SIDE, audiences=())),
    Case("audience off", Standing.ORPHAN, "VIP is off", side=replace(SIDE, audiences=(replace(VIP, enabled=False),))),
    Case("not attached", Standing.ORPHAN, "isn't attached", side=replace(SIDE, connections={"aud_1": Connections(())})),
    Case(
        "connection off",
        Standing.ORPHAN,
        "Connect to destination is off for VIP",
        side=replace(SIDE, connections={"aud_1": Connections((Connection("ii_1", "dest_1", enabled=False),))}),
    ),
    Case(
        "destination off",
        Standing.ORPHAN,
        "is off",
        side=replace(SIDE, destinations=(replace(DESTINATION, enabled=False),)),
    ),
    Case("no destination", Standing.ORPHAN, "No destination", side=replace(SIDE, destinations=())),
    Case("no mapping", Standing.ORPHAN, "has no mapping", side=replace(SIDE, mappings={"dest_1": ()})),
    Case(
        "mapping off",
        Standing.ORPHAN,
        "mapping switched off",
        side=replace(SIDE, mappings={"dest_1": (replace(MAPPING, enabled=False),)}),
    ),
    Case("mappings closed", Standing.IN_STEP, "100 of 100", side=replace(SIDE, mappings={"dest_1": CLOSED})),
    Case("connections closed", Standing.IN_STEP, "100 of 100", side=replace(SIDE, connections={"aud_1": CLOSED})),
    Case(
        "connections hidden from the token",
        Standing.IN_STEP,
        "100 of 100",
        side=replace(SIDE, connections={"aud_1": Connections((), 1)}),
    ),
    Case("no Segment", Standing.UNKNOWN, "no token", side=SegmentSide("There is no token.")),
    Case(
        "look-up closed",
        Standing.UNKNOWN,
        "api.segmentapis.com answered 403",
        side=replace(SIDE, audiences=(), unanswered={SEGMENT.key: CLOSED}),
    ),
    Case(
        "another workspace may feed it",
        Standing.UNKNOWN,
        "Another workspace",
        side=replace(SIDE, audiences=(), destinations=()),
    ),
    Case("by name, attached here", Standing.IN_STEP, "of 100", replace(SEGMENT, key="segment-audiences-odd")),
    Case(
        "by name, attached elsewhere",
        Standing.ORPHAN,
        "Most likely its audience was deleted",
        OLD,
        replace(SIDE, connections={"aud_1": Connections((Connection("ii_1", "dest_2"),), 1)}),
    ),
    Case("by name, and nobody can tell", Standing.UNKNOWN, "may feed it", OLD, replace(SIDE, connections={})),
    Case(
        "older than the audience of its name",
        Standing.ORPHAN,
        "created again",
        replace(OLD, created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        replace(SIDE, audiences=(replace(VIP, created_at=datetime(2026, 1, 1, tzinfo=UTC)),)),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_segment_stands(case: Case) -> None:
    (row,) = rows(case.segment, side=case.side)
    assert (row.standing, case.says in row.reason) == (case.standing, True), row.reason


def test_of_two_with_one_name_the_one_that_is_not_fed_is_the_double() -> None:
    fed, double = rows(SEGMENT, OLD)
    assert (fed.standing, double.standing) == (Standing.IN_STEP, Standing.DOUBLE)
    assert "VIP feeds segment-audiences-aud_1" in double.reason
    assert double.symptom == "two-of-one-name"


def test_of_two_with_unknown_ids_nobody_can_tell_which_one_is_fed() -> None:
    found = rows(OLD, replace(OLD, key="segment-audiences-aud_9"))
    assert [row.standing for row in found] == [Standing.DOUBLE] * 2
    assert "can't tell" in found[0].reason
    assert {row.fix[:22] for row in found} == {"Delete neither of them"}
    (row, _) = rows(OLD, replace(OLD, key="segment-audiences-aud_9"), flags={OLD.key: ()})
    assert with_known_flags(row, ()).fix.startswith("Delete neither"), "also when no flag uses it"


def test_the_case_of_an_id_does_not_matter() -> None:
    (row,) = rows(replace(SEGMENT, key="segment-audiences-AUD_1"))
    assert row.audience == VIP


def test_another_partners_segment_is_no_row() -> None:
    assert rows(LaunchDarklySegment("amplitude-9", "Churn", "amplitude")) == ()


def test_a_segment_is_called_safe_to_delete_only_where_no_flag_uses_it() -> None:
    gone = replace(SIDE, audiences=())
    (used,) = rows(SEGMENT, side=gone, flags={SEGMENT.key: ("new-checkout",)})
    (unused,) = rows(SEGMENT, side=gone)
    (untold,) = rows(SEGMENT, side=gone, flags=CLOSED)

    assert used.fix.startswith("Don't delete it yet: new-checkout uses it.")
    assert unused.fix.startswith("No flag uses it.")
    assert (untold.flags, untold.fix.startswith("We couldn't read")) == (None, True)
    assert with_known_flags(unused, ("old-flag",)).fix.startswith("Don't delete it yet: old-flag")


def test_all_are_in_step_or_one_is_not_or_nobody_can_tell() -> None:
    (good,) = rows(SEGMENT)
    late, unknown = replace(good, standing=Standing.LATE), replace(good, standing=Standing.UNKNOWN)
    verdicts = [are_in_step(one) for one in ((), (good,), (good, unknown), (good, unknown, late))]
    assert verdicts == [True, True, None, False]
