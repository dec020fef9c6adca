"""Keys and pastes typed before their page is ready: held, then delivered one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from textual.events import Key, Paste

Typed: TypeAlias = Key | Paste


class HeldKeys:
    """The keys and pastes that were typed too early.

    `send` delivers one of them. `later` calls a function after the next draw. `must_wait` returns whether to go on
    holding until the next `release`. `is_busy` returns whether an earlier key is still being handled.
    """

    def __init__(
        self,
        send: Callable[[Typed], Awaitable[None]],
        later: Callable[[Callable[[], Awaitable[None]]], object],
        must_wait: Callable[[], bool],
        is_busy: Callable[[], bool],
    ) -> None:
        self._send = send
        self._later = later
        self._must_wait = must_wait
        self._is_busy = is_busy
        self._kept: list[Typed] | None = None
        self._is_due = False

    def hold(self, *first: Typed) -> None:
        """Hold everything typed from now on, after `first`."""
        self._kept = [*(self._kept or ()), *first]

    def take(self, typed: Typed) -> bool:
        """Hold `typed` and return True; return False while keys aren't held."""
        if self._kept is not None:
            self._kept.append(typed)
        return self._kept is not None

    def release(self) -> None:
        """Deliver the held keys, each after the effect of the one before, and all before any newer key."""
        if not self._is_due:
            self._is_due = True
            self._later(self._type_next)

    def release_on(self) -> None:
        """Schedule a pending release again on the new screen: the earlier one may never be drawn again."""
        if self._is_due:
            self._later(self._type_next)

    async def _type_next(self) -> None:
        self._is_due = False
        if self._must_wait():
            return
        if self._is_busy():
            self.release()
        elif self._kept:
            await self._send(self._kept.pop(0))
            self.release()
        else:
            self._kept = None
