"""Counting the members that each context key reaches, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.flow import counting
from wizard.headless.consent import is_yes

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue


async def count_members(dialogue: Dialogue) -> None:
    """Count the members that each context key reaches, after a yes to what that costs."""
    walk = dialogue.walk
    if why := counting.why_not(walk):
        dialogue.say(why, *counting.results(walk))
        return
    dialogue.say(counting.budget(walk))
    if is_yes(await dialogue.ask_aside("yes to count, Enter to skip: ")):
        await dialogue.reading(counting.count_members(walk))
        dialogue.say(*counting.results(walk))
