"""A request as the sandbox reads it and an answer as it gives it, apart from any web framework."""

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
    """One request. Header names are lower-case."""

    method: str
    host: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def value(self, name: str) -> str | None:
        """The query parameter of that name; the last one when it is given twice."""
        return dict(self.query).get(name)

    def json(self) -> Any:
        """The body, decoded. Raises ValueError when it is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; a body of None is no body at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, more: Mapping[str, str]) -> Answer:
        return Answer(self.status, self.body, {**self.headers, **more})


class Refusal(Exception):
    """Ends a request early with the answer it carries."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


async def read(request: Request) -> Incoming:
    """The request with its whole body."""
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
    """The answer in the framework's words."""
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    media_type = headers.pop("content-type", "application/json")
    content = answer.body if isinstance(answer.body, str) else json.dumps(answer.body, ensure_ascii=False)
    # A lone surrogate in a hostile name must reach the client the way JSON carries it.
    return Response(content.encode("utf-8", "surrogatepass"), answer.status, headers=headers, media_type=media_type)
