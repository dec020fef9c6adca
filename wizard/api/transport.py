"""How every request leaves this program: one client per service, timeouts, and retries of what is safe to repeat.

A change or a deletion is retried only after a 429. A call that creates something is never retried: the service may
have created it and still answer 429. After a failure that leaves the outcome open, `Failure.outcome_unknown` or
`is_held` is set, and the caller reads back before it writes again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import httpx

from wizard import __version__
from wizard.api import errors
from wizard.api.body import ENCODINGS, read_body
from wizard.api.call import Call, Limit
from wizard.api.errors import Answer
from wizard.api.proxies import Proxies
from wizard.api.proxy_transport import ProxyTransport
from wizard.api.retry import Wait, server_time, wait_before_next
from wizard.api.shapes import shape_of
from wizard.api.shared_tasks import SharedTasks
from wizard.api.trust import tls_context
from wizard.clock import ServicesClock
from wizard.domain.answer_shape import AnswerShape
from wizard.domain.credentials import LAUNCHDARKLY_SECRET, SEGMENT_SECRET
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.sent_request import SentRequest, shown_token

USER_AGENT = f"audience-wizard/{__version__}"
TIMEOUT = httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=15.0)
AT_ONCE = 10
MINUTE = 61.0  # seconds; one more, because calls may arrive closer together than they were sent
ANSWER_S = 20.0  # for a whole answer: its bytes may each come in time, and the last one never
LIMITS = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=30.0)

OpenClient = Callable[[Service], Awaitable[httpx.AsyncClient]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What all transports share.

    `jitter` returns a number in [0, 1). `on_wait`, `trace` and `note`, which is given a sentence for the user, must be
    quick and not raise.
    """

    clock: ServicesClock
    jitter: Callable[[], float]
    on_wait: Callable[[Wait], None] | None = None
    trace: Callable[[SentRequest], None] | None = None
    note: Callable[[str], None] = lambda _: None
    shape: Callable[[AnswerShape], None] | None = None  # gets the shape of each answer
    answer_s: float = ANSWER_S


class _NoCookies(httpx.Cookies):
    """Cookies that stay empty: looking for them in each answer is a tenth of a request's cost."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Ignore what the answer sets."""


_NO_COOKIES = _NoCookies()


class _Client(httpx.AsyncClient):
    """A client that keeps no cookies: both services know their caller by the token alone."""

    @property
    def cookies(self) -> httpx.Cookies:
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Ignore what is set."""


def new_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Return a client with the wizard's timeouts and headers, which keeps no cookies.

    The client reads no environment variables: `wizard.api.proxies` handles those for proxies.
    """
    return _Client(
        transport=transport,
        timeout=TIMEOUT,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": ENCODINGS},
        follow_redirects=False,
        trust_env=False,
    )


def opener(proxies: Proxies) -> OpenClient:
    """Return a function that opens the client for real hosts, in a thread because the TLS setup blocks."""

    def transport_for(proxy: str | None) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=tls_context(), limits=LIMITS, proxy=proxy, trust_env=False)

    async def open_client(_: Service) -> httpx.AsyncClient:
        await asyncio.to_thread(tls_context)
        return new_client(ProxyTransport(proxies, transport_for))

    return open_client


@dataclass(frozen=True, slots=True)
class _Sent:
    """How one attempt ended, and its line for the log."""

    outcome: httpx.Response | Failure
    request: SentRequest


class Transport:
    """The calls to one service: at most ten at a time, over one client that the first call opens.

    Callers that ask for the same thing at the same time share one request.
    """

    def __init__(self, service: Service, open_client: OpenClient, runtime: Runtime, wrong_address: str = "") -> None:
        self.clock = runtime.clock
        self.note = runtime.note
        self._service = service
        self._open_client = open_client
        self._runtime = runtime
        self._wrong_address = wrong_address
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._sent_at: dict[str, deque[float]] = {}  # the latest calls of each operation that has a limit
        self._held_until = 0.0  # monotonic seconds; until then a 429 holds every call of this token
        self._shared: SharedTasks[_Sent] = SharedTasks()

    async def ask(self, call: Call) -> Answer | Failure:
        """Send a call whose response is a JSON object."""
        response = await self.send(call)
        if isinstance(response, Failure):
            return response
        read = errors.read(call, response)
        if self._runtime.shape is not None:
            self._runtime.shape(shape_of(call, response, read, self.clock.now()))
        return read

    async def send(self, call: Call, *, patient: bool = True) -> httpx.Response | Failure:
        """Return the last response, whatever its status, after its retries; a `Failure` when none came.

        With `patient=False`, a 429 is returned at once, and a server error after one more try.
        """
        if self._wrong_address:
            return replace(errors.failure(call, FailureKind.ADDRESS, self._wrong_address), host="")
        if not _is_sendable(call):
            return errors.failure(call, FailureKind.UNAUTHORIZED, "the token has characters that tokens never have")
        if not _has_an_address(call):
            return errors.failure(call, FailureKind.NOT_THE_SERVICE, "it led to an address that can't be read")
        if _holds_the_others_token(call):
            return errors.failure(call, FailureKind.UNAUTHORIZED, "it holds the other service's token and wasn't sent")
        attempt = 1
        while True:
            outcome = await self._attempt(call, attempt)
            wait = wait_before_next(
                call.service, outcome, attempt, call.repeatable, self.clock.now(), self._runtime.jitter()
            )
            if wait is not None and (wait.asked or call.creates):
                self._held_until = max(self._held_until, self.clock.monotonic() + wait.seconds)
            if wait is not None and call.creates and isinstance(outcome, httpx.Response):
                self._say_wait(wait)
                return replace(errors.from_response(call, outcome), is_held=True)
            if wait is None or call.once or (not patient and _is_said_already(outcome, attempt)):
                return outcome
            self._say_wait(wait)
            await self.clock.sleep(wait.seconds)
            attempt = wait.attempt

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _attempt(self, call: Call, attempt: int) -> httpx.Response | Failure:
        if call.method in {"GET", "HEAD"}:
            return await self._together(call, attempt)
        try:
            return (await self._in_turn(call, attempt)).outcome
        finally:
            if not call.repeatable:
                self._shared.forget_running()  # a read after a write must not join a read that began before it

    async def _together(self, call: Call, attempt: int) -> httpx.Response | Failure:
        """Share one request among all callers that make the same call at the same time; trace it for each caller."""
        same = (call.url, frozenset(call.headers.items()))
        joins = self._shared.is_under_way(same)
        sent = await self._shared.run(same, lambda: self._in_turn(call, attempt))
        if joins:
            self._tell(replace(sent.request, attempt=attempt, shared=True))
        return sent.outcome

    async def _in_turn(self, call: Call, attempt: int) -> _Sent:
        """Send the call once the service's limits allow it."""
        while True:
            await self._no_longer_held()
            async with self._places:
                seconds = max(self._held(), self._until_its_turn(call.limit))
                if seconds <= 0:
                    return await self._sent(call, attempt)
            if not self._held() > 0:
                self._say_wait(Wait(call.service, seconds, attempt, asked=True))
            await self.clock.sleep(seconds)

    def _until_its_turn(self, limit: Limit | None) -> float:
        """Return the seconds until the limit allows one more call; at 0, count this call."""
        if limit is None or self._held() > 0:
            return 0.0
        sent, now = self._sent_at.setdefault(limit.operation, deque(maxlen=limit.per_minute)), self.clock.monotonic()
        if len(sent) == limit.per_minute and sent[0] + MINUTE > now:
            return sent[0] + MINUTE - now
        sent.append(now)
        return 0.0

    async def _no_longer_held(self) -> None:
        """Wait out the pause that the service asked for, without holding one of the ten places.

        The pause applies to the token, so all of its calls wait.
        """
        while (seconds := self._held()) > 0:
            await self.clock.sleep(seconds)

    def _held(self) -> float:
        return self._held_until - self.clock.monotonic()

    async def _sent(self, call: Call, attempt: int) -> _Sent:
        at, started = self.clock.now(), self.clock.monotonic()
        try:
            outcome: httpx.Response | Failure = await self._answer(call)
        except errors.EXPECTED as error:
            outcome = errors.from_exception(call, error)
        sent = _Sent(outcome, _sent_request(call, outcome, attempt, at, self.clock.monotonic() - started))
        self._tell(sent.request)
        return sent

    async def _answer(self, call: Call) -> httpx.Response:
        client = await self._opened()
        async with asyncio.timeout(self._runtime.answer_s):
            response = await client.send(_request(client, call), stream=True)
            self._hear_time(response)
            return await read_body(response)

    def _hear_time(self, response: httpx.Response) -> None:
        theirs = server_time(response.headers)
        if theirs is not None and response.status_code < 500:  # a gateway that sends a 5xx has its own clock
            self.clock.hear(self._service, theirs)

    def _say_wait(self, wait: Wait) -> None:
        if self._runtime.on_wait is not None:
            self._runtime.on_wait(wait)

    def _tell(self, request: SentRequest) -> None:
        if self._runtime.trace is not None:
            self._runtime.trace(request)

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await self._open_client(self._service)
            return self._client


def _is_said_already(outcome: httpx.Response | Failure, attempt: int) -> bool:
    """Return whether an impatient caller tries no more: after a 429, or a second server error; one may be a hiccup."""
    return isinstance(outcome, httpx.Response) and (outcome.status_code == 429 or attempt > 1)


def _is_sendable(call: Call) -> bool:
    """Return whether the headers are visible ASCII, which a pasted token may not be."""
    return all(value.isascii() and value.isprintable() for value in call.headers.values())


def _has_an_address(call: Call) -> bool:
    """Return whether the URL can be encoded: a service may send a cursor with half a surrogate pair."""
    try:
        return bool(call.url)
    except UnicodeEncodeError:
        return False


def _holds_the_others_token(call: Call) -> bool:
    """Return whether the call carries the other vendor's token.

    A body for Segment may: the destination is created with LaunchDarkly's token.
    """
    sent = " ".join((call.url, *call.headers.values()))
    if call.service is Service.SEGMENT:
        return LAUNCHDARKLY_SECRET.search(sent) is not None
    return SEGMENT_SECRET.search(f"{sent} {json.dumps(call.body)}") is not None


def _request(client: httpx.AsyncClient, call: Call) -> httpx.Request:
    content = None if call.body is None else json.dumps(call.body).encode()
    return client.build_request(call.method, _address(call.url), headers=dict(call.headers), content=content)


@lru_cache(maxsize=64)  # polls repeat the same few URLs, and parsing is a third of building a request
def _address(url: str) -> httpx.URL:
    return httpx.URL(url)


def _sent_request(
    call: Call, outcome: httpx.Response | Failure, attempt: int, at: datetime, seconds: float
) -> SentRequest:
    return SentRequest(
        service=call.service,
        method=call.method,
        url=errors.redact(call.url, call.secrets),
        attempt=attempt,
        seconds=seconds,
        status=None if isinstance(outcome, Failure) else outcome.status_code,
        failure=outcome.kind if isinstance(outcome, Failure) else None,
        request_id="" if isinstance(outcome, Failure) else errors.request_id(call, outcome),
        at=at,
        headers=tuple((name, _shown_header(value, call)) for name, value in call.headers.items()),
        body=errors.redact(json.dumps(call.body), call.secrets) if call.reads and call.body else "",
    )


def _shown_header(value: str, call: Call) -> str:
    """Return a header's value with the token's variable in its place; hide anything else that looks like a token."""
    scheme, _, rest = value.rpartition(" ")
    if rest in call.secrets and call.credential is not None:
        return f"{scheme} {shown_token(call.credential)}".lstrip()
    return errors.redact(value, call.secrets)
