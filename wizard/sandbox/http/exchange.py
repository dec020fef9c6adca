"""A request as the sandbox reads it and a response as it sends it, apart from any web framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request; header names are lower-case."""

    method: str
    host: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

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


class Refusal(Exception):
    """An exception that ends a request early with the response it carries."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


async def read(request: Request) -> Incoming:
    """Read the request with its whole body."""
    return Incoming(
        method=request.method,
        host=request.headers.get("host", "").split(":")[0].lower(),
        path=request.url.path,
        params={name: str(value) for name, value in request.path_params.items()},
        query=tuple(request.query_params.multi_items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
    )


def as_response(answer: Answer) -> Response:
    """Return the response as the framework's object."""
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    media_type = headers.pop("content-type", "application/json")
    content = answer.body if isinstance(answer.body, str) else json.dumps(answer.body, ensure_ascii=False)
    # A lone surrogate in a hostile name must reach the client as JSON carries it.
    return Response(content.encode("utf-8", "surrogatepass"), answer.status, headers=headers, media_type=media_type)
