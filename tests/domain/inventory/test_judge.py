"""How a synced segment stands, from what both services say of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.inventory.inventory_facts import EnvironmentSegments, SegmentFacts
from wizard.domain.inventory.judge import judge, with_known_flags
from wizard.domain.inventory.row import Row, SegmentState, are_in_step
from wizard.domain.services.launchdarkly import UNNAMED, Environment, LaunchDarklySegment
from wizard.domain.services.mapping import ACTION_SLUG
from wizard.domain.services.segment import Audience, Connection, Connections, Destination, Subscription

VIP = Audience("aud_1", "vip", "VIP", "spa_1", enabled=True, size=100)
SEGMENT = LaunchDarklySegment("segment-audiences-aud_1", "Vip", "segment-audiences", included_count=100)
OLD = replace(SEGMENT, key="segment-audiences-aud_0", included_count=90)
DESTINATION = Destination("dest_1", "LaunchDarkly - shop / production", "src", enabled=True, client_side_id="c1")
MAPPING = Subscription("map_1", "Sync", "dest_1", action_slug=ACTION_SLUG, enabled=True)
ATTACHED = Connections((Connection("ii_1", "dest_1"),), 1)
SIDE = SegmentFacts(
    destinations=(DESTINATION,), mappings={"dest_1": (MAPPING,)}, audiences=(VIP,), connections={"aud_1": ATTACHED}
)
CLOSED = Failure(Service.SEGMENT, FailureKind.FORBIDDEN, "api.segmentapis.com", "GET", "/", status=403)


def rows(*segments: LaunchDarklySegment, side: SegmentFacts = SIDE, flags: object = None) -> tuple[Row, ...]:
    uses = flags if isinstance(flags, dict | Failure) else {}
    return judge(EnvironmentSegments("shop", Environment("c1", "production", "Production"), segments, uses), side)


@dataclass(frozen=True)
class Case:
    name: str
    state: SegmentState
    says: str
    segment: LaunchDarklySegment = SEGMENT
    side: SegmentFacts = field(default_factory=lambda: SIDE)


@pytest.mark.parametrize(("members", "symptom"), [(89, "fewer-members"), (111, "more-members")])
def test_the_fix_of_a_count_that_differs_is_a_command(members: int, symptom: str) -> None:
    (row,) = rows(replace(SEGMENT, included_count=members))
    assert f"(audience-wizard troubleshoot {symptom})" in row.fix


CASES = (
    Case("as many", SegmentState.IN_STEP, "100 of 100"),
    Case("a tenth fewer", SegmentState.IN_STEP, "90 of 100", replace(SEGMENT, included_count=90)),
    Case("fewer", SegmentState.LATE, "89 of 100", replace(SEGMENT, included_count=89)),
    Case("more", SegmentState.MORE_MEMBERS, "111 members, but VIP has 100", replace(SEGMENT, included_count=111)),
    Case("not counted", SegmentState.UNKNOWN, "LaunchDarkly doesn't show", replace(SEGMENT, included_count=None)),
    Case(
        "no size",
        SegmentState.UNKNOWN,
        "Segment doesn't show",
        side=replace(SIDE, audiences=(replace(VIP, size=None),)),
    ),
    Case(
        "audience gone", SegmentState.ORPHAN, "Most likely the audience was deleted", side=replace(SIDE, audiences=())
    ),
    Case(
        "audience off", SegmentState.ORPHAN, "VIP is off", side=replace(SIDE, audiences=(replace(VIP, enabled=False),))
    ),
    Case(
        "not attached",
        SegmentState.ORPHAN,
        "isn't attached",
        side=replace(SIDE, connections={"aud_1": Connections(())}),
    ),
    Case(
        "connection off",
        SegmentState.ORPHAN,
        "Connect to destination is off for VIP",
        side=replace(SIDE, connections={"aud_1": Connections((Connection("ii_1", "dest_1", enabled=False),))}),
    ),
    Case(
        "destination off",
        SegmentState.ORPHAN,
        "is off",
        side=replace(SIDE, destinations=(replace(DESTINATION, enabled=False),)),
    ),
    Case("no destination", SegmentState.ORPHAN, "No destination", side=replace(SIDE, destinations=())),
    Case("no mapping", SegmentState.ORPHAN, "has no mapping", side=replace(SIDE, mappings={"dest_1": ()})),
    Case(
        "mapping off",
        SegmentState.ORPHAN,
        "mapping switched off",
        side=replace(SIDE, mappings={"dest_1": (replace(MAPPING, enabled=False),)}),
    ),
    Case("mappings closed", SegmentState.IN_STEP, "100 of 100", side=replace(SIDE, mappings={"dest_1": CLOSED})),
    Case("connections closed", SegmentState.IN_STEP, "100 of 100", side=replace(SIDE, connections={"aud_1": CLOSED})),
    Case(
        "connections hidden from the token",
        SegmentState.IN_STEP,
        "100 of 100",
        side=replace(SIDE, connections={"aud_1": Connections((), 1)}),
    ),
    Case("no Segment", SegmentState.UNKNOWN, "no token", side=SegmentFacts("There is no token.")),
    Case(
        "look-up closed",
        SegmentState.UNKNOWN,
        "api.segmentapis.com answered 403",
        side=replace(SIDE, audiences=(), unanswered={SEGMENT.key: CLOSED}),
    ),
    Case(
        "no audience, and nobody names what fills it",
        SegmentState.UNKNOWN,
        "LaunchDarkly doesn't say what fills it. Another partner's integration may.",
        replace(SEGMENT, key="amplitude-7", name="Amplitude cohort", external=UNNAMED),
        replace(SIDE, audiences=()),
    ),
    Case(
        "no audience, and its key is one of Segment's",
        SegmentState.ORPHAN,
        "Most likely the audience was deleted",
        replace(SEGMENT, external=UNNAMED),
        replace(SIDE, audiences=()),
    ),
    Case(
        "another workspace may feed it",
        SegmentState.UNKNOWN,
        "Another workspace",
        side=replace(SIDE, audiences=(), destinations=()),
    ),
    Case("by name, attached here", SegmentState.IN_STEP, "of 100", replace(SEGMENT, key="segment-audiences-odd")),
    Case(
        "by name, attached elsewhere",
        SegmentState.ORPHAN,
        "Most likely the audience was deleted",
        OLD,
        replace(SIDE, connections={"aud_1": Connections((Connection("ii_1", "dest_2"),), 1)}),
    ),
    Case("by name, and nobody can tell", SegmentState.UNKNOWN, "may sync to it", OLD, replace(SIDE, connections={})),
    Case(
        "older than the audience of its name",
        SegmentState.ORPHAN,
        "recreated",
        replace(OLD, created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        replace(SIDE, audiences=(replace(VIP, created_at=datetime(2026, 1, 1, tzinfo=UTC)),)),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_segment_stands(case: Case) -> None:
    (row,) = rows(case.segment, side=case.side)
    assert (row.state, case.says in row.reason) == (case.state, True), row.reason


def test_of_two_with_one_name_the_one_that_is_not_fed_is_the_double() -> None:
    fed, double = rows(SEGMENT, OLD)
    assert (fed.state, double.state) == (SegmentState.IN_STEP, SegmentState.DOUBLE)
    assert "VIP feeds segment-audiences-aud_1" in double.reason
    assert double.symptom == "two-of-one-name"


def test_of_two_with_unknown_ids_nobody_can_tell_which_one_is_fed() -> None:
    found = rows(OLD, replace(OLD, key="segment-audiences-aud_9"))
    assert [row.state for row in found] == [SegmentState.DOUBLE] * 2
    assert "can't tell" in found[0].reason
    assert {row.fix[:22] for row in found} == {"Find out which one syn"}
    (row, _) = rows(OLD, replace(OLD, key="segment-audiences-aud_9"), flags={OLD.key: ()})
    assert with_known_flags(row, ()).fix.startswith("Find out which one syncs"), "also when no flag uses it"


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
    late, unknown = replace(good, state=SegmentState.LATE), replace(good, state=SegmentState.UNKNOWN)
    verdicts = [are_in_step(one) for one in ((), (good,), (good, unknown), (good, unknown, late))]
    assert verdicts == [True, True, None, False]
