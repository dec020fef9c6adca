"""The machine's time, the sandbox's faster time, and the services' time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.fake_clock import START, FakeClock
from tests.machine_clock import MachineClock
from wizard.clock import FastClock, ServicesClock, SystemClock


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


@pytest.mark.parametrize(
    ("ahead_s", "off_s"),
    [
        ({}, 0),
        ({"segment": 20, "launchdarkly": -30}, 0),  # the time that a request takes explains this
        ({"launchdarkly": 7_200}, 7_200),
        ({"segment": -7_200, "launchdarkly": -7_199}, -7_199),
        ({"segment": 86_400, "launchdarkly": 1}, 0),  # one service's clock is wrong, not this machine's
    ],
)
def test_the_services_time_is_the_machines_until_they_agree_on_another(ahead_s: dict[str, int], off_s: int) -> None:
    clock = ServicesClock(FakeClock())
    for service, seconds in ahead_s.items():
        clock.hear(service, START - timedelta(seconds=seconds))
    assert clock.now() == START - timedelta(seconds=off_s)


@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_a_date_that_no_service_can_send_is_not_believed(year: int) -> None:
    clock = ServicesClock(FakeClock())
    clock.hear("segment", datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert clock.now() == START


@pytest.mark.parametrize(("before_s", "after_s"), [(0.0, -7_200.0), (86_400.0, 0.0)])
def test_the_services_time_stays_when_the_machines_clock_is_set(before_s: float, after_s: float) -> None:
    world = FakeClock()
    machine = MachineClock(world, before_s)
    clock = ServicesClock(machine)
    for service in ("segment", "launchdarkly"):
        clock.hear(service, world.now())
    machine.off_s = after_s
    clock.hear("segment", world.now())
    assert clock.now() == world.now()
