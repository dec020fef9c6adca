"""The progress of a first sync, as every interface shows it: stages, audiences, outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.facts import Slot
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.stage import Stage, StageState
from wizard.text import lasting, plain


@dataclass(frozen=True, slots=True)
class Cause:
    """What may hold up a stage: one sentence, what to do about it, and the ID of the check that saw it, if one did.

    `policy` is the one that the fix names; empty if it names none.
    """

    text: str
    fix: str = ""
    check: str = ""
    is_certain: bool = False  # a check proves it
    policy: str = ""


@dataclass(frozen=True, slots=True)
class StageSeen:
    """How far one audience is in one stage, as of the latest poll; durations are in seconds."""

    stage: Stage
    state: StageState
    title: str  # "Visible in LaunchDarkly"
    detail: str = ""  # what was seen: "Backfilling", "1,204 of 1,300 members"
    elapsed_s: float | None = None  # since the previous stage was done; None before that, or if nobody saw it end
    usual: str = ""  # "about 10 minutes; about 9 min here (3 runs)"
    advice: str = ""  # when late or stuck: the next thing to do
    causes: tuple[Cause, ...] = ()  # when late or stuck: the likely ones, in order
    per_minute: tuple[int, ...] = ()  # what was delivered, minute by minute
    was_refused: bool = False  # most events were refused, or earlier members are missing

    @property
    def needs_attention(self) -> bool:
        return self.state in {StageState.LATE, StageState.STUCK}


@dataclass(frozen=True, slots=True)
class AudienceProgress:
    """How far one audience is in its first sync, as of the latest poll; `stages` has every `Stage` in order."""

    audience_id: str
    key: str
    name: str
    expected_name: str  # what the segment will be called in LaunchDarkly
    stages: tuple[StageSeen, ...]
    segment: LaunchDarklySegment | None = None
    candidates: tuple[LaunchDarklySegment, ...] = ()  # look-alikes: shown, never chosen by the wizard
    url: str = ""
    size: int | None = None  # of the audience, in Segment
    counts: tuple[int, ...] = ()  # members over time: each new count, oldest first
    about_the_count: str = ""  # one sentence: how LaunchDarkly's count compares with the audience's size
    notes: tuple[str, ...] = ()  # on the segment: created again, deleted, in another environment, of another kind
    problems: tuple[str, ...] = ()  # what the sync's checks found wrong with this audience
    is_member: bool | None = None  # what LaunchDarkly says of the test user
    was_there_before: bool = False  # the segment is older than attaching, so it proves nothing
    came_after_s: float | None = None  # from attaching to the segment's creation; None if unknown

    @property
    def appeared(self) -> bool:
        return self.segment is not None

    @property
    def is_whole(self) -> bool:
        """Return whether the segment exists and is fed, its members are counted, and the test user isn't awaited."""
        counted, member = self.state_of(Stage.COUNTED), self.state_of(Stage.MEMBER)
        settled = {StageState.DONE, StageState.SKIPPED, StageState.UNKNOWN, StageState.LATE}
        return self.appeared and self._is_fed and counted is StageState.DONE and member in settled

    @property
    def _is_fed(self) -> bool:
        """Return whether the segment is new, or an older one gets deliveries as far as Segment's counts tell."""
        return not self.was_there_before or self.state_of(Stage.DELIVERED) in {StageState.DONE, StageState.UNKNOWN}

    @property
    def has_arrived(self) -> bool:
        """Return whether the segment counts as synced when the time is up: it's fed and not known to lack members."""
        is_empty = bool(self.size) and self.segment is not None and self.segment.included_count == 0
        lacks_earlier = any(seen.was_refused for seen in self.stages if seen.stage is Stage.COUNTED)
        return self.appeared and self._is_fed and not is_empty and not lacks_earlier

    @property
    def was_watched(self) -> bool:
        """Return whether a watch saw the segment appear, or saw the first delivery to an older one."""
        came = Stage.DELIVERED if self.was_there_before else Stage.VISIBLE
        return any(seen.stage is came and seen.elapsed_s is not None for seen in self.stages)

    @property
    def awaits_proof(self) -> bool:
        """Return whether an older segment exists and nothing shows yet that it's fed."""
        return self.appeared and not self._is_fed

    @property
    def is_green(self) -> bool:
        """Return whether all is done and nothing needs a look. LaunchDarkly must have confirmed any test user."""
        is_done = self.is_whole and self.state_of(Stage.MEMBER) in {StageState.DONE, StageState.SKIPPED}
        return is_done and not self.notes and not self.problems

    @property
    def at(self) -> StageSeen | None:
        """Return the current stage: the first that is stuck or late, else the first that isn't done."""
        bad = (stage for stage in self.stages if stage.needs_attention)
        undone = (stage for stage in self.stages if stage.state not in {StageState.DONE, StageState.SKIPPED})
        return next(bad, None) or next(undone, None)

    @property
    def needs_attention(self) -> bool:
        return any(stage.needs_attention for stage in self.stages)

    def state_of(self, stage: Stage) -> StageState | None:
        return next((seen.state for seen in self.stages if seen.stage is stage), None)


class WatchOutcome(StrEnum):
    APPEARED = "appeared"
    TIMEOUT = "timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of all audiences at one poll. `outcome` is None while the watch goes on."""

    at: datetime
    elapsed_s: float
    audiences: tuple[AudienceProgress, ...]
    outcome: WatchOutcome | None = None
    next_poll_s: float = 0.0
    trouble: str = ""  # who didn't answer the last poll, and why
    test_user: str = ""
    observed: Mapping[Slot, Any] = field(default_factory=dict)  # what the poll saw, for the walk

    @property
    def worst_first(self) -> tuple[AudienceProgress, ...]:
        """Return the audiences: with problems first, then in progress, then done, each in the order of choosing."""
        return tuple(sorted(self.audiences, key=_how_good))

    @property
    def is_test_user_member(self) -> bool | None:
        """Return whether the test user is in every segment; None until LaunchDarkly has answered for each."""
        said = [audience.is_member for audience in self.audiences]
        if False in said:
            return False
        return True if said and all(said) else None

    @property
    def is_unanswered(self) -> bool:
        """Return whether we don't know if a segment exists, because the last poll brought no answer."""
        seen = {one.state_of(Stage.VISIBLE) for one in self.audiences}
        return bool(self.trouble) and (not seen or StageState.UNKNOWN in seen)

    @property
    def is_green(self) -> bool:
        return bool(self.audiences) and all(audience.is_green for audience in self.audiences)

    @property
    def finished(self) -> int:
        """Return how many audiences have finished their first sync."""
        return sum(audience.is_whole for audience in self.audiences)


def how_it_ended(progress: Progress) -> str:
    """Return "Synced after 10 min"; if nobody watched, say when LaunchDarkly made the segments, if known."""
    if any(one.was_watched for one in progress.audiences):
        return f"Synced after {lasting(progress.elapsed_s)}"
    came = [one.came_after_s for one in progress.audiences if one.came_after_s is not None]
    if came and len(came) == len(progress.audiences):
        return f"The segment appeared {lasting(max(came))} after attaching"
    return "The segment already exists"


def about_the_test_user(progress: Progress) -> str:
    """Say in a sentence whether the test user is a member."""
    user = f"test user {plain(progress.test_user)}"
    if progress.is_test_user_member is None:
        return f"We couldn't see whether the {user} is a member."
    verb = "is" if progress.is_test_user_member else "isn't"
    return f"The {user} {verb} a member."


_OVER = {StageState.DONE, StageState.SKIPPED}


def symptom_shown(progress: Progress | None) -> SymptomId | None:
    """Return the symptom to troubleshoot, by the first unfinished stage; None when all stages are done."""
    every = progress.audiences if progress else ()
    undone = ((one, seen.stage) for one in every for seen in one.stages if seen.state not in _OVER)
    return next((_symptom(audience, stage) for audience, stage in undone), None)


def _symptom(audience: AudienceProgress, undone: Stage) -> SymptomId:
    if audience.segment is None:
        return SymptomId.NEVER_APPEARED
    if undone is Stage.COUNTED:
        return SymptomId.FEWER_MEMBERS if audience.segment.included_count else SymptomId.EMPTY
    return SymptomId.USER_MISSING if undone is Stage.MEMBER else SymptomId.WORKED_BEFORE


_ORDER = (StageState.STUCK, StageState.LATE, StageState.UNKNOWN, StageState.UNDER_WAY, StageState.WAITING)


def _how_good(audience: AudienceProgress) -> int:
    if audience.is_green:
        return len(_ORDER) + 1
    states = {stage.state for stage in audience.stages}
    if audience.is_whole:
        return len(_ORDER)
    return next((place for place, state in enumerate(_ORDER) if state in states), len(_ORDER))
