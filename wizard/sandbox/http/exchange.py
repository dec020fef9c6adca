"""The sandbox's requests and responses, independent of the server that carries them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from wizard.sandbox.http.asgi import Receive, Scope, Send

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request; header names are lower-case. `query_string` is the query as sent."""

    method: str
    host: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query_string: str = ""

    @property
    def reads(self) -> bool:
        return self.method in ("GET", "HEAD")

    def value(self, name: str) -> str | None:
        """Return the query parameter of that name, the last one when it is given twice."""
        return dict(self.query).get(name)

    def json(self) -> Any:
        """Return the decoded body. Raises ValueError when it isn't JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; a body of None means no body at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, more: Mapping[str, str]) -> Answer:
        return Answer(self.status, self.body, {**self.headers, **more})


Serve = Callable[[Incoming], Answer]


class Refusal(Exception):
    """An exception that ends a request early with the response it carries."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


async def read(scope: Scope, receive: Receive, host: str = "") -> Incoming:
    """Return a request with its whole body, as if it had been sent to `host`, if given."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query_string = scope["query_string"].decode("latin-1")
    return Incoming(
        method=scope["method"],
        host=host or headers.get("host", "").partition(":")[0].lower(),
        path=scope["path"],
        query=tuple(parse_qsl(query_string, keep_blank_values=True)),
        headers=headers,
        body=await _body(receive),
        query_string=query_string,
    )


async def _body(receive: Receive) -> bytes:
    body, goes_on = b"", True
    while goes_on:
        message = await receive()
        body += message.get("body", b"")
        goes_on = message.get("more_body", False)
    return body


async def write(answer: Answer, send: Send) -> None:
    """Send a response. A body that isn't text is sent as JSON."""
    body = b"" if answer.body is None else _content(answer.body)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.body is not None:
        headers.setdefault("content-type", "application/json")
    if answer.status != 204:
        headers["content-length"] = str(len(body))
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _content(body: Any) -> bytes:
    text = body if isinstance(body, str) else _encoded(body)
    # A lone surrogate in a hostile name must reach the client, which plain UTF-8 would refuse.
    return text.encode("utf-8", "surrogatepass")
