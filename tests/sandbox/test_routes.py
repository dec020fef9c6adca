"""Each request finds its endpoint, by host, method and path, and what no endpoint takes is refused and noted."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import World
from wizard.sandbox.http.asgi import Message
from wizard.sandbox.http.exchange import Incoming, read
from wizard.sandbox.http.routes import Routes
from wizard.sandbox.launchdarkly.tokens.access_tokens import ENDPOINTS


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v2/nothing", 404), ("GET", "/api/v2/projects/", 404), ("PUT", "/api/v2/projects/shop", 405)],
)
async def test_launchdarkly_refuses_what_no_endpoint_takes(happy: World, method: str, path: str, status: int) -> None:
    assert (await happy.launchdarkly(path, method)).status_code == status
    assert happy.why == [f"no such {'route' if status == 404 else 'method on this route'} at LaunchDarkly"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/destinations", 405)])
async def test_segment_refuses_what_no_endpoint_takes(happy: World, method: str, path: str, status: int) -> None:
    assert (await happy.segment(path, method)).status_code == status
    assert happy.why == [f"no such {'route' if status == 404 else 'method on this route'} at Segment"]


async def test_another_host_knows_nothing(happy: World) -> None:
    assert (await happy.segment("/", host="https://example.com")).status_code == 404


def test_a_part_of_a_path_is_never_two_and_never_empty() -> None:
    routes = Routes(ENDPOINTS)
    found = routes.find(Incoming("DELETE", "h", "/api/v2/tokens/t-1.x"))
    assert not isinstance(found, int)
    assert dict(found[1].params) == {"id": "t-1.x"}
    assert routes.find(Incoming("DELETE", "h", "/api/v2/tokens/")) == 404
    assert routes.find(Incoming("DELETE", "h", "/api/v2/tokens/a/b")) == 404


async def test_a_body_may_come_in_pieces() -> None:
    pieces: list[Message] = [
        {"type": "http.request", "body": b'{"a"', "more_body": True},
        {"type": "http.request", "body": b": 1}"},
    ]

    async def receive() -> Message:
        return pieces.pop(0)

    scope = {"method": "POST", "path": "/x", "query_string": b"a=1&a=%202&b=", "headers": [(b"Host", b"H.example:80")]}
    incoming = await read(scope, receive)
    assert (incoming.host, incoming.json(), incoming.query) == (
        "h.example",
        {"a": 1},
        (("a", "1"), ("a", " 2"), ("b", "")),
    )
