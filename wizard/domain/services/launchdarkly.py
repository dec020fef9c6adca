"""What LaunchDarkly has, in its own words. Frozen, pure, made by `wizard.api` from answers.

Text that people typed (names) is already cleaned by `wizard.text`. `None` always means "the service did not say",
never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr


class Instance(StrEnum):
    """LaunchDarkly's separate installations. The destination reaches only the commercial one.

    See docs/launchdarkly.md#instances-and-hosts.
    """

    COMMERCIAL = "commercial"
    EU = "EU"
    FEDERAL = "federal"


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity behind a LaunchDarkly token. Every field is optional in the specification.

    See docs/launchdarkly.md#caller-identity.
    """

    account_id: str = ""
    token_id: str = ""
    token_name: str = ""
    token_kind: str = ""
    member_id: str = ""
    service_token: bool | None = None
    environment_id: str = ""  # filled for an SDK credential
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a role policy (docs/launchdarkly.md#statements)."""

    effect: str
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A LaunchDarkly access token's metadata. `role` is what was requested, which may differ from what is effective.

    See docs/launchdarkly.md#token-metadata.
    """

    id: str
    name: str = ""
    role: str = ""
    custom_role_ids: tuple[str, ...] = ()
    inline_role: tuple[Statement, ...] = ()
    service_token: bool | None = None
    last_four: str = ""
    last_used: datetime | None = None  # over REST; for the wizard's own token, its calls count too
    created_at: datetime | None = None
    member_role: str = ""
    owner: str = ""  # who made it; for a personal token, whose it is
    expires_at: datetime | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that was just made or reset, with its secret, which LaunchDarkly shows only this once."""

    token: Token
    secret: SecretStr

    @property
    def id(self) -> str:
        return self.token.id


@dataclass(frozen=True, slots=True)
class CustomRole:
    id: str
    key: str
    name: str
    policy: tuple[Statement, ...] = ()
    base_permissions: str = ""  # `reader`, `no_access` or empty


@dataclass(frozen=True, slots=True)
class Member:
    """The owner of a personal token (docs/launchdarkly.md#token-owner)."""

    id: str = ""
    role: str = ""
    custom_roles: tuple[str, ...] = ()
    team_count: int = 0
    grant_count: int = 0
    role_attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    client_side_id: str  # the environment's `_id` (docs/launchdarkly.md#client-side-id)
    key: str
    name: str
    tags: tuple[str, ...] = ()
    critical: bool | None = None
    segment_approvals_required: bool | None = None
    flag_approvals_required: bool | None = None
    flag_approval_tags: tuple[str, ...] = ()  # of the flags that need one; empty: all of them


@dataclass(frozen=True, slots=True)
class Project:
    key: str
    name: str
    tags: tuple[str, ...] = ()
    environments: tuple[Environment, ...] = ()
    segments_need_a_view: bool | None = None

    def environment(self, key: str) -> Environment | None:
        return next((e for e in self.environments if e.key == key), None)


def environment_of(client_side_id: str, projects: Iterable[Project]) -> tuple[Project, Environment] | None:
    """Return the environment with this client-side ID. No API call finds it (docs/launchdarkly.md#client-side-id)."""
    every = ((project, environment) for project in projects for environment in project.environments)
    return next((pair for pair in every if pair[1].client_side_id == client_side_id), None)


@dataclass(frozen=True, slots=True)
class ContextKind:
    key: str
    name: str
    archived: bool = False
    last_seen: datetime | None = None
    seen_in: Mapping[str, datetime] = field(default_factory=dict)  # recently, by environment key; empty: unknown


UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class LaunchDarklySegment:
    """A segment as LaunchDarkly lists it. `included_count` None is "unknown", never zero.

    See docs/launchdarkly.md#one-segment.
    """

    key: str
    name: str
    external: str = ""  # what fills a synced segment, else empty; `UNNAMED` if LaunchDarkly doesn't say
    unbounded: bool = False
    context_kind: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    included_count: int | None = None
    generation: int = 1
    deleted: bool = False
    flags: tuple[str, ...] | None = None  # keys of the flags that target it; only when the segment was read on its own
    page: str = ""  # the path of its page in the app, where LaunchDarkly names it


@dataclass(frozen=True, slots=True)
class PersistentStore:
    """A big-segment store of one environment (docs/launchdarkly.md#persistent-stores)."""

    project: str
    environment: str
    kind: str  # redis, dynamodb
    name: str
    on: bool
    available: bool | None = None
    stale: bool | None = None
    errors: tuple[str, ...] = ()

    @property
    def trouble(self) -> str:
        """Return what is wrong with the store, as the end of a sentence about it; empty when it's healthy."""
        if not self.on:
            return "is off"
        if self.available is False:
            return "isn't available"
        return "may be stale" if self.stale else ""

    @property
    def fix(self) -> str:
        """Return what to do in LaunchDarkly about a store in trouble, as the end of a sentence."""
        return f"open {self.name} and {'repair what it reports' if self.on else 'turn it on'}"


@dataclass(frozen=True, slots=True)
class Allowlist:
    """The account's IP allowlist (docs/launchdarkly.md#ip-allowlist)."""

    refuses_tokens: bool  # API calls are answered only from the addresses on the list
    refuses_sessions: bool  # the same for the web app
    entries: int = 0


@dataclass(frozen=True, slots=True)
class SegmentWrite:
    """A change of a segment by one access token, as the audit log has it (docs/launchdarkly.md#audit-log)."""

    segment: str  # its key
    action: str  # `createSegment`, `updateIncluded`
    at: datetime


class Reason(StrEnum):
    """Why a flag serves its value, in the words of LaunchDarkly's SDKs (docs/launchdarkly.md#what-a-flag-serves)."""

    OFF = "OFF"
    FALLTHROUGH = "FALLTHROUGH"
    TARGET_MATCH = "TARGET_MATCH"
    RULE_MATCH = "RULE_MATCH"
    PREREQUISITE_FAILED = "PREREQUISITE_FAILED"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class FlagValue:
    """What one flag serves to the test user, as LaunchDarkly itself evaluates it."""

    flag: str  # its key
    value: str  # as JSON, shortened: true, "blue"
    reason: str = ""  # a `Reason`, or a word that LaunchDarkly never documented
    rule: int | None = None  # 1 is the first, as the web app counts them; only with RULE_MATCH
    prerequisite: str = ""  # key of the flag that failed; only with PREREQUISITE_FAILED


class KeyShape(StrEnum):
    """What a context key looks like; the value is what a screen calls it."""

    EMAIL = "an email address"
    UUID = "a UUID"
    NUMBER = "a number"
    PREFIXED = "a prefix and an ID"
    OPAQUE = "other text"


@dataclass(frozen=True, slots=True)
class KeyShapes:
    """How many recent contexts of one kind have a key of each shape. No key is kept."""

    kind: str
    counts: Mapping[KeyShape, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a project that isn't archived (docs/launchdarkly.md#listing-flags)."""

    key: str
    name: str
    on: bool | None = None  # in the chosen environment; None when the list doesn't say


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK that connected to an environment in the last day (docs/launchdarkly.md#sdks-in-use)."""

    name: str
    version: str
    kind: str  # server, client or mobile; other words stay unchanged
    project: str = ""
    environment: str = ""
    relay_version: str = ""  # set when it connects through a Relay Proxy
