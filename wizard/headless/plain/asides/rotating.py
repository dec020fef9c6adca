"""Rotating the destination's token line by line: an admin's token, the steps, a yes, and how each step ended."""

from __future__ import annotations

from wizard.domain.credentials import MAKER_TOKEN, read_paste
from wizard.flow.targets.existing_targets import targets_set_up
from wizard.flow.walk import Walk
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.result import NEEDS_ANOTHER_MAKER, Result, Started, Trouble
from wizard.flow.writing.rotation.plan import PROOF, review_rotation
from wizard.flow.writing.rotation.rotate import rotate
from wizard.flow.writing.rotation.words import PASTE_A_MAKER, QUESTION, both_work, rotation_lines
from wizard.headless.consent import is_yes
from wizard.headless.plain.asides.which_environment import ask_which
from wizard.headless.plain.changes import result_lines
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.printing.endings import trouble_lines


async def rotate_the_token(dialogue: Dialogue) -> None:
    """Rotate the token after a yes; Enter alone leaves."""
    target = await ask_which(dialogue, "Rotate the token of which environment?", targets_set_up(dialogue.walk))
    if target is None:
        return
    walk = target.walk
    if walk.state.secrets.maker_token is None and not await _takes_a_maker(dialogue, walk):
        return
    await dialogue.reading(walk.read())
    reviewed = await review_rotation(walk)
    if isinstance(reviewed, Trouble):
        first, *others = trouble_lines(reviewed)
        dialogue.say("", f"Problem: {first}", *others)
        _forget_a_maker_that_wont_do(walk, reviewed)
        return
    dialogue.say("", f"{QUESTION}:", *(f"  {line}" for line in rotation_lines(reviewed.plan)))
    if why := why_unrecorded(walk.session):
        dialogue.say(f"Warning: {why}")
    if not is_yes(await dialogue.ask_aside("Type yes, or Enter to cancel: ")):
        dialogue.say("Nothing was changed.")
        return
    titles = {change.id: change.title for change in reviewed.plan.changes}
    async for event in rotate(walk, reviewed):
        if isinstance(event, Started):
            said = both_work(reviewed.rotation)
            dialogue.say(f"At {event.host}: {event.doing} …", *([said] if event.id == PROOF else []))
        elif isinstance(event, Result):
            dialogue.say(*result_lines(event, titles[event.id]))
            _forget_a_maker_that_wont_do(walk, event.error)


def _forget_a_maker_that_wont_do(walk: Walk, trouble: Trouble | None) -> None:
    """Forget the admin's token if it can't rotate, so that another one is asked for next time."""
    if trouble is not None and trouble.code in NEEDS_ANOTHER_MAKER:
        walk.set_state(walk.state.with_token(MAKER_TOKEN, read_paste("")))


async def _takes_a_maker(dialogue: Dialogue, walk: Walk) -> bool:
    """Take the admin's token into memory; return whether one was given."""
    dialogue.say("", PASTE_A_MAKER, "What you paste or type isn't shown. Enter alone cancels.")
    while text := (await dialogue.ask_secret_aside("Paste: ")).strip():
        paste = read_paste(text)
        if not (mistake := MAKER_TOKEN.mistake(paste)):
            walk.set_state(walk.state.with_token(MAKER_TOKEN, paste))
            return True
        dialogue.say(f"Not accepted: {mistake}")
    return False
