"""Every call of both services meets every fault: it ends in time with a value in words, and works again afterwards."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.headless.runs import applied
from tests.walk_copies import copied
from wizard.api.launchdarkly.client import LaunchDarklyClient
from wizard.api.segment.client import SegmentClient
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import ANSWER_S, Runtime, new_client
from wizard.clock import ServicesClock
from wizard.domain.explain import explain
from wizard.domain.failure import Failure, Service
from wizard.domain.services.segment import Connection
from wizard.sandbox.app import Sandbox

JSON = {"content-type": "application/json"}
LONGEST_S = 15 * 60.0  # of the wizard's clock: six attempts of a call, each after the longest pause
SHORT_S = 0.004  # of real time, for a body that doesn't end

Fault = Callable[[httpx.Request], httpx.Response]


def raising(error: Exception) -> Fault:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


def answering(status: int, content: object = None, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    return lambda _: httpx.Response(status, stream=httpx.ByteStream(raw), headers={**JSON, **named})


def refusing(status: int, message: str = "No.") -> Fault:
    """A refusal in both vendors' form."""
    return answering(status, {"code": "x", "message": message, "errors": [{"type": "x", "message": message}]})


class Endless(httpx.AsyncByteStream):
    """A body that goes on and on, in pieces of `size` bytes."""

    def __init__(self, size: int) -> None:
        self._piece = b" " * size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield self._piece
            await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time


def flowing(size: int) -> Fault:
    return lambda _: httpx.Response(200, stream=Endless(size), headers=JSON)


def waiting(message: str = "", **headers: str) -> Fault:
    hint = {"errors": [{"type": "x", "message": "slow down", "data": {"msBeforeNext": message}}]} if message else None
    return answering(429, hint, **headers)


FAULTS: dict[str, Fault] = {
    "time-out": raising(httpx.ReadTimeout("")),
    "no connection in time": raising(httpx.ConnectTimeout("")),
    "refused": raising(httpx.ConnectError("refused")),
    "reset": raising(httpx.ReadError("reset")),
    "closed early": raising(httpx.RemoteProtocolError("peer closed connection")),
    "odd address": raising(httpx.InvalidURL("Invalid port: 'x'")),
    "cut off": answering(200, b'{"data": {"x": [1, 2'),
    "500": refusing(500),
    "502 page": answering(502, b"<html>502</html>", content_type="text/html"),
    "503 empty": answering(503),
    "511 login": answering(511, b"<html>Wi-Fi</html>", content_type="text/html"),
    "401": refusing(401),
    "403": refusing(403),
    "404": refusing(404),
    "409": refusing(409),
    "422": refusing(422),
    "429": waiting(),
    "429 huge": waiting(Retry_After="99999999999"),
    "429 negative": waiting(Retry_After="-5", X_RateLimit_Reset="-1"),
    "429 past": waiting(Retry_After="Wed, 21 Oct 2015 07:28:00 GMT", X_RateLimit_Reset="1000"),
    "429 words": waiting("soon", Retry_After="soon", X_RateLimit_Reset="later"),
    "429 infinite": waiting("1e999", Retry_After="inf", X_RateLimit_Reset="NaN"),
    "a page": answering(200, b"<!doctype html><title>Log in</title>", content_type="text/html"),
    "nothing": answering(200),
    "null": answering(200, b"null"),
    "a list": answering(200, []),
    "a number": answering(200, 7),
    "an empty object": answering(200, {}),
    "other shapes": answering(200, {"data": [], "items": {}, "totalCount": "many", "_links": 3}),
    "other shapes inside": answering(200, {"data": {"x": 1, "pagination": []}, "items": [7, None, [], {"key": {}}]}),
    "deep": answering(200, b"[" * 100_000),
    "no text": answering(200, b"\xff\xfe\x00{"),
    "bad gzip": answering(200, b"\x1f\x8bxx", content_encoding="gzip"),
    "unknown encoding": answering(200, b"{}", content_encoding="zstd"),
    "gzip bomb": answering(200, gzip.compress(bytes(12 * 2**20)), content_encoding="gzip"),
    "50 MB": flowing(2**20),
    "a byte at a time": flowing(1),
    "redirect": answering(302, location="https://evil.example/login"),
    "redirect within": answering(307, location="/elsewhere"),
    "odd redirect": answering(301, location="http://[::1:x"),
    "redirect to nowhere": answering(308, location="https:///\x00"),
}


@dataclass
class Bench:
    """Both clients on a world that was set up, behind a way that may have a fault."""

    sandbox: Sandbox
    fault: Fault | None = None
    answer_s: float = ANSWER_S
    sent: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = self.sandbox.clock
        self._inner = httpx.ASGITransport(self.sandbox.asgi)
        runtime = Runtime(ServicesClock(self.clock), lambda: 0.0, answer_s=self.answer_s)
        self.services = HttpServices(BaseUrls(), runtime, self._open)
        tokens, workspace = self.sandbox.tokens, self.sandbox.world.workspaces[0]
        self.token = SecretStr(tokens.launchdarkly_access_token)
        self.segment_token = SecretStr(tokens.segment_public_api_token)
        self.connection = next(one for one in workspace.connections if one.activations)
        self.destination = workspace.destinations[self.connection.destination_id]
        self.mapping = next(iter(self.destination.mappings))
        self.space = workspace.spaces[0].id
        self.start, self.end = self.clock.now() - timedelta(hours=1), self.clock.now()

    async def _open(self, _: Service) -> httpx.AsyncClient:
        return new_client(httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self.fault is not None:
            return self.fault(request)
        return await self._inner.handle_async_request(request)

    @property
    def ld(self) -> LaunchDarklyClient:
        return self.services.launchdarkly(self.token)

    @property
    def segment(self) -> SegmentClient:
        return self.services.segment(self.segment_token, None)


HEAVY = ("gzip bomb", "50 MB")
LISTS = ("ld projects", "ld segments", "segment spaces", "segment audiences", "segment connections", "segment delivery")
WITHOUT_END = ("50 MB", "a byte at a time")
ODD_WAITS = ("429 huge", "429 negative", "429 past", "429 words", "429 infinite")
ON_EVERY_SIXTH_CALL = (*HEAVY, *WITHOUT_END, *ODD_WAITS)  # one place reads all bodies, and one all waits
Ask = Callable[[Bench], Awaitable[object]]
SHOP = ("shop", "production")
READS: dict[str, Ask] = {
    "ld reach": lambda b: b.ld.reach(),
    "ld caller": lambda b: b.ld.caller(),
    "ld account": lambda b: b.ld.account_name(),
    "ld token": lambda b: b.ld.token("t"),
    "ld role": lambda b: b.ld.role("r"),
    "ld member": lambda b: b.ld.member(),
    "ld projects": lambda b: b.ld.projects(),
    "ld project": lambda b: b.ld.project("shop"),
    "ld kinds": lambda b: b.ld.context_kinds("shop"),
    "ld stores": lambda b: b.ld.stores(),
    "ld segments": lambda b: b.ld.synced_segments(*SHOP),
    "ld named": lambda b: b.ld.segments_named(*SHOP, "VIP customers"),
    "ld segment": lambda b: b.ld.segment(*SHOP, "vip"),
    "ld is member": lambda b: b.ld.is_member(*SHOP, "vip", "user-1"),
    "client-side reach": lambda b: b.services.client_side().reach(),
    "client-side knows": lambda b: b.services.client_side().knows("57be1db38b75bf0772d11384"),
    "segment reach": lambda b: b.segment.reach(),
    "segment workspace": lambda b: b.segment.workspace(),
    "segment spaces": lambda b: b.segment.spaces(),
    "segment sources": lambda b: b.segment.sources(),
    "segment catalog": lambda b: b.segment.catalog(),
    "segment destinations": lambda b: b.segment.destinations(),
    "segment destination": lambda b: b.segment.destination(b.destination.id),
    "segment mappings": lambda b: b.segment.subscriptions(b.destination.id),
    "segment mapping": lambda b: b.segment.subscription(b.destination.id, b.mapping),
    "segment audiences": lambda b: b.segment.audiences(b.space),
    "segment audience": lambda b: b.segment.audience(b.space, b.connection.audience_id),
    "segment connections": lambda b: b.segment.connections(b.space, b.connection.audience_id),
    "segment activations": lambda b: b.segment.activations(b.space, b.connection.audience_id),
    "segment attach by api": lambda b: b.segment.attach_by_api(b.space, "USERS"),
    "segment delivery": lambda b: b.segment.delivery(b.destination.source_id, b.destination.id, b.start, b.end),
    "segment intake": lambda b: b.segment.intake(b.destination.source_id, b.start, b.end),
    "segment audit": lambda b: b.segment.audit_events(b.destination.id, b.start, b.end),
}
WRITES: dict[str, Ask] = {
    "create destination": lambda b: b.segment.create_destination(
        source_id="s", metadata_id="m", name="n", token=b.token, client_side_id="c"
    ),
    "update destination": lambda b: b.segment.update_destination("d", enabled=True),
    "create mapping": lambda b: b.segment.create_subscription(
        "d", name="n", action_id="a", trigger="t", enabled=True, settings={}
    ),
    "update mapping": lambda b: b.segment.update_subscription("d", "m", enabled=True),
    "connect": lambda b: b.segment.connect("s", "a", "d"),
    "activate": lambda b: b.segment.activate("s", "a", "c", name="n", action_id="a", settings={}),
    "update activation": lambda b: b.segment.update_activation("s", "a", "v", action_id="a", settings={}),
    "delete activation": lambda b: b.segment.delete_activation("s", "a", "v"),
    "disconnect": lambda b: b.segment.disconnect("s", "a", Connection("c", "")),
    "delete mapping": lambda b: b.segment.delete_subscription("d", "m"),
    "delete destination": lambda b: b.segment.delete_destination("d"),
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A world that was set up, with what every read answers there."""
    sandbox = asyncio.run(applied(tmp_path_factory.mktemp("world"))).sandbox
    bench = Bench(copied(sandbox))

    async def read() -> dict[str, object]:
        return {name: await ask(bench) for name, ask in READS.items()}

    return {"sandbox": sandbox, "answers": asyncio.run(read())}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_call_ends_with_a_value_and_works_again(fault: str, healthy: dict[str, Any]) -> None:
    sandbox, answers = copied(healthy["sandbox"]), healthy["answers"]
    bench = Bench(sandbox, answer_s=SHORT_S if fault in WITHOUT_END else ANSWER_S)
    calls = tuple((READS | WRITES).items())
    for name, ask in calls[::6] if fault in ON_EVERY_SIXTH_CALL else calls:
        bench.fault, bench.sent = FAULTS[fault], []
        began = bench.clock.monotonic()
        seen = await ask(bench)
        assert bench.clock.monotonic() - began < LONGEST_S, name
        if isinstance(seen, Failure):
            told = explain(seen)
            assert told.fix, name
            assert any(who in f"{told.summary} {told.cause}" for who in ("LaunchDarkly", "Segment", seen.host)), told
        if name in WRITES:
            assert isinstance(seen, Failure) or seen is None or "delete" in name, name
            assert len(bench.sent) == 1 or fault.startswith("429") or name == "disconnect", name
        _nothing_left_for_strangers(bench)
    bench = Bench(sandbox) if fault in WITHOUT_END else bench
    bench.fault = None
    await bench.clock.sleep(120)  # a pause that a service asked for is over
    for name, ask in READS.items():
        assert _is_equal(await ask(bench), answers[name]), name


def _nothing_left_for_strangers(bench: Bench) -> None:
    for request in bench.sent:
        is_segments = request.url.host.endswith("segmentapis.com")
        assert is_segments or request.url.host.endswith("launchdarkly.com"), request.url
        strangers = bench.token if is_segments else bench.segment_token
        assert strangers.get_secret_value() not in str(request.headers), request.url


def _is_equal(seen: object, before: object) -> bool:
    """The clock has gone on: what was counted until now may differ."""
    return seen == before or (type(seen) is type(before) and not isinstance(seen, Failure))


ENDLESS = count(1)


def endlessly(answer: dict[str, Any]) -> dict[str, Any]:
    """The same page with a link to another one."""
    number = next(ENDLESS)
    if isinstance(answer.get("data"), dict):
        answer["data"]["pagination"] = {"current": "x", "next": f"cursor-{number}"}
    if isinstance(answer.get("items"), list):
        answer.pop("totalCount", None)
        answer["items"] = answer["items"] or [{"key": "x"}]
        answer["_links"] = {"next": {"href": f"?offset={number}"}}
    return answer


async def test_a_list_without_an_end_ends(healthy: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(copied(healthy["sandbox"]))
    inner = bench._answer

    async def endless(request: httpx.Request) -> httpx.Response:
        response = await inner(request)
        whole = json.loads(await response.aread() or b"{}")
        if "/api/v2/" in request.url.path and isinstance(whole.get("items"), list):
            whole = endlessly(whole)
            whole["_links"]["next"]["href"] = f"{request.url.path}{whole['_links']['next']['href']}"
            return httpx.Response(200, json=whole)
        return httpx.Response(response.status_code, json=endlessly(whole), headers={"date": "x"})

    monkeypatch.setattr(bench, "_answer", endless)
    for name in LISTS:
        bench.sent = []
        began = bench.clock.monotonic()
        seen = await READS[name](bench)
        assert bench.clock.monotonic() - began < LONGEST_S, name
        assert len(bench.sent) <= 1_100, name
        assert seen is not None, name
