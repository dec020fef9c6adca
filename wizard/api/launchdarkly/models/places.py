"""Projects, environments, context kinds and persistent stores as LaunchDarkly answers them.

Environments arrive with `apiKey` and `mobileKey`. No model has a field for them, so they are never kept.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from wizard.api.launchdarkly.paging import LEAST_PAGE
from wizard.api.lenient import Id, Key, Keys, Millis, Name, Remote, items_of, length
from wizard.domain.services import launchdarkly as model


class Approvals(Remote):
    required: bool | None = None
    tags: Keys = Field(default=(), validation_alias="requiredApprovalTags")


class ResourceApprovals(Remote):
    segment: Approvals = Approvals()


class EnvironmentItem(Remote):
    """An environment with its approval settings.

    See docs/launchdarkly.md#projects-and-environments and docs/launchdarkly.md#approvals.
    """

    id: Id = Field(validation_alias="_id")
    key: Id
    name: Name = ""
    tags: Keys = ()
    critical: bool | None = None
    approvals: ResourceApprovals = Field(default=ResourceApprovals(), validation_alias="resourceApprovalSettings")
    flag_approvals: Approvals = Field(default=Approvals(), validation_alias="approvalSettings")

    def to_domain(self) -> model.Environment:
        return model.Environment(
            client_side_id=self.id,
            key=self.key,
            name=self.name or self.key,
            tags=self.tags,
            critical=self.critical,
            segment_approvals_required=self.approvals.segment.required,
            flag_approvals_required=self.flag_approvals.required,
            flag_approval_tags=self.flag_approvals.tags,
        )


class EnvironmentPage(Remote):
    """A project's environments, one page of them (docs/launchdarkly.md#projects-and-environments)."""

    items: Annotated[tuple[EnvironmentItem, ...], items_of(EnvironmentItem)] = ()
    sent: Annotated[int, BeforeValidator(length)] = Field(default=0, validation_alias="items")
    total: int | None = Field(default=None, validation_alias="totalCount")
    links: dict[str, Any] = Field(default_factory=dict, validation_alias="_links")

    @property
    def whole(self) -> bool:
        """Return whether this is the whole list. Without a total or a link, only a very short page is taken for it."""
        if self.total is not None:
            return self.sent >= self.total
        return not self.links.get("next") and self.sent < LEAST_PAGE


class ProjectItem(Remote):
    """A project (docs/launchdarkly.md#projects-and-environments, docs/launchdarkly.md#required-views)."""

    key: Id
    name: Name = ""
    tags: Keys = ()
    environments: EnvironmentPage | None = None
    needs_view: bool | None = Field(default=None, validation_alias="requireViewAssociationForNewSegments")

    def to_domain(self) -> model.Project:
        return model.Project(
            key=self.key,
            name=self.name or self.key,
            tags=self.tags,
            environments=tuple(e.to_domain() for e in self.environments.items) if self.environments else (),
            segments_need_a_view=self.needs_view,
        )


class ObservationItem(Remote):
    """An environment in which a context kind was seen (docs/launchdarkly.md#context-kinds)."""

    environment: Id = Field(validation_alias="environmentKey")
    last_seen: Millis = Field(default=None, validation_alias="lastSeen")


class ContextKindItem(Remote):
    """A context kind; `archived` is the older name of `hideInTargeting` (docs/launchdarkly.md#context-kinds)."""

    key: Id
    name: Name = ""
    hidden: bool = Field(default=False, validation_alias="hideInTargeting")
    archived: bool = False
    last_seen: Millis = Field(default=None, validation_alias="lastSeen")
    observations: Annotated[tuple[ObservationItem, ...], items_of(ObservationItem)] = Field(
        default=(), validation_alias="environmentObservations"
    )

    def to_domain(self) -> model.ContextKind:
        return model.ContextKind(
            key=self.key,
            name=self.name or self.key,
            archived=self.hidden or self.archived,
            last_seen=self.last_seen,
            seen_in={one.environment: one.last_seen for one in self.observations if one.last_seen},
        )


class StoreError(Remote):
    status: int | None = Field(default=None, validation_alias="statusCode")
    message: Name = ""

    def words(self) -> str:
        return f"{self.status}: {self.message}" if self.status is not None and self.message else self.message


class StoreStatus(Remote):
    available: bool | None = None
    stale: bool | None = Field(default=None, validation_alias="potentiallyStale")
    errors: Annotated[tuple[StoreError, ...], items_of(StoreError)] = ()


class StoreItem(Remote):
    """A persistent store (docs/launchdarkly.md#persistent-stores).

    `config` may hold host names and passwords, and isn't read.
    """

    id: Id = Field(validation_alias="_id")
    kind: Key = Field(default="", validation_alias="integrationKey")
    project: Key = Field(default="", validation_alias="projectKey")
    environment: Key = Field(default="", validation_alias="environmentKey")
    name: Name = ""
    on: bool = True  # off only if LaunchDarkly says so
    status: StoreStatus = Field(default=StoreStatus(), validation_alias="_status")

    def to_domain(self) -> model.PersistentStore:
        return model.PersistentStore(
            project=self.project,
            environment=self.environment,
            kind=self.kind,
            name=self.name,
            on=self.on,
            available=self.status.available,
            stale=self.status.stale,
            errors=tuple(words for error in self.status.errors if (words := error.words())),
        )
