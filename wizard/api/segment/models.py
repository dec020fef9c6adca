"""Segment's responses as models, and the domain values made from them (docs/segment.md).

Write keys aren't kept, only whether there are any. Of a destination's token, only the last four characters are kept,
which is all that the service shows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from wizard.api.lenient import Id, Iso, Key, Keys, Name, Remote, Settings, items_of
from wizard.domain.services import segment as model
from wizard.domain.services.segment import AudienceKind, Cadence, PreviewStatus, Region
from wizard.text import last_four, plain

MASK = "\u2022"
_LONGEST_QUERY = 20_000
# An audience's query: sent back unchanged for a preview, and never shown.
Query = Annotated[str, AfterValidator(lambda text: text if len(text) <= _LONGEST_QUERY else "")]


def _cursor(raw: object) -> object:
    """Return a numeric cursor as text, and any other value unchanged."""
    return str(raw) if isinstance(raw, int) and raw and not isinstance(raw, bool) else raw


class Paging(Remote):
    """The cursor of a list (docs/segment.md#paging-and-query-strings)."""

    next: Annotated[str | None, BeforeValidator(_cursor)] = None
    names_next: Annotated[bool, BeforeValidator(bool)] = Field(default=False, validation_alias="next")
    total: int | None = Field(default=None, validation_alias="totalEntries")


class WorkspaceAnswer(Remote):
    """The workspace (docs/segment.md#workspace)."""

    id: Id
    slug: Key = ""
    name: Name = ""

    def to_domain(self, region: Region) -> model.Workspace:
        return model.Workspace(id=self.id, slug=self.slug, name=self.name or self.slug or self.id, region=region)


class SpaceItem(Remote):
    """An Engage space (docs/segment.md#spaces)."""

    id: Id
    slug: Key = ""
    name: Name = ""

    def to_domain(self) -> model.Space:
        return model.Space(id=self.id, slug=self.slug, name=self.name or self.slug or self.id)


class MetadataRef(Remote):
    id: Key = ""
    slug: Key = ""


def _any(raw: object) -> bool | None:
    """Return whether a list has items, without its values; None if it isn't a list."""
    return bool(raw) if isinstance(raw, list) else None


class SourceItem(Remote):
    """A source, which may be Engage's own (docs/segment.md#engage-sources)."""

    id: Id
    slug: Key = ""
    name: Name = ""
    metadata: MetadataRef = MetadataRef()
    enabled: bool | None = None
    writable: Annotated[bool | None, BeforeValidator(_any)] = Field(default=None, validation_alias="writeKeys")

    def to_domain(self) -> model.Source:
        return model.Source(
            id=self.id,
            slug=self.slug,
            name=self.name or self.slug or self.id,
            metadata_slug=self.metadata.slug,
            enabled=self.enabled,
            writable=self.writable,
            metadata_id=self.metadata.id,
        )


def _ending(raw: object) -> str:
    """Return the last four characters of a token, which the service sends behind ten bullets.

    See docs/segment.md#secret-settings.
    """
    if not isinstance(raw, str):
        return ""
    return plain(raw.replace(MASK, "")[-4:] if MASK in raw else last_four(raw))


class DestinationSettings(Remote):
    token_last_four: Annotated[str, BeforeValidator(_ending)] = Field(default="", validation_alias="apiKey")
    client_side_id: Key = Field(default="", validation_alias="clientId")


class DestinationItem(Remote):
    """A destination instance (docs/segment.md#destination-calls)."""

    id: Id
    name: Name = ""
    source_id: Key = Field(default="", validation_alias="sourceId")
    metadata: MetadataRef = MetadataRef()
    enabled: bool | None = None
    settings: DestinationSettings = DestinationSettings()

    def to_domain(self) -> model.Destination:
        return model.Destination(
            id=self.id,
            name=self.name or self.id,
            source_id=self.source_id,
            metadata_id=self.metadata.id,
            enabled=self.enabled,
            client_side_id=self.settings.client_side_id,
            token_last_four=self.settings.token_last_four,
        )


class SubscriptionItem(Remote):
    """A mapping, which the API calls a subscription (docs/segment.md#mapping-calls)."""

    id: Id
    name: Name = ""
    action_id: Key = Field(default="", validation_alias="actionId")
    action_slug: Key = Field(default="", validation_alias="actionSlug")
    enabled: bool | None = None
    trigger: Key | None = None
    settings: Settings = Field(default_factory=dict)

    def to_domain(self, destination_id: str) -> model.Subscription:
        return model.Subscription(
            id=self.id,
            name=self.name or self.id,
            destination_id=destination_id,
            action_id=self.action_id,
            action_slug=self.action_slug,
            enabled=self.enabled,
            trigger=self.trigger,
            settings=self.settings,
        )


def _word(words: type[StrEnum], raw: str) -> str:
    """Return the documented word, whatever the case of `raw`; an unknown word stays unchanged."""
    return next((word for word in words if word == raw.upper()), raw)


def _counted(raw: object) -> object:
    """Return a size, which is a plain number or, like an audience's, an object with a count."""
    return raw.get("count") if isinstance(raw, dict) else raw


class ComputeCadence(Remote):
    type: Key = ""


class Size(Remote):
    count: int | None = None


class AudienceOptions(Remote):
    identifiers: Keys = Field(default=(), validation_alias="filterByExternalIds")
    history: bool | None = Field(default=None, validation_alias="includeHistoricalData")


class Definition(Remote):
    query: Query = ""


class AudienceItem(Remote):
    """An audience (docs/segment.md#audience-calls)."""

    id: Id
    key: Key = ""
    name: Name = ""
    enabled: bool | None = None
    status: Name = ""
    kind: Key = Field(default=AudienceKind.USERS, validation_alias="audienceType")
    cadence: ComputeCadence = Field(default=ComputeCadence(), validation_alias="computeCadence")
    size: Size = Size()
    options: AudienceOptions = AudienceOptions()
    definition: Definition = Definition()
    created_at: Iso = Field(default=None, validation_alias="createdAt")

    def to_domain(self, space_id: str) -> model.Audience:
        return model.Audience(
            id=self.id,
            key=self.key,
            name=self.name or self.key or self.id,
            space_id=space_id,
            enabled=self.enabled,
            status=self.status,
            kind=_word(AudienceKind, self.kind or AudienceKind.USERS),
            cadence=_word(Cadence, self.cadence.type),
            size=self.size.count,
            identifiers=self.options.identifiers,
            history=self.options.history,
            definition=self.definition.query,
            created_at=self.created_at,
        )


class PreviewItem(Remote):
    """A count of an audience's members (docs/segment.md#audience-previews)."""

    id: Id
    status: Key = ""
    size: Annotated[int | None, BeforeValidator(_counted)] = None
    why_failed: Name = Field(default="", validation_alias="failureReason")

    def to_domain(self) -> model.Preview:
        return model.Preview(self.id, _word(PreviewStatus, self.status), self.size, self.why_failed)


class ConnectionItem(Remote):
    """A connection; the answer to an attachment holds only its ID (docs/segment.md#connections)."""

    id: Id
    destination_id: Key = Field(default="", validation_alias="destinationId")
    metadata: MetadataRef = MetadataRef()
    source_id: Key = Field(default="", validation_alias="sourceId")
    enabled: bool | None = None
    created_at: Iso = Field(default=None, validation_alias="createdAt")

    def to_domain(self, destination_id: str = "") -> model.Connection:
        return model.Connection(
            id=self.id,
            destination_id=self.destination_id or destination_id,
            metadata_id=self.metadata.id,
            source_id=self.source_id,
            enabled=self.enabled,
            created_at=self.created_at,
        )


class ActivationMapping(Remote):
    action_id: Key = Field(default="", validation_alias="actionId")
    settings: Settings = Field(default_factory=dict)


class ActivationItem(Remote):
    """An activation (docs/segment.md#activations)."""

    id: Id
    name: Name = Field(default="", validation_alias="activationName")
    connection_id: Key = Field(default="", validation_alias="connectionId")
    enabled: bool | None = None
    mapping: ActivationMapping = Field(default=ActivationMapping(), validation_alias="destinationMapping")
    is_resyncing: bool | None = Field(default=None, validation_alias="performResync")

    def to_domain(self, connection_id: str = "") -> model.Activation:
        return model.Activation(
            id=self.id,
            name=self.name or self.id,
            connection_id=self.connection_id or connection_id,
            enabled=self.enabled,
            action_id=self.mapping.action_id,
            settings=self.mapping.settings,
            is_resyncing=self.is_resyncing,
        )


class ActionItem(Remote):
    id: Id
    slug: Key = ""


class PresetItem(Remote):
    action_id: Id = Field(validation_alias="actionId")
    name: Name = ""
    trigger: Key = ""
    fields: Settings = Field(default_factory=dict)


class CatalogItem(Remote):
    """The catalog's entry of a destination type (docs/segment.md#catalog-entry)."""

    id: Id
    slug: Key = ""
    name: Name = ""
    actions: Annotated[tuple[ActionItem, ...], items_of(ActionItem)] = ()
    presets: Annotated[tuple[PresetItem, ...], items_of(PresetItem)] = ()

    def to_domain(self, action_slug: str) -> model.CatalogEntry | None:
        """Return the entry with the preset of one action; None when it has no such preset."""
        action = next((a for a in self.actions if a.slug == action_slug), None)
        preset = next((p for p in self.presets if action is not None and p.action_id == action.id), None)
        if preset is None or not preset.fields or not preset.trigger:
            return None
        return model.CatalogEntry(
            metadata_id=self.id,
            slug=self.slug,
            name=self.name or self.slug,
            action_id=preset.action_id,
            preset_name=preset.name or action_slug,
            trigger=preset.trigger,
            fields=preset.fields,
        )


class AuditItem(Remote):
    """An event of the audit trail (docs/segment.md#audit-trail)."""

    at: Iso = Field(default=None, validation_alias="timestamp")
    kind: Name = Field(default="", validation_alias="type")
    actor: Key = ""
    email: Name = Field(default="", validation_alias="actorEmail")
    resource: Name = Field(default="", validation_alias="resourceName")

    def to_domain(self) -> model.AuditEvent:
        return model.AuditEvent(self.at, self.kind, self.email or self.actor, self.resource)


class Metric(Remote):
    name: Key = Field(default="", validation_alias="metricName")


class MetricsAnswer(Remote):
    """The summary of a destination's delivery metrics (docs/segment.md#delivery-counts)."""

    metrics: Annotated[tuple[Metric, ...], items_of(Metric)] = ()


class DeliveryPoint(Remote):
    time: Iso = None
    count: int = 0


class DeliveryRow(Remote):
    """A row of delivery counts (docs/segment.md#delivery-counts)."""

    reason: Name = Field(default="", validation_alias="discardReason")
    audience_id: Key = Field(default="", validation_alias="audienceId")  # undocumented; some workspaces send it
    mapping_id: Key = Field(default="", validation_alias="subscriptionId")  # undocumented
    total: int = 0
    series: Annotated[tuple[DeliveryPoint, ...], items_of(DeliveryPoint)] = ()
