"""The inventory line by line: every synced segment of the project, and a command to find each problem's cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.flow.inventory.take import NO_PROJECT, LookedUp, inventory_of
from wizard.headless.printing.inventory_text import inventory_lines

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue

_TOLD_EVERY = 25  # audiences; Segment answers 50 a minute


async def print_inventory(dialogue: Dialogue) -> None:
    """Read both services, and print each segment's state."""
    dialogue.say("Reading every synced segment of the project …")
    taken = await dialogue.reading(inventory_of(dialogue.walk, _teller(dialogue)))
    dialogue.say(*(inventory_lines(taken, dialogue.walk.state.answers.space) if taken else (NO_PROJECT,)))


def _teller(dialogue: Dialogue) -> Callable[[LookedUp], None]:
    def tell(looked_up: LookedUp) -> None:
        if looked_up.done % _TOLD_EVERY == 0 and looked_up.done < looked_up.total:
            dialogue.say(str(looked_up))

    return tell
