"""A clock that moves only when a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

START = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """A `wizard.clock.Clock` for tests.

    With `auto=True`, a sleep moves the time immediately and gives the loop one turn. Otherwise a sleeper waits for
    `await clock.advance(seconds)`. `sleeps` lists the seconds of every sleep, in order.

    With `at_least`, each sleep of an `auto` clock takes at least so many seconds, as on a busy machine, so that a watch
    polls less often.
    """

    def __init__(self, start: datetime = START, *, auto: bool = False, at_least: float = 0.0) -> None:
        self.auto = auto
        self.at_least = at_least
        self.sleeps: list[float] = []
        self._start = start
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        if self.auto or seconds <= 0:
            self._elapsed += max(self.at_least, seconds) if seconds > 0 else 0.0
            await _one_turn()
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Move the time and wake sleepers when they are due, also those that sleep again within the span."""
        end = self._elapsed + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, due)
            if not woken.done():
                woken.set_result(None)
            await self.settle()
        self._elapsed = end

    async def leap(self, seconds: float) -> None:
        """Move the time in one step, as for a machine that slept: each sleeper wakes once, at the end."""
        self._elapsed += seconds
        await self.advance(0)

    async def settle(self, turns: int = 60) -> None:
        """Run tasks until they all wait again, or for `turns` turns of the loop."""
        loop: Any = asyncio.get_running_loop()
        for _ in range(turns):
            await _one_turn()
            if not loop._ready:
                return

    @property
    def sleepers(self) -> int:
        """The number of tasks that wait for the time to move."""
        return sum(not woken.done() for _, _, woken in self._sleepers)


def in_minutes() -> FakeClock:
    """Return an `auto` clock on which each sleep takes at least a minute, for tests that don't count polls."""
    return FakeClock(auto=True, at_least=60.0)


class Patient(FakeClock):
    """A stopwatch that shows the world's time, but never times out, because sleeping on it never ends."""

    def __init__(self, world: FakeClock) -> None:
        super().__init__()
        self._world = world

    def monotonic(self) -> float:
        return self._world.monotonic()


async def _one_turn() -> None:
    await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time
