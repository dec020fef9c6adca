"""The steps that a person does in Segment's web app, one after the other, each with its place and its values."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.flow.by_hand.coach import Coach
from wizard.flow.by_hand.step import ONCE_TICKED, HandStep, HandValue
from wizard.flow.steps.step import Step
from wizard.headless.plain.dialogue.dialogue import NO_ANSWER, Dialogue
from wizard.text import plain


async def go_through(dialogue: Dialogue, coach: Coach, step: Step, card: str) -> None:
    """Lead through the steps until each is seen, or ticked if nothing can be seen. `card` is for a colleague.

    Raises LeftPrompt; ticked steps stay ticked.
    """
    said: set[str] = set()
    while not coach.is_done and (current := coach.current):
        if current.id not in said:
            said.add(current.id)
            ids = [one.id for one in coach.steps if one.change_id]
            dialogue.say("", *_step_lines(current, ids.index(current.id) + 1, len(ids)))
        dialogue.say(
            "We can't see this yet. Enter checks again."
            if coach.is_step_done(current)
            else "Press Enter when it's done."
        )
        while await dialogue.ask("Enter", step, card=card):
            dialogue.say(NO_ANSWER)
        coach.set_ticked(current)
        await _look(dialogue, coach)
        dialogue.say(_seen(coach, current))


def every_step(steps: tuple[HandStep, ...]) -> Iterator[Iterator[str]]:
    """Yield the lines of each step in Segment, without the final check in LaunchDarkly."""
    in_segment = [step for step in steps if step.change_id]
    return (_step_lines(step, number, len(in_segment)) for number, step in enumerate(in_segment, 1))


def _step_lines(step: HandStep, number: int, total: int) -> Iterator[str]:
    yield f"By hand, {number} of {total}: {step.title}"
    yield f"Where: {step.menu_path}"
    yield step.link.url
    for value in step.values:
        yield _value(value)
    if step.note:
        yield step.note
    if step.docs:
        yield step.docs.url


def _value(value: HandValue) -> str:
    return f"  {value.label}: {f'{plain(value.before)} becomes ' if value.before else ''}{_shown(value)}"


def _shown(value: HandValue) -> str:
    if value.made:
        return f"the token that the wizard made, {value.shown}. Only the full screen copies it, and nothing shows it."
    return f"your token, {value.shown}" if value.secret else value.shown


async def _look(dialogue: Dialogue, coach: Coach) -> None:
    """Check once what Segment shows now."""
    async for look in coach.poll():
        dialogue.say_trouble(look.trouble)
        return


def _seen(coach: Coach, step: HandStep) -> str:
    tick = coach.tick(step)
    return f"{ONCE_TICKED[tick.state].capitalize()}. {tick.detail}".rstrip()
