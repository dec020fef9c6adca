"""Faults between a client and both services: slowness, a flaky network, an outage, a service that stops answering.

Faults are deterministic, so that a run can be repeated: a read's fault depends only on the read, and writes get their
faults in order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from wizard.clock import Clock
from wizard.sandbox.http.exchange import Answer, Incoming, Serve
from wizard.sandbox.http.hosts import LAUNCHDARKLY_HOSTS, SEGMENT_HOSTS
from wizard.sandbox.ids import milliseconds
from wizard.sandbox.launchdarkly import answers as launchdarkly
from wizard.sandbox.segment import answers as segment

OUTAGE = "outage"
FAULTY_EVERY = 6
"""A request meets its fault the first time and each sixth time after it: what is tried again gets through."""
HANGS_SECONDS = 3.0
MUTE_ANSWERS = ("401", "403", "404", "429", "500", "503", "html", "cut", "empty")
"""What a service may answer instead of what was asked for: a status, a page, half a body, nothing."""
GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
READ_FAULTS = ("none", "500", "503", "html", "hang", "429", "none")
WRITE_FAULTS = ("lost", "500", "none", "429", "lost", "503")
"""A lost write was done; only its answer never arrived."""

Meet = Callable[[Incoming], Awaitable[Answer]]


class Faults:
    """The faults between a client and the services; `name` is "", "slow", "flaky" or "outage", and may change.

    `mute` has, by service ("launchdarkly", "segment"), which of `MUTE_ANSWERS` the service gives to every request for
    as long as the entry exists.
    """

    def __init__(self, serve: Serve, name: str, clock: Clock, mute: Mapping[str, str] | None = None) -> None:
        self._serve = serve
        self._mute: Mapping[str, str] = {} if mute is None else mute
        self._clock = clock
        self._tried: Counter[str] = Counter()
        self._fault_of_write: dict[str, str] = {}
        self._ways: dict[str, Meet] = {"slow": self._slow, "flaky": self._flaky, OUTAGE: self._outage}
        self.name = name

    async def answer(self, incoming: Incoming) -> Answer:
        if mute := self._mute.get("segment" if incoming.host in SEGMENT_HOSTS else "launchdarkly", ""):
            return self._mutely(mute, incoming.host)
        return await self._ways[self.name](incoming) if self.name else self._serve(incoming)

    def _mutely(self, answer: str, host: str) -> Answer:
        if answer in ("cut", "empty"):
            return Answer(200, '{"items": [{"key": "' if answer == "cut" else "", {"content-type": "application/json"})
        if host in SEGMENT_HOSTS and answer in ("401", "403", "404"):
            return segment.error(int(answer), "unauthorized", "Not permitted")
        if answer in ("401", "403", "404"):
            return launchdarkly.error(int(answer))
        return self._fault(answer, host)

    async def _slow(self, incoming: Incoming) -> Answer:
        await self._wait(1 + _number(incoming) % 5 / 2)
        return self._serve(incoming)

    async def _wait(self, seconds: float) -> None:
        """Wait for real seconds, however fast the world's clock runs."""
        await self._clock.sleep(seconds * getattr(self._clock, "speed", 1.0))

    async def _outage(self, incoming: Incoming) -> Answer:
        return launchdarkly.error(503) if incoming.host in LAUNCHDARKLY_HOSTS else self._serve(incoming)

    async def _flaky(self, incoming: Incoming) -> Answer:
        request = _name(incoming)
        fault = self._fault_of(incoming, request)
        tried = self._tried[request]
        self._tried[request] += 1
        if tried % FAULTY_EVERY or fault == "none":
            return self._serve(incoming)
        return await self._meet_fault(fault, incoming)

    def _fault_of(self, incoming: Incoming, request: str) -> str:
        if incoming.reads:
            return READ_FAULTS[_number(incoming) % len(READ_FAULTS)]
        place = len(self._fault_of_write) % len(WRITE_FAULTS)
        return self._fault_of_write.setdefault(request, WRITE_FAULTS[place])

    async def _meet_fault(self, fault: str, incoming: Incoming) -> Answer:
        if fault == "lost":
            self._serve(incoming)
        if fault == "hang":
            await self._wait(HANGS_SECONDS)
        return self._fault(fault, incoming.host)

    def _fault(self, fault: str, host: str) -> Answer:
        if fault in ("html", "lost", "hang"):
            return Answer(504 if fault == "hang" else 502, GATEWAY_PAGE, {"content-type": "text/html"})
        if host in SEGMENT_HOSTS:
            return self._segment_fault(fault)
        if fault == "429":
            reset = str(milliseconds(self._clock.now()) + 1000)
            return launchdarkly.error(429).with_headers({"X-Ratelimit-Reset": reset})
        if fault == "503":
            return launchdarkly.error(503)
        return Answer(500, {"code": "internal_service_error", "message": "Internal service error"})

    def _segment_fault(self, fault: str) -> Answer:
        if fault == "429":
            data = {"remainingPoints": 0, "msBeforeNext": 1000, "consumedPoints": 21}
            answer = segment.error(429, "RequestError", "Too many requests", data=data)
            return answer.with_headers({"Retry-After": "1"})
        return segment.error(int(fault), "internal-error", "Something went wrong on our side")


def _name(incoming: Incoming) -> str:
    return f"{incoming.method} {incoming.host}{incoming.path}?{incoming.query_string}"


def _number(incoming: Incoming) -> int:
    """Return a number that depends only on the request, so that it's the same in every run."""
    return int(hashlib.sha256(_name(incoming).encode()).hexdigest()[:8], 16)
