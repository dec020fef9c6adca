"""What a user reads on leaving: what is saved, what was made, and how to continue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from wizard.domain.answers import Answers
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result
from wizard.text import count


def exit_lines(walk: Walk, results: Mapping[str, Result], command: str) -> Iterator[str]:
    """Yield the state of the setup. `command` starts the wizard again with the same profile."""
    done: Collection[str] = walk.accepted or set(walk.session.saved.accepted)  # if left before resuming
    accepted = [step.title for step in walk.steps if step.id in done]
    yield f"{len(accepted)} of {len(walk.steps)} steps are done{': ' if accepted else ''}{', '.join(accepted)}."
    made = [key for key, result in results.items() if result.outcome is Outcome.DONE]
    by_hand = [key for key, result in results.items() if result.outcome is Outcome.BY_HAND]
    if made:
        yield f"Made in this run: {', '.join(made)}."
    if by_hand:
        yield f"Still to do by hand: {', '.join(by_hand)}."
    if not results:
        yield "This run changed nothing in LaunchDarkly or Segment."
    yield from _what_is_saved(walk)
    if walk.state.sandbox:
        return
    if walk.session.saved.applied_at:
        yield f"To follow the first sync: {command} watch"
    yield f"To continue: {command} --plain"


def _what_is_saved(walk: Walk) -> Iterator[str]:
    if walk.state.sandbox:
        yield "This was the sandbox: nothing was stored."
        return
    kept = walk.session.saved
    if kept.is_begun:
        whose = "its" if len(kept.accepted) == 1 else "their"
        yield f"Saved: {count(len(kept.accepted), 'step')} with {whose} answers. No token is in the saved file."
    if walk.state.answers not in (kept.answers, Answers()):
        yield "The wizard didn't save the answers of the current step."
