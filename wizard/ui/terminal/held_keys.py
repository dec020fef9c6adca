"""Keys and pastes that come before the page they are meant for: kept, then typed one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from textual.events import Key, Paste

Typed: TypeAlias = Key | Paste


class HeldKeys:
    """What was typed too early.

    `later` calls a function once the screen is drawn; `must_wait`: go on holding until the next release; `is_busy`: a
    key before it still has its effect.
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
        """Keep what is typed from here on, and `first` before it."""
        self._kept = [*(self._kept or ()), *first]

    def take(self, typed: Typed) -> bool:
        """Keep what was typed; return False when nothing is held."""
        if self._kept is not None:
            self._kept.append(typed)
        return self._kept is not None

    def release(self) -> None:
        """Type what was kept, each key after what the one before did, and before anything newer."""
        if not self._is_due:
            self._is_due = True
            self._later(self._type_next)

    def release_on(self) -> None:
        """Release again on another screen: the one before may not be drawn anymore."""
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
