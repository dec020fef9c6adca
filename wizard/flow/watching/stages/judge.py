"""Judge each stage of the first sync from one poll. Pure: no clock, no calls.

A late stage is a reason to look for causes, not a failure. A poll without an answer isn't a failure either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.progress import StageSeen
from wizard.flow.watching.stages.evidence import Evidence, Judged
from wizard.flow.watching.stages.launchdarkly_side import counted, member, visible
from wizard.flow.watching.stages.segment_side import attached, computed, delivered


def judge(evidence: Evidence, elapsed_s: float, done_at: Mapping[Stage, float]) -> tuple[StageSeen, ...]:
    """Judge the stages in order. `done_at`: when a stage was first seen done, in seconds since attaching.

    A stage's time begins when the previous stage is done. A stage that is unknown, or that was done before the first
    poll, doesn't delay the next one.
    """
    stages: list[StageSeen] = []
    began: float | None = 0.0
    for stage, (title, judge_stage) in _STAGES.items():
        ended = done_at.get(stage, elapsed_s)
        waited = None if began is None else max(0.0, ended - began)
        judged = judge_stage(evidence, waited)
        advice = judged.advice if stage is Stage.ATTACHED or judged.state in _DUE else ""
        was_seen = judged.state is not StageState.DONE or stage not in evidence.unseen
        took = waited if was_seen else None
        usual = _usual(judged.usual, stage, evidence)
        parts = (judged.state, title, judged.detail, took, usual, advice)
        stages.append(StageSeen(stage, *parts, per_minute=judged.per_minute, was_refused=judged.was_refused))
        began = _next_begins(judged.state, began, ended) if was_seen else began
    return tuple(stages)


_DUE = {StageState.LATE, StageState.STUCK, StageState.UNKNOWN}  # only these get advice


def _next_begins(state: StageState, began: float | None, ended: float) -> float | None:
    """Return when the next stage begins, in seconds since attaching; None while this one isn't done."""
    if began is None or state is StageState.UNKNOWN:
        return began
    return max(began, ended) if state is StageState.DONE else None


def _usual(shipped: str, stage: Stage, evidence: Evidence) -> str:
    """Return the usual time of a stage: what the wizard ships, and what this machine has seen."""
    learned = evidence.learned.get(stage)
    return "; ".join(part for part in (shipped, str(learned or "")) if part)


_STAGES: Mapping[Stage, tuple[str, Callable[[Evidence, float | None], Judged]]] = {
    Stage.ATTACHED: ("Attached to the audience", attached),
    Stage.COMPUTED: ("Audience computed", computed),
    Stage.DELIVERED: ("Delivered by Segment", delivered),
    Stage.VISIBLE: ("Visible in LaunchDarkly", visible),
    Stage.COUNTED: ("Members counted", counted),
    Stage.MEMBER: ("Test user is a member", member),
}
