"""What LaunchDarkly shows of the first sync: the segment, its members, its namesakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks import (
    launchdarkly_environment,
    launchdarkly_token,
    segment_of_audience,
    subjects,
    sync_delivery,
    sync_source,
)
from wizard.domain.checks.check import (
    CannotJudge,
    Check,
    Findings,
    failed,
    need,
    no_answer,
    not_judged,
    passed,
    unknown,
    warned,
)
from wizard.domain.checks.segment_of_audience import Presence
from wizard.domain.facts import Facts
from wizard.domain.links import Link
from wizard.domain.model import Audience, Failure, FailureKind, LaunchDarklySegment
from wizard.domain.naming import segment_name
from wizard.domain.step_id import StepId
from wizard.domain.usual_times import appears_within
from wizard.domain.wanted import chosen_environment
from wizard.text import count

STEP = StepId.FIRST_SYNC
_LISTED = "the synced segments of the environment"
_STILL_COUNTED = timedelta(minutes=15)  # since the segment was made


def _segment(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Time alone never makes a failure; deliveries that LaunchDarkly took make the segment due."""
    where = segment_of_audience.whereabouts(audience, facts, answers)
    if where.segment is not None:
        proves_nothing = segment_of_audience.may_be_unfed(where.segment, facts)
        return (_was_there_before if proves_nothing else _appeared)(where.segment, facts, answers)
    _need_list(audience, facts)
    if not answers.by_hand:
        subjects.need_destination(facts, answers)
    match where.presence:
        case Presence.DELETED:
            return _was_deleted(audience, facts, answers)
        case Presence.LOOK_ALIKES:
            return _look_alikes(audience, where.candidates, facts, answers)
        case Presence.ELSEWHERE:
            return _went_elsewhere(audience, where.environment, facts, answers)
        case Presence.MISSING:
            return _is_missing(audience, facts, answers)
        case _:
            return _is_awaited(audience, where.environment, facts, answers)


def _need_list(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """The list that LaunchDarkly answered with since attaching; without one nothing is said to be missing."""
    if isinstance(facts.segments, Failure):
        raise CannotJudge(_could_not_look(audience, facts.segments, facts), facts.segments)
    return need(facts.segments, _LISTED)


def _could_not_look(audience: Audience, failure: Failure, facts: Facts) -> Findings:
    (finding,) = no_answer(failure, _LISTED)
    if audience.key in facts.found_segments:
        finding = replace(finding, summary=f"{finding.summary} The segment was there when the wizard last looked.")
    if failure.kind is FailureKind.NOT_FOUND:  # of the list, not of the segment
        cause = "The project or environment was renamed or removed, or this token can't see it."
        finding = replace(finding, cause=cause)
    return (finding,)


def _was_there_before(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    """What was there before attaching began does not show that the sync works now."""
    return unknown(
        f"The segment {segment.name} was there before attaching; whether it is fed now is not seen yet.",
        cause="Segment has counted no delivery since. An audience that was made again gets a segment of its own.",
        fix="Follow it in First sync, or with audience-wizard watch.",
        links=page(segment, facts, answers),
        evidence={"key": segment.key, "name": segment.name},
    )


def _was_deleted(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    return failed(
        f"The segment {segment_name(audience.key)} was deleted in LaunchDarkly.",
        cause="Somebody deleted it; Segment goes on sending.",
        fix=f"Take {audience.name} off the destination in Segment and attach it again.",
        links=_list_page(facts, answers),
    )


def _is_awaited(audience: Audience, place: str, facts: Facts, answers: Answers) -> Findings:
    """`place`: another environment with a segment of this name, which may be this sync's or another one's."""
    cause, fix = _why_awaited(audience, facts)
    if place:
        cause = f"A segment of this name is in the environment {place}: the destination may hold that client-side ID."
        fix = f"Compare the destination's client-side ID in Segment with that of {answers.environment}."
    return unknown(
        f"The segment {segment_name(audience.key)} is not there yet.{_whose_namesake(audience, facts)}",
        cause=cause,
        fix=fix,
        links=_list_page(facts, answers),
        evidence={"name": segment_name(audience.key), **({"environment": place} if place else {})},
    )


def _why_awaited(audience: Audience, facts: Facts) -> tuple[str, str]:
    """Cause and fix. Time alone is no failure; once the usual one is over it is a reason to look."""
    waited = facts.now - facts.attached_at if facts.attached_at else timedelta(0)
    if waited < appears_within(audience):
        usual = "A first sync takes about ten minutes for a real-time audience, up to eight hours for a batch one."
        return usual, "Follow it in First sync, or with audience-wizard watch."
    return (
        "The usual time is over. No API shows whether this audience sends: Send Identify or Send Track has to be on.",
        f"Switch on Send Identify or Send Track for the destination on the overview of {audience.name} in Segment.",
    )


def _whose_namesake(audience: Audience, facts: Facts) -> str:
    """So that nobody takes another audience's segment for this one."""
    keys = ", ".join(one.key for one in segment_of_audience.strangers(audience, facts)[:3])
    return f" The one of this name ({keys}) belongs to another audience." if keys else ""


def _went_elsewhere(audience: Audience, environment: str, facts: Facts, answers: Answers) -> Findings:
    name = segment_name(audience.key)
    return failed(
        f"The segment {name} is in the environment {environment}, not in {answers.environment}.",
        cause=f"The destination was saved with the client-side ID of {environment} when it was first synced.",
        fix=f"Take {audience.name} off the destination in Segment and attach it again.",
        links=_list_page(facts, answers),
        evidence={"name": name, "environment": environment},
    )


def _is_missing(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    return failed(
        f"LaunchDarkly has no segment {segment_name(audience.key)}, although events were delivered."
        f"{_whose_namesake(audience, facts)}",
        cause="They only took members away, or they went to an environment that this token cannot see.",
        fix="Look at an event of the audience under Debugger on the Engage source in Segment: its properties or traits "
        f"must hold {audience.key} with the value true.",
        links=(*_list_page(facts, answers), links.SYNCED_SEGMENTS_DOCS),
        evidence={"name": segment_name(audience.key)},
    )


def _appeared(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    again = " It was made anew after being deleted." if segment.generation > 1 else ""
    return passed(
        f"The segment {segment.name} is there.{again}",
        evidence={"key": segment.key, "name": segment.name, "generation": segment.generation},
        links=page(segment, facts, answers),
    )


def _look_alikes(
    audience: Audience, among: tuple[LaunchDarklySegment, ...], facts: Facts, answers: Answers
) -> Findings:
    names = ", ".join(f"{segment.name} ({segment.key})" for segment in among[:5])
    return unknown(
        f"Which segment belongs to {audience.name} cannot be told: {names}.",
        cause="Its key and its name fit none of them alone; an audience that was made again leaves a namesake."
        if segment_of_audience.fits(among[0], audience)
        else "They have appeared since attaching began, under names that are not made from the audience's key.",
        fix="Look in LaunchDarkly which of them holds the audience's members; delete none before that is certain.",
        links=_list_page(facts, answers),
        evidence={"candidates": [segment.key for segment in among]},
    )


def _list_page(facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    return (links.LAUNCHDARKLY_SEGMENTS.to(project=place[0].key, environment=place[1].key),) if place else ()


def page(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    if place is None:
        return ()
    return (links.LAUNCHDARKLY_SEGMENT.to(project=place[0].key, environment=place[1].key, segment=segment.key),)


def _need_segments(facts: Facts) -> None:
    """Why nobody could look is told once, by `sync.segment`; every other judge of the list ends as skipped."""
    if isinstance(facts.segments, Failure):
        said = not_judged(f"Not checked: LaunchDarkly did not show {_LISTED}, see `sync.segment`.")
        raise CannotJudge(said, facts.segments)
    need(facts.segments, _LISTED)


def need_segment(audience: Audience, facts: Facts, answers: Answers) -> LaunchDarklySegment:
    """The audience's segment; a judge without it ends as skipped."""
    _need_segments(facts)
    where = segment_of_audience.whereabouts(audience, facts, answers)
    if where.segment is None:
        raise CannotJudge(not_judged(f"Not checked: the segment of {audience.name} was not found, see `sync.segment`."))
    return where.segment


def _members(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """How soon the count follows the segment is not documented."""
    segment = need_segment(audience, facts, answers)
    members, size = segment.included_count, audience.size
    evidence = {"members": members, "audience_size": size, "key": segment.key}
    if members is None:
        return unknown(
            "LaunchDarkly gives no member count for the segment.",
            fix=f"Look at {segment.name} in LaunchDarkly.",
            links=page(segment, facts, answers),
            evidence=evidence,
            matters=False,
        )
    if size and members * 2 < size:
        return _too_few(audience, segment, facts, answers)
    if members == 0:
        return unknown(
            f"{segment.name} has no members, and so it may be with {audience.name}.",
            fix=f"Look at the size of {audience.name} in Segment under Engage → Audiences.",
            evidence=evidence,
        )
    if size and members < 0.9 * size:
        return warned(
            f"{segment.name} has {members:,} of {count(size, 'member')}.",
            cause="The sync is under way, or some profiles lack the identifier that the context key needs.",
            fix="Check again in a few minutes, then look at the audience's identifiers.",
            links=page(segment, facts, answers),
            evidence=evidence,
        )
    links_to_it = page(segment, facts, answers)
    return passed(f"{segment.name} has {count(members, 'member')}.", evidence=evidence, links=links_to_it)


def _too_few(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    members, size = segment.included_count or 0, audience.size or 0
    evidence = {"members": members, "audience_size": size, "key": segment.key}
    summary = f"{segment.name} has {members:,} of {count(size, 'member')}."
    if segment.created_at is not None and facts.now - segment.created_at < _STILL_COUNTED:
        return unknown(
            f"{summary} It was made minutes ago; members are still counted.",
            fix="Follow it in First sync, or with audience-wizard watch.",
            evidence=evidence,
        )
    pages = (*page(segment, facts, answers), *sync_delivery.PAGES)
    if audience.history is False:
        return failed(
            summary,
            cause=f"{audience.name} does not include historical data; members from before are not sent.",
            fix="Ask Segment support for a resync, or make a new audience with Include Historical Data on.",
            links=pages,
            evidence=evidence,
        )
    return failed(
        summary,
        cause="The token may lack updateIncluded, or profiles lack the identifier that the context key needs.",
        fix="Look at the reasons of failed deliveries on the destination's Delivery Overview tab in Segment.",
        links=pages,
        evidence=evidence,
    )


def _kind(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """That the kind is fixed when the segment is made is not documented."""
    segment = need_segment(audience, facts, answers)
    wanted = subjects.context_kind(facts, answers)
    if not segment.context_kind or not wanted:
        return not_judged(f"Not checked: the context kind of {segment.name} is not known.")
    if segment.context_kind == wanted:
        return passed(f"{segment.name} holds contexts of the kind {wanted}.")
    return warned(
        f"{segment.name} holds contexts of the kind {segment.context_kind}, the mapping says {wanted}.",
        cause="The mapping was changed after the segment was made; a segment seems to keep its kind.",
        fix=f"Delete {segment.name} in LaunchDarkly and attach {audience.name} again, or set the mapping back.",
        links=(*page(segment, facts, answers), links.CONTEXT_KINDS_DOCS),
        evidence={"segment": segment.context_kind, "mapping": wanted},
    )


def _duplicate(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Only what is certainly not the audience's segment is called one too many."""
    _need_segments(facts)
    name = segment_name(audience.key)
    among = segment_of_audience.candidates(audience, facts, answers)
    right = (segment_of_audience.found(audience, facts), *among)
    synced = [one for one in segment_of_audience.namesakes(audience, facts) if one not in right]
    by_hand = list(segment_of_audience.made_by_hand(audience, facts))
    if synced or by_hand:
        return _too_many(name, synced, by_hand, _list_page(facts, answers))
    if among:
        return not_judged(
            f"Not checked: which segment is that of {audience.name} cannot be told, see `sync.segment`.",
            evidence={"candidates": [one.key for one in among]},
        )
    return passed(f"No other segment is called {name}.")


def _too_many(
    name: str, synced: list[LaunchDarklySegment], by_hand: list[LaunchDarklySegment], pages: tuple[Link, ...]
) -> Findings:
    keys = [segment.key for segment in (*synced, *by_hand)]
    unless = ", unless another audience fills it" if synced else ""
    return warned(
        f"{count(len(keys), 'more segment')} in LaunchDarkly {'is' if len(keys) == 1 else 'are'} called {name}.",
        cause="It was made by hand and never gets members."
        if by_hand
        else "The audience was made again: a new audience makes a new segment with the same name.",
        fix=f"Delete or rename {', '.join(keys[:3])} under Segments in LaunchDarkly{unless}.",
        links=pages,
        evidence={"others": keys},
    )


_each = subjects.for_each_segment
_READY = (launchdarkly_token.VALID, launchdarkly_environment.PAIR, *sync_source.READY, sync_source.SOURCE)
SEGMENT = Check(
    "sync.segment",
    "Segment is in LaunchDarkly",
    STEP,
    _each(_segment),
    (*_READY, sync_delivery.DELIVERY),
    explained_by=sync_delivery.REFUSED,
    reads=("segments", "delivery", "segments_elsewhere"),
)
THERE = (*_READY, sync_delivery.DELIVERY, SEGMENT)
MEMBERS = Check(
    "sync.members",
    "Members",
    STEP,
    _each(_members),
    THERE,
    explained_by=sync_delivery.REFUSED,
    reads=("segments", "audiences"),
)
CONTEXT_KIND = Check(
    "sync.context_kind",
    "Context kind of the segment",
    STEP,
    _each(_kind),
    THERE,
    matters=False,
    reads=("segments", "subscriptions"),
)
DUPLICATE = Check(
    "sync.duplicate",
    "No namesake",
    STEP,
    _each(_duplicate),
    _READY,
    matters=False,
    reads=("segments", "namesakes"),
)
CHECKS = (SEGMENT, MEMBERS, CONTEXT_KIND, DUPLICATE)
