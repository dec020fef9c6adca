"""Adding environments line by line: each one that the user picks gets this setup's answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.flow.steps.ask import Choice, Narrowing
from wizard.flow.targets.environments import ADDED, add, to_add, why_not
from wizard.headless.plain.dialogue.numbers import numbers_in

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue

_SHOWN = 20  # at a time; words narrow the list
_PROMPT = "Numbers to add, words to narrow the list, Enter to skip: "


async def add_more(dialogue: Dialogue) -> None:
    """List the environments that the profile doesn't have, and add the picked ones. Raises LeftPrompt, EndOfInput."""
    walk = dialogue.walk
    if why := why_not(walk):
        dialogue.say(why)
        return
    shown = choices = to_add(walk)
    _list(shown, dialogue)
    while given := (await dialogue.ask_aside(_PROMPT)).strip():
        if picked := _picked(given, shown):
            add(walk, tuple(choice.value for choice in picked))
            dialogue.say(ADDED)
            return
        shown = tuple(Narrowing(choices).matching(given)) or choices
        _list(shown, dialogue)


def _list(choices: tuple[Choice, ...], dialogue: Dialogue) -> None:
    dialogue.say(
        *(f"  {number}. {choice.label} ({choice.detail})" for number, choice in enumerate(choices[:_SHOWN], 1))
    )
    if len(choices) > _SHOWN:
        dialogue.say(f"  and {len(choices) - _SHOWN} more")


def _picked(given: str, shown: tuple[Choice, ...]) -> list[Choice]:
    """Return the choices with the typed numbers; none if anything but numbers was typed."""
    if not re.fullmatch(r"[\d\s,]+", given):
        return []
    return [shown[number - 1] for number in dict.fromkeys(numbers_in(given, min(len(shown), _SHOWN)))]
