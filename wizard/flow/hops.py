"""Each hop of the first sync judged from one look: pure, no clock, no calls.

What is usual: contract segment 4.8, launchdarkly 5.1. Lateness is a reason to look at causes, never a failure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wizard.domain.model import Audience, Connections, Delivery, Failure
from wizard.domain.naming import SegmentMatch
from wizard.flow.progress import Hop, HopSeen, HopState
from wizard.text import count

HOUR_S = 3_600.0
COMPUTE_LATE_S = 20 * 60.0
DELIVER_LATE_S = 15 * 60.0  # the delivery overview is 5 minutes late itself
VISIBLE_LATE_S = 20 * 60.0
COUNT_LATE_S = 10 * 60.0
SLOW_LATE_S = 9 * HOUR_S

_AT_WORK = {"preparing", "computing", "backfilling"}
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


def is_slow_audience(audience: Audience | None) -> bool:
    """Computed every eight hours or so instead of at once (contract segment 4.8)."""
    return audience is not None and (audience.cadence.upper() == "BATCH" or audience.kind.upper() == "ACCOUNTS")


def judge(look: Look, waited: dict[Hop, float]) -> tuple[HopSeen, ...]:
    """The hops in order. `waited`: seconds since the hop before was done; absent while it is not."""
    later = (
        _computed(look, waited),
        _delivered(look, waited),
        _visible(look, waited),
        _counted(look, waited),
        _member(look, waited),
    )
    return (_attached(look, waited), *(_advised_when_due(hop) for hop in later))


def _advised_when_due(seen: HopSeen) -> HopSeen:
    """Nobody is told what to do about a hop that is under way in its usual time."""
    due = seen.state in {HopState.LATE, HopState.STUCK, HopState.UNKNOWN}
    return seen if due else replace(seen, advice="")


def _state(hop: Hop, waited: dict[Hop, float], late_after_s: float) -> HopState:
    if hop not in waited:
        return HopState.WAITING
    return HopState.LATE if waited[hop] > late_after_s else HopState.UNDER_WAY


def _attached(look: Look, waited: dict[Hop, float]) -> HopSeen:
    title, hop = "Attached to the audience", Hop.ATTACHED
    if look.by_hand:
        seen = HopState.DONE if look.match.found else HopState.UNKNOWN
        return HopSeen(hop, seen, title, "done by hand in Segment", waited.get(hop))
    if isinstance(look.connections, Failure):
        detail = f"Segment does not show it: {look.connections.message or look.connections.kind}"
        return HopSeen(hop, HopState.UNKNOWN, title, detail, waited.get(hop))
    items = look.connections.items if look.connections else ()
    if any(connection.destination_id == look.destination_id for connection in items):
        return HopSeen(hop, HopState.DONE, title, "Segment shows the connection", waited.get(hop))
    return HopSeen(
        hop,
        HopState.UNDER_WAY,
        title,
        "not yet: waiting for it to be added in Segment",
        waited.get(hop),
        usual="as soon as somebody does it",
        advice="In Segment: Engage → Audiences → the audience → + Add destination → switch on Send Track → Save.",
    )


def _computed(look: Look, waited: dict[Hop, float]) -> HopSeen:
    title, hop, audience = "Audience computed", Hop.COMPUTED, look.audience
    if audience is None:
        return HopSeen(hop, _done_if(look.match.found), title, "seen only in Segment", waited.get(hop))
    status = audience.status.casefold()
    usual = "up to 8 hours" if is_slow_audience(audience) else "a few minutes; a first computation up to 24 hours"
    size = "" if audience.size is None else f" · {count(audience.size, 'member')}"
    detail = f"{audience.status or 'status not known'}{size}"
    if audience.enabled is False or status == "disabled":
        advice = "Open the audience in Segment and enable it."
        return HopSeen(hop, HopState.STUCK, title, detail, waited.get(hop), usual, advice)
    if status in {"failed", "error"}:
        advice = "Open the audience in Segment: its computation failed."
        return HopSeen(hop, HopState.STUCK, title, detail, waited.get(hop), usual, advice)
    if status not in _AT_WORK | _WAITS_FOR_A_DESTINATION:
        return HopSeen(hop, HopState.DONE, title, detail, waited.get(hop), usual)
    late_after = SLOW_LATE_S if is_slow_audience(audience) else COMPUTE_LATE_S
    advice = "Segment computes at most 5 new audiences of a space at once; others wait in a queue."
    return HopSeen(hop, _state(hop, waited, late_after), title, detail, waited.get(hop), usual, advice)


def _delivered(look: Look, waited: dict[Hop, float]) -> HopSeen:
    title, hop, delivery = "Delivered by Segment", Hop.DELIVERED, look.delivery
    usual = "a minute or two; Segment shows it 5 minutes later"
    if isinstance(delivery, Delivery) and delivery.delivered > 0:
        detail = count(delivery.delivered, "event") + " delivered"
        return HopSeen(hop, HopState.DONE, title, detail, waited.get(hop), usual)
    if look.match.found:
        return HopSeen(hop, HopState.DONE, title, "the segment is there", waited.get(hop), usual)
    if isinstance(delivery, Delivery) and delivery.failed > 0:
        reason = delivery.failure_reasons[0][0] if delivery.failure_reasons else "no reason given"
        detail = f"{count(delivery.failed, 'event')} refused: {reason}"
        return HopSeen(hop, HopState.STUCK, title, detail, waited.get(hop), usual, _refusal_advice(reason))
    if delivery is None or isinstance(delivery, Failure):
        detail = "" if delivery is None else "Segment does not show deliveries to this token"
        state = HopState.WAITING if hop not in waited else HopState.UNKNOWN
        return HopSeen(hop, state, title, detail, waited.get(hop), usual)
    advice = "Look in Segment at the audience's destination: is Send Identify or Send Track on? Is the mapping on?"
    state = _state(hop, waited, DELIVER_LATE_S)
    return HopSeen(hop, state, title, "nothing delivered so far", waited.get(hop), usual, advice)


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


def _visible(look: Look, waited: dict[Hop, float]) -> HopSeen:
    title, hop = "Segment visible in LaunchDarkly", Hop.VISIBLE
    usual = "up to 8 hours" if is_slow_audience(look.audience) else "about 10 minutes after attaching"
    if look.match.found:
        return HopSeen(hop, HopState.DONE, title, look.match.found.name, waited.get(hop), usual)
    if look.match.candidates:
        names = ", ".join(candidate.name for candidate in look.match.candidates[:3])
        advice = "Open each in LaunchDarkly; the right one carries the audience's id in its key."
        return HopSeen(hop, HopState.UNKNOWN, title, f"look-alikes: {names}", waited.get(hop), usual, advice)
    late_after = SLOW_LATE_S if is_slow_audience(look.audience) else VISIBLE_LATE_S
    advice = "Press F2: the checks name what keeps it."
    return HopSeen(hop, _state(hop, waited, late_after), title, "not there yet", waited.get(hop), usual, advice)


def _counted(look: Look, waited: dict[Hop, float]) -> HopSeen:
    """Done when the count has come to rest: LaunchDarkly counts while members arrive."""
    title, hop, segment, audience = "Members counted", Hop.COUNTED, look.match.found, look.audience
    usual = "a minute or two after the segment"
    if segment is None:
        return HopSeen(hop, HopState.WAITING, title, usual=usual)
    if segment.included_count:
        size = audience.size if audience else None
        of = f" of {size:,} in the audience" if size else ""
        detail = f"{count(segment.included_count, 'member')}{of}"
        at_rest = segment.included_count == look.counted_before or (size and segment.included_count >= size)
        return HopSeen(hop, HopState.DONE if at_rest else HopState.UNDER_WAY, title, detail, waited.get(hop), usual)
    detail = "LaunchDarkly gives no count yet" if segment.included_count is None else "0 members so far"
    advice = "Look at the audience's size, the token's updateIncluded, and the context key."
    return HopSeen(hop, _state(hop, waited, COUNT_LATE_S), title, detail, waited.get(hop), usual, advice)


def _member(look: Look, waited: dict[Hop, float]) -> HopSeen:
    title, hop = "Test user is a member", Hop.MEMBER
    if not look.test_user:
        return HopSeen(hop, HopState.SKIPPED, title, "no test user given")
    if look.is_member is True:
        return HopSeen(hop, HopState.DONE, title, f"{look.test_user} is a member", waited.get(hop))
    if isinstance(look.is_member, Failure):
        return HopSeen(hop, HopState.UNKNOWN, title, "LaunchDarkly does not say", waited.get(hop))
    advice = "Is this the key that the mapping makes? Is the user in the audience?"
    detail = "" if look.is_member is None else f"{look.test_user} is not a member so far"
    return HopSeen(hop, _state(hop, waited, COUNT_LATE_S), title, detail, waited.get(hop), "", advice)


def _done_if(there: object) -> HopState:
    return HopState.DONE if there else HopState.UNKNOWN
