"""What the flow needs from the outside, as protocols. `wizard.wiring` puts the real parts behind them.

Every method is total: it returns what was seen or a `Failure`, and raises only for programming errors and
cancellation. A write returns what the service answered; `Failure.outcome_unknown` says that it may have happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from wizard.clock import Clock
from wizard.domain.answers import Secrets
from wizard.domain.facts import Reach, VaultSeen
from wizard.domain.model import (
    Activation,
    Audience,
    AuditEvent,
    Caller,
    CatalogEntry,
    Connection,
    Connections,
    ContextKind,
    CustomRole,
    Delivery,
    Destination,
    Failure,
    Instance,
    Intake,
    LaunchDarklySegment,
    Member,
    PersistentStore,
    Project,
    Region,
    Service,
    Source,
    Space,
    Subscription,
    Token,
    Workspace,
)
from wizard.flow.requests import Exchanges

if TYPE_CHECKING:
    from pydantic import SecretStr


class LaunchDarkly(Protocol):
    """LaunchDarkly's REST API with one token. Nothing here writes."""

    async def reach(self) -> Reach | Failure: ...
    async def caller(self) -> Caller | Failure: ...
    async def instance(self) -> Instance | Failure:
        """Which other instance knows this token; a `Failure` when none does. Sends the token to them."""
        ...

    async def account_name(self) -> str | Failure: ...
    async def token(self, token_id: str) -> Token | Failure: ...
    async def role(self, role_id: str) -> CustomRole | Failure: ...
    async def member(self) -> Member | Failure: ...
    async def projects(self) -> tuple[Project, ...] | Failure:
        """Every project that the token may view, each with all of its environments."""
        ...

    async def project(self, key: str) -> Project | Failure: ...
    async def context_kinds(self, project: str) -> tuple[ContextKind, ...] | Failure: ...
    async def stores(self) -> tuple[PersistentStore, ...] | Failure: ...
    async def synced_segments(self, project: str, environment: str) -> tuple[LaunchDarklySegment, ...] | Failure: ...
    async def segments_named(
        self, project: str, environment: str, name: str
    ) -> tuple[LaunchDarklySegment, ...] | Failure:
        """Segments of every kind that are called exactly so."""
        ...

    async def segment(self, project: str, environment: str, key: str) -> LaunchDarklySegment | Failure:
        """One segment, with the flags that target it."""
        ...

    async def is_member(self, project: str, environment: str, segment: str, context_key: str) -> bool | Failure: ...


class ClientSide(Protocol):
    """LaunchDarkly's host for client-side SDKs."""

    async def reach(self) -> Reach | Failure: ...
    async def knows(self, client_side_id: str) -> bool | Failure: ...


class Segment(Protocol):
    """Segment's Public API with one token, on its workspace's region."""

    async def reach(self) -> Reach | Failure: ...
    async def workspace(self) -> Workspace | Failure:
        """Tries the other region once when this one does not know the token."""
        ...

    async def spaces(self) -> tuple[Space, ...] | Failure: ...
    async def sources(self) -> tuple[Source, ...] | Failure: ...
    async def catalog(self) -> CatalogEntry | Failure: ...
    async def destinations(self) -> tuple[Destination, ...] | Failure:
        """The workspace's LaunchDarkly Audiences instances."""
        ...

    async def destination(self, destination_id: str) -> Destination | Failure: ...
    async def subscriptions(self, destination_id: str) -> tuple[Subscription, ...] | Failure: ...
    async def subscription(self, destination_id: str, subscription_id: str) -> Subscription | Failure: ...
    async def audiences(self, space_id: str) -> tuple[Audience, ...] | Failure: ...
    async def audience(self, space_id: str, audience_id: str) -> Audience | Failure: ...
    async def connections(self, space_id: str, audience_id: str) -> Connections | Failure: ...
    async def activations(self, space_id: str, audience_id: str) -> tuple[Activation, ...] | Failure: ...
    async def activation(self, space_id: str, audience_id: str, activation_id: str) -> Activation | Failure: ...
    async def attach_by_api(self, space_id: str, audience_kind: str) -> bool | Failure:
        """Whether supported-destinations lists LaunchDarkly Audiences for this kind of audience."""
        ...

    async def delivery(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> Delivery | Failure: ...

    async def delivery_by_audience(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> Mapping[str, Delivery] | Failure:
        """By audience id; empty where Segment doesn't name the audiences."""
        ...

    async def intake(self, source_id: str, start: datetime, end: datetime) -> Intake | Failure: ...
    async def audit_events(
        self, resource_id: str, start: datetime, end: datetime
    ) -> tuple[AuditEvent, ...] | Failure: ...

    async def create_destination(
        self, *, source_id: str, metadata_id: str, name: str, token: SecretStr, client_side_id: str
    ) -> Destination | Failure: ...
    async def update_destination(
        self,
        destination_id: str,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        credentials: tuple[SecretStr, str] | None = None,
    ) -> Destination | Failure:
        """Only what is given is sent; `credentials` are token and client-side ID, always both, never masked."""
        ...

    async def create_subscription(
        self,
        destination_id: str,
        *,
        name: str,
        action_id: str,
        trigger: str,
        enabled: bool,
        settings: Mapping[str, Any],
    ) -> Subscription | Failure: ...
    async def update_subscription(
        self,
        destination_id: str,
        subscription_id: str,
        *,
        name: str | None = None,
        trigger: str | None = None,
        enabled: bool | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Subscription | Failure: ...
    async def connect(self, space_id: str, audience_id: str, destination_id: str) -> Connection | Failure: ...
    async def activate(
        self,
        space_id: str,
        audience_id: str,
        connection_id: str,
        *,
        name: str,
        action_id: str,
        settings: Mapping[str, Any],
    ) -> Activation | Failure:
        """Enabled, type "Audience Membership Changed", with a resync of the whole audience."""
        ...

    async def update_activation(
        self, space_id: str, audience_id: str, activation_id: str, *, action_id: str, settings: Mapping[str, Any]
    ) -> Activation | Failure:
        """Give its own mapping these settings, whole, and have every member sent again."""
        ...

    async def delete_activation(self, space_id: str, audience_id: str, activation_id: str) -> Failure | None: ...
    async def disconnect(self, space_id: str, audience_id: str, connection: Connection) -> Failure | None: ...
    async def delete_subscription(self, destination_id: str, subscription_id: str) -> Failure | None: ...
    async def delete_destination(self, destination_id: str) -> Failure | None: ...


class VaultRefused(Exception):
    """The keyring would not; the text says why and holds no secret."""


class Vault(Protocol):
    """One keyring entry per profile; variables win over it; else memory for this run."""

    async def look(self) -> VaultSeen: ...
    async def load(self) -> Stored: ...
    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        """Writes when something changed. Says where the secrets live now, in words for a screen."""
        ...

    async def put(self, slot: str, value: str) -> str:
        """Stores one secret, also when a variable wins over it; where it lives now. Raises VaultRefused."""
        ...

    async def forget(self, slot: str) -> bool:
        """Deletes one secret from where it is stored; whether it was there. Raises VaultRefused."""
        ...


# By slot the variables that may hold it, the first one that is set wins.
VARIABLES = {
    "launchdarkly_token": ("LAUNCHDARKLY_ACCESS_TOKEN", "LD_ACCESS_TOKEN"),
    "client_side_id": ("LAUNCHDARKLY_CLIENT_SIDE_ID",),
    "segment_token": ("SEGMENT_PUBLIC_API_TOKEN",),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the vault held when the run started; `where` by secret: keyring, the variable's name, or memory."""

    secrets: Secrets
    client_side_id: str = ""
    where: Mapping[str, str] | None = None
    why_not: str = ""  # the keyring could not be read: locked, denied, too slow


class Services(Protocol):
    """Clients for the tokens at hand. Cheap to call: connections are shared."""

    launchdarkly_host: str
    client_side_host: str
    segment_host: str

    def launchdarkly(self, token: SecretStr | None, *, polls: bool = False) -> LaunchDarkly:
        """`polls`: for who asks again in any case; no call is repeated because no answer came."""
        ...

    def client_side(self) -> ClientSide: ...
    def segment(self, token: SecretStr | None, region: Region | None) -> Segment: ...
    def owner_of(self, host: str) -> Service: ...
    async def close(self) -> None:
        """Ends every connection, on the loop that used them. Nothing is asked any more."""
        ...


class Colleague(Protocol):
    """Does in a simulated web app what a person says that they did: a ticked step by hand."""

    def __call__(self, step_id: str, subject: str, values: Mapping[str, str]) -> None:
        """`values` by the label of their field, as a person would have pasted them."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    services: Services
    vault: Vault
    clock: Clock  # in the sandbox: its world's time, which runs fast
    stopwatch: Clock  # what a person waits by
    sandbox: str = ""  # the scenario's name when both services are simulated
    exchanges: Exchanges = field(default_factory=Exchanges)  # what was asked, for those who want to see it
    colleague: Colleague | None = None  # the sandbox's: nobody can open its web app
