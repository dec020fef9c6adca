"""When all members of an audience have to be sent again, and whether the API can do that.

Segment sends only changes by itself. A segment that was deleted in LaunchDarkly comes back with the members that
changed since. See docs/segment.md#activations.
"""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.checks.sync import segment_of_audience
from wizard.domain.facts import Facts
from wizard.domain.launchdarkly import LaunchDarklySegment
from wizard.domain.segment import Activation, Audience, Connection
from wizard.domain.signals.activations import activations_of

_COUNTED_AFTER = timedelta(hours=1)  # since LaunchDarkly created the segment again
_ENOUGH = 0.9  # of the audience


def is_due(audience: Audience, facts: Facts) -> bool:
    """Return whether the segment was deleted, or was created again and lacks members, and nothing was sent since."""
    if segment_of_audience.is_under_way(audience, facts):
        return False
    segment = segment_of_audience.found(audience, facts)
    if segment is None:
        return isinstance(facts.segments, tuple) and segment_of_audience.is_deleted(audience, facts)
    return segment.generation > 1 and _lacks_members(segment, audience, facts) and not _was_sent_since(segment, facts)


def _lacks_members(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> bool:
    if segment.created_at is None or facts.now - segment.created_at < _COUNTED_AFTER:
        return False
    return (
        bool(audience.size)
        and segment.included_count is not None
        and (segment.included_count < _ENOUGH * (audience.size or 0))
    )


def _was_sent_since(segment: LaunchDarklySegment, facts: Facts) -> bool:
    return facts.attached_at is not None and segment.created_at is not None and facts.attached_at > segment.created_at


def sent_again_by(audience: Audience, connection: Connection, facts: Facts) -> tuple[Activation, ...]:
    """Return the activations that can send all members again; none where the audience was attached in the app."""
    return activations_of(audience.id, connection, facts)
