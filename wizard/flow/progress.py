"""How far a first sync is, as every face shows it: hops, audiences, outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.domain.model import LaunchDarklySegment


class Hop(StrEnum):
    """The way of a member, in order; the values are the stages of `watch --json`."""

    ATTACHED = "attached"
    COMPUTED = "computed"
    DELIVERED = "delivered"
    VISIBLE = "visible"
    COUNTED = "counted"
    MEMBER = "member"


class HopState(StrEnum):
    WAITING = "waiting"
    UNDER_WAY = "under way"
    DONE = "done"
    LATE = "late"
    UNKNOWN = "cannot tell"
    STUCK = "stuck"  # something was seen that time will not mend
    SKIPPED = "not asked"


@dataclass(frozen=True, slots=True)
class HopSeen:
    hop: Hop
    state: HopState
    title: str  # "Segment visible in LaunchDarkly"
    detail: str = ""  # what was seen: "Backfilling", "1,204 of 1,300 members"
    elapsed_s: float | None = None  # since the hop before was done; None before it began
    usual: str = ""  # "about 10 minutes"
    advice: str = ""  # when late or stuck: the next thing to do


@dataclass(frozen=True, slots=True)
class AudienceProgress:
    audience_id: str
    key: str
    name: str
    expected_name: str  # what the segment will be called in LaunchDarkly
    hops: tuple[HopSeen, ...]
    segment: LaunchDarklySegment | None = None
    candidates: tuple[LaunchDarklySegment, ...] = ()  # look-alikes: shown, never guessed between
    url: str = ""

    @property
    def appeared(self) -> bool:
        return self.segment is not None

    @property
    def is_whole(self) -> bool:
        """The segment is there, its members are counted, and the test user is among them as far as it can be told."""
        last = {hop.hop: hop.state for hop in self.hops}
        counted, member = last.get(Hop.COUNTED), last.get(Hop.MEMBER)
        settled = {HopState.DONE, HopState.SKIPPED, HopState.UNKNOWN}
        return self.appeared and counted is HopState.DONE and member in settled


class WatchOutcome(StrEnum):
    APPEARED = "appeared"
    TIMEOUT = "timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at all audiences. `outcome` is empty while it goes on."""

    at: datetime
    elapsed_s: float
    audiences: tuple[AudienceProgress, ...]
    outcome: WatchOutcome | None = None
    next_look_s: float = 0.0
    trouble: str = ""  # the last look brought no answer: who, why
