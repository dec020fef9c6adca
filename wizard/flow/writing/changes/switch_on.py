"""Switch on what Segment created switched off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from wizard.domain.failure import Failure


class Switch(Protocol):
    """A thing of Segment's that is on or off."""

    @property
    def enabled(self) -> bool | None: ...


T = TypeVar("T", bound=Switch)


async def is_switched_on(
    switch_on: Callable[[], Awaitable[T | Failure]], look: Callable[[], Awaitable[T | Failure]]
) -> bool:
    """Send the change and return whether the thing is on then; a change that was lost on the way is sent once more."""
    sent = await switch_on()
    if await _is_on(look):
        return True
    if not (isinstance(sent, Failure) and sent.outcome_unknown):
        return False
    await switch_on()
    return await _is_on(look)


async def _is_on(look: Callable[[], Awaitable[T | Failure]]) -> bool:
    seen = await look()
    return not isinstance(seen, Failure) and seen.enabled is not False
