"""Serve the sandbox on this machine, for clients in other processes. Needs the `sandbox` extra (uvicorn).

Three ports of one process stand for the three hosts. The world's clock runs fast. Rate limits and polling are measured
by the machine's own time, as that's the clients' time.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING

from wizard.clock import FastClock, SystemClock
from wizard.sandbox.app import Sandbox
from wizard.sandbox.http.asgi import ASGIApp, Message, Receive, Scope, Send
from wizard.sandbox.http.hosts import CLIENT_SIDE_COMMERCIAL, LAUNCHDARKLY_COMMERCIAL, SEGMENT_DEFAULT

if TYPE_CHECKING:
    import uvicorn

DEFAULT_SPEED = 60.0
_ENDS_WITHIN_S = 1  # even if a slow answer is under way
_HOSTS = (LAUNCHDARKLY_COMMERCIAL, CLIENT_SIDE_COMMERCIAL, SEGMENT_DEFAULT)


class ServerNotInstalled(RuntimeError):
    """The extra that can serve the sandbox is missing; the text says what to install."""

    def __init__(self) -> None:
        super().__init__("The sandbox server needs uvicorn. In the wizard's folder: .venv/bin/pip install '.[sandbox]'")


@dataclass(frozen=True, slots=True)
class Served:
    """The addresses and test tokens of a served sandbox. The tokens work only there, so they aren't secrets."""

    launchdarkly_url: str
    launchdarkly_client_url: str
    segment_url: str
    launchdarkly_access_token: str = field(repr=False)
    launchdarkly_client_side_id: str
    launchdarkly_admin_token: str = field(repr=False)
    segment_public_api_token: str = field(repr=False)
    scenario: str
    speed: float

    def as_json(self) -> dict[str, object]:
        """Return the first line of `audience-wizard sandbox --json`."""
        return {"schema": 1} | {name: getattr(self, name) for name in self.__slots__}

    def exports(self) -> list[str]:
        """Return shell lines that point a wizard at the sandbox."""
        variables = {
            "AUDIENCE_WIZARD_LAUNCHDARKLY_URL": self.launchdarkly_url,
            "AUDIENCE_WIZARD_LAUNCHDARKLY_CLIENT_URL": self.launchdarkly_client_url,
            "AUDIENCE_WIZARD_SEGMENT_URL": self.segment_url,
            "LAUNCHDARKLY_ACCESS_TOKEN": self.launchdarkly_access_token,
            "LAUNCHDARKLY_ADMIN_TOKEN": self.launchdarkly_admin_token,
            "LAUNCHDARKLY_CLIENT_SIDE_ID": self.launchdarkly_client_side_id,
            "SEGMENT_PUBLIC_API_TOKEN": self.segment_public_api_token,
        }
        how = '$env:{} = "{}"' if sys.platform == "win32" else "export {}={}"
        return [how.format(name, value) for name, value in variables.items() if value]


class LoopbackServer:
    """One scenario, served until stopped. `facts` are available before `run`. Raises ServerNotInstalled."""

    def __init__(self, scenario: str, speed: float = DEFAULT_SPEED, host: str = "127.0.0.1") -> None:
        self.sandbox = Sandbox(scenario, FastClock(speed), limits_clock=SystemClock())
        self._server = _uvicorn_server(self._by_port)
        self._sockets = [listening(host) for _ in _HOSTS]
        ports = [one.getsockname()[1] for one in self._sockets]
        self._apps = {port: self.sandbox.at_host(name) for port, name in zip(ports, _HOSTS, strict=True)}
        self.facts = _facts(self.sandbox, host, ports, speed)

    def run(self, on_ready: Callable[[Served], None]) -> None:
        """Serve until `stop()` or an interrupt. The sockets already listen, so earlier calls are answered too."""
        try:
            on_ready(self.facts)
            self._server.run(sockets=self._sockets)
        finally:
            for one in self._sockets:
                one.close()

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._server.should_exit = True

    async def _by_port(self, scope: Scope, receive: Receive, send: Send) -> None:
        port: int = scope["server"][1]
        await self._apps[port](scope, receive, self._dated(send))

    def _dated(self, send: Send) -> Send:
        """Date each answer by the world's clock, as its timestamps are: a client's own would fall further behind.

        Another header says so, because the date would look like a wrong clock of the client's.
        """

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self.sandbox.clock.now(), usegmt=True)
                clock = [(b"date", date.encode("ascii")), (b"simulated-clock", b"?1")]
                message = {**message, "headers": [*message["headers"], *clock]}
            await send(message)

        return dated


def serve(
    scenario: str, speed: float = DEFAULT_SPEED, host: str = "127.0.0.1", *, on_ready: Callable[[Served], None]
) -> None:
    """Serve a scenario until interrupted; `on_ready` gets the addresses and test tokens as soon as they're usable."""
    LoopbackServer(scenario, speed, host).run(on_ready)


def listening(host: str) -> socket.socket:
    """Return a socket on a free port, without Nagle's delay, which would hold each answer's body back for 40 ms."""
    listens = socket.create_server((host, 0))
    listens.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listens


def _uvicorn_server(app: ASGIApp) -> uvicorn.Server:
    try:
        import uvicorn
    except ImportError as missing:
        raise ServerNotInstalled from missing
    return uvicorn.Server(
        uvicorn.Config(
            app,
            interface="asgi3",
            lifespan="off",
            ws="none",
            proxy_headers=False,
            access_log=False,
            date_header=False,
            log_level="critical",
            timeout_graceful_shutdown=_ENDS_WITHIN_S,
        )
    )


def _facts(sandbox: Sandbox, host: str, ports: list[int], speed: float) -> Served:
    launchdarkly, client_side, segment = (f"http://{host}:{port}" for port in ports)
    return Served(
        launchdarkly_url=launchdarkly,
        launchdarkly_client_url=client_side,
        segment_url=segment,
        launchdarkly_access_token=sandbox.tokens.launchdarkly_access_token,
        launchdarkly_admin_token=sandbox.tokens.launchdarkly_admin_token,
        launchdarkly_client_side_id=sandbox.tokens.launchdarkly_client_side_id,
        segment_public_api_token=sandbox.tokens.segment_public_api_token,
        scenario=sandbox.scenario.name,
        speed=speed,
    )
