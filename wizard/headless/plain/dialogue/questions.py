"""Ask one question of the walk, depending on its kind, until the walk has taken an answer."""

from __future__ import annotations

from wizard.flow.steps.ask import Ask, Kind
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.plain.dialogue.picking import Picking
from wizard.text import plain

_CLEARS = "-"


async def ask_question(dialogue: Dialogue, ask: Ask) -> None:
    """Ask the question. Raises LeftPrompt if the user goes elsewhere."""
    if ask.evidence:
        dialogue.walk.ask_for(*ask.evidence)
        await dialogue.reading(dialogue.walk.read())
    dialogue.say("", words.question(ask))
    if ask.kind is Kind.SECRET:
        await _ask_secret(dialogue, ask)
    elif ask.kind is Kind.TEXT:
        await _ask_text(dialogue, ask)
    else:
        await Picking(dialogue, ask).run()


async def _ask_secret(dialogue: Dialogue, ask: Ask) -> None:
    given = words.answer(dialogue.walk, ask)
    if given:
        dialogue.say(f"Given: {given}. Enter keeps it.")
    dialogue.say(*words.good_token(dialogue.walk, ask), "What you paste or type isn't shown.")
    while True:
        pasted = await dialogue.ask("Paste", ask, hidden=True)
        if given and not pasted.strip():
            return
        if dialogue.take(ask, pasted):
            dialogue.say(f"{ask.label}: {words.answer(dialogue.walk, ask)}.")
            return


async def _ask_text(dialogue: Dialogue, ask: Ask) -> None:
    state = dialogue.walk.state
    value = str(ask.get(state) or ask.suggest(state))
    if value:
        clears = f" {_CLEARS} leaves it out." if ask.optional else ""
        dialogue.say(f"Enter takes {plain(value)}.{clears}")
    elif ask.optional:
        dialogue.say("Enter leaves it out.")
    while True:
        given = await dialogue.ask("Text", ask)
        if not given and not value and ask.optional:
            return
        cleared = ask.optional and given == _CLEARS
        if dialogue.take(ask, "" if cleared else given or value):
            return
