"""The machine's time, and the sandbox's faster time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.fake_clock import START, FakeClock
from wizard.clock import FastClock, SystemClock


def test_the_machines_moments_are_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


async def test_sleeping_no_time_or_less_returns_at_once() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0)
    await clock.sleep(-5)
    assert clock.monotonic() - before < 1


async def test_fast_time_begins_now_and_runs_so_many_times_as_fast() -> None:
    base = FakeClock(auto=True)
    await base.sleep(100)
    fast = FastClock(60, base)
    assert (fast.now(), fast.monotonic()) == (base.now(), base.monotonic())
    await base.sleep(10)
    assert fast.now() == START + timedelta(seconds=100 + 600)
    assert fast.monotonic() == 100 + 600


async def test_ten_fast_minutes_take_ten_seconds() -> None:
    base = FakeClock(auto=True)
    fast = FastClock(60, base)
    await fast.sleep(600)
    assert base.sleeps == [10]
    assert fast.monotonic() == 600
