"""What LaunchDarkly shows of the first sync: segment, members, namesakes (launchdarkly rows 33-47)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks import chosen, delivery
from wizard.domain.checks.check import Check, Findings, failed, need, passed, skipped, unknown, warned
from wizard.domain.facts import Facts
from wizard.domain.links import Link
from wizard.domain.model import Audience, Delivery, LaunchDarklySegment
from wizard.domain.naming import SegmentMatch, match_segments, segment_name
from wizard.domain.wanted import chosen_audiences, chosen_environment
from wizard.text import count

STEP = "first_sync"
_USUAL = timedelta(minutes=15)


def _segment(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Rows 35-37, 45-47. Time alone never makes a failure; deliveries that LaunchDarkly took make it due."""
    segments = need(facts.segments, "the synced segments of the environment")
    match = match_segments(audience, segments)
    if match.found is not None:
        return _appeared(match.found, facts, answers)
    if not answers.by_hand:
        chosen.need_destination(facts, answers)
    if _is_deleted(audience, segments):
        return failed(
            f"The segment {segment_name(audience.key)} was deleted in LaunchDarkly.",
            cause="Somebody deleted it; Segment goes on sending.",
            fix=f"Take {audience.name} off the destination in Segment and attach it again.",
            links=_list_page(facts, answers),
        )
    if match.candidates:
        return _look_alikes(audience, match, facts, answers)
    if is_due(facts, answers):
        return _went_elsewhere(audience, facts, answers) or _is_missing(audience, facts, answers)
    return _is_awaited(audience, facts, answers)


def _is_awaited(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    usual = "A first sync takes about ten minutes for a real-time audience, up to eight hours for a batch one."
    place = elsewhere(audience, facts)
    return unknown(
        f"The segment {segment_name(audience.key)} is not there yet.",
        cause=f"A segment of this name is in the environment {place}: the destination may hold that client-side ID."
        if place
        else usual,
        fix=f"Compare the destination's client-side ID in Segment with that of {answers.environment}."
        if place
        else "Run audience-wizard watch to follow it.",
        links=_list_page(facts, answers),
        evidence={"name": segment_name(audience.key), **({"environment": place} if place else {})},
    )


def elsewhere(audience: Audience, facts: Facts) -> str:
    """Another environment of the project that holds the audience's segment; empty when none is seen to."""
    for environment, segments in facts.segments_elsewhere.items():
        if isinstance(segments, tuple) and match_segments(audience, segments).found is not None:
            return environment
    return ""


def _went_elsewhere(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Row 37: the segment is in another environment of the project; nothing when it is in none that can be seen."""
    environment = elsewhere(audience, facts)
    if not environment:
        return ()
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
        f"LaunchDarkly has no segment {segment_name(audience.key)}, although events were delivered.",
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


def _look_alikes(audience: Audience, match: SegmentMatch, facts: Facts, answers: Answers) -> Findings:
    names = ", ".join(f"{segment.name} ({segment.key})" for segment in match.candidates[:5])
    return unknown(
        f"Which segment belongs to {audience.name} cannot be told: {names}.",
        cause="Its key and its name fit none of them alone; an audience that was made again leaves a namesake.",
        fix="Look in LaunchDarkly which of them holds the audience's members, and delete the stale one.",
        links=_list_page(facts, answers),
        evidence={"candidates": [segment.key for segment in match.candidates]},
    )


def _is_deleted(audience: Audience, segments: Iterable[LaunchDarklySegment]) -> bool:
    return any(s.deleted and s.external and audience.id and s.key.endswith(audience.id) for s in segments)


def is_due(facts: Facts, answers: Answers) -> bool:
    """LaunchDarkly took deliveries and none of the audiences has a segment.

    Deliveries are counted for the destination: once one audience arrived, they say nothing of the others.
    """
    delivered = isinstance(facts.delivery, Delivery) and facts.delivery.delivered > 0
    if not (delivered and isinstance(facts.segments, tuple)):
        return False
    segments = facts.segments
    return not any(match_segments(audience, segments).found for audience in chosen_audiences(facts, answers))


def may_be_elsewhere(facts: Facts, answers: Answers) -> bool:
    """Worth a look at the project's other environments: due, or typed in by hand and not there."""
    if not isinstance(facts.segments, tuple):
        return False
    segments = facts.segments
    missing = [one for one in chosen_audiences(facts, answers) if match_segments(one, segments).found is None]
    return is_due(facts, answers) or (bool(answers.by_hand) and bool(missing))


def slot_of_segment(audience: Audience, facts: Facts) -> str:
    """What facts about the audience's segment are kept under: its id; by hand, without one, the segment's key."""
    listed = facts.segments if isinstance(facts.segments, tuple) else ()
    found = match_segments(audience, listed).found
    return audience.id or (found.key if found else "")


def _list_page(facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    return (links.LAUNCHDARKLY_SEGMENTS.to(project=place[0].key, environment=place[1].key),) if place else ()


def page(segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    place = chosen_environment(facts, answers)
    if place is None:
        return ()
    return (links.LAUNCHDARKLY_SEGMENT.to(project=place[0].key, environment=place[1].key, segment=segment.key),)


def _need_segment(audience: Audience, facts: Facts) -> LaunchDarklySegment | None:
    return match_segments(audience, need(facts.segments, "the synced segments of the environment")).found


def _members(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Row 38. How soon the count follows is unverified (contract 7, item 7)."""
    segment = _need_segment(audience, facts)
    if segment is None:
        return skipped(f"Not checked: the segment of {audience.name} is not there.")
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
    if segment.created_at is not None and facts.now - segment.created_at < _USUAL:
        return unknown(
            f"{summary} It was made minutes ago; members are still counted.",
            fix="Run audience-wizard watch to follow it.",
            evidence=evidence,
        )
    pages = (*page(segment, facts, answers), *delivery.PAGES)
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
    """Row 41; that the kind is fixed when the segment is made is unverified."""
    segment = _need_segment(audience, facts)
    wanted = chosen.context_kind(facts, answers)
    if segment is None or not segment.context_kind or not wanted:
        return skipped(f"Not checked: the segment of {audience.name} or its context kind is not known.")
    if segment.context_kind == wanted:
        return passed(f"{segment.name} holds contexts of the kind {wanted}.")
    return warned(
        f"{segment.name} holds contexts of the kind {segment.context_kind}, the mapping says {wanted}.",
        cause="The mapping was changed after the segment was made; a segment seems to keep its kind.",
        fix=f"Delete {segment.name} in LaunchDarkly and attach {audience.name} again, or set the mapping back.",
        links=(*page(segment, facts, answers), links.CONTEXT_KINDS_DOCS),
        evidence={"segment": segment.context_kind, "mapping": wanted},
    )


def _namesakes(facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Not being able to list them says nothing of those that are synced."""
    return facts.namesakes if isinstance(facts.namesakes, tuple) else ()


def _duplicate(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Rows 33, 45, 56."""
    segments = need(facts.segments, "the synced segments of the environment")
    match, name = match_segments(audience, segments), segment_name(audience.key)
    by_hand = [s for s in _namesakes(facts) if s.name == name and not s.deleted]
    synced = [s for s in segments if s.name == name and not s.deleted and s is not match.found]
    others = [*synced, *by_hand]
    if not others:
        return passed(f"No other segment is called {name}.")
    return warned(
        f"{count(len(others), 'more segment')} in LaunchDarkly {'is' if len(others) == 1 else 'are'} called {name}.",
        cause="It was made by hand and never gets members."
        if by_hand
        else "The audience was made again: a new audience makes a new segment with the same name.",
        fix=f"Delete or rename {', '.join(segment.key for segment in others[:3])} under Segments in LaunchDarkly.",
        links=_list_page(facts, answers),
        evidence={"others": [segment.key for segment in others]},
    )


_each = chosen.for_each_segment
_READY = ("launchdarkly.token.valid", "launchdarkly.pair", *delivery.READY, "sync.source")
THERE = (*_READY, "sync.delivery", "sync.segment")
CHECKS = (
    Check(
        "sync.segment",
        "Segment is in LaunchDarkly",
        STEP,
        _each(_segment),
        (*_READY, "sync.delivery"),
        explained_by=delivery.REFUSED,
    ),
    Check("sync.members", "Members", STEP, _each(_members), THERE, explained_by=delivery.REFUSED),
    Check("sync.context_kind", "Context kind of the segment", STEP, _each(_kind), THERE, matters=False),
    Check("sync.duplicate", "No namesake", STEP, _each(_duplicate), _READY, matters=False),
)
