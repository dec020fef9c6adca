"""What the user wants: the answers of the walk, without secrets. Saved between runs, read from setup.toml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN, Credential

if TYPE_CHECKING:
    from pydantic import SecretStr


class ContextKey(StrEnum):
    """The destination's own five values (docs/segment.md#context-key-choices). Case matters."""

    USER_ID_ONLY = "user_id_only"
    EMAIL_ONLY = "email_only"
    USER_ID_THEN_EMAIL = "user_id_then_email"
    USER_ID_THEN_ANONYMOUS_ID = "user_id_then_anonymousId"
    USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID = "user_id_then_email_then_anonymousId"


AskId: TypeAlias = Literal[
    "audience_keys",
    "audiences",
    "ask_other_instances",
    "batching",
    "by_hand",
    "context_key",
    "context_kind",
    "destination",
    "destination_name",
    "engage_source",
    "environment",
    "flag",
    "forget_stored",
    "keep_secrets",
    "launchdarkly_admin_token",
    "launchdarkly_token",
    "make_token",
    "other_environments",
    "other_spaces",
    "segment_token",
    "segment_token_that_watches",
    "server_side",
    "server_side_later",
    "space",
    "test_user",
    "test_user_before",
    "token_role",
]
"""The questions of the walk, by id: causes and repairs name one by it."""

NEW_DESTINATION = "new"


@dataclass(frozen=True, slots=True)
class Answers:
    """The user's answers. `None` and empty mean "not answered"."""

    server_side: bool | None = None  # server-side SDKs or a Relay Proxy will use the segment
    by_hand: bool | None = None  # the Segment side is done in its web app, without a Public API token
    keep_secrets: bool | None = None  # in the keyring; False: in memory for this run
    forget_stored: bool | None = None  # with `keep_secrets` False: delete what an earlier run stored
    ask_other_instances: bool | None = None  # send a refused token to LaunchDarkly's EU and federal instances
    make_token: bool | None = None  # the wizard makes the service token, instead of being given one
    token_role: str = ""  # of the token to make: a base role; empty: the smallest policy
    project: str = ""  # key
    environment: str = ""  # key
    client_side_id: str = ""  # what the user pasted, or the chosen environment's
    other_environments: tuple[str, ...] = ()  # "project/environment" of those that get the same setup
    space: str = ""  # id
    other_spaces: tuple[str, ...] = ()  # "project/environment=space id" of those with a space of their own
    engage_source: str = ""  # ID; only when the space doesn't determine it
    destination: str = ""  # id of the one to use, or NEW_DESTINATION
    beside: tuple[str, ...] = ()  # ids of the environment's destinations that existed before the choice of a new one
    destination_name: str = ""
    context_kind: str = ""
    context_key: ContextKey | None = None
    batching: bool | None = None
    audiences: tuple[str, ...] = ()  # ids; by hand, where no list can be read, keys
    test_user: str = ""  # the test user's context key under this mapping
    flag: str = ""  # key of the flag that will use the segment

    @property
    def place(self) -> str:
        """Return the environment's name within a profile: "project/environment", else the client-side ID."""
        return f"{self.project}/{self.environment}" if self.environment else self.client_side_id

    @property
    def about_what_exists(self) -> Answers:
        """Return the answers without a destination that doesn't exist yet, so that only what exists is judged."""
        return replace(self, destination="") if self.destination == NEW_DESTINATION else self


@dataclass(frozen=True, slots=True)
class Secrets:
    """The tokens, which are never written anywhere but the keyring. `repr` shows asterisks."""

    launchdarkly_token: SecretStr | None = None
    segment_token: SecretStr | None = None
    maker_token: SecretStr | None = None  # makes the service token; in memory only

    def of(self, credential: Credential | None) -> SecretStr | None:
        """Return the token for this credential; None if there's none, or if `credential` is None."""
        by_slot = {
            LAUNCHDARKLY_TOKEN.slot: self.launchdarkly_token,
            SEGMENT_TOKEN.slot: self.segment_token,
            MAKER_TOKEN.slot: self.maker_token,
        }
        return by_slot.get(credential.slot) if credential else None
