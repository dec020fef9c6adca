"""No command is silent for long: it reports a pause that a service asks for, and a service that doesn't answer."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import httpx

from tests.fake_clock import FakeClock
from tests.faulty import Fault, with_fault
from tests.headless.runs import World, applied
from tests.walks import stage_on
from wizard.headless.commands.watch_command import watch_sync
from wizard.headless.options import Options
from wizard.headless.printing.output import Output


async def test_a_pause_that_a_service_asks_for_is_said_at_once(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", wrap=with_fault(Fault.TOO_MANY, "GET", "/api/v2/caller-identity"))
    assert ran.code == 4
    assert ran.err.count("LaunchDarkly asks us to wait 7 s.") == 1


async def test_while_it_watches_a_pause_is_an_event_too(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    ran = await world.run("watch", wrap=with_fault(Fault.TOO_MANY, "GET", "/delivery-overview/successful-delivery"))
    (event,) = (one for one in ran.documents if one["event"] == "waiting")
    assert (event["for"], event["seconds"]) == ("rate limit", 7.0)
    assert event["detail"] == "Segment asks us to wait 7 s."


class Slow(httpx.AsyncBaseTransport):
    """A transport on which nothing reaches the sandbox until `open` is set."""

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


class SlowPolls(httpx.AsyncBaseTransport):
    """A transport on which nothing reaches LaunchDarkly anymore after the watch has announced itself."""

    def __init__(self, inner: httpx.AsyncBaseTransport, said: io.StringIO) -> None:
        self.inner, self._said = inner, said
        self.is_asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "app.launchdarkly.com" and "Watching " in self._said.getvalue():
            self.is_asked.set()
            await asyncio.Event().wait()
        return await self.inner.handle_async_request(request)


async def test_a_poll_that_takes_long_is_said_once(tmp_path: Path) -> None:
    world, said, ways = await applied(tmp_path), io.StringIO(), list[SlowPolls]()

    def wrap(inner: httpx.AsyncBaseTransport) -> SlowPolls:
        ways.append(SlowPolls(inner, said))
        return ways[0]

    staged, stopwatch = stage_on(world.sandbox, wrap=wrap, session=world.session()), FakeClock()
    staged.walk.ports = replace(staged.walk.ports, stopwatch=stopwatch)
    watching = asyncio.create_task(watch_sync(staged.walk, Options(config=world.setup()), Output(io.StringIO(), said)))
    await ways[0].is_asked.wait()
    await world.clock.advance(60)
    await stopwatch.advance(12)

    assert said.getvalue().count("Still waiting for LaunchDarkly's answer.") == 1
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await staged.walk.close()


class Refused(httpx.AsyncBaseTransport):
    """A transport on which Segment refuses everything with 429."""

    def __init__(self, inner: httpx.AsyncBaseTransport, headers: dict[str, str]) -> None:
        self._inner, self._headers = inner, headers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "segment" in request.url.host:
            return httpx.Response(429, json={}, headers=self._headers, request=request)
        return await self._inner.handle_async_request(request)


async def test_a_wait_that_is_too_long_for_the_wizard_is_said_as_long_as_it_is(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", wrap=lambda inner: Refused(inner, {"Retry-After": "3600"}))
    (fix,) = (one["fix"] for one in ran.document["checks"] if one["id"] == "segment.token.valid")
    assert (ran.code, fix) == (3, "Wait 1 h, then check again.")


async def test_a_service_that_refuses_without_a_time_is_not_said_to_be_silent(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", wrap=lambda inner: Refused(inner, {}))
    assert "We ask Segment again in 4 s." in ran.err
    assert "didn't answer" not in ran.err
