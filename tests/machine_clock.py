"""A machine whose clock is wrong: the services have the right time, and date each answer with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx

from tests.fake_clock import FakeClock
from wizard.api.services import HttpServices
from wizard.clock import ServicesClock
from wizard.flow.outside.ports import Ports


class MachineClock:
    """A clock that is `off_s` seconds ahead of the world's time."""

    def __init__(self, world: FakeClock, off_s: float) -> None:
        self.off_s = off_s
        self._world = world

    def now(self) -> datetime:
        return self._world.now() + timedelta(seconds=self.off_s)

    def monotonic(self) -> float:
        return self._world.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._world.sleep(seconds)


class Dated(httpx.AsyncBaseTransport):
    """A transport that dates each answer with the services' time."""

    def __init__(self, inner: httpx.AsyncBaseTransport, services: FakeClock) -> None:
        self._inner, self._services = inner, services

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        response.headers["Date"] = format_datetime(self._services.now().replace(microsecond=0), usegmt=True)
        return response


def on_a_machine(ports: Ports, clock: ServicesClock) -> Ports:
    """Return the ports of a machine with this clock."""
    assert isinstance(ports.services, HttpServices)
    for transport in ports.services._transports.values():
        transport.clock = clock
    return replace(ports, clock=clock)
