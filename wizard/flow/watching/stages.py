"""Each stage of the first sync judged from one look: pure, no clock, no calls.

Lateness is a reason to look at causes, never a failure; nor is a look that brought no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from wizard.domain.checks.segment_of_audience import Presence, Whereabouts
from wizard.domain.computation import Computation, computation_of
from wizard.domain.deliveries import is_passing, main_reason, meets_every_event, mostly_fail
from wizard.domain.explain import explain
from wizard.domain.model import Audience, Connections, Delivery, Failure
from wizard.domain.usual_times import (
    COMPUTED_WITHIN_S,
    COUNTED_WITHIN_S,
    DELIVERED_WITHIN_S,
    SLOW_WITHIN_S,
    VISIBLE_WITHIN_S,
    is_slow,
)
from wizard.flow.watching.durations import Usual
from wizard.flow.watching.progress import Stage, StageSeen, StageState
from wizard.text import count


def why(failure: Failure) -> str:
    """Return why a look brought no answer, in few words that stay the same from look to evidence."""
    return explain(replace(failure, request_id="", message="")).summary.removesuffix(".")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one look at one audience saw; None where it was not looked at, a Failure where no answer came."""

    audience: Audience | None
    connections: Connections | Failure | None
    delivery: Delivery | Failure | None
    where: Whereabouts  # of the segment
    is_member: bool | Failure | None
    destination_id: str
    test_user: str
    by_hand: bool
    counted_before: int | None = None  # the segment's count at the look before
    learned: Mapping[Stage, Usual] = field(default_factory=dict)  # from earlier runs with this kind of audience
    unseen: frozenset[Stage] = frozenset()  # done before anybody looked: when is not known
    was_there_before: bool = False  # the segment was there when attaching began: that it is there proves nothing
    others: bool = False  # `delivery` may be another audience's
    is_meant_known: bool = True  # False: which destination is meant cannot be told


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a stage's judge says; title and time are added to it."""

    state: StageState
    detail: str = ""
    usual: str = ""
    advice: str = ""
    per_minute: tuple[int, ...] = ()
    was_refused: bool = False


def judge(evidence: Evidence, elapsed_s: float, done_at: Mapping[Stage, float]) -> tuple[StageSeen, ...]:
    """The stages in order. `done_at`: when those that are done were first seen so, in seconds since attaching.

    A stage's time runs from when the stage before it was done. A stage that can't be told, or was done before anybody
    looked, holds nothing up.
    """
    stages: list[StageSeen] = []
    began: float | None = 0.0
    for stage, (title, judge_stage) in _STAGES.items():
        ended = done_at.get(stage, elapsed_s)
        waited = None if began is None else max(0.0, ended - began)
        judged = judge_stage(evidence, waited)
        advice = judged.advice if stage is Stage.ATTACHED or judged.state in _DUE else ""
        was_seen = judged.state is not StageState.DONE or stage not in evidence.unseen
        took = waited if was_seen else None
        usual = _usual(judged.usual, stage, evidence)
        told = (judged.state, title, judged.detail, took, usual, advice)
        stages.append(StageSeen(stage, *told, per_minute=judged.per_minute, was_refused=judged.was_refused))
        began = _next_begins(judged.state, began, ended) if was_seen else began
    return tuple(stages)


_DUE = {StageState.LATE, StageState.STUCK, StageState.UNKNOWN}  # otherwise nobody is told what to do about it


def _next_begins(state: StageState, began: float | None, ended: float) -> float | None:
    """None while it is held up."""
    if began is None or state is StageState.UNKNOWN:
        return began
    return max(began, ended) if state is StageState.DONE else None


def _usual(shipped: str, stage: Stage, evidence: Evidence) -> str:
    """What the vendors say, and what this machine has seen."""
    learned = evidence.learned.get(stage)
    return "; ".join(part for part in (shipped, str(learned or "")) if part)


def _under_way(evidence: Evidence, stage: Stage, waited: float | None, late_after_s: float) -> StageState:
    """Late by the shipped bound or by twice what is usual here, whichever is later."""
    if waited is None:
        return StageState.WAITING
    learned = evidence.learned.get(stage)
    bound = max(late_after_s, 2 * learned.seconds if learned else 0.0)
    return StageState.LATE if waited > bound else StageState.UNDER_WAY


def _bound(evidence: Evidence, usual_bound_s: float) -> float:
    return SLOW_WITHIN_S if is_slow(evidence.audience) else usual_bound_s


# --- Segment's side ---------------------------------------------------------------------------------------------


def _attached(evidence: Evidence, _: float | None) -> _Judged:
    if evidence.by_hand:
        return _Judged(StageState.DONE if _is_new(evidence) else StageState.UNKNOWN, "done by hand in Segment")
    if not evidence.is_meant_known:
        return _Judged(StageState.UNKNOWN, "we can't tell which destination it is without LaunchDarkly")
    if isinstance(evidence.connections, Failure):
        said = evidence.connections.message or why(evidence.connections)
        return _Judged(StageState.UNKNOWN, f"Segment doesn't show it: {said}")
    if evidence.connections is None:
        return _Judged(StageState.UNDER_WAY, "Segment hasn't been asked yet")
    seen = evidence.connections
    if evidence.destination_id and any(one.destination_id == evidence.destination_id for one in seen.items):
        return _Judged(StageState.DONE, "Segment has the connection")
    if (seen.total or 0) > len(seen.items):
        return _Judged(StageState.UNKNOWN, "Segment doesn't show every connection to this token")
    return _Judged(
        StageState.UNDER_WAY,
        "not yet: waiting for it to be added in Segment",
        "as soon as somebody does it",
        "In Segment: Engage → Audiences → the audience → + Add destination → switch on Send Track → Save.",
    )


def _computed(evidence: Evidence, waited: float | None) -> _Judged:
    audience = evidence.audience
    if audience is None:
        return _Judged(StageState.DONE if evidence.where.segment else StageState.UNKNOWN, "seen only in Segment")
    usual = "up to 8 hours" if is_slow(audience) else "a few minutes; a first computation up to 24 hours"
    size = "" if audience.size is None else f" · {count(audience.size, 'member')}"
    detail = f"{audience.status or 'switched off'}{size}"
    match computation_of(audience):
        case Computation.OFF:
            return _Judged(StageState.STUCK, detail, usual, "Open the audience in Segment and enable it.")
        case Computation.BROKEN:
            return _Judged(StageState.STUCK, detail, usual, "Its computation failed. Open the audience in Segment.")
        case Computation.UNKNOWN:
            said = f"Segment says {detail}" if audience.status else "Segment doesn't say how far it is"
            return _Judged(StageState.UNKNOWN, said, usual)
        case Computation.DONE:
            return _Judged(StageState.DONE, detail, usual)
        case _:
            state = _under_way(evidence, Stage.COMPUTED, waited, _bound(evidence, COMPUTED_WITHIN_S))
            advice = "Segment computes at most 5 new audiences of a space at a time. Others wait in a queue."
            return _Judged(state, detail, usual, advice)


_DELIVERED_USUALLY = "a minute or two; Segment shows it 5 minutes later"


def _delivered(evidence: Evidence, waited: float | None) -> _Judged:
    delivery, usual = evidence.delivery, _DELIVERED_USUALLY
    if isinstance(delivery, Delivery) and (judged := _counted_deliveries(evidence, delivery, waited)):
        return judged
    if _is_new(evidence):
        return _Judged(StageState.DONE, "the segment is there", usual)
    if isinstance(delivery, Delivery) and is_passing(delivery):
        state = _under_way(evidence, Stage.DELIVERED, waited, _bound(evidence, DELIVERED_WITHIN_S))
        return _Judged(state, f"{_refused(delivery)}, for now", usual, "Wait: Segment tries again for 4 hours.")
    if waited is None:
        return _Judged(StageState.WAITING, usual=usual)
    return _nothing_delivered(evidence, waited)


def _nothing_delivered(evidence: Evidence, waited: float) -> _Judged:
    delivery, usual = evidence.delivery, "up to 8 hours" if is_slow(evidence.audience) else _DELIVERED_USUALLY
    if isinstance(delivery, Failure):
        closed = "Segment doesn't show deliveries to this token"
        said = closed if delivery.is_closed else f"Segment didn't say: {why(delivery)}"
        return _Judged(StageState.UNKNOWN, said, usual)
    if delivery is None and (evidence.by_hand or not evidence.destination_id):
        return _Judged(StageState.UNKNOWN, "seen only in Segment", usual)
    advice = "In Segment, open the audience's destination. Is Send Identify or Send Track on? Is the mapping on?"
    state = _under_way(evidence, Stage.DELIVERED, waited, _bound(evidence, DELIVERED_WITHIN_S))
    detail = "Segment hasn't been asked yet" if delivery is None else "nothing delivered yet"
    return _Judged(state, detail, usual, advice)


def _counted_deliveries(evidence: Evidence, delivery: Delivery, waited: float | None) -> _Judged | None:
    """What Segment counted; None when that says nothing yet."""
    arrived = _is_new(evidence) and evidence.where.segment is not None and evidence.where.segment.included_count != 0
    if mostly_fail(delivery, members_arrived=arrived):
        return _mostly_refused(evidence, delivery, waited)
    return _some_delivered(evidence, delivery) if delivery.delivered else None


def _some_delivered(evidence: Evidence, delivery: Delivery) -> _Judged:
    refused = f", {_refused(delivery)}" if delivery.failed else ""
    detail = f"{count(delivery.delivered, 'event')} delivered to this destination{refused}"
    if evidence.others and not _is_new(evidence):
        return _Judged(StageState.UNKNOWN, f"{detail}; Segment doesn't show for which audience", _DELIVERED_USUALLY)
    return _Judged(StageState.DONE, detail, _DELIVERED_USUALLY, per_minute=delivery.per_minute)


def _mostly_refused(evidence: Evidence, delivery: Delivery, waited: float | None) -> _Judged | None:
    """Stuck where waiting changes nothing: what every event meets, or most of this audience's.

    Another audience's refusals are not this one's: told apart they are not counted here, else nobody can tell.
    """
    reason, usual = main_reason(delivery), _DELIVERED_USUALLY
    meets_all = meets_every_event(reason)
    if evidence.others and (waited is None or (_is_new(evidence) and not meets_all)):
        return None
    if evidence.others and not meets_all:
        return _Judged(StageState.UNKNOWN, f"{_counts(delivery)}; Segment doesn't show for which audience", usual)
    size = evidence.audience.size if evidence.audience else None
    many = delivery.failed >= max(1, (size or 2 * _MANY) / 2)
    is_stuck = not delivery.delivered and (meets_all or many)
    state = StageState.STUCK if is_stuck else StageState.LATE
    return _Judged(state, _counts(delivery), usual, _refusal_advice(reason), was_refused=True)


_MANY = 10  # refused events, where the audience's size is not known


def _is_new(evidence: Evidence) -> bool:
    """The segment came since attaching began: that proves every stage before it."""
    return evidence.where.segment is not None and not evidence.was_there_before


def _refused(delivery: Delivery) -> str:
    return f"{count(delivery.failed, 'event')} refused: {main_reason(delivery) or 'no reason given'}"


def _counts(delivery: Delivery) -> str:
    delivered = f"{count(delivery.delivered, 'event')} delivered" if delivery.delivered else ""
    return ", ".join(part for part in (delivered, _refused(delivery)) if part)


def _refusal_advice(reason: str) -> str:
    """What LaunchDarkly's refusal says."""
    said = reason.upper()
    if "401" in said:
        return "LaunchDarkly doesn't know the destination's token. Set the right one in the Destination step."
    if "403" in said:
        return "The destination's token can't write segments there. Give it createSegment and updateIncluded."
    if "404" in said or "400" in said or "BAD_REQUEST" in said:
        return "The client-side ID is wrong, or members lack the identifier that the context key needs."
    return "Wait: Segment tries again for 4 hours."


# --- LaunchDarkly's side ----------------------------------------------------------------------------------------


_BY_ID = "Open each in LaunchDarkly: the right one has this audience's members."
_BY_KEY = "Is one of them your audience? Then pick that audience in the Audiences step."


_ATTACH_AGAIN = "In Segment, remove the destination from the audience and attach it again"
_ASK_MORE = "Is Send Identify or Send Track on for this audience in Segment? F2, or audience-wizard doctor, asks more."


def _visible(evidence: Evidence, waited: float | None) -> _Judged:
    usual = "up to 8 hours" if is_slow(evidence.audience) else "about 10 minutes after attaching"
    where = evidence.where
    match where.presence:
        case Presence.THERE:
            before = ", which was there before" if evidence.was_there_before else ""
            return _Judged(StageState.DONE, f"{where.segment.name if where.segment else ''}{before}", usual)
        case Presence.UNASKED | Presence.UNANSWERED:
            return _Judged(StageState.UNKNOWN, _not_looked(where))
        case Presence.ELSEWHERE:
            advice = f"{_ATTACH_AGAIN}, with the right client-side ID."
            return _Judged(StageState.STUCK, f"it is in the environment {where.environment}", usual, advice)
        case Presence.LOOK_ALIKES:
            names = ", ".join(candidate.name for candidate in where.candidates[:3])
            return _Judged(StageState.UNKNOWN, f"look-alikes: {names}", usual, _BY_ID if evidence.audience else _BY_KEY)
        case Presence.DELETED:
            advice = f"{_ATTACH_AGAIN}; a full sync may also remake it."
            return _Judged(StageState.LATE, "it was there and is gone", usual, advice)
        case Presence.MISSING:
            advice = "F2, or audience-wizard doctor, asks more."
            return _Judged(StageState.LATE, "not there, although Segment delivered events", usual, advice)
        case Presence.AWAITED:
            state = _under_way(evidence, Stage.VISIBLE, waited, _bound(evidence, VISIBLE_WITHIN_S))
            hint = f"; one of this name is in the environment {where.environment}" if where.environment else ""
            return _Judged(state, f"not there yet{hint}", usual, _ASK_MORE)


def _not_looked(where: Whereabouts) -> str:
    """That nobody could look says nothing of the segment."""
    if where.failure is None:
        return "not looked yet"
    before = "; it was there at the last look" if where.was_there else ""
    return f"couldn't look: {why(where.failure)}{before}"


def _counted(evidence: Evidence, waited: float | None) -> _Judged:
    """Done when the count has come to rest: LaunchDarkly counts while members arrive."""
    segment, size = evidence.where.segment, evidence.audience.size if evidence.audience else None
    usual = "a minute or two after the segment"
    if segment is None:
        return _Judged(StageState.WAITING, usual=usual)
    members = segment.included_count
    if members:
        of = f" of {size:,} in the audience" if size else ""
        at_rest = members == evidence.counted_before or (size and members >= size)
        return _Judged(StageState.DONE if at_rest else StageState.UNDER_WAY, f"{count(members, 'member')}{of}", usual)
    detail = "LaunchDarkly has no count yet" if members is None else "0 members yet"
    advice = "Check the audience's size, the token's updateIncluded permission and the context key."
    return _Judged(_under_way(evidence, Stage.COUNTED, waited, COUNTED_WITHIN_S), detail, usual, advice)


def _member(evidence: Evidence, waited: float | None) -> _Judged:
    if not evidence.test_user:
        return _Judged(StageState.SKIPPED, "no test user given")
    if evidence.is_member is True:
        return _Judged(StageState.DONE, f"{evidence.test_user} is a member")
    state = _under_way(evidence, Stage.MEMBER, waited, COUNTED_WITHIN_S)
    if isinstance(evidence.is_member, Failure):
        is_given_up = evidence.is_member.is_closed or state is StageState.LATE  # no answer makes nobody late
        said = f"LaunchDarkly doesn't say: {why(evidence.is_member)}"
        return _Judged(StageState.UNKNOWN if is_given_up else state, said, "a minute or two")
    advice = "Is this the key that the mapping makes? Is the user in the audience?"
    detail = f"{evidence.test_user} isn't a member yet" if evidence.is_member is False else ""
    return _Judged(state, detail, "a minute or two", advice)


_STAGES: Mapping[Stage, tuple[str, Callable[[Evidence, float | None], _Judged]]] = {
    Stage.ATTACHED: ("Attached to the audience", _attached),
    Stage.COMPUTED: ("Audience computed", _computed),
    Stage.DELIVERED: ("Delivered by Segment", _delivered),
    Stage.VISIBLE: ("Visible in LaunchDarkly", _visible),
    Stage.COUNTED: ("Members counted", _counted),
    Stage.MEMBER: ("Test user is a member", _member),
}
