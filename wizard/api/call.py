"""One request, before it is sent: where to, what with, and what must never be seen in a message about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from wizard.domain.model import Service

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """One operation, however many things it is called for, and how often in a minute."""

    operation: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one service. `path` comes from `path()`; `repr` shows neither headers nor body.

    `reads` marks a POST that changes nothing and may be repeated like a GET; `once`, what is asked again later anyway.
    """

    service: Service
    method: str
    base_url: str  # without a trailing slash
    path: str
    query: Query = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    reads: bool = False
    once: bool = False
    limit: Limit | None = None  # None: the service names none

    @property
    def url(self) -> str:
        question = f"?{urlencode(self.query, quote_via=quote)}" if self.query else ""
        return f"{self.base_url}{self.path}{question}"

    @property
    def host(self) -> str:
        return host_of(self.base_url)

    @property
    def repeatable(self) -> bool:
        """Sending it twice changes nothing."""
        return self.reads or self.method in {"GET", "HEAD"}


def path(template: str, *values: str) -> str:
    """`template` with each `{}` replaced by a percent-encoded value, so that no value can leave its place."""
    return template.format(*(_encoded(value) for value in values))


def _encoded(value: str) -> str:
    if not value:
        raise ValueError("an empty value would address another resource")
    return value.replace(".", "%2E") if value in {".", ".."} else quote(value, safe="")


def host_of(url: str) -> str:
    """Host and, if it is not the usual one, port: "app.launchdarkly.com", "127.0.0.1:8000"."""
    return urlsplit(url).netloc.rpartition("@")[2]
