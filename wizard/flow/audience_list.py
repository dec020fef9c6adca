"""Wait for a first audience: read an empty space again until someone has made an audience in Segment."""

from __future__ import annotations

from wizard.domain.facts import is_closed
from wizard.domain.step_id import StepId
from wizard.flow.reading.clients import segment_of
from wizard.flow.state import State
from wizard.flow.walk import Walk

LOOKS_EVERY_S = 15.0  # Segment allows 60 lists a minute, for all tools with the token together


def waits_for_an_audience(state: State) -> bool:
    """Return whether the chosen space was read and has no audience."""
    return bool(state.answers.space) and state.facts.audiences == ()


async def watch_for_audiences(walk: Walk) -> None:
    """Poll until the space has an audience, then read it. A missing answer doesn't end the wait. A refusal does."""
    while waits_for_an_audience(walk.state):
        await walk.ports.clock.sleep(LOOKS_EVERY_S)
        seen = await segment_of(walk.ports, walk.state).audiences(walk.state.answers.space)
        if is_closed(seen):
            return
        if isinstance(seen, tuple) and seen and waits_for_an_audience(walk.state):
            walk.forget_slots("audiences")
            await walk.read(StepId.SEGMENT, StepId.AUDIENCES)
