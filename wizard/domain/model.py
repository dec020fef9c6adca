"""What the wizard knows about both services, in their own words. Frozen, pure, made by `wizard.api` from answers.

Text that people typed (names) is already cleaned by `wizard.text`. `None` always means "the service did not say",
never "no". Contract sections are named where a field's meaning is not obvious.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    """Whose host answers; the value is what a screen calls it."""

    LAUNCHDARKLY = "LaunchDarkly"
    CLIENT_SIDE = "LaunchDarkly client-side host"
    SEGMENT = "Twilio Segment"


class FailureKind(StrEnum):
    """Why a call brought no usable answer."""

    DNS = "dns"
    CONNECT = "connect"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    NOT_THE_SERVICE = "not_the_service"  # an HTML page, or a body that is not this vendor's JSON
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"  # 400, 405, 406, 413, 415, 422
    RATE_LIMITED = "rate_limited"
    SERVER = "server"  # 5xx


KNOWN_NOWHERE = "known_nowhere"  # the `code` where each region was asked; `message` has what each answered


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that brought no usable answer. An expected value, never raised across layers."""

    service: Service
    kind: FailureKind
    host: str
    method: str
    path: str
    status: int | None = None
    code: str = ""  # the vendor's own: LaunchDarkly `code`, Segment `type`
    message: str = ""  # cleaned and redacted
    request_id: str = ""
    outcome_unknown: bool = False  # a write that may have happened: look before repeating it

    @property
    def is_closed(self) -> bool:
        """Return whether the service refused this to the token.

        See docs/segment.md#errors and docs/segment.md#plans-and-features.
        """
        return self.kind in {FailureKind.UNAUTHORIZED, FailureKind.FORBIDDEN, FailureKind.NOT_FOUND}

    @property
    def is_network(self) -> bool:
        """Return whether the service itself was never reached."""
        return self.kind in {
            FailureKind.DNS,
            FailureKind.CONNECT,
            FailureKind.PROXY,
            FailureKind.CERTIFICATE,
            FailureKind.TIMEOUT,
            FailureKind.NOT_THE_SERVICE,
        }


# --- LaunchDarkly -----------------------------------------------------------------------------------------------


class Instance(StrEnum):
    """LaunchDarkly's separate installations; the destination reaches only the first.

    See docs/launchdarkly.md#instances-and-hosts.
    """

    COMMERCIAL = "commercial"
    EU = "EU"
    FEDERAL = "federal"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a LaunchDarkly token is. Every field is optional in the specification.

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
    """A LaunchDarkly access token's metadata. `role` is what was asked for, not what is effective.

    See docs/launchdarkly.md#token-metadata.
    """

    id: str
    name: str = ""
    role: str = ""
    custom_role_ids: tuple[str, ...] = ()
    inline_role: tuple[Statement, ...] = ()
    service_token: bool | None = None
    last_four: str = ""
    last_used: datetime | None = None  # over REST: the wizard's own calls count for the token that it uses
    created_at: datetime | None = None
    member_role: str = ""
    owner: str = ""  # who made it; for a personal token, whose it is
    expires_at: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class Project:
    key: str
    name: str
    tags: tuple[str, ...] = ()
    environments: tuple[Environment, ...] = ()
    segments_need_a_view: bool | None = None

    def environment(self, key: str) -> Environment | None:
        return next((e for e in self.environments if e.key == key), None)


@dataclass(frozen=True, slots=True)
class ContextKind:
    key: str
    name: str
    archived: bool = False
    last_seen: datetime | None = None


UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class LaunchDarklySegment:
    """A segment as LaunchDarkly lists it. `included_count` None is "unknown", never zero.

    See docs/launchdarkly.md#one-segment.
    """

    key: str
    name: str
    external: str = ""  # what fills it, of synced segments only; `UNNAMED` where the service doesn't say
    unbounded: bool = False
    context_kind: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    included_count: int | None = None
    generation: int = 1
    deleted: bool = False
    flags: tuple[str, ...] | None = None  # keys of the flags that target it; only when it was read by itself


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


@dataclass(frozen=True, slots=True)
class Allowlist:
    """The account's IP allowlist (docs/launchdarkly.md#ip-allowlist)."""

    refuses_tokens: bool  # API calls are answered only from the addresses on the list
    refuses_sessions: bool  # the same for the web app
    entries: int = 0


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
    kind: str  # server, client or mobile; other words as they are
    project: str = ""
    environment: str = ""
    relay_version: str = ""  # set when it connects through a Relay Proxy


# --- Twilio Segment ---------------------------------------------------------------------------------------------


class Region(StrEnum):
    """Where a workspace lives; each region has a Public API host of its own (docs/segment.md#regions)."""

    US = "US"
    EU = "EU"

    @property
    def host(self) -> str:
        return {Region.US: "api.segmentapis.com", Region.EU: "eu1.api.segmentapis.com"}[self]

    @property
    def app(self) -> str:
        """Return the host of the region's web app."""
        return {Region.US: "app.segment.com", Region.EU: "eu1.app.segment.com"}[self]


@dataclass(frozen=True, slots=True)
class Workspace:
    id: str
    slug: str
    name: str
    region: Region = Region.US


@dataclass(frozen=True, slots=True)
class Space:
    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source, which may be Engage's own (`wizard.domain.naming.is_engage`)."""

    id: str
    slug: str
    name: str
    metadata_slug: str = ""
    enabled: bool | None = None
    writable: bool | None = None  # write keys were shown, so the token is source admin here
    metadata_id: str = ""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """LaunchDarkly Audiences in Segment's catalog (docs/segment.md#catalog-entry): what a mapping is made from."""

    metadata_id: str
    slug: str
    name: str
    action_id: str
    preset_name: str
    trigger: str
    fields: Mapping[str, Any]  # the preset's settings, hidden fields included
    from_catalog: bool = True  # False: the known values, because the catalog could not be read


@dataclass(frozen=True, slots=True)
class Destination:
    """An instance of LaunchDarkly Audiences. Its token is never readable, only its last four characters.

    See docs/segment.md#secret-settings.
    """

    id: str
    name: str
    source_id: str
    metadata_id: str = ""
    enabled: bool | None = None
    client_side_id: str = ""
    token_last_four: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A mapping; the API says subscription (docs/segment.md#mapping-calls)."""

    id: str
    name: str
    destination_id: str
    action_id: str = ""
    action_slug: str = ""
    enabled: bool | None = None
    trigger: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


class AudienceKind(StrEnum):
    USERS = "USERS"
    ACCOUNTS = "ACCOUNTS"
    LINKED = "LINKED"


class Cadence(StrEnum):
    REALTIME = "REALTIME"
    BATCH = "BATCH"


@dataclass(frozen=True, slots=True)
class Audience:
    """An Engage audience. `status` is the service's own word.

    `kind` and `cadence` are an `AudienceKind` and a `Cadence`, or a word that Segment never documented, as it is.

    See docs/segment.md#audience-calls.
    """

    id: str
    key: str
    name: str
    space_id: str
    enabled: bool | None = None
    status: str = ""
    kind: str = AudienceKind.USERS
    cadence: str = ""  # a `Cadence`
    size: int | None = None
    identifiers: tuple[str, ...] = ()  # options.filterByExternalIds
    history: bool | None = None  # options.includeHistoricalData
    definition: str = ""  # its query
    created_at: datetime | None = None


class PreviewStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Preview:
    """A count of the members that an audience's definition has (docs/segment.md#audience-previews)."""

    id: str
    status: str  # a `PreviewStatus`, or another word of Segment's
    size: int | None = None
    why_failed: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """How many of an audience's members have a value for a context key, counted by audience previews."""

    at: datetime
    members: int  # with any identifier that the audience admits
    by_key: Mapping[str, int]  # by the value of a `ContextKey`; only those that were counted


@dataclass(frozen=True, slots=True)
class Connection:
    """A destination attached to an audience (docs/segment.md#connections)."""

    id: str
    destination_id: str
    metadata_id: str = ""
    source_id: str = ""
    enabled: bool | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """How many audiences send to a destination, as far as they were looked at, and since when."""

    audiences: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connections:
    """One audience's connections; fewer `items` than `total` means that the token may not see some.

    See docs/segment.md#connections.
    """

    items: tuple[Connection, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Activation:
    """What makes a connection that was made by API send: through a mapping of its own, or the destination's."""

    id: str
    name: str
    connection_id: str
    enabled: bool | None = None
    action_id: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)  # of its own mapping; empty when Segment shows none
    is_resyncing: bool | None = None  # all members are being sent, or are about to be


@dataclass(frozen=True, slots=True)
class Delivery:
    """Deliveries of one destination in a span of time, from the delivery overview. About 5 minutes late."""

    delivered: int
    failed: int
    filtered: int
    failure_reasons: tuple[tuple[str, int], ...] = ()  # discard reason, how many; most first
    filter_reasons: tuple[tuple[str, int], ...] = ()
    per_minute: tuple[int, ...] = ()  # delivered, from the first minute with any to the last; empty for a long span
    first_at: datetime | None = None  # the first minute (or hour, or day) in which anything was delivered
    by_audience: Mapping[str, Delivery] = field(default_factory=dict)  # by audience id; empty: Segment doesn't say


@dataclass(frozen=True, slots=True)
class Intake:
    """What reached the destination's source in a span of time, from the delivery overview.

    See docs/segment.md#delivery-counts.
    """

    received: int
    failed: int
    filtered: int
    reasons: tuple[tuple[str, int], ...] = ()  # of what failed or was filtered; most first


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the workspace's audit trail (docs/segment.md#audit-trail)."""

    at: datetime | None
    kind: str  # Segment's own words: "Integration Disabled"
    actor: str  # who, as Segment names them
    resource: str = ""
