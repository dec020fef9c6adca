"""Taking back what the wizard made, line by line: in which environments, a yes, and how each step ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wizard.domain.failure import Failure
from wizard.flow.busy import Busy
from wizard.flow.targets.existing_targets import targets_to_undo
from wizard.flow.targets.targets import Target
from wizard.flow.writing.result import Started, trouble_of
from wizard.flow.writing.undo.left_behind import left_behind
from wizard.flow.writing.undo.other_audiences import LookedAt
from wizard.flow.writing.undo.take_back import take_back
from wizard.flow.writing.undo.undo_plan import UndoStep
from wizard.flow.writing.undo.undo_review import (
    ALREADY_GONE,
    NOTHING,
    NOTHING_DONE,
    STAYS,
    WORDS,
    leaves_segments,
    review_undo,
    step_in_words,
)
from wizard.headless.consent import is_yes
from wizard.headless.plain.changes import result_lines
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.text import count

_ALL = "a"


async def undo_what_was_made(dialogue: Dialogue) -> None:
    """Take back what the wizard made after a yes; Enter alone leaves."""
    targets = await _picked(dialogue, targets_to_undo(dialogue.walk))
    plans = [(target, await _look_at(dialogue, target, is_named=len(targets) > 1)) for target in targets]
    every = [back for _, plan in plans for back in plan]
    if not any(back.writes for back in every):
        dialogue.say(*([] if every or not targets else [NOTHING]))
        return
    dialogue.say(*([STAYS] if leaves_segments(every) else []))
    items = count(sum(back.writes for back in every), "item")
    if not is_yes(await dialogue.ask_aside(f"Type yes to undo {items}, or Enter to cancel: ")):
        dialogue.say(NOTHING_DONE)
        return
    left = [f"{said} {page.url}" for target, plan in plans for said, page in left_behind(target.walk, plan)]
    for target, plan in plans:
        dialogue.say("", *([f"{target.title}:"] if len(plans) > 1 else []))
        async for event in take_back(target.walk, plan):
            if isinstance(event, Started):
                dialogue.say(f"At {event.host}: {event.doing} …")
            else:
                dialogue.say(*result_lines(replace(event, detail=""), event.detail, ALREADY_GONE))
    dialogue.say(*([""] if left else []), *left)


async def _picked(dialogue: Dialogue, targets: Sequence[Target]) -> Sequence[Target]:
    """Return the environments that the user picks; don't ask if there's only one."""
    if len(targets) < 2:
        return targets
    dialogue.say("", *(f"  {number}. {target.title}" for number, target in enumerate(targets, 1)))
    while given := (await dialogue.ask_aside(f"A number, {_ALL} for all, Enter to cancel: ")).strip().casefold():
        if given == _ALL:
            return targets
        if number := number_in(given, len(targets)):
            return [targets[number - 1]]
    return ()


async def _look_at(dialogue: Dialogue, target: Target, *, is_named: bool) -> tuple[UndoStep, ...]:
    """Print and return what would be taken back in one environment; nothing if that can't be read."""
    try:
        target.walk.session.lock()
    except Busy as busy:
        dialogue.say("", f"Problem: {busy}")
        return ()
    await dialogue.reading(target.walk.read())
    plan = await dialogue.reading(review_undo(target.walk, on_progress=_teller(dialogue)))
    dialogue.say("", *([f"{target.title}:"] if is_named else []))
    if isinstance(plan, Failure):
        why = trouble_of(plan)
        dialogue.say(f"Problem: we couldn't read what was made. {why.summary}", f"Fix: {why.fix}")
        return ()
    dialogue.say(*(f"  {WORDS[back.doing][0]} {step_in_words(back)}" for back in plan))
    return plan


def _teller(dialogue: Dialogue) -> Callable[[LookedAt], None]:
    def tell(looked_at: LookedAt) -> None:
        if looked_at.takes_long:
            dialogue.say(str(looked_at))

    return tell
