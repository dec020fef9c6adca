"""No command is silent for long: a pause that a service asks for is said, and so is a service that doesn't answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from tests.fake_clock import FakeClock
from tests.faulty import Fault, meeting
from tests.headless.runs import World, applied


async def test_a_pause_that_a_service_asks_for_is_said_at_once(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", wrap=meeting(Fault.TOO_MANY, "GET", "/api/v2/caller-identity"))
    assert ran.code == 4
    assert ran.err.count("LaunchDarkly asks us to wait 7 s.") == 1


async def test_while_it_watches_a_pause_is_an_event_too(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    ran = await world.run("watch", wrap=meeting(Fault.TOO_MANY, "GET", "/delivery-overview/successful-delivery"))
    (event,) = (one for one in ran.documents if one["event"] == "waiting")
    assert (event["for"], event["seconds"]) == ("rate limit", 7.0)
    assert event["detail"] == "Segment asks us to wait 7 s."


class Slow(httpx.AsyncBaseTransport):
    """A way to the sandbox on which nothing arrives until `open` is set."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.open = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self.open.wait()
        return await self.inner.handle_async_request(request)


async def test_after_three_seconds_it_is_said_what_is_waited_for(tmp_path: Path) -> None:
    world, ways = World(tmp_path), list[Slow]()
    world.stopwatch = FakeClock()

    def wrap(inner: httpx.AsyncBaseTransport) -> Slow:
        ways.append(Slow(inner))
        return ways[-1]

    running = asyncio.create_task(world.run("plan", wrap=wrap))
    await world.stopwatch.advance(3)
    ways[0].open.set()
    ran = await running
    assert ran.code == 4
    assert "Still waiting after 3 s: app.launchdarkly.com, " in ran.err
