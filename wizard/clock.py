"""The time and sleeping, so that tests and the sandbox control both."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_THEIR_YEARS = range(2024, 2200)  # a router that has no clock is in 1970
_EXPLAINED_S = 60.0  # up to here, the time that a request takes explains the difference between two clocks


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
        await asyncio.sleep(max(0.0, seconds))  # noqa: TID251 - the only place that may wait for real


class ServicesClock:
    """The services' time: the machine's clock, corrected by the dates in the services' responses when it's wrong.

    The wizard notes, compares and shows all times by this clock, because the services' timestamps are by theirs.
    """

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._ahead_s: dict[str, float] = {}  # how far the machine's clock is ahead, by service

    def now(self) -> datetime:
        return self._machine.now() - self._off

    def monotonic(self) -> float:
        return self._machine.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._machine.sleep(seconds)

    def hear(self, service: str, theirs: datetime) -> None:
        """Note the date of an answer that has just come, unless no service can have sent it."""
        if theirs.year not in _THEIR_YEARS:
            return
        ahead_s = self.ahead_of(theirs)
        if abs(ahead_s - self._ahead_s.get(service, ahead_s)) > _EXPLAINED_S:
            self._ahead_s.clear()  # the machine's clock was set in the meantime, or stood still while the machine slept
        self._ahead_s[service] = ahead_s

    def ahead_of(self, theirs: datetime) -> float:
        """Return by how many seconds the machine's clock is ahead of a service's."""
        return (self._machine.now() - theirs).total_seconds()

    @property
    def _off(self) -> timedelta:
        """How far the machine's clock is off. If the services disagree, believe the one closest to the machine."""
        ahead_s = min(self._ahead_s.values(), key=abs, default=0.0)
        return timedelta(seconds=ahead_s if abs(ahead_s) > _EXPLAINED_S else 0.0)


async def yield_to_event_loop() -> None:
    """Give every other waiting task of the loop a turn; takes no time."""
    await asyncio.sleep(0)  # noqa: TID251 - takes no time


class FastClock:
    """The machine's time, `speed` times as fast from its creation on: at 60, ten minutes take ten seconds."""

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
    """The machine's time, except that `sleep` returns at once and moves the clock forward instead."""

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
