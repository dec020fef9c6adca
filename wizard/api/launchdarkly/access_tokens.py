"""Make, renew and delete access tokens (docs/launchdarkly.md#making-and-deleting-tokens).

Besides a flag's rules, nothing else is written to LaunchDarkly. The secret of a new token becomes a `SecretStr` as
soon as the answer is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from wizard.api.call import Call, path
from wizard.api.launchdarkly.models.tokens import MadeTokenAnswer
from wizard.api.launchdarkly.wire import API_VERSION, Wire
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import MadeToken


class AccessTokensClient:
    """The real `wizard.flow.outside.access_tokens.AccessTokens`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def make(self, name: str, description: str, rights: Mapping[str, Any]) -> MadeToken | Failure:
        body = {
            "name": name,
            "description": description,
            "serviceToken": True,
            "defaultApiVersion": int(API_VERSION),
            **rights,
        }
        return await self._made(self._wire.write("POST", "/api/v2/tokens", body))

    async def reset(self, token_id: str, old_works_until: datetime) -> MadeToken | Failure:
        until = str(round(old_works_until.timestamp() * 1000))
        call = self._wire.write("POST", path("/api/v2/tokens/{}/reset", token_id))
        return await self._made(replace(call, query=(("expiry", until),)))

    async def delete(self, token_id: str) -> Failure | None:
        answer = await self._wire.transport.ask(self._wire.write("DELETE", path("/api/v2/tokens/{}", token_id)))
        return answer if isinstance(answer, Failure) else None

    async def _made(self, call: Call) -> MadeToken | Failure:
        return await self._wire.fetch_one(call, MadeTokenAnswer, MadeTokenAnswer.made)
