"""Send requests directly or through a proxy, and tell a proxy's failure from the host's."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import httpx

from wizard.api.errors import causes_of
from wizard.api.proxies import Proxies, ProxyTrouble

if TYPE_CHECKING:
    import httpcore

# Codes of failures (wizard.domain.explanations.network).
UNKNOWN_NAME = "proxy_name"
DEAD = "proxy_dead"
SILENT = "proxy_silent"
LOGIN = "proxy_login"
NEEDS_NO_LOGIN = "proxy_needs_no_login"
REFUSES = "proxy_refuses"
OWN_TLS = "proxy_tls"
OPEN_S = 10.0  # to open a connection through a proxy; httpcore sets no time limit on a SOCKS proxy's answers


class ProxyTransport(httpx.AsyncBaseTransport):
    """Send each request through the proxy of its address, or directly."""

    def __init__(
        self, proxies: Proxies, make: Callable[[str | None], httpx.AsyncBaseTransport], open_s: float = OPEN_S
    ) -> None:
        self._proxies = proxies
        self._make = make
        self._open_s = open_s
        self._transports: dict[str | None, httpx.AsyncBaseTransport] = {}
        self._abandoned: list[httpx.AsyncBaseTransport] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        proxy = self._proxies.of(str(request.url))
        if proxy is None:
            return await self._transport_for(None).handle_async_request(request)
        opening, transport = _Opening(self._open_s), self._transport_for(proxy.url)
        request.extensions = {**request.extensions, "trace": opening.follow}
        try:
            async with opening.deadline:
                return await transport.handle_async_request(request)
        except TimeoutError as error:
            await opening.give_up()
            self._abandon(proxy.url, transport)
            raise ProxyTrouble(SILENT, proxy.shown) from error
        except Exception as error:
            if code := _code(error, opening.stage):
                await opening.give_up()
                raise ProxyTrouble(code, proxy.shown) from error
            raise

    def _transport_for(self, url: str | None) -> httpx.AsyncBaseTransport:
        if url not in self._transports:
            self._transports[url] = self._make(url)
        return self._transports[url]

    def _abandon(self, url: str, transport: httpx.AsyncBaseTransport) -> None:
        """Use a new transport from now on: httpcore counts an abandoned connection as in use forever."""
        if self._transports.get(url) is transport:
            self._abandoned.append(self._transports.pop(url))

    async def aclose(self) -> None:
        await asyncio.gather(*(transport.aclose() for transport in (*self._transports.values(), *self._abandoned)))


class _Stage(Enum):
    OPEN = auto()  # the host itself is reached
    CONNECTING = auto()
    ASKING_PROXY = auto()
    REACHING_HOST = auto()


_STAGES = {
    "connect_tcp.started": _Stage.CONNECTING,
    "connect_tcp.complete": _Stage.ASKING_PROXY,
    "proxy.start_tls.started": _Stage.REACHING_HOST,
    "socks.start_tls.started": _Stage.REACHING_HOST,
    "proxy.start_tls.complete": _Stage.OPEN,
    "socks.start_tls.complete": _Stage.OPEN,
}


class _Opening:
    """How far a new connection through a proxy has got; a reused connection counts as open."""

    def __init__(self, seconds: float) -> None:
        self.stage = _Stage.OPEN
        self.deadline = asyncio.timeout(None)
        self._seconds = seconds
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def follow(self, event: str, seen: dict[str, Any]) -> None:
        """Update the stage and the deadline from one of httpcore's events, such as "proxy.start_tls.complete"."""
        found = next((stage for end, stage in _STAGES.items() if event.endswith(end)), self.stage)
        if found is not self.stage and _Stage.OPEN in (found, self.stage):
            now = asyncio.get_running_loop().time()
            self.deadline.reschedule(None if found is _Stage.OPEN else now + self._seconds)
        self.stage = found
        if event.endswith("connect_tcp.complete"):
            self._stream = seen["return_value"]

    async def give_up(self) -> None:
        """Close the connection, because httpcore leaves a connection to a SOCKS proxy open."""
        if self._stream is not None:
            await self._stream.aclose()


def _code(error: Exception, stage: _Stage) -> str:
    """Return the code of what is wrong with the proxy; empty when the proxy did its part."""
    causes = tuple(causes_of(error))
    if stage is _Stage.OPEN:
        return ""
    if stage is _Stage.CONNECTING:
        return UNKNOWN_NAME if any(isinstance(cause, socket.gaierror) for cause in causes) else DEAD
    if isinstance(error, httpx.TimeoutException):
        return SILENT
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return OWN_TLS if stage is _Stage.ASKING_PROXY else ""  # the host's certificate has findings of its own
    return _refusal(str(error).lower()) if isinstance(error, httpx.ProxyError) else REFUSES


def _refusal(said: str) -> str:
    if "got no auth" in said:
        return NEEDS_NO_LOGIN
    return LOGIN if any(word in said for word in ("407", "auth", "password")) and "511" not in said else REFUSES
