"""Asking which of several environments is meant, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.flow.targets.targets import Target
from wizard.headless.plain.dialogue.numbers import number_in

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue


async def ask_which(dialogue: Dialogue, question: str, targets: Sequence[Target]) -> Target | None:
    """Return the only environment, or the one whose number the user types; None for Enter alone."""
    if len(targets) == 1:
        return targets[0]
    dialogue.say(question, *(f"  {number}. {target.title}" for number, target in enumerate(targets, 1)))
    while typed := (await dialogue.ask_aside("A number, Enter to cancel: ")).strip():
        if number := number_in(typed, len(targets)):
            return targets[number - 1]
    return None
