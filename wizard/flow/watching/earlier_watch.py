"""What an earlier watch of this run saw of a sync, which a later one came too late to see."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.stage import StageState
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen, WatchOutcome


def with_earlier(progress: Progress, earlier: Progress | None) -> Progress:
    """Add the counts from before and, once all had ended by then, how long everything took."""
    if earlier is None:
        return progress
    had_ended = earlier.outcome is WatchOutcome.APPEARED
    seen = {one.audience_id: one for one in earlier.audiences}
    audiences = tuple(
        _audience(one, seen[one.audience_id], had_ended=had_ended) if one.audience_id in seen else one
        for one in progress.audiences
    )
    ends = had_ended and progress.outcome is WatchOutcome.APPEARED
    return replace(progress, audiences=audiences, elapsed_s=earlier.elapsed_s if ends else progress.elapsed_s)


def _audience(now: AudienceProgress, before: AudienceProgress, *, had_ended: bool) -> AudienceProgress:
    """Leave it as it is where another segment is there by now."""
    if now.segment is None or before.segment is None or now.segment.key != before.segment.key:
        return now
    new = now.counts[1:] if now.counts[:1] == before.counts[-1:] else now.counts
    took = {one.stage: one for one in before.stages}
    stages = tuple(_stage(one, took.get(one.stage)) for one in now.stages) if had_ended else now.stages
    return replace(now, counts=(*before.counts, *new), stages=stages)


def _stage(now: StageSeen, before: StageSeen | None) -> StageSeen:
    is_unseen = now.state is StageState.DONE and now.elapsed_s is None
    return replace(now, elapsed_s=before.elapsed_s) if is_unseen and before is not None else now
