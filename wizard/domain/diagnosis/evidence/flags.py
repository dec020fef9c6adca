"""Evidence about flags that use the segment, the test user, and the context key."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.answers import ContextKey
from wizard.domain.checks import subjects
from wizard.domain.diagnosis.evidence.gathered import Gathered
from wizard.domain.services.flag import FlagDetails
from wizard.domain.services.launchdarkly import FlagValue, LaunchDarklySegment
from wizard.domain.services.segment import Workspace
from wizard.domain.signals import landing, segment_of_audience


@dataclass(frozen=True, slots=True)
class FlagEvidence(Gathered):
    """The evidence about flags and users."""

    @property
    def slot(self) -> str:
        return segment_of_audience.slot_of_segment(self.audience, self.facts) if self.audience else ""

    @property
    def flags(self) -> tuple[str, ...] | None:
        """Return the flags that use the segment; None when LaunchDarkly doesn't say."""
        seen = self.facts.segment_details.get(self.slot)
        return seen.flags if isinstance(seen, LaunchDarklySegment) else None

    def flags_of(self, segment: LaunchDarklySegment) -> tuple[str, ...] | None:
        """Return the flags that use another segment with the same name; None if LaunchDarkly doesn't say."""
        seen = self.facts.flag_uses.get(segment.key, segment.flags)
        return seen if isinstance(seen, tuple) else None

    @property
    def value(self) -> FlagValue | None:
        """Return what the flag in question serves to the test user: the chosen flag, else the first one that was read.

        Return None if LaunchDarkly's evaluation doesn't count this member as a member.
        """
        if self.is_member and self.facts.evaluated_member.get(self.slot) is False:
            return None
        values = {key: one for key, one in self.facts.flag_values.items() if isinstance(one, FlagValue)}
        used = [one for key, one in values.items() if key in (self.flags or ())]
        return values.get(self.answers.flag) or next(iter(used), None)

    @property
    def targeting(self) -> FlagDetails | None:
        """Return the flag in question with its rules: the chosen one, else the only one that uses the segment."""
        used = self.flags if self.flags and len(self.flags) == 1 else ()
        seen = (self.facts.flag_targeting.get(key) for key in (self.answers.flag, *used))
        return next((one for one in seen if isinstance(one, FlagDetails)), None)

    @property
    def is_right_at_the_flag(self) -> bool:
        """Return whether the chosen flag certainly gives the segment's members something."""
        found, segment = self.targeting, self.whereabouts.segment
        return bool(found and segment and found.key == self.answers.flag and found.serves_segment(segment.key))

    @property
    def is_member(self) -> bool | None:
        """Return whether the test user is a member; None without a test user, or if nobody could ask."""
        seen = self.facts.test_user_member.get(self.slot) if self.answers.test_user else None
        return seen if isinstance(seen, bool) else None

    @property
    def context_key(self) -> ContextKey | None:
        return subjects.context_key(self.facts, self.answers)

    @property
    def landing(self) -> int | None:
        """Return how many members have a value for the context key, by Segment's previews; None if nobody counted."""
        key = self.context_key
        return landing.landing_with(self.audience, key, self.facts) if self.audience and key else None

    @property
    def can_be_counted(self) -> bool:
        """Return whether Segment's previews can still tell how many members have a value for the context key."""
        is_open = isinstance(self.facts.workspace, Workspace) and self.context_key is not None
        return is_open and self.landing is None and self.audience is not None and landing.can_be_counted(self.audience)
