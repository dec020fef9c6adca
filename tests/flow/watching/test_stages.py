"""Every stage of the first sync in each of its states, judged from evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience, Connection, Connections, Delivery
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts
from wizard.domain.signals.usual_times import HOUR_S
from wizard.domain.stage import Stage, StageState
from wizard.flow.profile.durations import Usual
from wizard.flow.watching.progress import StageSeen
from wizard.flow.watching.stages.evidence import Evidence
from wizard.flow.watching.stages.judge import judge

D, W, U, L, X, S, N = (
    StageState.DONE,
    StageState.WAITING,
    StageState.UNDER_WAY,
    StageState.LATE,
    StageState.UNKNOWN,
    StageState.STUCK,
    StageState.SKIPPED,
)
MINUTE = 60.0
AUDIENCE = Audience("aud_1", "vip", "VIP", "spa_1", enabled=True, status="Live", cadence="REALTIME", size=40)
BATCH = replace(AUDIENCE, cadence="BATCH")
SEGMENT = LaunchDarklySegment("segment-audiences-aud_1", "Vip", external="segment-audiences", included_count=40)
CONNECTED = Connections((Connection("ii_1", "dst_1"),), 1)
DELIVERED, NOTHING = Delivery(40, 0, 9, per_minute=(30, 10)), Delivery(0, 0, 9)
FOUND = Whereabouts(Presence.THERE, SEGMENT)
EMPTY = Whereabouts(Presence.THERE, replace(SEGMENT, included_count=0))
NOT_THERE = Whereabouts(Presence.AWAITED)
CLOSED = Failure(Service.SEGMENT, FailureKind.FORBIDDEN, "api.segmentapis.com", "GET", "/", 403, message="not enabled")
SILENT = replace(CLOSED, kind=FailureKind.TIMEOUT, status=None)
WAITING = Evidence(AUDIENCE, CONNECTED, NOTHING, NOT_THERE, None, "dst_1", "", by_hand=False)
THERE = replace(WAITING, delivery=DELIVERED, where=FOUND, counted_before=40)


CHANGED = {"was_there_before": True, "has_changed_since": True}


def stage(name: Stage, evidence: Evidence, elapsed_s: float = MINUTE, **done_at: float) -> StageSeen:
    stages = judge(evidence, elapsed_s, {Stage(key): at for key, at in done_at.items()})
    return next(seen for seen in stages if seen.stage is name)


def refused(reason: str) -> Delivery:
    return Delivery(0, 7, 0, ((reason, 7),))


def counted(members: int | None, before: int | None = None, size: int | None = 40) -> Evidence:
    where = Whereabouts(Presence.THERE, replace(SEGMENT, included_count=members))
    return replace(THERE, audience=replace(AUDIENCE, size=size), where=where, counted_before=before)


def test_the_stages_come_in_order_and_all_are_done_at_the_end() -> None:
    stages = judge(replace(THERE, test_user="u_1", is_member=True), MINUTE, {})
    assert [seen.stage for seen in stages] == list(Stage)
    assert {seen.state for seen in stages} == {D}


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        ({}, D, "Segment has the connection"),
        ({"connections": Connections((), 0)}, U, "waiting for it to be added"),
        ({"connections": None}, U, "not checked in Segment yet"),
        ({"connections": Connections((), 0), "destination_id": "", "is_meant_known": False}, X, "can't tell"),
        ({"connections": Connections((Connection("ii_2", "dst_other"),), 1)}, U, "waiting"),
        ({"connections": Connections((), 2)}, X, "doesn't show every connection"),
        ({"connections": CLOSED}, X, "not enabled"),
        ({"is_paused": True}, S, "switched off"),
        ({"destination_id": "", "connections": Connections((Connection("ii_2", ""),), 1)}, U, "waiting"),
        ({"by_hand": True, "connections": None}, X, "by hand"),
        ({"by_hand": True, "connections": None, "where": FOUND}, D, "by hand"),
        ({"by_hand": True, "connections": None, "where": FOUND, "was_there_before": True}, X, "by hand"),
    ],
)
def test_attached_is_what_segment_shows(change: dict[str, Any], state: StageState, said: str) -> None:
    seen = stage(Stage.ATTACHED, replace(WAITING, **change))
    assert seen.state is state
    assert said in seen.detail


def test_what_to_do_by_hand_is_said_at_once_and_of_other_stages_when_they_are_late() -> None:
    assert "+ Add destination" in stage(Stage.ATTACHED, replace(WAITING, connections=Connections((), 0))).advice
    assert stage(Stage.VISIBLE, replace(WAITING, delivery=DELIVERED), MINUTE).advice == ""
    assert (
        "audience-wizard troubleshoot"
        in stage(
            Stage.VISIBLE, replace(WAITING, delivery=DELIVERED), 40 * MINUTE, attached=0, computed=0, delivered=60
        ).advice
    )


@pytest.mark.parametrize(
    ("audience", "elapsed_s", "state"),
    [
        (AUDIENCE, MINUTE, D),
        (replace(AUDIENCE, status="Some new word"), MINUTE, X),
        (replace(AUDIENCE, status="Paused"), MINUTE, X),
        (replace(AUDIENCE, status="Archived"), MINUTE, X),
        (replace(AUDIENCE, status="Backfilling"), MINUTE, U),
        (replace(AUDIENCE, status="PREPARING"), MINUTE, U),
        (replace(AUDIENCE, status="Awaiting Destinations"), MINUTE, U),
        (replace(AUDIENCE, status="Computing"), 21 * MINUTE, L),
        (replace(BATCH, status="Computing"), 8 * HOUR_S, U),
        (replace(BATCH, status="Computing"), 10 * HOUR_S, L),
        (replace(AUDIENCE, status="Locked"), MINUTE, U),
        (replace(AUDIENCE, status=""), MINUTE, X),
        (replace(AUDIENCE, status="", enabled=False), MINUTE, S),
        (replace(AUDIENCE, status="Failed"), MINUTE, S),
        (replace(AUDIENCE, status="Disabled"), MINUTE, S),
        (replace(AUDIENCE, enabled=False), MINUTE, S),
        (None, MINUTE, X),
    ],
)
def test_computed_follows_the_audiences_own_status(
    audience: Audience | None, elapsed_s: float, state: StageState
) -> None:
    assert stage(Stage.COMPUTED, replace(WAITING, audience=audience), elapsed_s, attached=0).state is state


@pytest.mark.parametrize(
    ("change", "elapsed_s", "state", "said"),
    [
        ({"delivery": DELIVERED}, MINUTE, D, "40 events delivered"),
        ({"delivery": Delivery(5, 1, 0)}, MINUTE, D, "5 events delivered to this destination, 1 event refused"),
        ({"delivery": Delivery(1, 5, 0)}, MINUTE, L, "1 event delivered, 5 events refused"),
        ({"delivery": Delivery(1, 5, 0), "where": FOUND}, MINUTE, D, "1 event delivered to this destination, 5"),
        ({"delivery": Delivery(1, 50, 0), "where": FOUND}, MINUTE, L, "1 event delivered, 50 events refused"),
        ({"delivery": Delivery(1, 5, 0), "where": EMPTY}, MINUTE, L, "1 event delivered, 5 events refused"),
        ({"delivery": DELIVERED, "others": True}, MINUTE, X, "doesn't show for which audience"),
        ({"delivery": DELIVERED, "others": True, "where": FOUND}, MINUTE, D, "40 events delivered"),
        ({"where": FOUND}, MINUTE, D, "the segment is there"),
        ({}, MINUTE, U, "nothing delivered yet"),
        ({}, 16 * MINUTE, L, "nothing delivered yet"),
        ({"audience": BATCH}, 16 * MINUTE, U, "nothing delivered yet"),
        ({"is_activation_off": True}, 14 * MINUTE, U, "nothing delivered yet"),
        ({"is_activation_off": True}, 16 * MINUTE, S, "nothing delivered yet"),
        ({"delivery": refused("403")}, MINUTE, S, "7 events refused: 403"),
        ({"delivery": Delivery(0, 1, 0)}, MINUTE, L, "1 event refused: no reason given"),
        ({"delivery": Delivery(0, 1, 0, (("403", 1),))}, MINUTE, S, "1 event refused: 403"),
        ({"delivery": Delivery(0, 7, 0, (("400", 7),))}, MINUTE, L, "7 events refused: 400"),
        ({"delivery": Delivery(0, 20, 0, (("400", 20),))}, MINUTE, S, "20 events refused: 400"),
        ({"delivery": refused("503")}, MINUTE, U, "7 events refused: 503, for now"),
        ({"delivery": refused("503")}, 16 * MINUTE, L, "7 events refused: 503, for now"),
        ({"delivery": refused("401"), "where": FOUND, "was_there_before": True}, MINUTE, S, "7 events refused: 401"),
        ({"where": FOUND, "was_there_before": True}, MINUTE, U, "nothing delivered yet"),
        ({"where": FOUND, **CHANGED}, MINUTE, D, "the segment has changed since attaching"),
        ({"delivery": DELIVERED, "others": True, "where": FOUND, **CHANGED}, MINUTE, D, "40 events delivered"),
        ({"delivery": refused("401"), "where": FOUND, **CHANGED}, MINUTE, S, "7 events refused: 401"),
        ({"delivery": CLOSED}, MINUTE, X, "doesn't show deliveries to this token"),
        ({"delivery": SILENT}, MINUTE, X, "didn't say"),
        ({"delivery": None}, MINUTE, U, "not checked in Segment yet"),
        ({"delivery": None, "by_hand": True}, MINUTE, X, "seen only in Segment"),
        ({"connections": None}, MINUTE, W, ""),
    ],
)
def test_delivered_is_judged_by_what_arrives(
    change: dict[str, Any], elapsed_s: float, state: StageState, said: str
) -> None:
    seen = stage(Stage.DELIVERED, replace(WAITING, **change), elapsed_s, attached=0, computed=0)
    assert seen.state is state
    assert said in seen.detail


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("401", "create a service token"),
        ("UNAUTHORIZED", "create a service token"),
        ("403", "createSegment"),
        ("FORBIDDEN", "createSegment"),
        ("404", "client-side ID"),
        ("NOT_FOUND", "client-side ID"),
        ("BAD_REQUEST/400", "choose a context key"),
        ("INVALID_SETTINGS", "set the right token and client-side ID"),
        ("ORDER_4013", "look up the reason"),
        ("ETIMEDOUT", "retries for 4 hours"),
    ],
)
def test_a_refusal_says_what_to_do_about_it(reason: str, advice: str) -> None:
    assert (
        advice
        in stage(
            Stage.DELIVERED, replace(WAITING, delivery=refused(reason)), 16 * MINUTE, attached=0, computed=0
        ).advice
    )


@pytest.mark.parametrize(
    ("change", "elapsed_s", "state"),
    [
        ({"where": FOUND}, MINUTE, D),
        ({}, MINUTE, U),
        ({}, 21 * MINUTE, L),
        ({"audience": BATCH}, 7 * HOUR_S, U),
        ({"where": Whereabouts(Presence.LOOK_ALIKES, candidates=(SEGMENT, SEGMENT))}, MINUTE, X),
        ({"where": Whereabouts(Presence.MISSING)}, MINUTE, L),
        ({"delivery": NOTHING}, MINUTE, W),
        ({"delivery": CLOSED}, 21 * MINUTE, L),
    ],
)
def test_visible_is_late_only_after_its_usual_time(change: dict[str, Any], elapsed_s: float, state: StageState) -> None:
    evidence = replace(WAITING, **{"delivery": DELIVERED, **change})
    assert stage(Stage.VISIBLE, evidence, elapsed_s, attached=0, computed=0, delivered=0).state is state


def test_by_hand_the_segment_is_waited_for_although_nothing_else_is_known() -> None:
    by_hand = Evidence(None, None, None, NOT_THERE, None, "", "", by_hand=True)
    assert [seen.state for seen in judge(by_hand, MINUTE, {})] == [X, X, X, U, W, N]
    late = judge(by_hand, 21 * MINUTE, {})[3]
    assert late.state is L
    assert late.elapsed_s == 21 * MINUTE


@pytest.mark.parametrize(
    ("evidence", "elapsed_s", "state", "said"),
    [
        (WAITING, MINUTE, W, ""),
        (counted(None), MINUTE, U, "has no count yet"),
        (counted(0), MINUTE, U, "0 members yet"),
        (counted(0), 11 * MINUTE, L, "0 members yet"),
        (counted(12), MINUTE, U, "12 members of 40 in the audience"),
        (counted(12, before=12), MINUTE, D, "12 members of 40"),
        (counted(40), MINUTE, D, "40 members of 40"),
        (counted(52), MINUTE, D, "52 members, 12 more than the audience"),
        (counted(1, before=1, size=None), MINUTE, D, "1 member"),
    ],
)
def test_members_are_counted_when_the_count_rests(
    evidence: Evidence, elapsed_s: float, state: StageState, said: str
) -> None:
    seen = stage(Stage.COUNTED, evidence, elapsed_s, attached=0, computed=0, delivered=0, visible=0)
    assert seen.state is state
    assert said in seen.detail


SHORT = counted(12, before=12)


@pytest.mark.parametrize(
    ("evidence", "elapsed_s", "state", "said"),
    [
        (
            replace(SHORT, are_earlier_missing=True),
            MINUTE,
            U,
            "12 members of 40 in the audience; the others were refused",
        ),
        (replace(SHORT, are_earlier_missing=True), 3 * MINUTE, S, "refused or not sent"),
        (replace(counted(12, before=11), are_earlier_missing=True), 3 * MINUTE, S, "12 members of 40"),
        (replace(counted(12, before=9), are_earlier_missing=True), 3 * MINUTE, U, "12 members of 40"),
        (replace(SHORT, was_sent_again=True), 3 * MINUTE, U, "12 members of 40 in the audience"),
        (replace(counted(39, before=39), are_earlier_missing=True, was_sent_again=True), MINUTE, D, "39 members"),
    ],
)
def test_after_a_repair_few_members_are_not_the_end(
    evidence: Evidence, elapsed_s: float, state: StageState, said: str
) -> None:
    seen = stage(Stage.COUNTED, evidence, elapsed_s, attached=0, computed=0, delivered=0, visible=0)
    assert (seen.state, seen.was_refused) == (state, evidence.are_earlier_missing and state is not D)
    assert said in seen.detail


@pytest.mark.parametrize(
    ("is_member", "elapsed_s", "state"),
    [
        (True, MINUTE, D),
        (False, MINUTE, U),
        (False, 11 * MINUTE, L),
        (CLOSED, MINUTE, X),
        (SILENT, MINUTE, U),
        (None, MINUTE, U),
    ],
)
def test_a_test_user_is_asked_for_once_the_segment_is_there(
    is_member: bool | Failure | None, elapsed_s: float, state: StageState
) -> None:
    evidence = replace(THERE, test_user="u_1", is_member=is_member)
    done_at = {"attached": 0.0, "computed": 0.0, "delivered": 0.0, "visible": 0.0, "counted": 0.0}
    assert stage(Stage.MEMBER, evidence, elapsed_s, **done_at).state is state


def test_without_a_test_user_nobody_is_asked_for() -> None:
    assert stage(Stage.MEMBER, THERE).state is N


def test_each_stage_counts_from_when_the_one_before_it_was_done() -> None:
    stages = judge(THERE, 900, {Stage.ATTACHED: 60, Stage.COMPUTED: 60, Stage.DELIVERED: 400, Stage.VISIBLE: 640})
    assert [seen.elapsed_s for seen in stages] == [60, 0, 340, 240, 260, 0]


def test_what_is_held_up_has_no_time_of_its_own() -> None:
    stages = judge(replace(WAITING, connections=None), 300, {})
    assert [seen.elapsed_s for seen in stages] == [300, None, None, None, None, None]


# --- what is usual here ------------------------------------------------------------------------------------------


def test_what_is_usual_here_stands_beside_what_the_vendors_say() -> None:
    evidence = replace(WAITING, delivery=DELIVERED, learned={Stage.VISIBLE: Usual(9 * MINUTE, 3)})
    seen = stage(Stage.VISIBLE, evidence, attached=0, computed=0, delivered=0)
    assert seen.usual == "about 10 minutes after attaching; about 9 min here (3 runs)"


@pytest.mark.parametrize(
    ("usual_s", "elapsed_s", "state"), [(MINUTE, 21, L), (15 * MINUTE, 29, U), (15 * MINUTE, 31, L)]
)
def test_late_is_after_the_shipped_bound_or_twice_what_is_usual_whichever_is_later(
    usual_s: float, elapsed_s: float, state: StageState
) -> None:
    evidence = replace(WAITING, delivery=DELIVERED, learned={Stage.VISIBLE: Usual(usual_s, 1)})
    assert stage(Stage.VISIBLE, evidence, elapsed_s * MINUTE, attached=0, computed=0, delivered=0).state is state


# --- recognized --------------------------------------------------------------------------------------------------


def visible(where: Whereabouts, elapsed_s: float = MINUTE, **changed: Any) -> StageSeen:
    evidence = replace(WAITING, delivery=DELIVERED, where=where, **changed)
    return stage(Stage.VISIBLE, evidence, elapsed_s, attached=0, computed=0, delivered=0)


def test_a_segment_in_another_environment_is_stuck() -> None:
    seen = visible(Whereabouts(Presence.ELSEWHERE, environment="test"))
    assert (seen.state, seen.detail) == (S, "it's in the environment test")
    assert "attach it again" in seen.advice


def test_a_namesake_in_another_environment_is_a_hint_no_more() -> None:
    seen = visible(Whereabouts(Presence.AWAITED, environment="test"))
    assert (seen.state, seen.detail) == (U, "not there yet; one with this name is in the environment test")


@pytest.mark.parametrize(("audience", "advice"), [(AUDIENCE, "this audience's members"), (None, "pick that audience")])
def test_look_alikes_are_named_and_what_distinguishes_them(audience: Audience | None, advice: str) -> None:
    alike = Whereabouts(
        Presence.LOOK_ALIKES, candidates=(replace(SEGMENT, name="First"), replace(SEGMENT, name="Second"))
    )
    seen = visible(alike, audience=audience, by_hand=audience is None)
    assert (seen.state, seen.detail) == (X, "similar segments: First, Second")
    assert advice in seen.advice


@pytest.mark.parametrize("was_there", [False, True])
@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_look_without_an_answer_says_why_and_nothing_of_the_segment(kind: FailureKind, was_there: bool) -> None:
    failure = Failure(Service.LAUNCHDARKLY, kind, "app.launchdarkly.com", "GET", "/api/v2/segments", request_id="r-1")
    seen = visible(Whereabouts(Presence.UNANSWERED, failure=failure, was_there=was_there), 40 * MINUTE)
    assert seen.state is X
    assert seen.detail.startswith("not checked: ")
    assert seen.detail.endswith("; the segment was there at the last check") is was_there
    assert "r-1" not in seen.detail, "it changes with each evidence, and would be told each time"


def test_a_segment_that_is_gone_is_late_and_never_stuck() -> None:
    seen = visible(Whereabouts(Presence.DELETED))
    assert (seen.state, seen.detail) == (L, "the segment was there but is gone")


def test_a_stage_done_before_the_watch_has_no_time_and_the_next_counts_from_attaching() -> None:
    evidence = replace(WAITING, unseen=frozenset({Stage.ATTACHED, Stage.COMPUTED}))
    stages = judge(evidence, 40 * MINUTE, {Stage.ATTACHED: 39 * MINUTE, Stage.COMPUTED: 39 * MINUTE})
    assert [seen.elapsed_s for seen in stages[:3]] == [None, None, 40 * MINUTE]
    assert stages[2].state is L


def test_a_segment_from_before_is_said_to_be_one() -> None:
    seen = stage(Stage.VISIBLE, replace(THERE, was_there_before=True))
    assert (seen.state, seen.detail) == (D, "Vip, which was there before")


# --- of two audiences --------------------------------------------------------------------------------------------

SOME_REFUSED = Delivery(40, 20, 0, (("400", 20),))


@pytest.mark.parametrize(
    ("change", "elapsed_s", "state", "said"),
    [
        (
            {"delivery": Delivery(0, 20, 0, (("400", 20),))},
            MINUTE,
            X,
            "20 events refused: 400; Segment doesn't show for which audience",
        ),
        ({"delivery": Delivery(0, 20, 0, (("400", 20),)), "where": FOUND}, MINUTE, D, "the segment is there"),
        ({"delivery": Delivery(0, 20, 0, (("400", 20),)), "connections": Connections((), 0)}, MINUTE, W, ""),
        ({"delivery": Delivery(0, 20, 0, (("403", 20),))}, MINUTE, S, "20 events refused: 403"),
        ({"delivery": Delivery(0, 20, 0, (("403", 20),)), "connections": Connections((), 0)}, MINUTE, W, ""),
        (
            {"delivery": SOME_REFUSED},
            MINUTE,
            X,
            "40 events delivered to this destination, 20 events refused: 400; Segment",
        ),
    ],
)
def test_what_nobody_can_tell_apart_is_not_told_of_one_audience(
    change: dict[str, Any], elapsed_s: float, state: StageState, said: str
) -> None:
    seen = stage(Stage.DELIVERED, replace(WAITING, others=True, **change), elapsed_s, attached=0, computed=0)
    assert seen.state is state
    assert said in seen.detail
