"""The stages of the first sync that Segment shows: attached, computed, delivered."""

from __future__ import annotations

from wizard.domain.checks.sync.sync_delivery import usual_fix
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Delivery
from wizard.domain.signals.computation import Computation, computation_of
from wizard.domain.signals.deliveries import affects_every_event, is_being_retried, main_reason, mostly_fail
from wizard.domain.signals.usual_times import COMPUTED_WITHIN_S, DELIVERED_WITHIN_S, is_slow
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.stages.evidence import Evidence, Judged, bound, is_fed, is_new, under_way, why
from wizard.text import count, plain


def attached(evidence: Evidence, _: float | None) -> Judged:
    if evidence.by_hand:
        return Judged(StageState.DONE if is_new(evidence) else StageState.UNKNOWN, "done by hand in Segment")
    if not evidence.is_meant_known:
        return Judged(StageState.UNKNOWN, "we can't tell which destination it is without LaunchDarkly")
    if isinstance(evidence.connections, Failure):
        said = evidence.connections.message or why(evidence.connections)
        return Judged(StageState.UNKNOWN, f"Segment doesn't show it: {said}")
    if evidence.connections is None:
        return Judged(StageState.UNDER_WAY, "not checked in Segment yet")
    seen = evidence.connections
    if evidence.is_paused:
        advice = f"{_page_of(evidence)} → the destination → switch on Connect to destination."
        return Judged(StageState.STUCK, "switched off in Segment", "", advice)
    if evidence.destination_id and any(one.destination_id == evidence.destination_id for one in seen.items):
        return Judged(StageState.DONE, "Segment has the connection")
    if (seen.total or 0) > len(seen.items):
        return Judged(StageState.UNKNOWN, "Segment doesn't show every connection to this token")
    return Judged(
        StageState.UNDER_WAY,
        "not yet: waiting for it to be added in Segment",
        "as soon as someone does it",
        f"{_page_of(evidence)} → + Add destination → switch on Send Track → Save.",
    )


def _page_of(evidence: Evidence) -> str:
    name = plain(evidence.audience.name) if evidence.audience else ""
    return f"In Segment: Engage → Audiences → {name or 'the audience'}"


def computed(evidence: Evidence, waited: float | None) -> Judged:
    audience = evidence.audience
    if audience is None:
        return Judged(StageState.DONE if evidence.where.segment else StageState.UNKNOWN, "seen only in Segment")
    usual = "up to 8 hours" if is_slow(audience) else "a few minutes; a first computation up to 24 hours"
    size = "" if audience.size is None else f" · {count(audience.size, 'member')}"
    detail = f"{audience.status or 'switched off'}{size}"
    match computation_of(audience):
        case Computation.OFF:
            return Judged(StageState.STUCK, detail, usual, "Open the audience in Segment and enable it.")
        case Computation.BROKEN:
            return Judged(StageState.STUCK, detail, usual, "Its computation failed. Open the audience in Segment.")
        case Computation.UNKNOWN:
            said = f"Segment says {detail}" if audience.status else "Segment doesn't say how far it is"
            return Judged(StageState.UNKNOWN, said, usual)
        case Computation.DONE:
            return Judged(StageState.DONE, detail, usual)
        case _:
            state = under_way(evidence, Stage.COMPUTED, waited, bound(evidence, COMPUTED_WITHIN_S))
            advice = "Segment computes at most 5 new audiences of a space at a time. Others wait in a queue."
            return Judged(state, detail, usual, advice)


_DELIVERED_USUALLY = "a minute or two; Segment shows it 5 minutes later"


def delivered(evidence: Evidence, waited: float | None) -> Judged:
    delivery, usual = evidence.delivery, _DELIVERED_USUALLY
    if isinstance(delivery, Delivery) and (judged := _counted_deliveries(evidence, delivery, waited)):
        return judged
    if is_fed(evidence):
        said = "the segment is there" if is_new(evidence) else "the segment has changed since attaching"
        return Judged(StageState.DONE, said, usual)
    if isinstance(delivery, Delivery) and is_being_retried(delivery):
        state = under_way(evidence, Stage.DELIVERED, waited, bound(evidence, DELIVERED_WITHIN_S))
        said, advice = f"{_refused(delivery)}, for now", "Wait: Segment retries for 4 hours."
        return Judged(state, said, usual, advice, was_refused=True)
    if waited is None:
        return Judged(StageState.WAITING, usual=usual)
    return _nothing_delivered(evidence, waited)


def _nothing_delivered(evidence: Evidence, waited: float) -> Judged:
    delivery, usual = evidence.delivery, "up to 8 hours" if is_slow(evidence.audience) else _DELIVERED_USUALLY
    if isinstance(delivery, Failure):
        closed = "Segment doesn't show deliveries to this token"
        said = closed if delivery.is_closed else f"Segment didn't say: {why(delivery)}"
        return Judged(StageState.UNKNOWN, said, usual)
    if delivery is None and (evidence.by_hand or not evidence.destination_id):
        return Judged(StageState.UNKNOWN, "seen only in Segment", usual)
    advice = "In Segment, open the audience's destination. Is Send Identify or Send Track on? Is the mapping on?"
    state = under_way(evidence, Stage.DELIVERED, waited, bound(evidence, DELIVERED_WITHIN_S))
    state = StageState.STUCK if evidence.is_activation_off and state is StageState.LATE else state
    detail = "not checked in Segment yet" if delivery is None else "nothing delivered yet"
    return Judged(state, detail, usual, advice)


def _counted_deliveries(evidence: Evidence, delivery: Delivery, waited: float | None) -> Judged | None:
    """Judge by Segment's delivery counts; None when they say nothing about this audience yet."""
    arrived = is_new(evidence) and evidence.where.segment is not None and evidence.where.segment.included_count != 0
    if mostly_fail(delivery, members_arrived=arrived):
        return _mostly_refused(evidence, delivery, waited)
    return _some_delivered(evidence, delivery) if delivery.delivered else None


def _some_delivered(evidence: Evidence, delivery: Delivery) -> Judged:
    refused = f", {_refused(delivery)}" if delivery.failed else ""
    detail = f"{count(delivery.delivered, 'event')} delivered to this destination{refused}"
    if evidence.others and not is_fed(evidence):
        return Judged(StageState.UNKNOWN, f"{detail}; Segment doesn't show for which audience", _DELIVERED_USUALLY)
    return Judged(StageState.DONE, detail, _DELIVERED_USUALLY, per_minute=delivery.per_minute)


def _mostly_refused(evidence: Evidence, delivery: Delivery, waited: float | None) -> Judged | None:
    """Judge refusals: stuck if nothing was delivered, and every event or most of this audience's are refused.

    If the counts may be another audience's (`evidence.others`), they only count if the reason meets every event.
    """
    reason, usual = main_reason(delivery), _DELIVERED_USUALLY
    meets_all = affects_every_event(reason)
    if evidence.others and (waited is None or (is_new(evidence) and not meets_all)):
        return None
    if evidence.others and not meets_all:
        return Judged(StageState.UNKNOWN, f"{_counts(delivery)}; Segment doesn't show for which audience", usual)
    size = evidence.audience.size if evidence.audience else None
    many = delivery.failed >= max(1, (size or 2 * _MANY) / 2)
    is_stuck = not delivery.delivered and (meets_all or many)
    state = StageState.STUCK if is_stuck else StageState.LATE
    return Judged(state, _counts(delivery), usual, usual_fix(reason), was_refused=True)


_MANY = 10  # refused events, where the audience's size isn't known


def _refused(delivery: Delivery) -> str:
    return f"{count(delivery.failed, 'event')} refused: {main_reason(delivery) or 'no reason given'}"


def _counts(delivery: Delivery) -> str:
    delivered = f"{count(delivery.delivered, 'event')} delivered" if delivery.delivered else ""
    return ", ".join(part for part in (delivered, _refused(delivery)) if part)
