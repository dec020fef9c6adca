"""Read both services within the time that a person would wait; give up on reads that take longer."""

from __future__ import annotations

import asyncio

from wizard.flow.walk import Walk
from wizard.headless.setup.prepare import take_the_test_user

DEADLINE_S = 12.0  # seconds, so that start, checks and output end within 15 s
LEAST_S = 5.0  # seconds that the services have in any case


async def read_in_time(walk: Walk, waited_s: float) -> None:
    """Read both services; after the deadline, give up on open reads. `waited_s` is the time since the start."""
    reading = asyncio.ensure_future(_read(walk))
    late = asyncio.ensure_future(walk.ports.stopwatch.sleep(max(LEAST_S, DEADLINE_S - waited_s)))
    try:
        await asyncio.wait({reading, late}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            walk.give_up()
    finally:
        reading.cancel()
        late.cancel()
        ended = await asyncio.gather(reading, late, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _read(walk: Walk) -> None:
    """Read both services, then again with the profile's test user.

    A file may name the environment only by its client-side ID, so the first reading shows which saved test user fits.
    """
    await walk.read()
    take_the_test_user(walk)
    await walk.read()
