"""Each hop of the first sync judged from one look: pure, no clock, no calls.

What is usual: contract segment 4.8, launchdarkly 5.1. Lateness is a reason to look at causes, never a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wizard.domain.checks.delivery import is_passing
from wizard.domain.model import Audience, Connections, Delivery, Failure
from wizard.domain.naming import SegmentMatch
from wizard.flow.progress import Hop, HopSeen, HopState
from wizard.flow.usual import Kind, Usual, kind_of
from wizard.text import count

HOUR_S = 3_600.0
COMPUTE_LATE_S = 20 * 60.0
DELIVER_LATE_S = 15 * 60.0  # the delivery overview is 5 minutes late itself
VISIBLE_LATE_S = 20 * 60.0
COUNT_LATE_S = 10 * 60.0
SLOW_LATE_S = 9 * HOUR_S

_AT_WORK = {"preparing", "computing", "backfilling", "locked"}  # locked: an edit is being processed
_WAITS_FOR_A_DESTINATION = {"not computing", "awaiting destinations"}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at one audience saw; None where it was not looked at."""

    audience: Audience | None
    connections: Connections | Failure | None
    delivery: Delivery | Failure | None
    match: SegmentMatch
    is_member: bool | Failure | None
    destination_id: str
    test_user: str
    by_hand: bool
    counted_before: int | None = None  # the segment's count at the look before
    learned: Mapping[Hop, Usual] = field(default_factory=dict)  # from earlier runs with this kind of audience
    unseen: frozenset[Hop] = frozenset()  # done before anybody looked: when is not known
    was_there_before: bool = False  # the segment was there when attaching began: that it is there proves nothing
    others: bool = False  # the destination's deliveries may be another audience's
    is_meant_known: bool = True  # False: which destination is meant cannot be told
    is_answered: bool = True  # LaunchDarkly listed its segments at this look
    is_gone: bool = False  # the segment was there, and is no more
    elsewhere: str = ""  # another environment that the segment is in


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a hop's judge says; title and time are added to it."""

    state: HopState
    detail: str = ""
    usual: str = ""
    advice: str = ""
    per_minute: tuple[int, ...] = ()


def is_slow_audience(audience: Audience | None) -> bool:
    """Computed every eight hours or so instead of at once (contract segment 4.8)."""
    return kind_of(audience) is not Kind.REAL_TIME


def judge(look: Look, elapsed_s: float, done_at: Mapping[Hop, float]) -> tuple[HopSeen, ...]:
    """The hops in order. `done_at`: when those that are done were first seen so, in seconds since attaching.

    A hop's time runs from when the one before it was done; one that cannot be told, or was done before anybody looked,
    holds nothing up.
    """
    hops: list[HopSeen] = []
    began: float | None = 0.0
    for hop, (title, judge_hop) in _HOPS.items():
        ended = done_at.get(hop, elapsed_s)
        waited = None if began is None else max(0.0, ended - began)
        judged = judge_hop(look, waited)
        advice = judged.advice if hop is Hop.ATTACHED or judged.state in _DUE else ""
        was_seen = judged.state is not HopState.DONE or hop not in look.unseen
        took = waited if was_seen else None
        usual = _usual(judged.usual, hop, look)
        seen = HopSeen(hop, judged.state, title, judged.detail, took, usual, advice, per_minute=judged.per_minute)
        hops.append(seen)
        began = _next_begins(judged.state, began, ended) if was_seen else began
    return tuple(hops)


_DUE = {HopState.LATE, HopState.STUCK, HopState.UNKNOWN}  # otherwise nobody is told what to do about it


def _next_begins(state: HopState, began: float | None, ended: float) -> float | None:
    """None while it is held up."""
    if began is None or state is HopState.UNKNOWN:
        return began
    return max(began, ended) if state is HopState.DONE else None


def _usual(shipped: str, hop: Hop, look: Look) -> str:
    """What the vendors say, and what this machine has seen."""
    learned = look.learned.get(hop)
    return "; ".join(part for part in (shipped, str(learned or "")) if part)


def _under_way(look: Look, hop: Hop, waited: float | None, late_after_s: float) -> HopState:
    """Late by the shipped bound or by twice what is usual here, whichever is later."""
    if waited is None:
        return HopState.WAITING
    learned = look.learned.get(hop)
    bound = max(late_after_s, 2 * learned.seconds if learned else 0.0)
    return HopState.LATE if waited > bound else HopState.UNDER_WAY


def _bound(look: Look, usual_bound_s: float) -> float:
    return SLOW_LATE_S if is_slow_audience(look.audience) else usual_bound_s


# --- Segment's side ---------------------------------------------------------------------------------------------


def _attached(look: Look, _: float | None) -> _Judged:
    if look.by_hand:
        return _Judged(HopState.DONE if _is_new(look) else HopState.UNKNOWN, "done by hand in Segment")
    if not look.is_meant_known:
        return _Judged(HopState.UNKNOWN, "which destination it is cannot be told without LaunchDarkly")
    if isinstance(look.connections, Failure):
        said = look.connections.message or look.connections.kind
        return _Judged(HopState.UNKNOWN, f"Segment does not show it: {said}")
    if look.connections is None:
        return _Judged(HopState.UNDER_WAY, "Segment has not been asked yet")
    seen = look.connections
    if look.destination_id and any(one.destination_id == look.destination_id for one in seen.items):
        return _Judged(HopState.DONE, "Segment has the connection")
    if (seen.total or 0) > len(seen.items):
        return _Judged(HopState.UNKNOWN, "Segment does not show every connection to this token")
    return _Judged(
        HopState.UNDER_WAY,
        "not yet: waiting for it to be added in Segment",
        "as soon as somebody does it",
        "In Segment: Engage → Audiences → the audience → + Add destination → switch on Send Track → Save.",
    )


def _computed(look: Look, waited: float | None) -> _Judged:
    audience = look.audience
    if audience is None:
        return _Judged(HopState.DONE if look.match.found else HopState.UNKNOWN, "seen only in Segment")
    if not audience.status and audience.enabled is not False:
        return _Judged(HopState.UNKNOWN, "Segment does not say how far it is")
    status, slow = audience.status.casefold(), is_slow_audience(audience)
    usual = "up to 8 hours" if slow else "a few minutes; a first computation up to 24 hours"
    size = "" if audience.size is None else f" · {count(audience.size, 'member')}"
    detail = f"{audience.status or 'switched off'}{size}"
    if audience.enabled is False or status == "disabled":
        return _Judged(HopState.STUCK, detail, usual, "Open the audience in Segment and enable it.")
    if status in {"failed", "error"}:
        return _Judged(HopState.STUCK, detail, usual, "Open the audience in Segment: its computation failed.")
    if status not in _AT_WORK | _WAITS_FOR_A_DESTINATION:
        return _Judged(HopState.DONE, detail, usual)
    advice = "Segment computes at most 5 new audiences of a space at once; others wait in a queue."
    return _Judged(_under_way(look, Hop.COMPUTED, waited, _bound(look, COMPUTE_LATE_S)), detail, usual, advice)


def _delivered(look: Look, waited: float | None) -> _Judged:
    delivery, usual = look.delivery, "a minute or two; Segment shows it 5 minutes later"
    if isinstance(delivery, Delivery) and delivery.delivered > 0:
        return _some_delivered(look, delivery, usual)
    if _is_new(look):
        return _Judged(HopState.DONE, "the segment is there", usual)
    if isinstance(delivery, Delivery) and delivery.failed > 0:
        return _all_refused(look, delivery, waited, usual)
    if waited is None:
        return _Judged(HopState.WAITING, usual=usual)
    if isinstance(delivery, Failure):
        closed = "Segment does not show deliveries to this token"
        return _Judged(HopState.UNKNOWN, closed if delivery.is_closed else "Segment did not say", usual)
    if delivery is None and (look.by_hand or not look.destination_id):
        return _Judged(HopState.UNKNOWN, "seen only in Segment", usual)
    advice = "Look in Segment at the audience's destination: is Send Identify or Send Track on? Is the mapping on?"
    state = _under_way(look, Hop.DELIVERED, waited, _bound(look, DELIVER_LATE_S))
    detail = "Segment has not been asked yet" if delivery is None else "nothing delivered so far"
    return _Judged(state, detail, "up to 8 hours" if is_slow_audience(look.audience) else usual, advice)


def _some_delivered(look: Look, delivery: Delivery, usual: str) -> _Judged:
    """Deliveries are counted for the destination, whichever audience they are of (contract segment 2.12)."""
    refused = f", {_refused(delivery)}" if delivery.failed else ""
    detail = f"{count(delivery.delivered, 'event')} delivered to this destination{refused}"
    if look.others and not _is_new(look):
        return _Judged(HopState.UNKNOWN, f"{detail}; of which audience is not shown", usual)
    return _Judged(HopState.DONE, detail, usual, per_minute=delivery.per_minute)


def _all_refused(look: Look, delivery: Delivery, waited: float | None, usual: str) -> _Judged:
    """Stuck where waiting will not mend it: what every event meets, or most of this audience's."""
    reason = _reason(delivery)
    if is_passing(delivery):
        state = _under_way(look, Hop.DELIVERED, waited, _bound(look, DELIVER_LATE_S))
        return _Judged(state, f"{_refused(delivery)}, for now", usual, "Wait: Segment tries again for 4 hours.")
    size = look.audience.size if look.audience else None
    many = delivery.failed >= max(1, (size or 2 * _MANY) / 2)
    meets_all = any(mark in reason.upper() for mark in _MEETS_EVERY_EVENT)
    state = HopState.STUCK if meets_all or many else HopState.LATE
    return _Judged(state, _refused(delivery), usual, _refusal_advice(reason))


_MANY = 10  # refused events, where the audience's size is not known
_MEETS_EVERY_EVENT = ("401", "403", "404", "INVALID_SETTINGS")  # the destination's own settings


def _is_new(look: Look) -> bool:
    """The segment came since attaching began: that proves every hop before it."""
    return look.match.found is not None and not look.was_there_before


def _refused(delivery: Delivery) -> str:
    return f"{count(delivery.failed, 'event')} refused: {_reason(delivery)}"


def _reason(delivery: Delivery) -> str:
    return delivery.failure_reasons[0][0] if delivery.failure_reasons else "no reason given"


def _refusal_advice(reason: str) -> str:
    """What LaunchDarkly's refusal says (contract segment 7, rows 18 to 21, 28, 54)."""
    said = reason.upper()
    if "401" in said:
        return "LaunchDarkly does not know the token in the destination: put the right one in (step Destination)."
    if "403" in said:
        return "The token in the destination may not write segments there: give it createSegment and updateIncluded."
    if "404" in said or "400" in said or "BAD_REQUEST" in said:
        return "The client-side ID is wrong, or members lack the identifier that the context key needs."
    return "Wait: Segment tries again for 4 hours."


# --- LaunchDarkly's side ----------------------------------------------------------------------------------------


_BY_ID = "Open each in LaunchDarkly: the right one has this audience's members."
_BY_KEY = "Is one of them your audience? Then its key in Segment is another: change it in the step Audiences."


def _visible(look: Look, waited: float | None) -> _Judged:
    usual = "up to 8 hours" if is_slow_audience(look.audience) else "about 10 minutes after attaching"
    if look.match.found:
        before = ", which was there before" if look.was_there_before else ""
        return _Judged(HopState.DONE, look.match.found.name + before, usual)
    if look.elsewhere:
        advice = "Take the audience off the destination in Segment and attach it again, with the right client-side ID."
        return _Judged(HopState.STUCK, f"it is in the environment {look.elsewhere}", usual, advice)
    if look.match.candidates:
        names = ", ".join(candidate.name for candidate in look.match.candidates[:3])
        advice = _BY_ID if look.audience else _BY_KEY
        return _Judged(HopState.UNKNOWN, f"look-alikes: {names}", usual, advice)
    if look.is_gone:
        advice = "Take the audience off the destination in Segment and attach it again; a full sync may also remake it."
        return _Judged(HopState.LATE, "it was there and is gone", usual, advice)
    if not look.is_answered:
        return _Judged(HopState.UNKNOWN, "LaunchDarkly did not answer the last look", usual)
    advice = "Is Send Identify or Send Track on for this audience in Segment? F2, or audience-wizard doctor, asks more."
    state = _under_way(look, Hop.VISIBLE, waited, _bound(look, VISIBLE_LATE_S))
    return _Judged(state, "not there yet", usual, advice)


def _counted(look: Look, waited: float | None) -> _Judged:
    """Done when the count has come to rest: LaunchDarkly counts while members arrive."""
    segment, size = look.match.found, look.audience.size if look.audience else None
    usual = "a minute or two after the segment"
    if segment is None:
        return _Judged(HopState.WAITING, usual=usual)
    members = segment.included_count
    if members:
        of = f" of {size:,} in the audience" if size else ""
        at_rest = members == look.counted_before or (size and members >= size)
        return _Judged(HopState.DONE if at_rest else HopState.UNDER_WAY, f"{count(members, 'member')}{of}", usual)
    detail = "LaunchDarkly gives no count yet" if members is None else "0 members so far"
    advice = "Look at the audience's size, the token's updateIncluded, and the context key."
    return _Judged(_under_way(look, Hop.COUNTED, waited, COUNT_LATE_S), detail, usual, advice)


def _member(look: Look, waited: float | None) -> _Judged:
    if not look.test_user:
        return _Judged(HopState.SKIPPED, "no test user given")
    if look.is_member is True:
        return _Judged(HopState.DONE, f"{look.test_user} is a member")
    if isinstance(look.is_member, Failure) and look.is_member.is_closed:
        return _Judged(HopState.UNKNOWN, "LaunchDarkly does not say")
    advice = "Is this the key that the mapping makes? Is the user in the audience?"
    detail = f"{look.test_user} is not a member so far" if look.is_member is False else ""
    return _Judged(_under_way(look, Hop.MEMBER, waited, COUNT_LATE_S), detail, "a minute or two", advice)


_HOPS: Mapping[Hop, tuple[str, Callable[[Look, float | None], _Judged]]] = {
    Hop.ATTACHED: ("Attached to the audience", _attached),
    Hop.COMPUTED: ("Audience computed", _computed),
    Hop.DELIVERED: ("Delivered by Segment", _delivered),
    Hop.VISIBLE: ("Visible in LaunchDarkly", _visible),
    Hop.COUNTED: ("Members counted", _counted),
    Hop.MEMBER: ("Test user is a member", _member),
}
