"""What the flow needs from outside, as protocols; `wizard.wiring` puts the real parts behind them.

Every method returns what was read or a `Failure`, and raises only for programming errors and cancellation. Any call can
fail on its way (DNS, CONNECT, PROXY, CERTIFICATE, TIMEOUT, NOT_THE_SERVICE), be refused for its rate (RATE_LIMITED), or
meet the service's own trouble (SERVER). Each method names the further `FailureKind`s to expect. "Closed" stands for
UNAUTHORIZED, FORBIDDEN or NOT_FOUND: the token may not see it, the feature is off, or it doesn't exist, and the service
doesn't say which (`Failure.is_closed`).

A write returns the object as the service shows it afterwards. With `Failure.outcome_unknown` the write may have
happened, so read before you write again. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from wizard.clock import Clock
from wizard.domain.answers import Secrets
from wizard.domain.facts import Reach, VaultSeen
from wizard.domain.failure import Failure, Service
from wizard.domain.launchdarkly import (
    Allowlist,
    Caller,
    ContextKind,
    CustomRole,
    Flag,
    FlagValue,
    Instance,
    KeyShapes,
    LaunchDarklySegment,
    Member,
    PersistentStore,
    Project,
    Sdk,
    Token,
)
from wizard.domain.segment import (
    Activation,
    Audience,
    AuditEvent,
    CatalogEntry,
    Connection,
    Connections,
    Delivery,
    Destination,
    Intake,
    Preview,
    Region,
    Source,
    Space,
    Subscription,
    Workspace,
)
from wizard.flow.notices import Notices
from wizard.flow.requests import SentRequests

if TYPE_CHECKING:
    from pydantic import SecretStr


class LaunchDarkly(Protocol):
    """LaunchDarkly's REST API with one token, read-only (docs/launchdarkly.md#what-the-wizard-reads)."""

    async def reach(self) -> Reach | Failure:
        """Return the host's clock skew; even a refusal counts as reached, so no kind of refusal is returned."""
        ...

    async def caller(self) -> Caller | Failure:
        """Return who the token is; UNAUTHORIZED means that this instance doesn't know the token."""
        ...

    async def instance(self) -> Instance | Failure:
        """Return the other instance that knows the token; UNAUTHORIZED when none does.

        Sends the token to both, so only the commercial instance's client asks; the others return NOT_FOUND.
        """
        ...

    async def account_name(self) -> str | Failure:
        """Return the account's name from an undocumented endpoint; closed on some accounts."""
        ...

    async def token(self, token_id: str) -> Token | Failure:
        """Return the token's metadata; closed for some tokens, which says nothing about their rights."""
        ...

    async def role(self, role_id: str) -> CustomRole | Failure:
        """Return a custom role with its policy; closed when the token may not view roles."""
        ...

    async def member(self) -> Member | Failure:
        """Return a personal token's owner; closed for service tokens, which have none."""
        ...

    async def projects(self) -> tuple[Project, ...] | Failure:
        """Return every project that the token may view, each with all of its environments."""
        ...

    async def project(self, key: str) -> Project | Failure:
        """Return one project with all of its environments; closed when the token may not view it."""
        ...

    async def context_kinds(self, project: str) -> tuple[ContextKind, ...] | Failure:
        """Return the project's context kinds, archived ones included; closed when the project is."""
        ...

    async def stores(self) -> tuple[PersistentStore, ...] | Failure:
        """Return the account's persistent stores from a beta endpoint; FORBIDDEN means that it couldn't be checked."""
        ...

    async def synced_segments(self, project: str, environment: str) -> tuple[LaunchDarklySegment, ...] | Failure:
        """Return the environment's synced segments, newest first; closed when the environment is."""
        ...

    async def segments_named(
        self, project: str, environment: str, name: str
    ) -> tuple[LaunchDarklySegment, ...] | Failure:
        """Return the segments of every kind whose name is exactly `name`; closed when the environment is."""
        ...

    async def segment(self, project: str, environment: str, key: str) -> LaunchDarklySegment | Failure:
        """Return one segment with the flags that target it; NOT_FOUND until it exists."""
        ...

    async def fillers_listed(self, project: str, environment: str) -> tuple[int, int] | Failure:
        """Return how many segments of every kind the newest page lists, and how many show what fills them."""
        ...

    async def is_member(self, project: str, environment: str, segment: str, context_key: str) -> bool | Failure:
        """Return whether a context key is a member of the segment; NOT_FOUND until the segment exists."""
        ...

    async def tokens(self) -> tuple[Token, ...] | Failure:
        """Return every access token that this one may see: service tokens, and its owner's; closed for some roles."""
        ...

    async def allowlist(self) -> Allowlist | Failure:
        """Return the account's IP allowlist from a beta endpoint; closed when the token may not view it."""
        ...

    async def flags(self, project: str, environment: str) -> tuple[Flag, ...] | Failure:
        """Return the project's flags that aren't archived, and whether each is on; closed when the project is."""
        ...

    async def flag_value(
        self, project: str, environment: str, flag: str, kind: str, context_key: str
    ) -> FlagValue | Failure:
        """Return what a flag serves to a context; NOT_FOUND when the evaluation doesn't name the flag."""
        ...

    async def evaluated_member(
        self, project: str, environment: str, segment: str, kind: str, context_key: str
    ) -> bool | Failure:
        """Return whether LaunchDarkly's evaluation counts a context in; NOT_FOUND when it doesn't name the segment."""
        ...

    async def key_shapes(self, project: str, environment: str, kind: str) -> KeyShapes | Failure:
        """Return the shapes of recent context keys of a kind; the keys themselves are dropped where they enter."""
        ...

    async def sdks(self) -> tuple[Sdk, ...] | Failure:
        """Return the account's SDKs of the last day from a beta endpoint; closed without the right to view usage."""
        ...


class ClientSide(Protocol):
    """LaunchDarkly's host for client-side SDKs, which needs no token (docs/launchdarkly.md#client-side-id)."""

    async def reach(self) -> Reach | Failure:
        """Return the host's clock skew; even a refusal counts as reached."""
        ...

    async def knows(self, client_side_id: str) -> bool | Failure:
        """Return whether an environment of this instance has that client-side ID, in whatever account."""
        ...


class Segment(Protocol):
    """Segment's Public API with one token, in its workspace's region (docs/segment.md#calling-the-api)."""

    async def reach(self) -> Reach | Failure:
        """Return the host's clock skew; even a refusal counts as reached."""
        ...

    async def workspace(self) -> Workspace | Failure:
        """Return the token's workspace; UNAUTHORIZED when neither region knows the token."""
        ...

    async def spaces(self) -> tuple[Space, ...] | Failure:
        """Return the workspace's Engage spaces; closed without Engage or the role."""
        ...

    async def sources(self) -> tuple[Source, ...] | Failure:
        """Return the workspace's sources, Engage's own included; closed without the role."""
        ...

    async def catalog(self) -> CatalogEntry | Failure:
        """Return the catalog's entry of LaunchDarkly Audiences with its preset."""
        ...

    async def destinations(self) -> tuple[Destination, ...] | Failure:
        """Return the workspace's LaunchDarkly Audiences instances; closed without the role."""
        ...

    async def destination(self, destination_id: str) -> Destination | Failure:
        """Return one instance; closed when it is gone or hidden."""
        ...

    async def subscriptions(self, destination_id: str) -> tuple[Subscription, ...] | Failure:
        """Return an instance's mappings; closed without the role or the feature."""
        ...

    async def subscription(self, destination_id: str, subscription_id: str) -> Subscription | Failure:
        """Return one mapping; closed when it is gone or hidden."""
        ...

    async def audiences(self, space_id: str) -> tuple[Audience, ...] | Failure:
        """Return the space's audiences; closed without the role or the feature."""
        ...

    async def audience_of_key(self, space_id: str, key: str) -> Audience | Failure | None:
        """Return the audience with exactly this key; None when the search doesn't find it. Closed as `audiences`."""
        ...

    async def audience(self, space_id: str, audience_id: str) -> Audience | Failure:
        """Return one audience; closed when it is gone or hidden."""
        ...

    async def start_preview(self, audience: Audience, identifiers: tuple[str, ...]) -> Preview | Failure:
        """Begin to count the audience's members that have any of these identifiers.

        Costs one of 700 previews a month and space; RATE_LIMITED after five in a minute or when they are used up.
        """
        ...

    async def preview(self, space_id: str, preview_id: str) -> Preview | Failure:
        """Return a preview, which may still be running; closed when it is gone or hidden."""
        ...

    async def connections(self, space_id: str, audience_id: str) -> Connections | Failure:
        """Return the audience's connections, and their total count, which includes hidden ones."""
        ...

    async def activations(self, space_id: str, audience_id: str) -> tuple[Activation, ...] | Failure:
        """Return the audience's activations; closed without the role or the feature."""
        ...

    async def activation(self, space_id: str, audience_id: str, activation_id: str) -> Activation | Failure:
        """Return one activation with its settings; closed when it is gone or hidden."""
        ...

    async def attach_by_api(self, space_id: str, audience_kind: str) -> bool | Failure:
        """Return whether the API supports LaunchDarkly Audiences for this kind of audience; closed without it."""
        ...

    async def delivery(self, source_id: str, destination_id: str, start: datetime, end: datetime) -> Delivery | Failure:
        """Return what happened to the destination's events from `start` until before `end`; closed without the role."""
        ...

    async def delivery_by_audience(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> Mapping[str, Delivery] | Failure:
        """Return the same by audience id; empty where Segment doesn't name the audiences."""
        ...

    async def intake(self, source_id: str, start: datetime, end: datetime) -> Intake | Failure:
        """Return what happened to events at the source, before any destination; closed without the role."""
        ...

    async def audiences_under_v1(self, space_id: str) -> int | Failure:
        """Return how many audiences a page has under the media type v1; closed where only v1alpha lists them."""
        ...

    async def metric_names(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> tuple[str, ...] | Failure:
        """Return the names of the destination's delivery metrics; closed without the role."""
        ...

    async def delivery_names_mappings(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> bool | Failure:
        """Return whether delivery counts by mapping name the mapping; closed without the role."""
        ...

    async def audit_events(self, resource_id: str, start: datetime, end: datetime) -> tuple[AuditEvent, ...] | Failure:
        """Return the audit trail's events about one resource; closed without the role."""
        ...

    async def create_destination(
        self, *, source_id: str, metadata_id: str, name: str, token: SecretStr, client_side_id: str
    ) -> Destination | Failure:
        """Create an enabled instance; INVALID when the source has one already, closed when the API creates none."""
        ...

    async def update_destination(
        self,
        destination_id: str,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        credentials: tuple[SecretStr, str] | None = None,
    ) -> Destination | Failure:
        """Send what isn't None; `credentials` are token and client-side ID, never masked. Closed without the role."""
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
    ) -> Subscription | Failure:
        """Create a mapping; closed without the role or the feature, INVALID for settings that aren't accepted."""
        ...

    async def update_subscription(
        self,
        destination_id: str,
        subscription_id: str,
        *,
        name: str | None = None,
        trigger: str | None = None,
        enabled: bool | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Subscription | Failure:
        """Send what isn't None, `settings` as a whole. Closed or INVALID as for a new mapping."""
        ...

    async def connect(self, space_id: str, audience_id: str, destination_id: str) -> Connection | Failure:
        """Attach the audience to the instance; closed or INVALID where only the App can do it."""
        ...

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
        """Create an enabled "Audience Membership Changed" activation, and resync the audience. Closed or INVALID."""
        ...

    async def update_activation(
        self,
        space_id: str,
        audience_id: str,
        activation_id: str,
        *,
        action_id: str,
        settings: Mapping[str, Any],
        enabled: bool | None = None,
    ) -> Activation | Failure:
        """Replace the settings of the activation's mapping, and resync the audience. Closed or INVALID."""
        ...

    async def resync(self, space_id: str, audience_id: str, activation_id: str) -> Activation | Failure:
        """Send all members of the audience again through this activation. Closed or INVALID."""
        ...

    async def delete_activation(self, space_id: str, audience_id: str, activation_id: str) -> Failure | None:
        """Delete an activation and return None; NOT_FOUND when it is gone already."""
        ...

    async def disconnect(self, space_id: str, audience_id: str, connection: Connection) -> Failure | None:
        """Detach the audience and return None; CONFLICT while the connection has activations."""
        ...

    async def delete_subscription(self, destination_id: str, subscription_id: str) -> Failure | None:
        """Delete a mapping and return None; NOT_FOUND when it is gone already."""
        ...

    async def delete_destination(self, destination_id: str) -> Failure | None:
        """Delete an instance and return None; NOT_FOUND when it is gone already."""
        ...


class VaultRefused(Exception):
    """The keyring refused; the text says why and holds no secret."""


class Vault(Protocol):
    """A profile's secrets: variables win over the profile's keyring entry; without a keyring, memory for this run."""

    async def look(self) -> VaultSeen:
        """Return whether a keyring can be used, and why not."""
        ...

    async def load(self) -> Stored:
        """Return every secret that variables or the keyring hold; the keyring's errors are in `Stored.why_not`."""
        ...

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        """Save what changed; return where the secrets live now, in words for a screen."""
        ...

    async def put(self, slot: str, value: str) -> str:
        """Store one secret, even when a variable wins over it; return where it lives. Raises VaultRefused."""
        ...

    async def forget(self, slot: str) -> bool:
        """Delete one stored secret; return whether there was one. Raises VaultRefused."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """What the vault held when the run started; `where` says by slot: the keyring's name or the variable's."""

    secrets: Secrets
    client_side_id: str = ""
    where: Mapping[str, str] | None = None
    why_not: str = ""  # why the keyring couldn't be read: locked, denied, too slow


class Services(Protocol):
    """The clients of both services, cheap to get because they share connections; hosts are names without a scheme."""

    launchdarkly_host: str
    client_side_host: str
    segment_host: str

    def launchdarkly(self, token: SecretStr | None, *, polls: bool = False) -> LaunchDarkly:
        """Return the client of a token; with `polls`, failed calls aren't retried because the caller asks again."""
        ...

    def client_side(self) -> ClientSide:
        """Return the client of the host for client-side SDKs."""
        ...

    def segment(self, token: SecretStr | None, region: Region | None) -> Segment:
        """Return the client of a token; without a region it starts in the US and may find the EU."""
        ...

    def owner_of(self, host: str) -> Service:
        """Return whose host this is."""
        ...

    async def close(self) -> None:
        """End every connection, on the loop that used them. No call may follow."""
        ...


class Colleague(Protocol):
    """The person at the sandbox's web apps, who does a step by hand when the user marks it as done."""

    def __call__(self, step_id: str, subject: str, values: Mapping[str, str]) -> None:
        """Do the step; `values` are by the label of their field, as a person would have pasted them."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the flow reaches outside itself: services, vault, time, and the record of requests."""

    services: Services
    vault: Vault
    clock: Clock  # the world's time; in the sandbox it runs fast
    stopwatch: Clock  # the time that a person waits by, never faster than real time
    sandbox: str = ""  # the scenario's name when both services are simulated
    notices: Notices = field(default_factory=Notices)
    requests: SentRequests = field(default_factory=SentRequests)  # the run's requests, to show behind a finding
    timezone: tzinfo | None = None  # in which the time of day is told; None: the machine's
    colleague: Colleague | None = None  # the sandbox's only: nobody can open its web apps
    good_tokens: Mapping[str, str] = field(default_factory=dict)  # the sandbox's only, by slot: to recover with
    before_outage: Callable[[], AbstractContextManager[None]] = nullcontext  # the sandbox's only: time to set up in
