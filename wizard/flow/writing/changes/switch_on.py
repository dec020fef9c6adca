"""Set again what Segment created differently than asked: switched off, or with another value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from wizard.domain.failure import Failure


class Switch(Protocol):
    """A resource of Segment that is on or off."""

    @property
    def enabled(self) -> bool | None: ...


T = TypeVar("T", bound=Switch)


async def is_switched_on(
    switch_on: Callable[[], Awaitable[T | Failure]], look: Callable[[], Awaitable[T | Failure]]
) -> bool:
    """Send the change and return whether the resource is on then. If the answer was lost, send once more."""
    seen = await seen_after_setting(switch_on, look, lambda one: one.enabled is not False)
    return not isinstance(seen, Failure) and seen.enabled is not False


async def seen_after_setting(
    send: Callable[[], Awaitable[T | Failure]],
    look: Callable[[], Awaitable[T | Failure]],
    is_right: Callable[[T], bool],
) -> T | Failure:
    """Send the change and return the resource as seen after it. If the answer was lost, send once more."""
    sent = await send()
    seen = await look()
    is_done = not isinstance(seen, Failure) and is_right(seen)
    if is_done or not (isinstance(sent, Failure) and sent.outcome_unknown):
        return seen
    await send()
    return await look()
