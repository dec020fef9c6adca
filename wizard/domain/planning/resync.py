"""When all members of an audience have to be sent again, and whether the API can do that.

On its own, Segment sends only changes. A segment that was deleted in LaunchDarkly comes back with the members that
changed since, and what was refused or not sent before a repair never comes. See docs/segment.md#activations.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.answers import Answers
from wizard.domain.checks import earlier_members
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Activation, Audience, Connection, Delivery
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.signals.activations import activations_of

_COUNTED_AFTER = timedelta(hours=1)  # since LaunchDarkly created the segment


def is_due(audience: Audience, facts: Facts) -> bool:
    """Return whether the segment was deleted, or was recreated and lacks members, and nothing was sent since."""
    if segment_of_audience.is_under_way(audience, facts):
        return False
    segment = segment_of_audience.found(audience, facts)
    if segment is None:
        return isinstance(facts.segments, tuple) and segment_of_audience.is_deleted(audience, facts)
    return segment.generation > 1 and _lacks_members(segment, audience, facts) and not _was_sent_since(segment, facts)


def _lacks_members(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> bool:
    if segment.created_at is None or facts.now - segment.created_at < _COUNTED_AFTER:
        return False
    return earlier_members.lacks_members(segment, audience)


def _was_sent_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    if facts.attached_at is None or segment.created_at is None:
        return False
    return facts.attached_at > segment.created_at


def follows_a_repair(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether a repair of the destination or the mapping has to send all members again.

    That's so when the segment is missing or lacks members, or when LaunchDarkly refused changes, which Segment doesn't
    send again.
    """
    if not isinstance(facts.segments, tuple):
        return False
    segment = segment_of_audience.found(audience, facts)
    lacks = segment is None or earlier_members.lacks_members(segment, audience)
    lacks = lacks and not earlier_members.is_just_attached(audience, facts, answers)
    return lacks or earlier_members.were_refused(audience, facts, answers)


def is_owed(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether members from before an earlier repair are missing, and LaunchDarkly takes events now."""
    seen, repaired = facts.delivery, facts.repair_of(audience.id)
    if isinstance(seen, Delivery) and deliveries.are_blocked(seen):
        refused = deliveries.last_refused_at(seen)
        if repaired is None or refused is None or refused > repaired:
            return False
    if repaired is not None:
        return follows_a_repair(audience, facts, answers)
    segment = segment_of_audience.found(audience, facts)
    is_certain = earlier_members.were_refused(audience, facts, answers)  # so nobody has to wait for the count
    is_counted = segment is not None and (is_certain or _lacks_members(segment, audience, facts))
    return is_counted and earlier_members.are_missing(audience, facts, answers)


def has_other_keys(audience: Audience, facts: Facts) -> bool:
    """Return whether the wizard changed context key or kind after the segment was created, with no resync since."""
    segment, at = segment_of_audience.found(audience, facts), facts.rekeyed_at
    if segment is None or segment.created_at is None or at is None:
        return False
    return segment.created_at < at and audience.id not in facts.sent_since_rekeyed


def sent_again_by(audience: Audience, connection: Connection, facts: Facts) -> tuple[Activation, ...]:
    """Return the activations that can send all members again; empty for an audience that was attached in the app."""
    return activations_of(audience.id, connection, facts)
