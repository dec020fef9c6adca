"""Whether LaunchDarkly shows the segment of an audience: there, deleted, elsewhere, missing or still awaited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.checks import earlier_members, subjects
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
)
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import audience as audience_checks
from wizard.domain.checks.silence import SILENT
from wizard.domain.checks.sync import likely_reasons, sync_delivery, sync_source
from wizard.domain.facts import Facts, listed
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.links import Link
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Audience
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.signals.segment_of_audience import Presence
from wizard.domain.signals.usual_times import appears_within, is_slow
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment
from wizard.text import count

STEP = StepId.FIRST_SYNC
_LISTED = "the synced segments of the environment"


def _segment(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge the segment. Time alone is no failure: the segment is due once LaunchDarkly has accepted deliveries."""
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
    """Return LaunchDarkly's list since attaching. Raises CannotJudge without a list: no segment is called missing."""
    if isinstance(facts.segments, Failure):
        raise CannotJudge(_could_not_look(audience, facts.segments, facts), facts.segments)
    return need(facts.segments, _LISTED)


def _could_not_look(audience: Audience, failure: Failure, facts: Facts) -> Findings:
    (finding,) = no_answer(failure, _LISTED)
    if audience.key in facts.found_segments:
        finding = replace(finding, summary=f"{finding.summary} The segment was there at the last check.")
    if failure.kind is FailureKind.NOT_FOUND:  # the list wasn't found, which says nothing about the segment
        cause = "The project or environment was renamed or removed, or this token can't see it."
        finding = replace(finding, cause=cause)
    return (finding,)


def _was_there_before(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    """Return a finding for a segment that's older than the sync, and so doesn't show whether the sync works."""
    return unknown(
        f"The segment {segment.name} existed before you attached the audience. We can't tell yet whether it syncs.",
        cause="Segment hasn't counted any deliveries since then. A recreated audience gets its own segment.",
        fix="Follow the first sync in the First sync step, or run audience-wizard watch.",
        links=page(segment, facts, answers),
        evidence={"key": segment.key, "name": segment.name},
    )


def _was_deleted(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    return failed(
        f"The segment {segment_name(audience.key)} was deleted in LaunchDarkly.",
        cause="Segment still sends changes, but doesn't send the earlier members again.",
        fix=how_to_send_again(audience, facts),
        links=list_page(facts, answers),
    )


def how_to_send_again(audience: Audience, facts: Facts) -> str:
    """Return how to send all members again: the wizard can with an activation, else a person has to in the app."""
    if any(one.enabled is not False for one in listed(facts.activations.get(audience.id))):
        return "Send all members again in Review (audience-wizard apply)."
    return (
        f"In Segment, go to Engage → Audiences → {audience.name}, open the destination and switch Connect to "
        "destination off and on again, or ask Segment support for a resync."
    )


def _is_awaited(audience: Audience, place: str, facts: Facts, answers: Answers) -> Findings:
    """Judge a segment that may still appear. `place`: another environment with a segment of this name."""
    cause, fix, seen = _why_awaited(audience, facts, answers)
    if place:
        cause = f"The environment {place} has a segment with this name. The destination may hold that client-side ID."
        fix = f"In Segment, compare the destination's client-side ID with the client-side ID of {answers.environment}."
        seen = {"environment": place}
    said = f"LaunchDarkly doesn't show the segment {segment_name(audience.key)} yet.{_namesake_note(audience, facts)}"
    if segment_of_audience.is_under_way(audience, facts) and not place:
        return not_judged(f"{said} {_usual_time(audience)}", evidence={"name": segment_name(audience.key)})
    return unknown(
        said,
        cause=cause,
        fix=fix,
        links=_where_it_is_sent(audience, facts, answers) if "silent" in seen else list_page(facts, answers),
        evidence={"name": segment_name(audience.key), **seen},
    )


def _where_it_is_sent(audience: Audience, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    return (*audience_checks.page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS)


def _why_awaited(audience: Audience, facts: Facts, answers: Answers) -> tuple[str, str, Mapping[str, object]]:
    """Return cause, fix and evidence. Time alone is no failure, but after the usual time there's a reason to look."""
    seen = deliveries.certain_of(audience, facts, answers)
    if seen is not None and deliveries.is_being_retried(seen):
        return (
            "LaunchDarkly hasn't taken the deliveries yet, and Segment retries them for up to four hours.",
            "Wait a few minutes, then check again.",
            {},
        )
    is_late = is_overdue(audience, facts, answers)
    is_silent = seen is not None and not seen.delivered and not seen.failed
    if is_silent and not earlier_members.is_early(audience, facts, answers):
        cause, fix = likely_reasons.why_silent((audience,), facts, answers)
        return f"{'The usual time has passed. ' if is_late else ''}{cause}", fix, SILENT
    if not is_late:
        return _usual_time(audience), "Follow the first sync in the First sync step, or run audience-wizard watch.", {}
    return (
        "The usual time has passed. Segment's API doesn't show whether Send Identify or Send Track is on for this "
        "audience.",
        f"In Segment, go to Engage → Audiences → {audience.name} and check that Send Identify or Send Track is on for "
        "the destination.",
        SILENT,
    )


def is_overdue(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the first sync's usual time has passed since attaching, or since the connection was created."""
    began = facts.attached_at or earlier_members.connected_at(audience, facts, answers)
    return began is not None and facts.now - began >= appears_within(audience)


def _usual_time(audience: Audience) -> str:
    usual = "up to eight hours" if is_slow(audience) else "about 10 minutes"
    return f"The first sync of this audience usually takes {usual}."


def _namesake_note(audience: Audience, facts: Facts) -> str:
    """Return a sentence about segments with this name that belong to other audiences; empty without any."""
    keys = ", ".join(one.key for one in segment_of_audience.namesakes_of_others(audience, facts)[:3])
    return f" The key of the segment with this name ({keys}) has another audience's ID." if keys else ""


def _went_elsewhere(audience: Audience, environment: str, facts: Facts, answers: Answers) -> Findings:
    name = segment_name(audience.key)
    return failed(
        f"The segment {name} is in the environment {environment}, not in {answers.environment}.",
        cause=f"The destination held the client-side ID of {environment} when the audience was first synced.",
        fix=f"In Segment, go to Engage → Audiences → {audience.name}, remove the destination and attach it again.",
        links=list_page(facts, answers),
        evidence={"name": name, "environment": environment},
    )


def _is_missing(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    return failed(
        f"LaunchDarkly has no segment {segment_name(audience.key)}, although Segment delivered events."
        f"{_namesake_note(audience, facts)}",
        cause="The events only removed members, or went to an environment that this token can't see."
        f"{_renamed(audience, facts, answers)}",
        fix="In Segment, open the Engage source's Debugger tab and check that an event of the audience has "
        f"{audience.key} with the value true in its properties or traits.",
        links=(*list_page(facts, answers), links.SYNCED_SEGMENTS_DOCS),
        evidence={"name": segment_name(audience.key)},
    )


def _renamed(audience: Audience, facts: Facts, answers: Answers) -> str:
    """Return a sentence about segments that appeared since attaching and may be the renamed one; empty without any."""
    began = earlier_members.connected_at(audience, facts, answers)
    strangers = segment_of_audience.namesakes_of_others(audience, facts)
    came = segment_of_audience.segments_since(began, audience, facts) if began else ()
    names = ", ".join(f"{one.name} ({one.key})" for one in came[:3] if one not in strangers)
    return f" Or someone renamed the segment: {names} appeared since you attached the audience." if names else ""


def _appeared(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    again = " LaunchDarkly recreated it after someone deleted it." if segment.generation > 1 else ""
    return passed(
        f"The segment {segment.name} is in LaunchDarkly.{again}",
        evidence={"key": segment.key, "name": segment.name, "generation": segment.generation},
        links=page(segment, facts, answers),
    )


def _look_alikes(
    audience: Audience, among: tuple[LaunchDarklySegment, ...], facts: Facts, answers: Answers
) -> Findings:
    if len(among) == 1 and among[0].name == segment_name(audience.key):
        return _most_likely(audience, among[0], facts, answers)
    names = ", ".join(f"{segment.name} ({segment.key})" for segment in among[:5])
    return unknown(
        f"We can't tell which segment belongs to {audience.name}: {names}.",
        cause="Several segments fit the audience's key or name. A recreated audience leaves its old segment behind."
        if segment_of_audience.fits(among[0], audience)
        else "They appeared after the audience was attached, but their names don't follow the audience's key.",
        fix="In LaunchDarkly, go to Code → Segments, find the segment that holds the audience's members, and don't "
        "delete any until you're certain.",
        links=list_page(facts, answers),
        evidence={"candidates": [segment.key for segment in among]},
    )


def _most_likely(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> Findings:
    """Judge the only namesake, which appeared with the sync under another ID.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    members = "" if segment.included_count is None else f" It has {count(segment.included_count, 'member')}."
    return unknown(
        f"The segment {segment.name} ({segment.key}) is most likely {audience.name}.{members}",
        cause="It has the audience's name and appeared after you attached the audience. But the ID in its key isn't "
        "the audience's ID in Segment.",
        fix="In LaunchDarkly, open the segment and compare its members with the audience's.",
        links=page(segment, facts, answers),
        evidence={"candidates": [segment.key]},
    )


def list_page(facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    return (links.LAUNCHDARKLY_SEGMENTS.to(project=place[0].key, environment=place[1].key),) if place else ()


def page(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    if place is None:
        return ()
    return (links.segment_page(place[0].key, place[1].key, segment),)


def need_segments(facts: Facts) -> None:
    """Raise CannotJudge, as skipped, if the list couldn't be read: only `sync.segment` says why."""
    if isinstance(facts.segments, Failure):
        said = not_judged(f"Not checked: LaunchDarkly didn't show {_LISTED}. See `sync.segment`.")
        raise CannotJudge(said, facts.segments)
    need(facts.segments, _LISTED)


def need_segment(audience: Audience, facts: Facts, answers: Answers) -> LaunchDarklySegment:
    """Return the audience's segment. Raises CannotJudge, as skipped, without one."""
    need_segments(facts)
    where = segment_of_audience.whereabouts(audience, facts, answers)
    if where.segment is None:
        raise CannotJudge(not_judged(f"Not checked: {audience.name} has no segment yet. See `sync.segment`."))
    return where.segment


READY = (launchdarkly_token.VALID, launchdarkly_environment.PAIR, *sync_source.READY, sync_source.SOURCE)
SEGMENT = Check(
    "sync.segment",
    "Segment in LaunchDarkly",
    STEP,
    subjects.for_each_segment(_segment),
    READY,
    explained_by=sync_delivery.REFUSED,
    hidden_by=(sync_delivery.DELIVERY,),
    reads=("segments", "delivery", "segments_elsewhere"),
)
THERE = (*READY, SEGMENT)
CHECKS = (SEGMENT,)
