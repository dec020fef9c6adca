"""A service made of one function, and clients that talk to it without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from tests.fake_clock import FakeClock
from wizard.api.launchdarkly.client import LaunchDarklyClient
from wizard.api.retry import Wait
from wizard.api.segment.client import SegmentClient
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.clock import ServicesClock
from wizard.domain.failure import Service
from wizard.domain.sent_request import SentRequest
from wizard.domain.services.segment import Region

LAUNCHDARKLY_TOKEN = SecretStr("api-11111111-2222-3333-4444-555555555555")
SEGMENT_TOKEN = SecretStr("sgp_abcdefghijklmnopqrstuvwxyz0123456789")

Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Fake:
    """A service that answers every request with `answer(request)` and keeps requests, waits and traces."""

    answer: Handler
    urls: BaseUrls = field(default_factory=BaseUrls)
    clock: FakeClock = field(default_factory=lambda: FakeClock(auto=True))
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    sent: list[SentRequest] = field(default_factory=list)
    opened: list[Service] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        runtime = Runtime(
            ServicesClock(self.clock), lambda: 0.0, self.waits.append, self.sent.append, self.notes.append
        )
        self.services = HttpServices(self.urls, runtime, self._open)

    async def _open(self, service: Service) -> httpx.AsyncClient:
        self.opened.append(service)
        return new_client(httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    @property
    def launchdarkly(self) -> LaunchDarklyClient:
        return self.services.launchdarkly(LAUNCHDARKLY_TOKEN)

    @property
    def segment(self) -> SegmentClient:
        return self.services.segment(SEGMENT_TOKEN, Region.US)

    @property
    def targets(self) -> list[str]:
        """The requests in order: "GET /api/v2/projects?limit=100"."""
        return [f"{r.method} {r.url.raw_path.decode()}" for r in self.requests]

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def last_body(self) -> Any:
        return json.loads(self.last.content)


def always(status: int = 200, body: Any = None, **headers: str) -> Handler:
    """Return a service with one response. Underscores in header names become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: reply(status, body, named)


def in_turn(*responses: httpx.Response) -> Handler:
    """Return a service with responses in order; one request more fails the test."""
    left = list(responses)
    return lambda _: left.pop(0)


def reply(status: int = 200, body: Any = None, headers: dict[str, str] | None = None) -> httpx.Response:
    if isinstance(body, str | bytes):
        return httpx.Response(status, content=body, headers=headers)
    return (
        httpx.Response(status, json=body, headers=headers)
        if body is not None
        else httpx.Response(status, headers=headers)
    )


def data(**named: Any) -> httpx.Response:
    """Return a successful response in Segment's envelope."""
    return reply(200, {"data": named})
