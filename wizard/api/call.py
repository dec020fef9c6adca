"""One HTTP request before it is sent: its address, its body, and the secrets to hide from messages about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from wizard.domain.credentials import Credential
from wizard.domain.failure import Service

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one operation may be called in a minute, counted over all objects together."""

    operation: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one service; its `repr` shows neither headers nor body.

    Build `path` with the function `path()`. `reads` marks a POST that changes nothing, so it can be repeated like a
    GET. `once` marks a call that its caller repeats in any case, so it's never retried. `bare_list` marks a call
    whose answer is a list instead of an object; its `Answer` holds the list as `items`. `secrets` are the values to
    hide from messages.
    """

    service: Service
    method: str
    base_url: str  # without a trailing slash
    path: str
    query: Query = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    credential: Credential | None = None  # the token that the request carries
    reads: bool = False
    once: bool = False
    bare_list: bool = False
    limit: Limit | None = None  # None: the service documents no limit

    @property
    def url(self) -> str:
        question = f"?{_encoded_query(self.query)}" if self.query else ""
        return f"{self.base_url}{self.path}{question}"

    @property
    def host(self) -> str:
        return host_of(self.base_url)

    @property
    def scheme(self) -> str:
        return scheme_of(self.base_url)

    @property
    def repeatable(self) -> bool:
        """Return whether sending the request twice changes nothing."""
        return self.reads or self.method in {"GET", "HEAD"}

    @property
    def creates(self) -> bool:
        """Return whether sending the request twice may make something twice."""
        return self.method == "POST" and not self.reads


def scheme_of(base_url: str) -> str:
    """Return "http" for a URL that begins with it, which is allowed for this machine only; else "https"."""
    return "http" if base_url.lower().startswith("http://") else "https"


@lru_cache(maxsize=64)  # a request needs its URL four times, and each poll sends the same few requests
def _encoded_query(query: Query) -> str:
    return urlencode(query, quote_via=quote)


def path(template: str, *values: str) -> str:
    """Fill each `{}` of `template` with a percent-encoded value, so that no value can change the path around it.

    Raises ValueError for an empty value.
    """
    return template.format(*(_encoded(value) for value in values))


def _encoded(value: str) -> str:
    if not value:
        raise ValueError("an empty value would address another resource")
    return value.replace(".", "%2E") if value in {".", ".."} else quote(value, safe="")


def host_of(url: str) -> str:
    """Return the host of a URL, with its port when the URL names one: "app.launchdarkly.com", "127.0.0.1:8000"."""
    return urlsplit(url).netloc.rpartition("@")[2]
