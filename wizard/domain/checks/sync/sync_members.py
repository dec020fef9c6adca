"""The segment's members compared with the audience's, and the kind of their contexts."""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.check import Check, Findings, failed, not_judged, passed, unknown, warned
from wizard.domain.checks.sync import likely_reasons, sync_delivery
from wizard.domain.checks.sync.sync_segment import STEP, THERE, how_to_send_again, need_segment, page
from wizard.domain.facts import Facts
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.links import Link
from wizard.domain.services.segment import NEARLY_ALL, Audience
from wizard.domain.signals import segment_of_audience
from wizard.text import capitalized, count

_SEVERAL_KEYS = (
    "Either members who left weren't removed, or one person became several members: the context key can have several "
    "values."
)
_OLD_KEYS = (
    "Someone changed the mapping's context key or kind. Earlier members stay in the segment under their old keys."
)
_MORE = 1.1  # times the audience's size: a few more may be removals on their way
_STILL_COUNTED = timedelta(minutes=15)  # since the segment was made


def _members(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge the count of members. It isn't documented how soon it follows the segment."""
    segment = need_segment(audience, facts, answers)
    members, size = segment.included_count, audience.size
    evidence: dict[str, object] = {"members": members, "audience_size": size, "key": segment.key}
    is_filling = _is_new(segment, facts) or (
        members is not None and earlier_members.are_arriving(audience, facts, answers)
    )
    if is_filling and (not members or (size and members < NEARLY_ALL * size)):
        return _still_arriving(segment, size, evidence)
    if members is None:
        return unknown(
            f"LaunchDarkly doesn't show how many members {segment.name} has.",
            fix=f"In LaunchDarkly, go to Code → Segments and open {segment.name}.",
            links=page(segment, facts, answers),
            evidence=evidence,
            matters=False,
        )
    if size and members * 2 < size:
        return _too_few(audience, segment, facts, answers)
    if members == 0:
        return unknown(
            f"{segment.name} has no members. We don't know whether {audience.name} has any.",
            fix=f"In Segment, go to Engage → Audiences and check the size of {audience.name}.",
            evidence=evidence,
        )
    if members > _MORE * (size or members):
        return _too_many(audience, segment, evidence, facts, answers)
    return _compared(audience, segment, members, page(segment, facts, answers), evidence)


def _compared(
    audience: Audience,
    segment: LaunchDarklySegment,
    members: int,
    pages: tuple[Link, ...],
    evidence: dict[str, object],
) -> Findings:
    """Judge a count that isn't far below the audience's size: less than a tenth missing is no warning."""
    size = audience.size or members
    said = _of_the_audience(segment, audience, members, size)
    if members <= NEARLY_ALL * size:
        return warned(
            said,
            cause="Most likely the other profiles don't have the identifier that the context key needs.",
            fix="Troubleshoot it with F2 (audience-wizard troubleshoot fewer-members) to find out who is missing.",
            links=pages,
            evidence=evidence,
        )
    return passed(said, evidence=evidence, links=pages)


def _too_many(
    audience: Audience, segment: LaunchDarklySegment, evidence: dict[str, object], facts: Facts, answers: Answers
) -> Findings:
    may_be_several = subjects.context_key(facts, answers) not in {None, ContextKey.USER_ID_ONLY}
    is_open = may_be_several and not earlier_members.hold_old_keys(segment, audience, facts)
    return warned(
        _of_the_audience(segment, audience, segment.included_count or 0, audience.size or 0),
        cause=_SEVERAL_KEYS if is_open else _why_too_many(audience, segment, facts),
        fix="Troubleshoot it with F2 (audience-wizard troubleshoot more-members) to "
        f"{'find out which' if is_open else 'see how to clear them'}.",
        links=page(segment, facts, answers),
        evidence=evidence,
    )


def _why_too_many(audience: Audience, segment: LaunchDarklySegment, facts: Facts) -> str:
    if earlier_members.hold_old_keys(segment, audience, facts):
        return _OLD_KEYS
    surplus = count((segment.included_count or 0) - (audience.size or 0), "member")
    why = earlier_members.why_they_stay(segment, audience)
    return f"The segment keeps {surplus} who aren't in the audience. {why}"


def _of_the_audience(segment: LaunchDarklySegment, audience: Audience, members: int, size: int) -> str:
    """Say both counts wherever they differ."""
    if members < size:
        return f"{segment.name} has {members:,} of {count(size, 'member')}."
    but = f", but {audience.name} has {size:,}" if members > size else ""
    return f"{segment.name} has {count(members, 'member')}{but}."


def _is_new(segment: LaunchDarklySegment, facts: Facts) -> bool:
    return segment.created_at is not None and facts.now - segment.created_at < _STILL_COUNTED


def _still_arriving(segment: LaunchDarklySegment, size: int | None, evidence: dict[str, object]) -> Findings:
    """Judge a new segment, which is still filling: it passes with half of the members, else it is too early."""
    members = segment.included_count
    if members is None:
        return not_judged(f"{segment.name} is new. LaunchDarkly hasn't counted its members yet.", evidence=evidence)
    of_all = f" of {count(size, 'member')}" if size else f" {'member' if members == 1 else 'members'}"
    judge = passed if size and members * 2 >= size else not_judged
    return judge(f"{segment.name} has {members:,}{of_all}, and more are arriving.", evidence=evidence)


def _too_few(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    members, size = segment.included_count or 0, audience.size or 0
    cause, fix = _why_too_few(audience, segment, facts, answers)
    return failed(
        f"{segment.name} has {members:,} of {count(size, 'member')}.",
        cause=cause,
        fix=fix,
        links=(*page(segment, facts, answers), *sync_delivery.PAGES),
        evidence={"members": members, "audience_size": size, "key": segment.key},
    )


def _why_too_few(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> tuple[str, str]:
    """Return the most likely cause, and what to do about it."""
    if segment.generation > 1:
        cause = "The segment was deleted and recreated. Segment doesn't send earlier members again on its own."
        return cause, how_to_send_again(audience, facts)
    if earlier_members.are_missing(audience, facts, answers):
        cause = "Before the repair, the others were refused or not sent. Segment doesn't send them again on its own."
        return cause, how_to_send_again(audience, facts)
    if audience.history is False:
        return (
            "Most likely Segment sends only members who changed later: the audience doesn't include historical event "
            "data.",
            "Ask Segment support for a resync, or create a new audience with Include Historical Event Data on.",
        )
    return likely_reasons.why_missing(audience, segment.included_count or 0, facts, answers)


def _kind(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Warn about a segment of another kind. It isn't documented that a segment keeps its kind."""
    segment = need_segment(audience, facts, answers)
    wanted = subjects.context_kind(facts, answers)
    if not segment.context_kind or not wanted:
        return not_judged(f"Not checked: we don't know the context kind of {segment.name}.")
    if segment.context_kind == wanted:
        return passed(f"{segment.name} holds {wanted} contexts.")
    return warned(
        f"{segment.name} holds {segment.context_kind} contexts, but the mapping creates {wanted} contexts.",
        cause="The mapping was changed after the segment was created. A segment seems to keep its context kind.",
        fix=_kind_fix(segment, audience, facts),
        links=(*page(segment, facts, answers), links.CONTEXT_KINDS_DOCS),
        evidence={"segment": segment.context_kind, "mapping": wanted},
    )


def _kind_fix(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> str:
    """Return the fix: never to delete a segment that a flag uses, nor to go back to a kind that the project lacks."""
    flags = segment_of_audience.flags_of(segment, audience, facts)
    is_gone = is_missing_kind(segment.context_kind, facts)
    back = f"Set the mapping back to {segment.context_kind}"
    if flags and is_gone:
        return f"Take {segment.name} out of {', '.join(flags[:3])}, delete it and attach {audience.name} again."
    if flags:
        named = ", ".join(flags[:3])
        return f"{back}: deleting and recreating {segment.name} would break {named}, which uses it."
    once = "" if flags == () else f"once no flag uses {segment.name}, "
    anew = f"{once}delete {segment.name} in LaunchDarkly and attach {audience.name} again."
    return capitalized(anew) if is_gone else f"{back}, or{',' if once else ''} {anew}"


def is_missing_kind(kind: str, facts: Facts) -> bool:
    """Return whether the project's context kinds were read, and this one isn't among them."""
    seen = facts.context_kinds
    return isinstance(seen, tuple) and all(one.key != kind or one.archived for one in seen)


MEMBERS = Check(
    "sync.members",
    "Segment members",
    STEP,
    subjects.for_each_segment(_members),
    THERE,
    explained_by=sync_delivery.REFUSED,
    hidden_by=(sync_delivery.DELIVERY,),
    reads=("segments", "audiences"),
)
CONTEXT_KIND = Check(
    "sync.context_kind",
    "Context kind of the segment",
    STEP,
    subjects.for_each_segment(_kind),
    THERE,
    matters=False,
    reads=("segments", "subscriptions", "segment_details"),
)
CHECKS = (MEMBERS, CONTEXT_KIND)
