"""The state of the simulated Segment as plain data; moments have a time zone, UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Json

ENGAGE_SOURCE_SLUG = "personas-compute"
BATCH = 1000
"""Events in one delivery."""
ENGAGE_SOURCE_TYPE = "dBg7wLNWBb"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's profile; a missing identifier is None."""

    user_id: str | None
    email: str | None
    anonymous_id: str | None


@dataclass(frozen=True, slots=True)
class GeneratedProfiles:
    """The members of an audience, made on demand: `size` people, every nth of them without a user ID.

    With `without_user_id_every=1`, nobody has a user ID.
    """

    size: int
    prefix: str = "user"
    without_user_id_every: int = 0
    with_email: bool = True

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Profile:
        number = f"{index + 1:04d}"
        every = self.without_user_id_every
        known = not every or (index + 1) % every != 0
        return Profile(
            user_id=f"{self.prefix}-{number}" if known else None,
            email=f"{self.prefix}-{number}@example.com" if self.with_email else None,
            anonymous_id=f"anon-{self.prefix}-{number}",
        )


@dataclass(slots=True)
class Audience:
    """An Engage audience. `status` overrides the derived status; `computed_before` is False for a new audience."""

    id: str
    space_id: str
    name: str
    key: str
    members: GeneratedProfiles
    created_at: datetime
    description: str = ""
    enabled: bool = True
    kind: str = "USERS"
    cadence: str = "REALTIME"
    history: bool = True
    computed_before: bool = True
    status: str | None = None
    external_ids: tuple[str, ...] = ("user_id", "email", "android.idfa", "ios.idfa")
    query: str = "event('Purchased').count() >= 3"
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A count of the members that a definition admits, and when the count began."""

    id: str
    space_id: str
    query: str
    kind: str
    identifiers: tuple[str, ...]
    started_at: datetime


@dataclass(slots=True)
class Mapping:
    """A destination's mapping (in the API a subscription). An activation's own mapping has `activation_id`."""

    id: str
    name: str
    action_id: str
    trigger: str
    enabled: bool
    settings: Json
    activation_id: str | None = None


@dataclass(slots=True)
class Destination:
    """A destination instance. It holds secrets as written; only responses mask them."""

    id: str
    source_id: str
    metadata_id: str
    name: str
    enabled: bool
    settings: Json = field(repr=False)
    created_at: datetime
    mappings: dict[str, Mapping] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedDestination:
    """A request for a destination that the API refused to create, and its time."""

    at: datetime
    source_id: str
    name: str
    settings: Json = field(repr=False)


@dataclass(slots=True)
class Activation:
    """The part that makes a connection made by API send (docs/segment.md#connections, docs/segment.md#activations)."""

    id: str
    name: str
    kind: str
    enabled: bool
    perform_resync: bool
    created_at: datetime
    mapping: Json | None = None
    emitter_id: str = ""
    resyncs_until: datetime | None = None
    """How long it's shown as being resynced, which isn't documented."""


@dataclass(slots=True)
class Connection:
    """The attachment of a destination to an audience.

    Made in the App, it sends by its two toggles; made by API, by an activation. `batches_sent`, `trickles_sent` and
    `retry_at` are the sync engine's progress.
    """

    id: str
    audience_id: str
    destination_id: str
    created_at: datetime
    updated_at: datetime
    id_sync: list[Json] = field(default_factory=list)
    settings: Json = field(default_factory=dict)
    send_identify: bool = False
    send_track: bool = False
    paused: bool = False  # "Connect to destination" is off
    activations: dict[str, Activation] = field(default_factory=dict)
    batches_sent: int = 0
    trickles_sent: int = 0
    retry_at: datetime | None = None
    resynced_at: datetime | None = None

    def send_all_again(self, at: datetime) -> None:
        """Start again with all members, as a resync does."""
        self.batches_sent = self.trickles_sent = 0
        self.resynced_at = at

    def sends_since(self) -> datetime | None:
        """Return the moment from which the audience's events go to this destination.

        None while nothing makes the connection send.
        """
        if self.paused:
            return None
        if self.send_identify or self.send_track:
            return self.created_at
        return min((a.created_at for a in self.activations.values() if a.enabled), default=None)

    def event_types(self) -> tuple[str, ...]:
        types = ("identify",) if self.send_identify else ()
        return types + (("track",) if self.send_track or self.active() else ())

    def active(self) -> bool:
        return any(activation.enabled for activation in self.activations.values())


@dataclass(slots=True)
class Source:
    """A source. Engage sources have the metadata slug `personas-compute` and belong to a space."""

    id: str
    slug: str
    name: str
    write_key: str
    metadata_slug: str = ENGAGE_SOURCE_SLUG
    metadata_name: str = "Personas"
    enabled: bool = True
    space_id: str | None = None


@dataclass(slots=True)
class Space:
    """An Engage space."""

    id: str
    slug: str
    name: str


@dataclass(slots=True)
class PublicToken:
    """A Public API token. A member's token without roles can only see which objects exist, and little more."""

    secret: str = field(repr=False)
    name: str
    owner: bool = True
    reads: bool = False
    """Whether a member's token has the read-only roles: it sees what an owner's does, but no write key."""

    def may(self, method: str) -> bool:
        return self.owner or (self.reads and method == "GET")


@dataclass(frozen=True, slots=True)
class Pace:
    """When the stages of a first sync begin after attaching, and the pauses between deliveries, in world seconds.

    See docs/segment.md#cadence-and-timing.
    """

    computing: float = 60
    backfilling: float = 150
    live: float = 240
    first_delivery: float = 540
    between_batches: float = 20
    between_trickles: float = 120


BATCH_CADENCE = timedelta(hours=8)


@dataclass(slots=True)
class Delivered:
    """Events with the same result: a row of the delivery overview, before grouping."""

    at: datetime
    stage: str
    source_id: str
    destination_id: str
    event_type: str
    event_name: str
    count: int
    reason: str = ""
    mapping_id: str = ""
    audience_id: str = ""


@dataclass(slots=True)
class AuditEvent:
    """A line of the workspace's audit trail."""

    id: str
    at: datetime
    kind: str
    resource_id: str
    resource_type: str
    resource_name: str


@dataclass(slots=True)
class Workspace:
    """One Segment workspace in one region, us or eu.

    `attaching` says what the API does with a new destination-connection: "open" accepts it, "app-first" wants the
    destination added in the App before, "off" has no such API. When `creates_destinations` is False, the API refuses to
    create one, and a colleague creates it in the App.
    """

    id: str
    slug: str
    name: str
    region: str = "us"
    features: set[str] = field(default_factory=lambda: {"spaces", "subscriptions", "audiences", "activations"})
    attaching: str = "open"
    shows_activation_settings: bool = True
    """False: an activation is answered without the settings of its mapping."""
    creates_destinations: bool = True
    refused_destination: RefusedDestination | None = None
    colleague_attaches: str = ""
    """What someone in the App attaches: "" nothing, "*" what is waited for, else the audience of this key."""
    ready_since: datetime | None = None
    """Since when the colleague sees a destination and a mapping that are switched on."""
    waited_for: dict[str, list[datetime]] = field(default_factory=dict)
    """When the connections of each audience were read."""
    pace: Pace = field(default_factory=Pace)
    rests: bool = False
    """No member comes or goes before someone changes something."""
    changes_since: datetime | None = None
    """Since when members come and go again after that."""
    behaviors: set[Behavior] = field(default_factory=set)
    """The world's."""
    default_limit: int = 200
    """Calls per minute where no limit is documented."""
    tokens: list[PublicToken] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    audiences: dict[str, Audience] = field(default_factory=dict)
    previews: dict[str, Preview] = field(default_factory=dict)
    """All of this month."""
    destinations: dict[str, Destination] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    listed_after: dict[str, timedelta] = field(default_factory=dict)
    """How long a list lacks what was made through the API, by the kind of thing: "connections"."""
    listed_from: dict[str, datetime] = field(default_factory=dict)
    """By id of such a thing."""
    deliveries: list[Delivered] = field(default_factory=list)
    names_audiences: bool = False
    """Whether the delivery overview says which audience a row is of; documented for Linked audiences only."""
    audit_trail: list[AuditEvent] = field(default_factory=list)
    made: int = 0
    """How many things were made, for their ids."""

    def audiences_of(self, space_id: str) -> list[Audience]:
        return [audience for audience in self.audiences.values() if audience.space_id == space_id]

    def connections_of(self, audience_id: str) -> list[Connection]:
        return [connection for connection in self.connections if connection.audience_id == audience_id]

    def destinations_on(self, source_id: str) -> list[Destination]:
        return [one for one in self.destinations.values() if one.source_id == source_id]

    def source(self, source_id: str) -> Source | None:
        return next((source for source in self.sources if source.id == source_id), None)

    def space(self, space_id: str) -> Space | None:
        return next((space for space in self.spaces if space.id == space_id), None)

    def list_later(self, kind: str, thing_id: str, now: datetime) -> None:
        """Delay the moment when a new object is listed. Reading the object by its ID works at once."""
        self.listed_from[thing_id] = now + self.listed_after.get(kind, timedelta())

    def is_listed(self, thing_id: str, now: datetime) -> bool:
        return self.listed_from.get(thing_id, now) <= now

    def resume_membership_changes(self, since: datetime) -> None:
        """Let members change again from `since` on, if they rest: their deliveries show whether a repair worked."""
        if self.rests:
            self.pace = replace(self.pace, between_trickles=Pace().between_trickles)
            self.rests, self.changes_since = False, since

    def sending(self) -> Iterator[Connection]:
        return (connection for connection in self.connections if connection.sends_since() is not None)

    def next_number(self) -> int:
        self.made += 1
        return self.made

    def note(self, at: datetime, kind: str, resource_id: str, resource_type: str, name: str) -> None:
        """Add a line to the audit trail."""
        number = len(self.audit_trail) + 1
        self.audit_trail.append(AuditEvent(f"evt_{number:06d}", at, kind, resource_id, resource_type, name))
