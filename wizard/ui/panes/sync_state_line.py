"""The lines above the stages of a first sync: how long it takes, what it waits for, and at the end the result."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wizard.domain.stage import StageState
from wizard.domain.step_id import StepId
from wizard.flow.guide import accepted_failure
from wizard.flow.steps.questions.target_flag import segment_names
from wizard.flow.targets.followed_syncs import FollowedSync
from wizard.flow.walk import Walk
from wizard.flow.watching.progress import Progress, WatchOutcome, about_the_test_user
from wizard.flow.watching.sync_words import DECIDE, due, if_simulated, while_waiting
from wizard.text import ago, capitalized, count, due_in, lasting
from wizard.ui.panes.sync_lines import ending, how_many_environments


def has_nothing_to_watch(walk: Walk) -> bool:
    """Return whether nothing is attached yet. Watching would take a segment from before an undo for the new one."""
    return _waits_for_review(walk) and walk.state.facts.attached_at is None


def _waits_for_review(walk: Walk) -> bool:
    """Return whether changes are left to make, as when the user opens this step from the rail before Review."""
    is_reviewed = StepId.REVIEW in walk.accepted - walk.outdated
    return not is_reviewed and bool(walk.plan().pending)


def state_line(walk: Walk, progress: Progress | None, beside: tuple[FollowedSync, ...]) -> Content:
    """Return the lines; `beside` are the first syncs of other environments."""
    if has_nothing_to_watch(walk):
        return Content.assemble(
            ("! ", "$warning"), "The wizard hasn't made anything yet. Review shows what it will make."
        )
    if progress is None:
        return Content.styled(f"○ Checking both services for the first time.{_attached(walk)}", "$muted")
    is_there = progress.outcome is WatchOutcome.APPEARED
    is_all_there = is_there and all(one.is_there for one in beside)
    others = [_how_many_are_there(progress, beside)] if beside and not is_all_there else []
    lines = [_the_end(walk, progress)] if is_there else _under_way(walk, progress)
    return Content("\n").join([*others, *lines])


def _how_many_are_there(progress: Progress, beside: tuple[FollowedSync, ...]) -> Content:
    is_own_there = progress.outcome is WatchOutcome.APPEARED
    return how_many_environments(sum(one.is_there for one in beside) + is_own_there, len(beside) + 1)


def _the_end(walk: Walk, progress: Progress) -> Content:
    user = f"\n  {about_the_test_user(progress)}" if progress.test_user else ""
    left = accepted_failure(walk)
    return Content.assemble(ending(progress), user, (f"\n! {left}", "$warning") if left else "")


def _under_way(walk: Walk, progress: Progress) -> Iterator[Content]:
    yield _progress_line(walk, progress)
    if _waits_for_review(walk):
        left = count(len(walk.plan().pending), "change of the plan isn't", "changes of the plan aren't")
        yield Content.assemble(("! ", "$warning"), f"{left} made yet. Review shows what is left.")
    yield from _meanwhile(walk, progress)


def _progress_line(walk: Walk, progress: Progress) -> Content:
    age = max(0.0, (walk.ports.clock.now() - progress.at).total_seconds())
    due_at = "" if progress.trouble or _is_stuck(progress) else due(walk.state, walk.ports, walk.session.history)
    watched = _watched(walk, progress, age) + ("" if due_at else if_simulated(walk.ports))
    soon = f"next check {due_in(progress.next_poll_s - age)}"
    said = " · ".join(part for part in (due_at, watched, soon) if part)
    trouble = f"\n! Not checked: {progress.trouble}" if progress.trouble else ""
    return Content.assemble(("○ ", "$accent"), capitalized(said), (trouble, "$warning"))


def _is_stuck(progress: Progress) -> bool:
    return any(stage.state is StageState.STUCK for audience in progress.audiences for stage in audience.stages)


def _watched(walk: Walk, progress: Progress, age: float) -> str:
    waited = progress.elapsed_s + age
    watched = f"attached {ago(waited)}" if walk.state.facts.attached_at else f"watched {lasting(waited)}"
    if len(progress.audiences) > 1 and not progress.is_unanswered:
        return f"{progress.finished} of {len(progress.audiences)} appeared · {watched}"
    return watched


def _attached(walk: Walk) -> str:
    """Return how long ago attaching began, for a user who comes back to a sync."""
    began = walk.state.facts.attached_at
    age = (walk.ports.clock.now() - began).total_seconds() if began else 0.0
    return f" Attached {ago(age)}{if_simulated(walk.ports)}." if age >= 1 else ""


def _meanwhile(walk: Walk, progress: Progress) -> Iterator[Content]:
    """Yield what to do meanwhile; nothing while there is something to fix."""
    if any(audience.needs_attention for audience in progress.audiences):
        return
    for line in while_waiting(walk.ports):
        yield Content.styled(line, "$muted")
    if not walk.state.answers.flag:
        by_key = "Meanwhile: press A to pick the flag that will use the segment."
        yield Content.styled(by_key if segment_names(walk.state) else DECIDE, "$muted")
