"""The audience's segment in LaunchDarkly: its members, its name, and others that are like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wizard.domain.diagnosis.evidence.gathered import Gathered
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import segment_name
from wizard.domain.signals import segment_of_audience
from wizard.text import count

_AGREES_WITHIN = 0.01  # of the audience: members come and go between the two counts
_SETTLED_AFTER = timedelta(hours=1)  # since LaunchDarkly created the segment


@dataclass(frozen=True, slots=True)
class SegmentEvidence(Gathered):
    """The evidence about the segment."""

    @property
    def segment(self) -> LaunchDarklySegment | None:
        return self.whereabouts.segment

    @property
    def members(self) -> int | None:
        return self.segment.included_count if self.segment else None

    @property
    def size(self) -> int | None:
        return self.audience.size if self.audience else None

    @property
    def missing(self) -> int:
        """Return how many of the audience's members the segment lacks; negative if it has more, 0 if unknown."""
        return self.size - self.members if self.size is not None and self.members is not None else 0

    @property
    def counts_agree(self) -> bool:
        return bool(self.size) and self.members is not None and abs(self.missing) <= _AGREES_WITHIN * (self.size or 0)

    @property
    def nobody_is_missing(self) -> bool:
        """Return whether both services count exactly the same number of members."""
        return bool(self.size) and self.members == self.size

    @property
    def has_fewer(self) -> bool:
        return self.missing > 0 and not self.counts_agree

    @property
    def has_more(self) -> bool:
        return self.missing < 0 and not self.counts_agree

    @property
    def counts(self) -> str:
        """Return what LaunchDarkly and Segment count, such as "1,234 of 1,234 members"."""
        if self.members is None:
            return "members that LaunchDarkly hasn't counted yet"
        if self.has_more and self.size:
            return f"{count(self.members, 'member')}, and the audience has {self.size:,}"
        return f"{self.members:,} of {count(self.size, 'member')}" if self.size else count(self.members, "member")

    @property
    def name(self) -> str:
        """Return the segment's name; before the segment exists, the name that it will get."""
        if self.segment is not None:
            return self.segment.name
        return segment_name(self.audience.key) if self.audience else "the segment"

    @property
    def is_settled(self) -> bool:
        """Return whether the segment is old enough for its first members to be counted."""
        made = self.segment.created_at if self.segment else None
        return made is not None and self.facts.now - made >= _SETTLED_AFTER

    @property
    def is_new(self) -> bool:
        made = self.segment.created_at if self.segment else None
        return made is not None and not self.is_settled

    @property
    def lost_segments(self) -> tuple[LaunchDarklySegment, ...]:
        """Return the synced segments that lost their audience; none if the audience in question has a segment."""
        return () if self.segment is not None else segment_of_audience.orphaned_segments(self.facts, self.answers)

    @property
    def others_of_the_name(self) -> tuple[LaunchDarklySegment, ...]:
        """Return other segments with the audience's name, synced or not, the oldest first."""
        if self.audience is None:
            return ()
        synced = segment_of_audience.namesakes(self.audience, self.facts)
        by_hand = segment_of_audience.made_by_hand(self.audience, self.facts)
        others = (one for one in (*synced, *by_hand) if one != self.segment)
        return tuple(sorted(others, key=lambda one: one.created_at or self.facts.now))
