"""The inventory line by line: every synced segment of the project, and the command that finds each cause."""

from __future__ import annotations

from collections.abc import Callable

from wizard.flow.inventory.take import NO_PROJECT, LookedUp, inventory_of
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.troubleshooting import Read, Say
from wizard.headless.printing.inventory_text import inventory_lines

_TOLD_EVERY = 25  # audiences; Segment answers 50 a minute


async def print_inventory(walk: Walk, say: Say, read: Read) -> None:
    """Read both services, and say how each segment stands."""
    say("Reading every synced segment of the project …")

    async def take() -> None:
        taken = await inventory_of(walk, _teller(say))
        say(*(inventory_lines(taken, walk.state.answers.space) if taken else (NO_PROJECT,)))

    await read(take())


def _teller(say: Say) -> Callable[[LookedUp], None]:
    def tell(looked_up: LookedUp) -> None:
        if looked_up.done % _TOLD_EVERY == 0 and looked_up.done < looked_up.total:
            say(str(looked_up))

    return tell
