"""Where an audience's segment is, by LaunchDarkly's answers: judged once for the checks and the watch.

A missing answer proves nothing. A poll without an answer is `UNANSWERED`, and a list that was read before attaching
doesn't count (`wizard.flow.reading.launchdarkly` drops it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts, known, listed
from wizard.domain.failure import Failure
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import (
    SegmentMatch,
    carries_another_id,
    expected_segment_key,
    is_new,
    match_segments,
    seen_before,
    segment_name,
)
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals.usual_times import VISIBLE_WITHIN_S, usually_appears_within
from wizard.domain.wanted import can_be_attached, chosen_audiences, wanted_client_side_id
from wizard.text import whole

_CLOCKS_DIFFER = timedelta(minutes=5)
_FED_WITHIN = timedelta(hours=1)  # after that, a lack of deliveries may just mean a quiet audience
_USUALLY_VISIBLE = timedelta(seconds=VISIBLE_WITHIN_S)


class Presence(StrEnum):
    """What LaunchDarkly's answers say about where the segment is."""

    UNASKED = "nobody has looked yet"
    UNANSWERED = "LaunchDarkly didn't answer"
    THERE = "there"
    DELETED = "it was there, but LaunchDarkly no longer lists it"
    LOOK_ALIKES = "it may exist under another name or key"
    ELSEWHERE = "in another environment"
    MISSING = "due, but not there"
    AWAITED = "not there yet"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    presence: Presence
    segment: LaunchDarklySegment | None = None  # set when it's THERE
    candidates: tuple[LaunchDarklySegment, ...] = ()  # look-alikes: a person can tell, the wizard can't
    environment: str = ""  # another one with a segment of the audience: certain when ELSEWHERE, else a hint
    failure: Failure | None = None  # why the list couldn't be read
    was_there: bool = False  # an earlier look found it; set only when this one has no list


def whereabouts(audience: Audience, facts: Facts, answers: Answers) -> Whereabouts:
    """Return where the audience's segment is, and the evidence for that."""
    if not isinstance(facts.segments, tuple):
        return _not_looked(audience, facts)
    there = found(audience, facts)
    if there is not None:
        return Whereabouts(Presence.THERE, there)
    among = candidates(audience, facts, answers)
    if is_deleted(audience, facts):
        return Whereabouts(Presence.DELETED, candidates=among)
    if among:
        return Whereabouts(Presence.LOOK_ALIKES, candidates=among)
    return _missing(audience, facts, answers)


def _not_looked(audience: Audience, facts: Facts) -> Whereabouts:
    failure = facts.segments if isinstance(facts.segments, Failure) else None
    presence = Presence.UNANSWERED if failure else Presence.UNASKED
    return Whereabouts(presence, failure=failure, was_there=audience.key in facts.found_segments)


def _missing(audience: Audience, facts: Facts, answers: Answers) -> Whereabouts:
    place, due = environment_with_segment(audience, facts), is_due(facts, answers)
    if due and _deleted(audience, facts):
        return Whereabouts(Presence.DELETED)
    if place and has_taken_deliveries(facts, answers):
        return Whereabouts(Presence.ELSEWHERE, environment=place)
    return Whereabouts(Presence.MISSING if due else Presence.AWAITED, environment=place)


# --- which segment ----------------------------------------------------------------------------------------------


def synced(facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    return listed(facts.segments)


@memoize_last
def matched(audience: Audience, facts: Facts) -> SegmentMatch:
    """Return the segment, or the candidates for it. A segment that was found once is kept, even if renamed."""
    match = match_segments(audience, synced(facts), facts.known_segments, facts.attached_at)
    return match if match.found else seen_before(match, facts.found_segments.get(audience.key, ""), synced(facts))


def found(audience: Audience, facts: Facts) -> LaunchDarklySegment | None:
    return matched(audience, facts).found


def candidates(audience: Audience, facts: Facts, answers: Answers) -> tuple[LaunchDarklySegment, ...]:
    """Return the segments that a person can choose from, without those that most likely belong to another audience."""
    among = matched(audience, facts).candidates
    if not among:
        return ()
    taken = {_name(one) for one in chosen_audiences(facts, answers)} - {_name(audience)}
    return tuple(one for one in among if one.name not in taken and not _is_a_stranger(one, audience, facts))


def segments_since(moment: datetime, audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return the synced segments that appeared since a moment, without those of the space's other audiences."""
    new = match_segments(audience, synced(facts), facts.known_segments, moment).candidates
    others = [one for one in listed(facts.audiences) if one.key != audience.key]
    taken = {_name(one) for one in others}
    return tuple(
        one for one in new if one.name not in taken and not any(_carries_its_id(one.key, each) for each in others)
    )


def namesakes_of_others(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return namesakes that most likely belong to another audience, which has or had the same key."""
    return tuple(one for one in namesakes(audience, facts) if _is_a_stranger(one, audience, facts))


def _is_a_stranger(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> bool:
    """Return whether the key has another audience's ID and the segment predates the sync. Neither alone is proof."""
    came_with_it = is_new(segment, facts.known_segments, facts.attached_at)
    return carries_another_id(segment, audience) and not came_with_it


def orphaned_segments(facts: Facts, answers: Answers) -> tuple[LaunchDarklySegment, ...]:
    """Return Segment's segments that no audience of the space can feed; none if another space might feed them."""
    return unfed_segments(facts) if _only_this_space_sends(facts, answers) else ()


def unfed_segments(facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return Segment's segments that no audience of the space feeds; nothing while the whole list isn't known."""
    return _fed_by_none_of(facts.every_audience, facts) if isinstance(facts.every_audience, tuple) else ()


def possibly_orphaned_segments(facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return Segment's segments that none of the audiences that were read feeds. Other audiences may feed them."""
    return _fed_by_none_of(facts.audiences, facts) if isinstance(facts.audiences, tuple) else ()


def _fed_by_none_of(audiences: tuple[Audience, ...], facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    names, ids = _names_and_ids(audiences)
    of_segment = (one for one in synced(facts) if one.key.startswith(expected_segment_key("")) and not one.deleted)
    return tuple(
        one for one in of_segment if one.name not in names and not any(id_ in one.key.casefold() for id_ in ids)
    )


@memoize_last
def _names_and_ids(audiences: tuple[Audience, ...]) -> tuple[set[str], list[str]]:
    """Return the names of the audiences' segments, and the audiences' IDs in the spelling of segment keys."""
    return {_name(one) for one in audiences}, [one.id.casefold() for one in audiences]


def _only_this_space_sends(facts: Facts, answers: Answers) -> bool:
    wanted = wanted_client_side_id(facts, answers)
    sends = [one for one in listed(facts.destinations) if wanted and one.client_side_id == wanted]
    return bool(sends) and all(can_be_attached(one, facts, answers) for one in sends)


def namesakes(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return the synced segments with the audience's name, including its own."""
    name = _name(audience)
    return tuple(one for one in synced(facts) if one.external and not one.deleted and one.name == name)


def made_by_hand(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    """Return the segments with the audience's name that no sync fills; empty when they can't be listed."""
    seen = listed(facts.namesakes)
    filled = {one.key for one in synced(facts)}
    named = (one for one in seen if one.name == _name(audience) and one.key not in filled)
    return tuple(one for one in named if not one.external and not one.deleted)


def fits(segment: LaunchDarklySegment, audience: Audience) -> bool:
    """Return whether the segment has the audience's key or name."""
    return _carries_its_id(segment.key, audience) or (
        segment.name == _name(audience) and not carries_another_id(segment, audience)
    )


def _carries_its_id(key: str, audience: Audience) -> bool:
    return bool(audience.id) and key.casefold().endswith(audience.id.casefold())


def _name(audience: Audience) -> str:
    return whole(segment_name(audience.key))


def was_there_before(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Return whether the segment existed when attaching began, so that it proves nothing about this sync."""
    return segment.key in facts.known_segments


def has_changed_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Return whether an older segment has changed since attaching began, which shows that it's being fed.

    Both times are LaunchDarkly's, so no clock of another machine matters.
    """
    then, now = facts.known_segments.get(segment.key), segment.modified_at
    return then is not None and now is not None and now > then


def has_arrived_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Return whether the segment is new and not counted as empty, which shows that LaunchDarkly accepted events."""
    return not was_there_before(segment, facts) and segment.included_count != 0


def segment_proving_attachment(audience: Audience, facts: Facts) -> LaunchDarklySegment | None:
    """Return the segment that shows that the audience sends, where Segment doesn't show its connections.

    Only a segment that appeared since attaching began, and isn't counted as empty, is proof.
    """
    there = found(audience, facts) if facts.attached_at is not None else None
    return there if there is not None and has_arrived_since(there, facts) else None


def some_arrived_since(facts: Facts, answers: Answers) -> bool:
    """Return whether at least one chosen audience's segment came since attaching began."""
    there = (found(audience, facts) for audience in chosen_audiences(facts, answers))
    return facts.attached_at is not None and any(one is not None and has_arrived_since(one, facts) for one in there)


def may_be_unfed(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Return whether an older segment may get nothing: attaching was recent, and Segment counts no delivery yet."""
    if not was_there_before(segment, facts) or has_changed_since(segment, facts) or facts.attached_at is None:
        return False
    nothing_yet = isinstance(facts.delivery, Delivery) and not facts.delivery.delivered
    return nothing_yet and facts.now - facts.attached_at < _FED_WITHIN


# --- deleted ----------------------------------------------------------------------------------------------------


def is_deleted(audience: Audience, facts: Facts) -> bool:
    """Return whether the segment was deleted. A deletion before attaching doesn't count: this sync creates it again."""
    return _is_gone(audience, facts) or any(_is_since(one, facts) for one in _deleted(audience, facts))


def _is_gone(audience: Audience, facts: Facts) -> bool:
    """Return whether a segment that existed or was found before is missing from the list."""
    if not isinstance(facts.segments, tuple):
        return False
    keys = {one.key for one in facts.segments if not one.deleted}
    was_found = facts.found_segments.get(audience.key, "")
    gone = facts.known_segments.keys() - keys
    return was_found not in {"", *keys} or any(_carries_its_id(key, audience) for key in gone)


def _deleted(audience: Audience, facts: Facts) -> tuple[LaunchDarklySegment, ...]:
    return tuple(one for one in synced(facts) if one.deleted and one.external and fits(one, audience))


def _is_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    """Return whether a deleted segment still existed when attaching began or was created since, as far as we know."""
    return segment.key in facts.known_segments or _came_since(segment, facts)


def _came_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    if facts.attached_at is None or segment.created_at is None:
        return True
    return segment.created_at >= facts.attached_at - _CLOCKS_DIFFER


# --- due, elsewhere ---------------------------------------------------------------------------------------------


def has_taken_deliveries(facts: Facts, answers: Answers) -> bool:
    """Return whether LaunchDarkly accepted deliveries, but lists no segment of any chosen audience.

    Segment counts deliveries per destination: once one audience arrived, they say nothing about the others.
    """
    delivered = isinstance(facts.delivery, Delivery) and facts.delivery.delivered > 0
    if not (delivered and isinstance(facts.segments, tuple)):
        return False
    return not any(found(audience, facts) for audience in chosen_audiences(facts, answers))


def is_due(facts: Facts, answers: Answers) -> bool:
    """Return whether the usual time for a segment has passed since LaunchDarkly accepted deliveries."""
    return has_taken_deliveries(facts, answers) and facts.now - _taken_at(facts) >= _USUALLY_VISIBLE


def is_under_way(audience: Audience, facts: Facts) -> bool:
    """Return whether the audience's first sync is within its usual time, so that a missing segment is normal."""
    return facts.attached_at is not None and facts.now - facts.attached_at < usually_appears_within(audience)


def is_any_under_way(facts: Facts, answers: Answers) -> bool:
    return any(is_under_way(audience, facts) for audience in chosen_audiences(facts, answers))


def _taken_at(facts: Facts) -> datetime:
    """Return when LaunchDarkly accepted the first delivery, as far as we know; never a moment after now."""
    first_at = facts.delivery.first_at if isinstance(facts.delivery, Delivery) else None
    return min(facts.now, first_at or facts.attached_at or facts.now - _USUALLY_VISIBLE)


def may_be_elsewhere(facts: Facts, answers: Answers) -> bool:
    """Return whether to look in the project's other environments: a segment is missing after deliveries, or by hand."""
    if not isinstance(facts.segments, tuple):
        return False
    missing = [one for one in chosen_audiences(facts, answers) if found(one, facts) is None]
    return has_taken_deliveries(facts, answers) or (bool(answers.by_hand) and bool(missing))


def environment_with_segment(audience: Audience, facts: Facts) -> str:
    """Return another environment of the project that holds the audience's segment; empty if none is known.

    A segment from before attaching is no evidence of this sync: an audience may go to several environments.
    """
    for environment, segments in facts.segments_elsewhere.items():
        there = match_segments(audience, segments).found if isinstance(segments, tuple) else None
        if there is not None and _came_since(there, facts):
            return environment
    return ""


def slot_of_segment(audience: Audience, facts: Facts) -> str:
    """Return the key of facts about the segment: the audience's ID; by hand, where it's unknown, the segment's key."""
    there = found(audience, facts)
    return audience.id or (there.key if there else "")


def flags_of(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> tuple[str, ...] | None:
    """Return the flags that use a segment with the audience's name; None when LaunchDarkly didn't say."""
    if segment == found(audience, facts):
        details = facts.segment_details.get(slot_of_segment(audience, facts))
        return details.flags if isinstance(details, LaunchDarklySegment) else None
    seen = facts.flag_uses.get(segment.key, segment.flags)
    return known(seen)
