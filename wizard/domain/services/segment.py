"""What Twilio Segment has, in its own words. Frozen, pure, made by `wizard.api` from answers.

Text that people typed (names) is already cleaned by `wizard.text`. `None` always means "the service did not say",
never "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

NEARLY_ALL = 0.9  # of an audience's members: a few always differ between the services


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
    refused_at: str = field(default="", compare=False)  # the answers of other regions' hosts


@dataclass(frozen=True, slots=True)
class Space:
    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source, which may be Engage's own (`wizard.domain.services.naming.is_engage`)."""

    id: str
    slug: str
    name: str
    metadata_slug: str = ""
    enabled: bool | None = None
    writable: bool | None = None  # True: Segment showed write keys, so the token is Source Admin here
    metadata_id: str = ""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """LaunchDarkly Audiences in Segment's catalog (docs/segment.md#catalog-entry), with what a mapping is made from."""

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
    trigger: str | None = None
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

    `kind` and `cadence` are an `AudienceKind` and a `Cadence`, or a word that Segment never documented, unchanged.
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
    """A count of the members that match an audience's definition (docs/segment.md#audience-previews)."""

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
    what: str = ""  # a fingerprint of the definition and the identifiers that were counted


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
    """How many of the audiences that were read send to a destination, and since when.

    Only the audit trail says when a destination was created, and not in every workspace (docs/segment.md#audit-trail).
    """

    audiences: int = 0
    since: datetime | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connections:
    """One audience's connections. Fewer `items` than `total` means that the token can't see all of them.

    See docs/segment.md#connections.
    """

    items: tuple[Connection, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Activation:
    """What makes a connection send if the API made it: through the activation's own mapping, or the destination's."""

    id: str
    name: str
    connection_id: str
    enabled: bool | None = None
    action_id: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)  # of its own mapping; empty when Segment shows none
    is_resyncing: bool | None = None  # all members are being sent, or are about to be


@dataclass(frozen=True, slots=True)
class Delivery:
    """Deliveries of one destination in a span of time, from the delivery overview, which lags by about 5 minutes."""

    delivered: int
    failed: int
    filtered: int
    failure_reasons: tuple[tuple[str, int], ...] = ()  # discard reason, how many; most first
    filter_reasons: tuple[tuple[str, int], ...] = ()
    per_minute: tuple[int, ...] = ()  # delivered, from the first minute with any to the last; empty for a long span
    first_at: datetime | None = None  # the first minute (or hour, or day) in which anything was delivered
    last_at: datetime | None = None  # the last one in which anything was delivered
    last_failed_at: datetime | None = None  # the last one in which anything failed
    failed_at: Mapping[str, datetime] = field(default_factory=dict)  # by reason: the last one in which it failed
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
