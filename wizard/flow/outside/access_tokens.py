"""The protocol for making, renewing and deleting access tokens in LaunchDarkly.

`ports.py` says what every call may return.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import MadeToken


class AccessTokens(Protocol):
    """LaunchDarkly's access tokens, managed with an admin's token (docs/launchdarkly.md#making-and-deleting-tokens)."""

    async def make(self, name: str, description: str, rights: Mapping[str, Any]) -> MadeToken | Failure:
        """Make a service token; INVALID or FORBIDDEN also if the account's plan has no inline policies for tokens."""
        ...

    async def reset(self, token_id: str, old_works_until: datetime) -> MadeToken | Failure:
        """Give a token a new secret; the old one works until then, by LaunchDarkly's clock."""
        ...

    async def delete(self, token_id: str) -> Failure | None:
        """Delete a token; NOT_FOUND when it's gone."""
        ...
