"""Where a set-up stands, said when somebody leaves it: what is saved, what was made, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.flow.apply import Outcome, Result
from wizard.flow.walk import Walk
from wizard.spans import elapsed
from wizard.text import count


def saved_lines(walk: Walk) -> Iterator[str]:
    """What an earlier run left, and how old it is."""
    session, saved = walk.session, walk.session.saved
    if session.trouble:
        yield f"Look: {session.trouble}"
    if saved.is_begun:
        age = (walk.ports.clock.now() - saved.saved_at).total_seconds() if saved.saved_at else 0.0
        place = f"{saved.answers.project} / {saved.answers.environment}, " if saved.answers.project else ""
        yield f"Saved: {place}{len(saved.accepted)} of {len(walk.steps)} steps done, {elapsed(age)} ago."


def where_it_stands(walk: Walk, results: Mapping[str, Result], command: str) -> Iterator[str]:
    """`command` starts this wizard again, with the profile that it works on."""
    accepted = [step.title for step in walk.steps if step.id in walk.accepted]
    yield f"{len(accepted)} of {len(walk.steps)} steps are done{': ' if accepted else ''}{', '.join(accepted)}."
    made = [result.id for result in results.values() if result.outcome is Outcome.DONE]
    by_hand = [result.id for result in results.values() if result.outcome is Outcome.BY_HAND]
    if made:
        yield f"Made in this run: {', '.join(made)}."
    if by_hand:
        yield f"Left to be done by hand: {', '.join(by_hand)}."
    if not results:
        yield "Nothing was changed at LaunchDarkly or Segment in this run."
    yield from _what_is_saved(walk)
    if walk.state.sandbox:
        return
    if walk.session.saved.applied_at:
        yield f"To follow the first sync: {command} watch"
    yield f"To go on: {command} --plain"


def _what_is_saved(walk: Walk) -> Iterator[str]:
    if walk.state.sandbox:
        yield "This was the sandbox: nothing of it is kept."
        return
    saved = walk.session.saved
    if saved.is_begun:
        yield f"Saved: {count(len(saved.accepted), 'step')} with their answers. No token is in the saved file."
    if walk.state.answers != saved.answers:
        yield "The answers of the step that you were at are not saved."
