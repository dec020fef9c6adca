"""The facts of an inventory: LaunchDarkly's list of synced segments, and what Segment says about their audiences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.domain.facts import Seen, listed
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import UNNAMED, Environment, LaunchDarklySegment
from wizard.domain.services.naming import SYNCED_KEY_PREFIX
from wizard.domain.services.segment import Audience, Connections, Destination, Subscription

SEGMENTS_FILLER = "segment-audiences"


@dataclass(frozen=True, slots=True)
class EnvironmentSegments:
    """One environment with its synced segments, and the flags that use them."""

    project: str
    environment: Environment
    segments: tuple[LaunchDarklySegment, ...] | Failure
    flags: Mapping[str, tuple[str, ...]] | Failure = field(default_factory=dict)  # by key of a segment

    @property
    def of_segment(self) -> tuple[LaunchDarklySegment, ...]:
        """Return the segments that Segment may fill, without those that name another partner's integration."""
        seen = listed(self.segments)
        return tuple(one for one in seen if not one.deleted and not is_of_another_partner(one))

    @property
    def of_others(self) -> tuple[LaunchDarklySegment, ...]:
        seen = listed(self.segments)
        return tuple(one for one in seen if not one.deleted and is_of_another_partner(one))


def is_of_another_partner(segment: LaunchDarklySegment) -> bool:
    """Return whether another integration fills the segment. If LaunchDarkly doesn't name any, it may be Segment."""
    return may_be_of_another_partner(segment) and segment.external not in {"", UNNAMED}


def may_be_of_another_partner(segment: LaunchDarklySegment) -> bool:
    """Return whether neither the segment's filler nor its key shows that Segment fills it."""
    has_our_key = segment.key.casefold().startswith(SYNCED_KEY_PREFIX)
    return segment.external.casefold() != SEGMENTS_FILLER and not has_our_key


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What Segment says. `audiences` has every audience that was found by any look-up."""

    why_not: str = ""  # why nothing could be read, as a sentence; empty when it could
    destinations: Seen[tuple[Destination, ...]] = ()
    mappings: Mapping[str, tuple[Subscription, ...] | Failure] = field(default_factory=dict)  # by destination id
    audiences: tuple[Audience, ...] = ()
    unanswered: Mapping[str, Failure] = field(default_factory=dict)  # failed look-ups of audiences, by segment key
    connections: Mapping[str, Connections | Failure] = field(default_factory=dict)  # by audience id
