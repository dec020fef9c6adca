"""The time and sleeping, so that tests and the sandbox control both."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The wizard's only source of time. Durations are in seconds; moments are aware and in UTC."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))  # noqa: TID251 - the one place that may


async def yield_to_event_loop() -> None:
    """Give every other waiting task of the loop a turn; takes no time."""
    await asyncio.sleep(0)  # noqa: TID251 - takes no time


class FastClock:
    """The machine's time, running `speed` times as fast from now on: ten minutes in the sandbox take ten seconds."""

    def __init__(self, speed: float, base: Clock | None = None) -> None:
        self.speed = speed
        self._base = base or SystemClock()
        self._started_at = self._base.now()
        self._started = self._base.monotonic()

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=self.monotonic() - self._started)

    def monotonic(self) -> float:
        return self._started + (self._base.monotonic() - self._started) * self.speed

    async def sleep(self, seconds: float) -> None:
        await self._base.sleep(seconds / self.speed)


class SkippingClock:
    """The machine's time, on which sleeping takes none: what is waited for is there at once, and the time is later."""

    def __init__(self) -> None:
        self._base = SystemClock()
        self._skipped = 0.0

    def now(self) -> datetime:
        return self._base.now() + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        return self._base.monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        await yield_to_event_loop()
        self._skipped += max(0.0, until - self.monotonic())
