"""A sandbox on a clock that tests move, with clients that follow the services' rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.fake_clock import FakeClock
from wizard.sandbox.app import Sandbox

LAUNCHDARKLY = "https://app.launchdarkly.com"
SEGMENT = "https://api.segmentapis.com"
V1 = "application/vnd.segment.v1+json"
BETA = "application/vnd.segment.v1beta+json"
ALPHA = "application/vnd.segment.v1alpha+json"


class World:
    """A sandbox with one client per service, with the scenario's own credentials."""

    def __init__(self, scenario: str) -> None:
        self.clock = FakeClock(auto=True)
        self.sandbox = Sandbox(scenario, self.clock)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.sandbox.asgi))

    @property
    def project(self) -> str:
        return "/api/v2/projects/shop"

    @property
    def segments(self) -> str:
        return "/api/v2/segments/shop/production"

    def launchdarkly_headers(self, **more: str | None) -> dict[str, str]:
        headers: dict[str, str | None] = {
            "Authorization": self.sandbox.tokens.launchdarkly_access_token,
            "LD-API-Version": "20240415",
        }
        return _given(headers | {name.replace("_", "-"): value for name, value in more.items()})

    async def launchdarkly(
        self, path: str, method: str = "GET", *, host: str = LAUNCHDARKLY, json: Any = None, **headers: str | None
    ) -> httpx.Response:
        return await self._client.request(method, host + path, headers=self.launchdarkly_headers(**headers), json=json)

    async def segment(
        self, path: str, method: str = "GET", media: str = V1, *, host: str = SEGMENT, json: Any = None, **headers: str
    ) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.sandbox.tokens.segment_public_api_token}", "Accept": media}
        if json is not None:
            sent["Content-Type"] = media
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.request(method, host + path, headers=sent, json=json)

    async def head(self, url: str) -> httpx.Response:
        return await self._client.head(url)

    async def pass_time(self, **span: float) -> None:
        await self.clock.advance(timedelta(**span).total_seconds())

    @property
    def why(self) -> list[str]:
        """Return the reasons of all breaches."""
        return [breach.why for breach in self.sandbox.breaches]

    async def aclose(self) -> None:
        await self._client.aclose()


def _given(headers: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}


@pytest.fixture
async def play() -> AsyncIterator[Callable[[str], World]]:
    """Return a function that starts the named scenario."""
    played: list[World] = []

    def start(scenario: str) -> World:
        played.append(World(scenario))
        return played[-1]

    yield start
    for world in played:
        await world.aclose()


@pytest.fixture
def happy(play: Callable[[str], World]) -> World:
    return play("happy")
