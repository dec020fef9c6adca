"""LaunchDarkly, its client-side host and Segment as one ASGI application; the Host header selects the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from wizard.clock import Clock, yield_to_event_loop
from wizard.sandbox.app_actions import AppActions
from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.faults import OUTAGE, Faults
from wizard.sandbox.http.asgi import ASGIApp, Receive, Scope, Send
from wizard.sandbox.http.exchange import Answer, Incoming, read, write
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

    `clock` is the world's time. `limits_clock` measures rate limits and polling: by default the same clock; the
    machine's own time if clients run in another process. `behaviors` are the switches that are on.
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
        launchdarkly_api = launchdarkly(self.world, self.journal, limiter, self.advance)
        segment_api = segment(self.world, self.journal, limiter, self.advance)
        self._services = {
            **dict.fromkeys(LAUNCHDARKLY_HOSTS, launchdarkly_api),
            **dict.fromkeys(CLIENT_SIDE_HOSTS, client_side(self.world)),
            **dict.fromkeys(SEGMENT_HOSTS, segment_api),
        }
        self._faults = Faults(self._served, self.world.faults, clock, self.world.mute)

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
        """Let LaunchDarkly answer inside the block, as it did before the scenario's outage."""
        if self.world.faults != OUTAGE:
            yield
            return
        self.world.faults = self._faults.name = ""
        try:
            yield
        finally:
            self.world.faults = self._faults.name = OUTAGE

    async def asgi(self, scope: Scope, receive: Receive, send: Send, host: str = "") -> None:
        """Answer a request of any host, or as if it had been sent to `host`."""
        incoming = await read(scope, receive, host)
        await self._come_after_the_others()
        answer = await self._faults.answer(incoming)
        self._record(incoming, answer.status)
        await write(answer, send)

    def at_host(self, host: str) -> ASGIApp:
        """Return the same application, as if every request had been sent to `host`."""
        return partial(self.asgi, host=host)

    def _served(self, incoming: Incoming) -> Answer:
        service = self._services.get(incoming.host)
        return Answer(404) if service is None else service(incoming)

    async def _come_after_the_others(self) -> None:
        """Delay requests that arrive together by a few turns of the loop, so that one is answered after the other."""
        self._arriving += 1
        for _ in range(self._arriving):
            await yield_to_event_loop()
        self._arriving -= 1

    def _record(self, incoming: Incoming, status: int) -> None:
        pairs = [pair.partition("=") for pair in incoming.query_string.split("&") if pair]
        query = tuple((name, value) for name, _, value in pairs)
        line = Recorded(incoming.method, incoming.host, incoming.path, query, status, self.clock.now())
        self.journal.requests.append(line)
