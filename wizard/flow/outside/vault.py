"""Where the flow keeps secrets, as a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from wizard.domain.answers import Secrets
from wizard.domain.facts import VaultSeen

if TYPE_CHECKING:
    from pydantic import SecretStr


IN_MEMORY = "memory, for this run only"


class VaultRefused(Exception):
    """The keyring refused; the text says why and holds no secret."""


class Vault(Protocol):
    """A profile's secrets: variables win over the profile's keyring entry; without a keyring, memory for this run."""

    stores: bool  # whether secrets can be kept beyond this run

    async def look(self) -> VaultSeen:
        """Return whether a keyring can be used, and why not."""
        ...

    async def load(self, *, needs_id: bool = True) -> Stored:
        """Return every secret that variables or the keyring hold; the keyring's errors are in `Stored.why_not`.

        If variables hold all that is needed, the keyring isn't asked. With `needs_id`, that includes the client-side
        ID, because nothing else names the environment.
        """
        ...

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        """Save what changed; return where the secrets live now, in words for a screen."""
        ...

    async def put(self, slot: str, value: str) -> str:
        """Store one secret, even when a variable wins over it; return where it lives. Raises VaultRefused."""
        ...

    async def forget(self, slot: str, *, in_targets: bool = False) -> bool:
        """Delete one stored secret; return whether there was one. Raises VaultRefused.

        With `in_targets`, also delete the secrets that single environments have in its place.
        """
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """What the vault held when the run started; `where` says by slot: the keyring's name or the variable's."""

    secrets: Secrets
    client_side_id: str = ""
    where: Mapping[str, str] | None = None
    of_targets: Mapping[str, SecretStr] = field(default_factory=dict)  # by environment: its own LaunchDarkly token
    why_not: str = ""  # why the keyring couldn't be read: locked, denied, too slow
