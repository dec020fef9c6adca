"""The protocol for what the flow needs from Segment's Public API (`ports.py` says what every call may return)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from wizard.domain.facts import Reach
from wizard.domain.failure import Failure
from wizard.domain.services.segment import (
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
    Source,
    Space,
    Subscription,
    Workspace,
)

if TYPE_CHECKING:
    from pydantic import SecretStr


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
        """Return one instance; closed when it's gone or hidden."""
        ...

    async def subscriptions(self, destination_id: str) -> tuple[Subscription, ...] | Failure:
        """Return an instance's mappings; closed without the role or the feature."""
        ...

    async def subscription(self, destination_id: str, subscription_id: str) -> Subscription | Failure:
        """Return one mapping; closed when it's gone or hidden."""
        ...

    async def audiences(
        self, space_id: str, first: Callable[[tuple[Audience, ...]], None] = lambda _: None
    ) -> tuple[Audience, ...] | Failure:
        """Return the space's audiences; closed without the role or the feature. `first` as for projects."""
        ...

    async def some_audiences(self, space_id: str) -> tuple[tuple[Audience, ...], int] | Failure:
        """Return one page of the space's audiences, and how many more there are; closed as `audiences`."""
        ...

    async def audience_of_key(self, space_id: str, key: str) -> Audience | Failure | None:
        """Return the audience with exactly this key; None when the search doesn't find it. Closed as `audiences`."""
        ...

    async def audience(self, space_id: str, audience_id: str) -> Audience | Failure:
        """Return one audience; closed when it's gone or hidden."""
        ...

    async def start_preview(self, audience: Audience, identifiers: tuple[str, ...]) -> Preview | Failure:
        """Begin to count the audience's members that have any of these identifiers.

        Costs one of 700 previews a month and space; RATE_LIMITED after five in a minute or when they are used up.
        """
        ...

    async def preview(self, space_id: str, preview_id: str) -> Preview | Failure:
        """Return a preview, which may still be running; closed when it's gone or hidden."""
        ...

    async def connections(self, space_id: str, audience_id: str) -> Connections | Failure:
        """Return the audience's connections, and their total count, which includes hidden ones."""
        ...

    async def activations(self, space_id: str, audience_id: str) -> tuple[Activation, ...] | Failure:
        """Return the audience's activations; closed without the role or the feature."""
        ...

    async def activation(self, space_id: str, audience_id: str, activation_id: str) -> Activation | Failure:
        """Return one activation with its settings; closed when it's gone or hidden."""
        ...

    async def attach_by_api(self, space_id: str, audience_kind: str) -> bool | Failure:
        """Return whether the API can attach this kind of audience to LaunchDarkly; closed without the feature."""
        ...

    async def delivery(self, source_id: str, destination_id: str, start: datetime, end: datetime) -> Delivery | Failure:
        """Return what happened to the destination's events from `start` until before `end`; closed without the role."""
        ...

    async def delivery_by_audience(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> Mapping[str, Delivery] | Failure:
        """Return the same counts as `delivery`, by audience ID; empty if Segment doesn't name the audiences."""
        ...

    async def intake(self, source_id: str, start: datetime, end: datetime) -> Intake | Failure:
        """Return what happened to events at the source, before any destination; closed without the role."""
        ...

    async def audiences_under_v1(self, space_id: str) -> int | Failure:
        """Return how many audiences a page lists under the media type v1; closed if only v1alpha lists them."""
        ...

    async def metric_names(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> tuple[str, ...] | Failure:
        """Return the names of the destination's delivery metrics; closed without the role."""
        ...

    async def delivery_names_mappings(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> bool | Failure:
        """Return whether delivery counts by mapping say which mapping they are for; closed without the role."""
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
        trigger: str | None = None,
        enabled: bool | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Subscription | Failure:
        """Send what isn't None, `settings` as a whole. Closed or INVALID as for a new mapping."""
        ...

    async def connect(self, space_id: str, audience_id: str, destination_id: str) -> Connection | Failure:
        """Attach the audience to the instance; closed or INVALID if only Segment's web app can do it."""
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
        """Delete an activation and return None; NOT_FOUND when it's gone already."""
        ...

    async def disconnect(self, space_id: str, audience_id: str, connection: Connection) -> Failure | None:
        """Detach the audience and return None; CONFLICT while the connection has activations."""
        ...

    async def delete_subscription(self, destination_id: str, subscription_id: str) -> Failure | None:
        """Delete a mapping and return None; NOT_FOUND when it's gone already."""
        ...

    async def delete_destination(self, destination_id: str) -> Failure | None:
        """Delete an instance and return None; NOT_FOUND when it's gone already."""
        ...
