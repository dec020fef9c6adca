"""The start of a watch, and what it remembers of each audience: what it last saw, and which stages are done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from wizard.domain.connections import connection_to, is_paused
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience, Connections, Destination
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts
from wizard.domain.stage import Stage, StageState
from wizard.flow.profile.durations import LEARNED, History
from wizard.flow.profile.found_segments import FoundSegments
from wizard.flow.state import State
from wizard.flow.watching.progress import StageSeen

SEEN_FROM_THE_BEGINNING_S = 60.0  # a first poll this soon after attaching counts as seeing everything
_LONGEST_GAP_S = 150.0  # between polls; after a longer one, the machine slept, and we don't know when a stage ended
_WAITED_FOR = {StageState.UNDER_WAY, StageState.LATE}


@dataclass(slots=True)
class WatchedAudience:
    """What a watch remembers of one audience. Times are in seconds since attaching began."""

    audience: Audience
    connections: Connections | Failure | None = None
    is_member: bool | Failure | None = None
    where: Whereabouts = field(default_factory=lambda: Whereabouts(Presence.UNASKED))  # where its segment is
    segment_key: str = ""  # the key of its segment, once seen
    is_segment_there: bool = False  # as last seen
    was_found: bool = False  # an earlier watch found the segment, so we can't know when it appeared
    details: LaunchDarklySegment | Failure | None = None  # its segment as read by key, with the flags that target it
    counts: list[int] = field(default_factory=list)  # of members: each new count, oldest first
    done_at: dict[Stage, float] = field(default_factory=dict)
    unseen: set[Stage] = field(default_factory=set)  # stages that were done before anyone polled
    durations_s: dict[Stage, float] = field(default_factory=dict)  # of the stages that were seen from beginning to end
    _states: dict[Stage, StageState] = field(default_factory=dict)
    _looked_at: float | None = None
    _was_missing: bool = False  # an answer from LaunchDarkly lacked its segment
    _is_exact: bool = True  # whether we know to within a poll when each stage was done

    @property
    def unobserved_stages(self) -> frozenset[Stage]:
        """Return the stages whose end this watch hasn't seen, or wouldn't have; at the first poll, all."""
        if self._looked_at is None:
            return frozenset(Stage)
        return frozenset(self.unseen | {Stage.VISIBLE} if self.was_found else self.unseen)

    def is_attached(self, destination: Destination | None) -> bool:
        """Return whether the audience has a connection to the destination that isn't switched off."""
        return connection_to(destination, self.connections) is not None and not self.is_paused(destination)

    def is_paused(self, destination: Destination | None) -> bool:
        connection = connection_to(destination, self.connections)
        return connection is not None and is_paused(connection, destination)

    @property
    def slot(self) -> str:
        """Return the key for facts about its segment: the audience's ID, or the segment's key if the ID is unknown."""
        return self.audience.id or self.segment_key

    @property
    def member(self) -> bool | None:
        return self.is_member if isinstance(self.is_member, bool) else None

    def update_segment(self, segment: LaunchDarklySegment | None) -> None:
        """Take the segment as the poll saw it. When it's gone, the stages from *visible* on start again."""
        self.is_segment_there = segment is not None
        if segment is None:
            for stage in (Stage.VISIBLE, Stage.COUNTED, Stage.MEMBER):
                self.done_at.pop(stage, None)
            self.is_member = self.details = None
            self._was_missing = True
            return
        self.segment_key = segment.key
        members = segment.included_count
        if members is not None and self.counts[-1:] != [members]:
            from_nothing = [0] if not self.counts and self._was_missing and members else []
            self.counts += [*from_nothing, members]

    def update_stages(self, stages: Iterable[StageSeen], elapsed: float) -> None:
        """Remember which stages are done now, and the durations of those that were seen from beginning to end."""
        for seen in stages:
            if seen.state is not StageState.DONE:
                self.done_at.pop(seen.stage, None)
                self.unseen.discard(seen.stage)
            elif seen.stage not in self.done_at:
                self.done_at[seen.stage] = elapsed
                self._learn(seen, elapsed)
            self._states[seen.stage] = seen.state
        self._looked_at = elapsed

    def _learn(self, seen: StageSeen, elapsed: float) -> None:
        last = self._looked_at
        if seen.stage is Stage.VISIBLE and self.was_found:
            self.unseen.add(seen.stage)
            self._is_exact = False
        elif last is None:
            self.unseen.add(seen.stage)
            self._is_exact &= elapsed <= SEEN_FROM_THE_BEGINNING_S
        elif elapsed - last > _LONGEST_GAP_S:
            self.unseen.add(seen.stage)
            self._is_exact = False
        was_waited_for = self._states.get(seen.stage) in _WAITED_FOR
        if was_waited_for and self._is_exact and seen.stage in LEARNED and seen.elapsed_s is not None:
            self.durations_s[seen.stage] = seen.elapsed_s


@dataclass(frozen=True, slots=True)
class WatchStart:
    """What a watch starts with. The time of the stages counts from `since`."""

    state: State
    since: datetime
    history: History | None = None  # None: this watch has no usual durations and adds none
    found: FoundSegments | None = None  # segments that earlier watches found
    listed_at: datetime | None = None  # when the segments in `state` were read
