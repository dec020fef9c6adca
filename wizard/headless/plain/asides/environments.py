"""Adding environments line by line: those that are picked get this setup's answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from wizard.flow.steps.ask import Choice, Narrowing
from wizard.flow.targets.environments import ADDED, add, to_add, why_not
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.troubleshooting import Say
from wizard.headless.plain.dialogue.numbers import numbers_in

_SHOWN = 20  # at a time; words narrow the list
_PROMPT = "Numbers to add, words to narrow the list, Enter to leave it: "


async def add_more(walk: Walk, say: Say, ask: Callable[[str], Awaitable[str]]) -> None:
    """List the environments that the profile doesn't have, and add those that are picked. Raises Left, EndOfInput."""
    if why := why_not(walk):
        say(why)
        return
    shown = choices = to_add(walk)
    _list(shown, say)
    while given := (await ask(_PROMPT)).strip():
        if picked := _picked(given, shown):
            add(walk, tuple(choice.value for choice in picked))
            say(ADDED)
            return
        shown = tuple(Narrowing(choices).matching(given)) or choices
        _list(shown, say)


def _list(choices: tuple[Choice, ...], say: Say) -> None:
    say(*(f"  {number}. {choice.label} ({choice.detail})" for number, choice in enumerate(choices[:_SHOWN], 1)))
    if len(choices) > _SHOWN:
        say(f"  and {len(choices) - _SHOWN} more")


def _picked(given: str, shown: tuple[Choice, ...]) -> list[Choice]:
    """Return the choices of the typed numbers; none when anything else was typed."""
    if not re.fullmatch(r"[\d\s,]+", given):
        return []
    return [shown[number - 1] for number in dict.fromkeys(numbers_in(given, min(len(shown), _SHOWN)))]
