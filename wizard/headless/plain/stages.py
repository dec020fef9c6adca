"""The progress of a first sync as lines: one for each change of a stage, and now and then one in between."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.member_counts import numbers, rate
from wizard.flow.watching.progress import (
    AudienceProgress,
    Cause,
    Progress,
    StageSeen,
    WatchOutcome,
    about_the_test_user,
    how_it_ended,
)
from wizard.text import due_in, lasting, plain

_QUIET = {StageState.WAITING, StageState.SKIPPED}
_WAITED_FOR = {StageState.UNDER_WAY, StageState.LATE, StageState.STUCK, StageState.UNKNOWN}


class StageReporter:
    """Remembers what was said about each stage, so that only news is said."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, Stage], tuple[StageState, str, tuple[str, ...]]] = {}
        self._candidates: set[str] = set()
        self._notes: set[tuple[str, str]] = set()
        self._policies: set[str] = set()
        self._trouble = ""

    def news(self, progress: Progress) -> Iterator[str]:
        if progress.trouble != self._trouble:
            self._trouble = progress.trouble
            yield trouble_line(progress.trouble)
        for audience in progress.audiences:
            name = _name(progress, audience)
            for stage in audience.stages:
                yield from self._news_of(audience, stage, name)
            yield from self._new_candidates(audience)
            yield from self._new_notes(audience, name)

    def _new_notes(self, audience: AudienceProgress, name: str) -> Iterator[str]:
        for note in audience.notes:
            if (audience.key, note) not in self._notes:
                self._notes.add((audience.key, note))
                yield f"{name}Note: {note}"

    def _news_of(self, audience: AudienceProgress, stage: StageSeen, name: str) -> Iterator[str]:
        """Yield what is new about a stage. Usual time and advice come once for each state."""
        place = audience.audience_id or audience.key, stage.stage
        certain = tuple(cause.check for cause in stage.causes if cause.is_certain)
        now = stage.state, stage.detail if stage.state in _WAITED_FOR else "", certain
        before = self._said.get(place, (StageState.WAITING, "", ()))
        self._said[place] = now
        if now != before and stage.state not in _QUIET:
            yield stage_line(name, stage)
            if (stage.state, certain) != (before[0], before[2]) and stage.state in _WAITED_FOR:
                yield from self._what_to_expect(stage)

    def _what_to_expect(self, stage: StageSeen) -> Iterator[str]:
        if stage.usual:
            yield f"   Usually: {stage.usual}"
        for number, cause in enumerate(stage.causes, 1):
            which = f" {number}" if len(stage.causes) > 1 else ""
            yield f"   {'Cause' if cause.is_certain else 'Possible cause'}{which}: {_cause(cause)}"
        if stage.advice:
            yield f"   Next: {stage.advice}"
            yield from self._new_policy(stage)
        if stage.needs_attention:
            yield "   All checks: audience-wizard doctor"

    def _new_policy(self, stage: StageSeen) -> Iterator[str]:
        """Yield the policy that the advice names, the first time that it's named."""
        policy = next((cause.policy for cause in stage.causes if cause.fix == stage.advice), "")
        if policy and policy not in self._policies:
            self._policies.add(policy)
            yield "   Policy, to copy:"
            yield from (f"     {line}" for line in policy.splitlines())

    def _new_candidates(self, audience: AudienceProgress) -> Iterator[str]:
        for each in audience.candidates:
            if each.key not in self._candidates:
                self._candidates.add(each.key)
                yield f"This may be its segment: {plain(each.name)} ({plain(each.key)})."


def trouble_line(trouble: str) -> str:
    """Return why a poll wasn't answered; with empty `trouble`, that the services answer again."""
    return f"Not checked: {trouble}" if trouble else "The services answer again."


def stage_line(name: str, stage: StageSeen) -> str:
    took = (
        f" after {lasting(stage.elapsed_s)}" if stage.state is StageState.DONE and stage.elapsed_s is not None else ""
    )
    detail = f", {stage.detail}" if stage.detail else ""
    how_many = rate(stage.per_minute)
    return f"{name}{stage.title}: {stage.state.value}{took}{detail}{f', {how_many}' if how_many else ''}"


def _cause(cause: Cause) -> str:
    return f"{cause.text} ({cause.check})" if cause.check else cause.text


def the_end(progress: Progress, outcome: WatchOutcome) -> str:
    """Return how the watch ended; with a named test user, also whether that user is a member."""
    waited = lasting(progress.elapsed_s)
    if outcome is WatchOutcome.FAILED:
        return f"Waiting won't fix this. Watched for {waited}."
    if outcome is WatchOutcome.TIMEOUT and _lacks_only_proof(progress):
        return f"The segment existed before you attached the audience. {_UNPROVEN} {waited}."
    if outcome is WatchOutcome.TIMEOUT:
        is_explained = any(
            cause.is_certain for one in progress.audiences for seen in one.stages for cause in seen.causes
        )
        return f"{_how_far(progress)} after {waited}.{'' if is_explained else ' It may still come.'}"
    if progress.test_user:
        return f"{how_it_ended(progress)}. {about_the_test_user(progress)}"
    return f"{how_it_ended(progress)}."


_UNPROVEN = "We couldn't tell whether Segment sends to it. Watched for"


def _lacks_only_proof(progress: Progress) -> bool:
    """Return whether all segments are counted, but for one that existed before, nothing proves that Segment sends."""
    counted = all(one.state_of(Stage.COUNTED) is StageState.DONE for one in progress.audiences)
    return counted and any(one.awaits_proof for one in progress.audiences)


def _how_far(progress: Progress) -> str:
    """Return how far the sync got. A poll without an answer says nothing about the segment."""
    if progress.is_unanswered:
        return f"Not checked: {progress.trouble} We can't tell whether the segment is there"
    whole = progress.audiences and all(one.appeared for one in progress.audiences)
    return "The segment is there, but not complete," if whole else "The segment isn't there"


def heartbeat(progress: Progress, age_s: float) -> str:
    """Return what the watch waits for. `age_s` is the number of seconds since the poll of `progress`."""
    waited = lasting(progress.elapsed_s + age_s)
    stages = {stage.title: None for one in progress.audiences for stage in one.stages if stage.state in _WAITED_FOR}
    for_what = f" Waiting for: {'; '.join(stages)}." if stages else ""
    return f"Watched for {waited}.{for_what} Next check {due_in(progress.next_poll_s - age_s)}."


def sync_summary(progress: Progress) -> Iterator[str]:
    """Yield how far the sync is, for a user who leaves."""
    yield f"Watched for {lasting(progress.elapsed_s)}."
    yield from stages_begun(progress)


def stages_begun(progress: Progress) -> Iterator[str]:
    """Yield each stage that has begun, and its state."""
    for audience in progress.audiences:
        name = _name(progress, audience)
        yield from (
            f"{name}{stage.title}: {stage.state.value}" for stage in audience.stages if stage.state not in _QUIET
        )


def _name(progress: Progress, audience: AudienceProgress) -> str:
    """Return the audience's name to begin a line with, if several audiences are watched; else empty."""
    return f"{plain(audience.name or audience.key)}: " if len(progress.audiences) > 1 else ""


def segment_lines(audience: AudienceProgress) -> Iterator[str]:
    """Yield the segment's name, key, members and link, then how its count developed."""
    segment = audience.segment
    if segment is None:
        is_unseen = audience.state_of(Stage.VISIBLE) is StageState.UNKNOWN
        said = "we couldn't look for its segment" if is_unseen else "LaunchDarkly doesn't show its segment yet"
        yield f"Audience {plain(audience.name or audience.key)}: {said}."
        return
    members = "not counted yet" if segment.included_count is None else f"{segment.included_count:,}"
    yield f"Segment: {plain(segment.name)}"
    yield f"Key: {plain(segment.key)}"
    yield f"Members: {members}"
    if audience.url:
        yield audience.url
    if over_time := numbers(audience.counts):
        yield f"Members over time: {over_time}"
    if audience.about_the_count:
        yield audience.about_the_count
    yield from (f"Note: {note}" for note in audience.notes)
