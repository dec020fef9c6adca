"""The stages of the first sync that LaunchDarkly shows: visible, counted, member."""

from __future__ import annotations

from wizard.domain.failure import Failure
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import NEARLY_ALL
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts
from wizard.domain.signals.usual_times import COUNTED_WITHIN_S, VISIBLE_WITHIN_S, is_slow
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.member_counts import members_of
from wizard.flow.watching.stages.evidence import Evidence, Judged, bound, under_way, why
from wizard.text import count, whole

_BY_ID = "Open it in LaunchDarkly: the right one has this audience's members."
_BY_KEY = "Is one of them your audience? Then pick that audience in the Audiences step."
_RISES_FOR_S = 2 * 60.0  # seconds; a low count that lasts longer isn't just LaunchDarkly counting
_MANY = 0.05  # share of the audience
_ATTACH_AGAIN = "In Segment, remove the destination from the audience and attach it again"
_ASK_MORE = (
    "Is Send Identify or Send Track on for this audience in Segment? F2 (audience-wizard troubleshoot) finds out more."
)


def visible(evidence: Evidence, waited: float | None) -> Judged:
    usual = "up to 8 hours" if is_slow(evidence.audience) else "about 10 minutes after attaching"
    where = evidence.where
    match where.presence:
        case Presence.THERE:
            before = ", which was there before" if evidence.was_there_before else ""
            return Judged(StageState.DONE, f"{where.segment.name if where.segment else ''}{before}", usual)
        case Presence.UNASKED | Presence.UNANSWERED:
            return Judged(StageState.UNKNOWN, _not_looked(where))
        case Presence.ELSEWHERE:
            advice = f"{_ATTACH_AGAIN}, with the right client-side ID."
            return Judged(StageState.STUCK, f"it's in the environment {where.environment}", usual, advice)
        case Presence.LOOK_ALIKES:
            advice = _BY_ID if evidence.audience else _BY_KEY
            return Judged(StageState.UNKNOWN, _look_alikes(where, evidence), usual, advice)
        case Presence.DELETED:
            advice = f"{_ATTACH_AGAIN}; a full sync may also recreate it."
            return Judged(StageState.LATE, "the segment was there but is gone", usual, advice)
        case Presence.MISSING:
            advice = "F2 (audience-wizard troubleshoot) finds out more."
            return Judged(StageState.LATE, "not there, although Segment delivered events", usual, advice)
        case Presence.AWAITED:
            state = under_way(evidence, Stage.VISIBLE, waited, bound(evidence, VISIBLE_WITHIN_S))
            hint = f"; one with this name is in the environment {where.environment}" if where.environment else ""
            return Judged(state, f"not there yet{hint}", usual, _ASK_MORE)


def _look_alikes(where: Whereabouts, evidence: Evidence) -> str:
    """Return the look-alikes' names. Say of a single one with the expected name that it's most likely the segment."""
    names = ", ".join(candidate.name for candidate in where.candidates[:3])
    key = evidence.audience.key if evidence.audience else ""
    if key and len(where.candidates) == 1 and names == whole(segment_name(key)):
        return f"most likely {names}; its key has another ID"
    return f"similar segments: {names}"


def _not_looked(where: Whereabouts) -> str:
    """Say why we don't know whether the segment exists: it wasn't read, or the read failed."""
    if where.failure is None:
        return "not checked yet"
    before = "; the segment was there at the last check" if where.was_there else ""
    return f"not checked: {why(where.failure)}{before}"


def counted(evidence: Evidence, waited: float | None) -> Judged:
    """Judge the member count. It's done once it stops changing, because LaunchDarkly counts while members arrive."""
    segment, size = evidence.where.segment, evidence.audience.size if evidence.audience else None
    usual = "a minute or two after the segment"
    if segment is None:
        return Judged(StageState.WAITING, usual=usual)
    members = segment.included_count
    if members:
        is_part = size and members <= size
        said = (
            f"{count(members, 'member')} of {size:,} in the audience" if is_part else members_of(members, size or None)
        )
        if size and members < NEARLY_ALL * size and (evidence.are_earlier_missing or evidence.was_sent_again):
            return _short(evidence, said, waited or 0.0, usual)
        at_rest = members == evidence.counted_before or (size and members >= size)
        return Judged(StageState.DONE if at_rest else StageState.UNDER_WAY, said, usual)
    detail = "LaunchDarkly has no count yet" if members is None else "0 members yet"
    advice = "Check the audience's size, the token's updateIncluded permission and the context key."
    return Judged(under_way(evidence, Stage.COUNTED, waited, COUNTED_WITHIN_S), detail, usual, advice)


def _short(evidence: Evidence, said: str, waited: float, usual: str) -> Judged:
    """Judge a low count after a repair: all members are on their way, or nothing sends the earlier ones again.

    In the second case, the stage is stuck, unless the count rises fast because someone had the members sent again.
    """
    if not evidence.are_earlier_missing:
        return Judged(StageState.UNDER_WAY, said, usual)
    was_made_again = evidence.where.segment is not None and evidence.where.segment.generation > 1
    others = "were members before it was deleted" if was_made_again else "were refused or not sent before the repair"
    said = f"{said}; the others {others}"
    is_stuck = waited > _RISES_FOR_S and not _rises_fast(evidence)
    state = StageState.STUCK if is_stuck else StageState.UNDER_WAY
    return Judged(state, said, usual, evidence.to_send_again, was_refused=True)


def _rises_fast(evidence: Evidence) -> bool:
    """Return whether more members have arrived since the previous poll than single changes would bring."""
    segment, size = evidence.where.segment, evidence.audience.size if evidence.audience else None
    before, members = evidence.counted_before, segment.included_count if segment else None
    return bool(size) and before is not None and members is not None and members - before > _MANY * (size or 0)


def member(evidence: Evidence, waited: float | None) -> Judged:
    if not evidence.test_user:
        return Judged(StageState.SKIPPED, "no test user given")
    if evidence.is_member is True:
        return Judged(StageState.DONE, f"the test user {evidence.test_user} is a member")
    state = under_way(evidence, Stage.MEMBER, waited, COUNTED_WITHIN_S)
    if isinstance(evidence.is_member, Failure):
        is_given_up = evidence.is_member.is_closed or state is StageState.LATE  # a failed read isn't late
        said = f"LaunchDarkly doesn't say: {why(evidence.is_member)}"
        return Judged(StageState.UNKNOWN if is_given_up else state, said, "a minute or two")
    advice = "Does the mapping make this key? Is the user in the audience?"
    detail = f"the test user {evidence.test_user} isn't a member yet" if evidence.is_member is False else ""
    return Judged(state, detail, "a minute or two", advice)
