"""LaunchDarkly, its client-side host and Segment as one ASGI application; the Host header says which one is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import Host
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wizard.clock import Clock, one_turn
from wizard.sandbox.app_actions import AppActions
from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.faults import OUTAGE, Faults
from wizard.sandbox.http.hosts import CLIENT_SIDE_HOSTS, LAUNCHDARKLY_HOSTS, SEGMENT_HOSTS
from wizard.sandbox.http.limits import Limiter
from wizard.sandbox.journal import Breach, Journal, Recorded
from wizard.sandbox.launchdarkly.api import launchdarkly
from wizard.sandbox.launchdarkly.client_side import client_side
from wizard.sandbox.scenarios import scenario_named
from wizard.sandbox.scenarios.scenario import Credentials
from wizard.sandbox.segment.api import segment
from wizard.sandbox.sync.engine import Engine
from wizard.sandbox.world import World


class Sandbox:
    """One scenario's world with the APIs of both services in front of it.

    `clock` is the world's time. `limits_clock` is what rate limits and polling are judged by: the same clock in
    process, the machine's own time where clients run in another process. `behaviors` are the switches that are on.
    """

    def __init__(
        self, scenario: str, clock: Clock, limits_clock: Clock | None = None, behaviors: Iterable[Behavior] = ()
    ) -> None:
        self.scenario = scenario_named(scenario)
        self.clock = clock
        self.journal = Journal()
        self._arriving = 0
        prepared = self.scenario.build(clock.now())
        self.world: World = prepared.world
        self.tokens: Credentials = prepared.credentials
        self.world.behaviors.update(behaviors)
        for workspace in self.world.workspaces:
            workspace.behaviors = self.world.behaviors
        self._engine = Engine(self.world)
        self._hands = [AppActions(workspace, clock) for workspace in self.world.workspaces]
        limiter = Limiter(limits_clock or clock)
        self._faults = Faults(self._services(limiter), self.world.faults, clock, self.world.mute)
        self.asgi: ASGIApp = self._recorded(self._faults)

    @property
    def app_actions(self) -> AppActions:
        """What a person can do by hand in the App of the scenario's workspace."""
        return self._hands[0]

    @property
    def breaches(self) -> Sequence[Breach]:
        """The calls that the services ask clients not to make, in order."""
        return self.journal.breaches

    @property
    def requests(self) -> Sequence[Recorded]:
        """Every answered request, in order, without its headers."""
        return self.journal.requests

    def advance(self) -> datetime:
        """Bring the world up to the clock's time and return that time."""
        now = self.clock.now()
        for hand in self._hands:
            hand.colleague(now)
        self._engine.advance(now)
        return now

    @contextmanager
    def before_outage(self) -> Iterator[None]:
        """Let LaunchDarkly answer meanwhile, as it did before the scenario's outage."""
        if self.world.faults != OUTAGE:
            yield
            return
        self.world.faults = self._faults.name = ""
        try:
            yield
        finally:
            self.world.faults = self._faults.name = OUTAGE

    def at_host(self, host: str) -> ASGIApp:
        """Return the same application, as if every request had been sent to `host`."""

        async def pinned(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                others = [pair for pair in scope["headers"] if pair[0] != b"host"]
                scope = {**scope, "headers": [*others, (b"host", host.encode())]}
            await self.asgi(scope, receive, send)

        return pinned

    def _services(self, limiter: Limiter) -> Starlette:
        launchdarkly_api = launchdarkly(self.world, self.journal, limiter, self.advance)
        client_side_api = client_side(self.world)
        segment_api = segment(self.world, self.journal, limiter, self.advance)
        routes = [
            *(Host(host, launchdarkly_api) for host in LAUNCHDARKLY_HOSTS),
            *(Host(host, client_side_api) for host in CLIENT_SIDE_HOSTS),
            *(Host(host, segment_api) for host in SEGMENT_HOSTS),
        ]
        return Starlette(routes=routes)

    def _recorded(self, app: ASGIApp) -> ASGIApp:
        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._record(scope, message["status"])
                await send(message)

            await self._come_after_the_others()
            await app(scope, receive, noting if scope["type"] == "http" else send)

        return recorded

    async def _come_after_the_others(self) -> None:
        """Answer requests that arrive together one at a time, with a turn of the loop in between, like a network."""
        self._arriving += 1
        for _ in range(self._arriving):
            await one_turn()
        self._arriving -= 1

    def _record(self, scope: Scope, status: int) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode().split(":")[0].lower()
        pairs = [pair.partition("=") for pair in scope["query_string"].decode().split("&") if pair]
        query = tuple((name, value) for name, _, value in pairs)
        self.journal.requests.append(Recorded(scope["method"], host, scope["path"], query, status, self.clock.now()))
