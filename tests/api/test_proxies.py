"""The variables about proxies: which one an address goes through, and a finding for whatever is wrong in them."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.api.fakes import LAUNCHDARKLY_TOKEN
from tests.fake_clock import FakeClock
from wizard.api.proxies import Proxies, ProxyTrouble
from wizard.api.proxy_transport import OPEN_S, ProxyTransport
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.api.trust import tls_context
from wizard.clock import ServicesClock
from wizard.domain.explain import explain
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind, Service

LAUNCHDARKLY = "https://app.launchdarkly.com/api/v2/projects"
PROXY = "http://proxy:8080"


@pytest.mark.parametrize(
    ("environ", "shown"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, "HTTPS_PROXY (proxy:8080)"),
        ({"HTTPS_PROXY": " proxy:8080 "}, "HTTPS_PROXY (proxy:8080)"),
        ({"https_proxy": "http://small:1", "HTTPS_PROXY": PROXY}, "https_proxy (small:1)"),
        ({"ALL_PROXY": "socks5://127.0.0.1:1080"}, "ALL_PROXY (127.0.0.1:1080)"),
        ({"all_proxy": "socks5h://[::1]:1080", "HTTPS_PROXY": ""}, "all_proxy ([::1]:1080)"),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "http://user:p%23ss@proxy:8080"}, "HTTPS_PROXY (proxy:8080)"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost,[::1]"}, "HTTPS_PROXY (proxy:8080)"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "launchdarkly.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": ".launchdarkly.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*.launchdarkly.com:443"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "app.launchdarkly.com:8443"}, "HTTPS_PROXY (proxy:8080)"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "darkly.com,::1,10.0.0.0/8"}, "HTTPS_PROXY (proxy:8080)"),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "*"}, None),
    ],
)
def test_which_proxy_an_address_goes_through(environ: dict[str, str], shown: str | None) -> None:
    proxy = Proxies(environ).of(LAUNCHDARKLY)
    assert (proxy.shown if proxy else None) == shown


@pytest.mark.parametrize(
    ("url", "environ"),
    [
        ("http://127.0.0.1:8000/x", {"HTTP_PROXY": PROXY}),
        ("http://[::1]:8000/x", {"ALL_PROXY": PROXY}),
        ("http://sandbox.localhost/x", {"ALL_PROXY": PROXY}),
        ("http://10.1.2.3/x", {"ALL_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}),
        ("http://[fe80::1]/x", {"ALL_PROXY": PROXY, "NO_PROXY": "[fe80::1]:80"}),
    ],
)
def test_what_goes_out_directly(url: str, environ: dict[str, str]) -> None:
    assert Proxies(environ).of(url) is None


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"HTTPS_PROXY": "http://user:secret#1@proxy:8080"}, "HTTPS_PROXY has a # in its user name or password"),
        ({"HTTPS_PROXY": "http://user:sec/ret@proxy:8080"}, "written as %2F"),
        ({"HTTPS_PROXY": "http://user:sec@ret@proxy:8080"}, "written as %40"),
        ({"https_proxy": "http://user:secret@proxy:port"}, "https_proxy isn't an address"),
        ({"HTTPS_PROXY": "http://user:secret@proxy:99999"}, "its host or port can't be read"),
        ({"HTTPS_PROXY": "http://user:secret@[::1"}, "its host or port can't be read"),
        ({"HTTPS_PROXY": "http://user:secret@:8080"}, "HTTPS_PROXY has no host"),
        ({"HTTPS_PROXY": "http://pro xy:8080"}, "has a space"),
        ({"ALL_PROXY": "socks4://user:secret@proxy:1080"}, "ALL_PROXY begins with another scheme than http, https, s"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "[::1"}, "NO_PROXY has an entry without its closing bracket"),
    ],
)
async def test_a_variable_that_cannot_be_used_is_a_finding_without_its_password(
    environ: dict[str, str], says: str
) -> None:
    failure = await reached(environ)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.PROXY, "proxy_variable")
    assert says in explain(failure).summary
    assert "sec" not in repr((failure, explain(failure)))
    with pytest.raises(ProxyTrouble):
        Proxies(environ).of(LAUNCHDARKLY)


async def reached(environ: dict[str, str], open_s: float = OPEN_S) -> Reach | Failure:
    """Ask a host that nothing but a proxy reaches from here."""

    def way(proxy: str | None) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=tls_context(), proxy=proxy)

    async def open_client(_: Service) -> httpx.AsyncClient:
        return new_client(ProxyTransport(Proxies(environ), way, open_s))

    runtime = Runtime(ServicesClock(FakeClock(auto=True)), lambda: 0.0)
    services = HttpServices(BaseUrls(launchdarkly="https://app.launchdarkly.test"), runtime, open_client)
    try:
        return await services.launchdarkly(LAUNCHDARKLY_TOKEN).reach()
    finally:
        await services.close()


@asynccontextmanager
async def answering(*answers: bytes, hangs_up: bool = True) -> AsyncIterator[str]:
    """The address of something that answers what it receives, piece by piece, then hangs up or stays silent."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for one in answers:
            await reader.read(4_096)
            writer.write(one)
            await writer.drain()
        if not hangs_up:
            await over.wait()
        writer.close()

    over = asyncio.Event()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()


@pytest.mark.parametrize(
    ("scheme", "answers", "code"),
    [
        ("http", (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",), "proxy_login"),
        ("http", (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",), "proxy_refuses"),
        ("http", (), "proxy_refuses"),
        ("http", (b"SSH-2.0-OpenSSH\r\n",), "proxy_refuses"),
        ("http", (b"HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n",), "proxy_refuses"),
        ("https", (b"HTTP/1.1 400 Bad Request\r\n\r\n",), "proxy_tls"),
        ("socks5", (b"\x05\x00",), "proxy_needs_no_login"),
        ("socks5", (b"\x05\xff",), "proxy_login"),
        ("socks5", (b"\x05\x02", b"\x01\x00", b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"), "proxy_refuses"),
        ("socks5", (b"HTTP/1.1 400 Bad Request\r\n\r\n",), "proxy_refuses"),
    ],
)
async def test_what_a_proxy_says_is_distinguished(scheme: str, answers: tuple[bytes, ...], code: str) -> None:
    async with answering(*answers) as address:
        failure = await reached({"ALL_PROXY": f"{scheme}://user:hush@{address}"})
    gc.collect()  # shows a socket that was left open
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.PROXY, code)
    assert failure.message == f"ALL_PROXY ({address})"


_TUNNEL = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize(
    ("scheme", "answers"),
    [("http", ()), ("http", (_TUNNEL,)), ("https", ()), ("socks5", ()), ("socks5h", (b"\x05\x00",))],
)
async def test_a_proxy_that_stays_silent_is_named(scheme: str, answers: tuple[bytes, ...]) -> None:
    async with answering(*answers, hangs_up=False) as address:
        failure = await reached({"HTTPS_PROXY": f"{scheme}://{address}"}, open_s=0.05)
    gc.collect()
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("proxy_silent", f"HTTPS_PROXY ({address})")


async def test_many_requests_at_once_meet_a_silent_proxy_without_an_error_and_each_later_one_tries_anew() -> None:
    made: list[httpx.AsyncBaseTransport] = []

    def way(_: str | None) -> httpx.AsyncBaseTransport:
        made.append(_Silent())
        return made[-1]

    routed = ProxyTransport(Proxies({"HTTPS_PROXY": "http://user:hush@proxy:1"}), way, open_s=0.01)
    for _ in range(2):
        requests = (httpx.Request("GET", "https://app.launchdarkly.test") for _ in range(5))
        troubles = await asyncio.gather(*map(routed.handle_async_request, requests), return_exceptions=True)
        assert {repr(trouble) for trouble in troubles} == {"ProxyTrouble('HTTPS_PROXY (proxy:1)')"}
    assert len(made) == 2


class _Silent(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.extensions["trace"]("connection.connect_tcp.started", {})
        return await asyncio.Future()


async def test_what_breaks_off_behind_the_proxy_is_the_hosts_trouble() -> None:
    async with answering(_TUNNEL) as address:
        failure = await reached({"HTTPS_PROXY": f"http://{address}"})
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.CONNECT, "tls")


async def test_a_proxy_that_nobody_runs_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    failure = await reached({"HTTPS_PROXY": f"http://{address}"})
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("proxy_dead", f"HTTPS_PROXY ({address})")


async def test_a_proxy_whose_name_does_not_resolve_is_named() -> None:
    failure = await reached({"HTTPS_PROXY": "http://proxy.invalid:8080"})
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("proxy_name", "HTTPS_PROXY (proxy.invalid:8080)")


def test_the_systems_own_exceptions_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("wizard.api.proxies.getproxies", lambda: {"https": "http://proxy.acme.test:3128"})
    monkeypatch.setattr("wizard.api.proxies.proxy_bypass", lambda host: host == "app.launchdarkly.com")

    proxies = Proxies({})

    assert proxies.of("https://app.launchdarkly.com/api/v2/versions") is None
    assert proxies.of("https://api.segmentapis.com/") is not None
