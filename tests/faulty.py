"""Faults of single requests, between a client and the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import httpx

from wizard.wiring import Wrap

JSON = {"content-type": "application/json"}


class Fault(StrEnum):
    LOST_AFTER = "it happens, and no answer comes"
    LOST_BEFORE = "it does not happen, and no answer comes"
    ERROR_AFTER = "it happens, and the answer is 500"
    REFUSED_AFTER = "it happens, and the answer is 400"
    CONFLICT_AFTER = "it happens, and the answer is 409"
    CONFLICT_BEFORE = "it does not happen, and the answer is 409"
    EMPTY_AFTER = "it happens, and the answer is an empty object"
    EMPTY_BEFORE = "it does not happen, and the answer is an empty object"
    ERROR_BEFORE = "it does not happen, and the answer is 500"
    CLOSED = "the answer is 403"
    MISSING = "the answer is 404"
    TOO_MANY_AFTER = "it happens, and the answer is 429, in 7 seconds"
    TOO_MANY = "the answer is 429, in 7 seconds"
    SECOND_INSTANCE = "the answer is 400, one instance only"


@dataclass(slots=True)
class Faulty(httpx.AsyncBaseTransport):
    """A transport on which requests that match `method` and `path` (a regular expression) fail, `times` times."""

    inner: httpx.AsyncBaseTransport
    fault: Fault
    method: str
    path: str
    times: int = 1
    met: int = 0
    meanwhile: Callable[[], None] = field(default=lambda: None)  # done by someone else before the request arrives

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        here = request.method == self.method and re.fullmatch(self.path, request.url.path)
        if not here or self.met >= self.times:
            return await self.inner.handle_async_request(request)
        self.met += 1
        self.meanwhile()
        if self.fault.name.endswith("_AFTER"):
            response = await self.inner.handle_async_request(request)
            await response.aread()
        if self.fault in {Fault.LOST_AFTER, Fault.LOST_BEFORE}:
            raise httpx.ReadTimeout("no answer", request=request)
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.fault in {Fault.EMPTY_AFTER, Fault.EMPTY_BEFORE}:
            return httpx.Response(200, json={}, request=request)
        status, kind, message, headers = {
            Fault.REFUSED_AFTER: (400, "bad-request", "Something about this is not right", {}),
            Fault.CONFLICT_AFTER: (409, "conflict", "It already exists", {}),
            Fault.CONFLICT_BEFORE: (409, "conflict", "The connection has activations", {}),
            Fault.CLOSED: (403, "forbidden", "Not enabled for this workspace", {}),
            Fault.MISSING: (404, "not-found", "Resource not found", {}),
            Fault.TOO_MANY_AFTER: (429, "RequestError", "Too many requests", {"Retry-After": "7"}),
            Fault.TOO_MANY: (429, "RequestError", "Too many requests", {"Retry-After": "7"}),
            Fault.SECOND_INSTANCE: (
                400,
                "bad-request",
                "Multiple configurations of this destination type not supported.",
                {},
            ),
        }.get(self.fault, (500, "internal-error", "Something went wrong on our side", {}))
        body = {"errors": [{"type": kind, "message": message}]}
        return httpx.Response(status, json=body, headers=JSON | headers, request=request)


def with_fault(
    fault: Fault, method: str, path: str, times: int = 1, meanwhile: Callable[[], None] = lambda: None
) -> Wrap:
    return lambda inner: Faulty(inner, fault, method, path, times, meanwhile=meanwhile)


@dataclass(slots=True)
class Deaf(httpx.AsyncBaseTransport):
    """A transport on which requests to `to` get no response after the first request with `method` and `path`.

    With `loses`, that first request loses its response too, although its change is made.
    """

    inner: httpx.AsyncBaseTransport
    method: str
    path: str
    to: str
    loses: bool
    is_deaf: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_deaf and re.fullmatch(self.to, request.url.path):
            raise httpx.ReadTimeout("no answer", request=request)
        response = await self.inner.handle_async_request(request)
        if request.method == self.method and re.fullmatch(self.path, request.url.path):
            self.is_deaf = True
            if self.loses:
                raise httpx.ReadTimeout("no answer", request=request)
        return response


def with_answers_lost_after(method: str, path: str, *, to: str, loses: bool = False) -> Wrap:
    return lambda inner: Deaf(inner, method, path, to, loses)
