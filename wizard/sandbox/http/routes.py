"""Find the endpoint of a request."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from wizard.sandbox.http.exchange import Incoming


class Endpoint(Protocol):
    """A method and a path, in which `{name}` stands for any single part."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...


E = TypeVar("E", bound=Endpoint)


class Routes(Generic[E]):
    """Endpoints, tried in order."""

    def __init__(self, endpoints: Iterable[E]) -> None:
        self._by_length: defaultdict[int, list[tuple[re.Pattern[str], E]]] = defaultdict(list)
        for one in endpoints:
            self._by_length[one.path.count("/")].append((_pattern(one.path), one))

    def find(self, incoming: Incoming) -> tuple[E, Incoming] | int:
        """Return the endpoint, and the request with its path's named parts; 404 or 405 when there is none."""
        missing = 404
        for pattern, one in self._by_length.get(incoming.path.count("/"), ()):
            if (found := pattern.fullmatch(incoming.path)) is None:
                continue
            if one.method == incoming.method or (one.method == "GET" and incoming.reads):
                return one, replace(incoming, params=found.groupdict())
            missing = 405
        return missing


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
