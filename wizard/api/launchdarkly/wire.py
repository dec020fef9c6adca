"""Calls to LaunchDarkly with one token: their headers, the lists, and how one answer is read.

See docs/launchdarkly.md#calling-the-api.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import SecretStr

from wizard.api.call import Call, Query
from wizard.api.errors import unusable
from wizard.api.launchdarkly.paging import Lists
from wizard.api.lenient import Remote, parse_one
from wizard.api.transport import Transport
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, Credential
from wizard.domain.failure import Failure, Service

API_VERSION = "20240415"
BETA = "beta"

M = TypeVar("M", bound=Remote)
T = TypeVar("T")


class Wire:
    """One token's calls. With `polls`, they aren't retried, because the caller asks again anyway.

    A pause that the service asks for still delays the next call.
    """

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        token: SecretStr | None,
        *,
        polls: bool = False,
        credential: Credential = LAUNCHDARKLY_TOKEN,
    ) -> None:
        self.transport = transport
        self.base_url = base_url
        self.token = token
        self.lists = Lists(transport.ask, transport.note)
        self._polls = polls
        self._credential = credential

    def get(self, where: str, query: Query = (), version: str = API_VERSION) -> Call:
        secrets = (self.token.get_secret_value(),) if self.token else ()
        return Call(
            Service.LAUNCHDARKLY,
            "GET",
            self.base_url,
            where,
            query,
            self._headers(version),
            secrets=secrets,
            credential=self._credential,
            once=self._polls,
        )

    def post_query(self, where: str, body: Mapping[str, Any], query: Query = ()) -> Call:
        """Return a POST that only reads, for a query that is too long for a URL."""
        call = self.get(where, query)
        headers = {**call.headers, "Content-Type": "application/json"}
        return replace(call, method="POST", headers=headers, body=body, reads=True)

    def write(self, method: str, where: str, body: Mapping[str, Any] | None = None) -> Call:
        """Return a call that changes something, so it's never repeated without reading first."""
        call = replace(self.get(where), method=method, once=False)
        if body is None:
            return call
        return replace(call, headers={**call.headers, "Content-Type": "application/json"}, body=body)

    async def fetch_one(self, call: Call, answer_model: type[M], seen: Callable[[M], T]) -> T | Failure:
        answer = await self.transport.ask(call)
        if isinstance(answer, Failure):
            return answer
        found = parse_one(answer_model, answer.body)
        return unusable(call, "the answer has no ID") if found is None else seen(found)

    def _headers(self, version: str) -> dict[str, str]:
        """Return the headers with the raw token, without "Bearer" (docs/launchdarkly.md#headers-and-api-version)."""
        headers = {"LD-API-Version": version, "Accept": "application/json"}
        return headers | {"Authorization": self.token.get_secret_value()} if self.token else headers
