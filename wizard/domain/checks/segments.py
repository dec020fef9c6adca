"""Whose each segment in LaunchDarkly is, as the watch tells it too: what the checks of the first sync rest on.

Contract launchdarkly 2.13, 6 rows 37, 45, 47.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.model import Audience, Delivery, LaunchDarklySegment
from wizard.domain.naming import SegmentMatch, is_of_another_audience, match_segments, seen_before, segment_name
from wizard.domain.wanted import chosen_audiences
from wizard.text import plain

_CLOCKS_DIFFER = timedelta(minutes=5)
_FED_WITHIN = timedelta(hours=1)  # later a quiet audience is no reason to doubt


def listed(facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    return facts.segments if isinstance(facts.segments, tuple) else ()


def matched(audience: Audience, facts: Facts) -> SegmentMatch:
    match = match_segments(audience, listed(facts), facts.known_segments, facts.attached_at)
    return match if match.found else seen_before(match, facts.found_segments.get(audience.key, ""), listed(facts))


def found(audience: Audience, facts: Facts) -> LaunchDarklySegment | None:
    return matched(audience, facts).found


def candidates(audience: Audience, facts: Facts, answers: Answers) -> tuple[LaunchDarklySegment, ...]:
    """Those of which a person can tell; none that is certainly of another audience."""
    among = matched(audience, facts).candidates
    if not among:
        return ()
    taken = {_name(one) for one in chosen_audiences(facts, answers)} - {_name(audience)}
    return tuple(one for one in among if one.name not in taken and not is_of_another_audience(one, audience))


def strangers(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Namesakes that carry the id of another audience, which has or had the same key."""
    return tuple(one for one in namesakes(audience, facts) if is_of_another_audience(one, audience))


def namesakes(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Synced segments with the audience's name, its own among them."""
    name = _name(audience)
    return tuple(one for one in listed(facts) if one.external and not one.deleted and one.name == name)


def fits(segment: LaunchDarklySegment, audience: Audience) -> bool:
    """By its key or its name."""
    by_id = bool(audience.id) and segment.key.endswith(audience.id)
    return by_id or (segment.name == _name(audience) and not is_of_another_audience(segment, audience))


def _name(audience: Audience) -> str:
    return plain(segment_name(audience.key))


def may_be_unfed(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """It was there when attaching began, not long ago, and Segment's counts, which can be seen, show no delivery."""
    if segment.key not in facts.known_segments or facts.attached_at is None:
        return False
    nothing_yet = isinstance(facts.delivery, Delivery) and not facts.delivery.delivered
    return nothing_yet and facts.now - facts.attached_at < _FED_WITHIN


# --- deleted ----------------------------------------------------------------------------------------------------


def is_deleted(audience: Audience, facts: Facts) -> bool:
    """It is seen to be deleted. One that was deleted before attaching began is made anew by the sync under way."""
    return _is_gone(audience, facts) or any(_is_since(one, facts) for one in _deleted(audience, facts))


def was_ever_deleted(audience: Audience, facts: Facts) -> bool:
    return bool(_deleted(audience, facts))


def _is_gone(audience: Audience, facts: Facts) -> bool:
    """It was there when attaching began, or was found since, and LaunchDarkly lists it no more."""
    keys = {one.key for one in listed(facts)}
    was_found = facts.found_segments.get(audience.key, "")
    gone = facts.known_segments - keys
    return was_found not in {"", *keys} or any(bool(audience.id) and key.endswith(audience.id) for key in gone)


def _deleted(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    return tuple(one for one in listed(facts) if one.deleted and one.external and fits(one, audience))


def _is_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Not known to be from before attaching."""
    return segment.key in facts.known_segments or _is_new(segment, facts)


def _is_new(segment: LaunchDarklySegment, facts: Facts) -> bool:
    if facts.attached_at is None or segment.created_at is None:
        return True
    return segment.created_at >= facts.attached_at - _CLOCKS_DIFFER


# --- due, elsewhere ---------------------------------------------------------------------------------------------


def is_due(facts: Facts, answers: Answers) -> bool:
    """LaunchDarkly took deliveries and none of the audiences has a segment.

    Deliveries are counted for the destination: once one audience arrived, they say nothing of the others.
    """
    delivered = isinstance(facts.delivery, Delivery) and facts.delivery.delivered > 0
    if not (delivered and isinstance(facts.segments, tuple)):
        return False
    return not any(found(audience, facts) for audience in chosen_audiences(facts, answers))


def may_be_elsewhere(facts: Facts, answers: Answers) -> bool:
    """Worth a look at the project's other environments: due, or typed in by hand and not there."""
    if not isinstance(facts.segments, tuple):
        return False
    missing = [one for one in chosen_audiences(facts, answers) if found(one, facts) is None]
    return is_due(facts, answers) or (bool(answers.by_hand) and bool(missing))


def elsewhere(audience: Audience, facts: Facts) -> str:
    """Another environment of the project that holds the audience's segment; empty when none is seen to.

    One from before attaching is no trace of this sync: an audience may go to several environments.
    """
    for environment, segments in facts.segments_elsewhere.items():
        there = match_segments(audience, segments).found if isinstance(segments, tuple) else None
        if there is not None and _is_new(there, facts):
            return environment
    return ""


def slot_of_segment(audience: Audience, facts: Facts) -> str:
    """What facts about the audience's segment are kept under: its id; by hand, without one, the segment's key."""
    there = found(audience, facts)
    return audience.id or (there.key if there else "")
