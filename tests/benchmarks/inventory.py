"""`python -m tests.benchmarks.inventory`: how long an inventory takes, beside the floor that Segment's limits set.

Each call takes 100 ms of the simulated world's time, which passes as soon as nobody has anything else to do.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.fake_clock import FakeClock
from tests.headless.runs import Ran, World
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios.acme import add_audience
from wizard.sandbox.state.account import Segment
from wizard.sandbox.state.segment_workspace import Connection, GeneratedProfiles
from wizard.sandbox.sync.destination import sentence_case

CALL_S = 0.1
PER_MINUTE = 50  # of the calls that list an audience's connections
SEGMENTS = (60, 200)


@dataclass(frozen=True, slots=True)
class Took:
    seconds: float
    calls: int
    lookups: int
    told: str


class _Slow(httpx.AsyncBaseTransport):
    """Let each call take its time."""

    def __init__(self, clock: FakeClock, inner: httpx.AsyncBaseTransport) -> None:
        self._clock, self._inner = clock, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._clock.sleep(CALL_S)
        return await self._inner.handle_async_request(request)


def many(world: World, segments: int) -> World:
    """Return the world with so many audiences attached, each with its segment in step."""
    clock = FakeClock()
    world.begin(Sandbox("resume", clock))
    account, workspace = world.sandbox.world.accounts[0], world.sandbox.world.workspaces[0]
    production, at = account.projects["shop"].environments["production"], clock.now() - timedelta(hours=1)
    destination = next(one for one in workspace.destinations.values() if "LaunchDarkly" in one.name)
    for number in range(segments):
        key = f"cohort_{number:04d}"
        audience = add_audience(workspace, workspace.spaces[0], key, key, GeneratedProfiles(3), at)
        workspace.connections.append(Connection(f"ii_5{number:08d}", audience.id, destination.id, at, at))
        name = f"segment-audiences-{audience.id}"
        counted = dict.fromkeys(("user-1", "user-2", "user-3"), at)
        production.segments[name] = Segment(name, sentence_case(key), at, at, "segment-audiences", counted_at=counted)
    return world


async def timed(world: World, *, stop_after: float | None = None) -> Took:
    """Run the command while the world's time passes; end it after so many seconds, as a signal does."""
    clock, before = world.clock, len(world.sandbox.requests)
    began = clock.monotonic()
    run = asyncio.create_task(world.run("inventory", wrap=lambda inner: _Slow(clock, inner)))
    while not run.done():
        await clock.advance(CALL_S)
        if stop_after is not None and clock.monotonic() - began >= stop_after:
            run.cancel()
    told = ""
    with contextlib.suppress(asyncio.CancelledError):
        ran: Ran = await run
        assert ran.code == 0, ran.out[:1_000]
        told = ran.err
    asked = world.sandbox.requests[before:]
    lookups = sum(one.path.endswith("/destination-connections") and one.status == 200 for one in asked)
    return Took(clock.monotonic() - began, len(asked), lookups, told)


def main() -> None:
    print(f"{'segments':>8} {'calls':>6} {'seconds':>8} {'floor':>8} {'ratio':>6}")
    for number in SEGMENTS:
        with TemporaryDirectory() as folder:
            took = asyncio.run(timed(many(World(Path(folder)), number)))
        floor = (number - 1) // PER_MINUTE * 60.0 + CALL_S
        print(f"{number:8} {took.calls:6} {took.seconds:8.1f} {floor:8.1f} {took.seconds / floor:6.2f}")


if __name__ == "__main__":
    main()
