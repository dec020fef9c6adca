"""LaunchDarkly's responses as models, and the domain values made from them.

See docs/launchdarkly.md#what-the-wizard-reads. Environments arrive with `apiKey` and `mobileKey`. No model has a field
for them, so they are never kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from wizard.api.launchdarkly.paging import LEAST_PAGE
from wizard.api.lenient import Id, Key, Keys, Millis, Moment, Name, Remote, each, items_of, one
from wizard.domain.services import launchdarkly as model
from wizard.text import KEY_LIMIT, plain

_PATH_IN_THE_APP = re.compile(r"/(?!/)[\w\-.~%/?=&]{1,400}", re.ASCII)
_LONGER_THAN_AN_ENDING = 8  # characters; a token's metadata shows its last four
_LONGEST_VALUE = 200  # characters of a flag's value, which may be a whole JSON document


class CallerAnswer(Remote):
    """Who a token is (docs/launchdarkly.md#caller-identity)."""

    account_id: Key = Field(default="", validation_alias="accountId")
    token_id: Key = Field(default="", validation_alias="tokenId")
    token_name: Name = Field(default="", validation_alias="tokenName")
    token_kind: Key = Field(default="", validation_alias="tokenKind")
    member_id: Key = Field(default="", validation_alias="memberId")
    service_token: bool | None = Field(default=None, validation_alias="serviceToken")
    environment_id: Key = Field(default="", validation_alias="environmentId")
    expires_at: Moment = Field(default=None, validation_alias="expiresAt")

    def seen(self) -> model.Caller:
        return model.Caller(**self.model_dump())


class AccountAnswer(Remote):
    """The account, which the specification doesn't list (docs/launchdarkly.md#account-name)."""

    organization: Name = ""


class StatementItem(Remote):
    effect: Key = ""
    resources: Keys = ()
    not_resources: Keys = Field(default=(), validation_alias="notResources")
    actions: Keys = ()
    not_actions: Keys = Field(default=(), validation_alias="notActions")

    def seen(self) -> model.Statement:
        return model.Statement(**self.model_dump())


Policy = Annotated[tuple[StatementItem, ...], items_of(StatementItem)]


class TokenMember(Remote):
    role: Key = ""
    email: Name = ""
    first_name: Name = Field(default="", validation_alias="firstName")
    last_name: Name = Field(default="", validation_alias="lastName")

    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class TokenAnswer(Remote):
    """A token's metadata; `token` holds its last four characters only (docs/launchdarkly.md#token-metadata)."""

    id: Id = Field(validation_alias="_id")
    name: Name = ""
    description: Key = ""
    role: Key = ""
    custom_role_ids: Keys = Field(default=(), validation_alias="customRoleIds")
    inline_role: Policy = Field(default=(), validation_alias="inlineRole")
    service_token: bool | None = Field(default=None, validation_alias="serviceToken")
    ending: Key = Field(default="", validation_alias="token", repr=False)
    last_used: Millis = Field(default=None, validation_alias="lastUsed")
    created_at: Millis = Field(default=None, validation_alias="creationDate")
    member: TokenMember = Field(default=TokenMember(), validation_alias="_member")
    expires_at: Moment = Field(default=None, validation_alias="expiry")

    def seen(self) -> model.Token:
        return model.Token(
            id=self.id,
            name=self.name,
            role=self.role,
            custom_role_ids=self.custom_role_ids,
            inline_role=tuple(statement.seen() for statement in self.inline_role),
            service_token=self.service_token,
            last_four=self.ending[-4:],
            last_used=self.last_used,
            created_at=self.created_at,
            member_role=self.member.role,
            owner=self.member.name(),
            expires_at=self.expires_at,
            description=self.description,
        )


class MadeTokenAnswer(TokenAnswer):
    """A token that was made or reset just now: `token` is the whole secret, this once.

    See docs/launchdarkly.md#making-and-deleting-tokens.
    """

    secret: SecretStr = Field(validation_alias="token", min_length=_LONGER_THAN_AN_ENDING)

    def made(self) -> model.MadeToken:
        return model.MadeToken(self.seen(), self.secret)


class RoleAnswer(Remote):
    """A custom role (docs/launchdarkly.md#custom-roles)."""

    id: Key = Field(default="", validation_alias="_id")
    key: Key = ""
    name: Name = ""
    policy: Policy = ()
    base_permissions: Key = Field(default="", validation_alias="basePermissions")

    def seen(self, asked_for: str) -> model.CustomRole:
        return model.CustomRole(
            id=self.id or asked_for,
            key=self.key,
            name=self.name or self.key,
            policy=tuple(statement.seen() for statement in self.policy),
            base_permissions=self.base_permissions,
        )


def _attributes(raw: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, dict):
        return {}
    return {
        plain(str(name), KEY_LIMIT): tuple(plain(v, KEY_LIMIT) for v in values if isinstance(v, str))
        for name, values in raw.items()
        if isinstance(values, list)
    }


class MemberAnswer(Remote):
    """The owner of a personal token (docs/launchdarkly.md#token-owner)."""

    id: Key = Field(default="", validation_alias="_id")
    role: Key = ""
    custom_roles: Keys = Field(default=(), validation_alias="customRoles")
    teams: list[Any] = Field(default_factory=list)
    grants: list[Any] = Field(default_factory=list, validation_alias="permissionGrants")
    role_attributes: Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_attributes)] = Field(
        default_factory=dict, validation_alias="roleAttributes"
    )

    def seen(self) -> model.Member:
        return model.Member(
            id=self.id,
            role=self.role,
            custom_roles=self.custom_roles,
            team_count=len(self.teams),
            grant_count=len(self.grants),
            role_attributes=self.role_attributes,
        )


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

    def seen(self) -> model.Environment:
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


def _length(raw: object) -> int:
    return len(raw) if isinstance(raw, list) else 0


class EnvironmentPage(Remote):
    """The environments listed inside a project, paged themselves (docs/launchdarkly.md#projects-and-environments)."""

    items: Annotated[tuple[EnvironmentItem, ...], items_of(EnvironmentItem)] = ()
    sent: Annotated[int, BeforeValidator(_length)] = Field(default=0, validation_alias="items")
    total: int | None = Field(default=None, validation_alias="totalCount")
    links: dict[str, Any] = Field(default_factory=dict, validation_alias="_links")

    @property
    def whole(self) -> bool:
        """Return whether this is the whole list. Without a total and a link, only a very short page certainly is."""
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

    def seen(self) -> model.Project:
        return model.Project(
            key=self.key,
            name=self.name or self.key,
            tags=self.tags,
            environments=tuple(e.seen() for e in self.environments.items) if self.environments else (),
            segments_need_a_view=self.needs_view,
        )


class _Access(Remote):
    action: Key = ""
    resource: Key = ""


class _TokenRef(Remote):
    id: Key = Field(default="", validation_alias="_id")


_NO_TOKEN = _TokenRef()


class AuditItem(Remote):
    """An entry of the audit log: what was changed, and with which token (docs/launchdarkly.md#audit-log)."""

    date: Millis = None
    accesses: Annotated[tuple[_Access, ...], items_of(_Access)] = ()
    token: _TokenRef = _NO_TOKEN

    def writes(self) -> list[model.SegmentWrite]:
        """Return the segments that the entry names: `proj/shop:env/production:segment/KEY`."""
        named = ((one.action, one.resource.rpartition(":segment/")) for one in self.accesses)
        at = self.date
        return [model.SegmentWrite(key, action, at) for action, (place, _, key) in named if at and place and key]


class ObservationItem(Remote):
    """In which environment a context kind was seen (docs/launchdarkly.md#context-kinds)."""

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

    def seen(self) -> model.ContextKind:
        return model.ContextKind(
            key=self.key,
            name=self.name or self.key,
            archived=self.hidden or self.archived,
            last_seen=self.last_seen,
            seen_in={one.environment: one.last_seen for one in self.observations if one.last_seen},
        )


class UnboundedMetadata(Remote):
    included_count: int | None = Field(default=None, validation_alias="includedCount")


class FlagRef(Remote):
    key: Id


def _flag_keys(raw: object) -> tuple[str, ...] | None:
    return tuple(flag.key for flag in each(FlagRef, raw)) if isinstance(raw, list) else None


def _page(raw: object) -> str:
    """Return the path of a thing's own page in the app from its links; it may not lead to another host."""
    site = raw.get("site") if isinstance(raw, dict) else None
    href = site.get("href") if isinstance(site, dict) else None
    return href if isinstance(href, str) and _PATH_IN_THE_APP.fullmatch(href) else ""


class SegmentItem(Remote):
    """A segment (docs/launchdarkly.md#one-segment)."""

    key: Id
    name: Name = ""
    external: Key = Field(default="", validation_alias="_external")
    unbounded: bool = False
    context_kind: Key = Field(default="", validation_alias="unboundedContextKind")
    created_at: Millis = Field(default=None, validation_alias="creationDate")
    modified_at: Millis = Field(default=None, validation_alias="lastModifiedDate")
    members: UnboundedMetadata = Field(default=UnboundedMetadata(), validation_alias="_unboundedMetadata")
    generation: int = 1
    deleted: bool = False
    flags: Annotated[tuple[str, ...] | None, BeforeValidator(_flag_keys)] = Field(
        default=None, validation_alias="_flags"
    )
    page: Annotated[str, BeforeValidator(_page)] = Field(default="", validation_alias="_links")

    def seen(self) -> model.LaunchDarklySegment:
        return model.LaunchDarklySegment(
            key=self.key,
            name=self.name or self.key,
            external=self.external,
            unbounded=self.unbounded,
            context_kind=self.context_kind,
            created_at=self.created_at,
            modified_at=self.modified_at,
            included_count=self.members.included_count,
            generation=self.generation,
            deleted=self.deleted,
            flags=self.flags,
            page=self.page,
        )


class Membership(Remote):
    """Whether a context is a member of a big segment (docs/launchdarkly.md#membership)."""

    included: bool | None = None
    excluded: bool | None = None


class Evaluation(Remote):
    """One segment's result when a context is evaluated (docs/launchdarkly.md#membership)."""

    key: Id
    is_member: bool | None = Field(default=None, validation_alias="isMember")


class AllowlistAnswer(Remote):
    """The account's IP allowlist (docs/launchdarkly.md#ip-allowlist); no address is kept."""

    tokens: bool = Field(validation_alias="apiTokenAllowlistEnabled")
    sessions: bool = Field(default=False, validation_alias="sessionAllowlistEnabled")
    entries: Annotated[int, BeforeValidator(_length)] = 0

    def seen(self) -> model.Allowlist:
        return model.Allowlist(self.tokens, self.sessions, self.entries)


class FlagReason(Remote):
    kind: Key = ""
    rule_index: int | None = Field(default=None, validation_alias="ruleIndex")
    prerequisite: Key = Field(default="", validation_alias="prerequisiteKey")


def _value(raw: object) -> str:
    """Return a flag's value as JSON: a person knows `true` and `"blue"` from the app."""
    return plain(json.dumps(raw, ensure_ascii=False), _LONGEST_VALUE)


class FlagValueItem(Remote):
    """What one flag serves to a context (docs/launchdarkly.md#what-a-flag-serves)."""

    key: Id
    value: Annotated[str, BeforeValidator(_value)] = Field(default="null", validation_alias="_value")
    reason: FlagReason = FlagReason()

    def seen(self) -> model.FlagValue:
        index = self.reason.rule_index
        return model.FlagValue(
            flag=self.key,
            value=self.value,
            reason=self.reason.kind,
            rule=None if index is None or index < 0 else index + 1,
            prerequisite=self.reason.prerequisite,
        )


class RecordedContext(Remote):
    kind: Key = ""
    key: Id


class ContextRecord(Remote):
    """A context that an SDK evaluated; its key is personal data and leaves the client only as a shape.

    See docs/launchdarkly.md#what-the-apps-contexts-look-like.
    """

    context: RecordedContext


class FlagState(Remote):
    on: bool | None = None


def _states(raw: object) -> dict[str, FlagState]:
    found = raw if isinstance(raw, dict) else {}
    return {str(key): state for key, body in found.items() if (state := one(FlagState, body)) is not None}


class FlagItem(Remote):
    """A flag in a list, with its state in the environments that were asked for."""

    key: Id
    name: Name = ""
    environments: Annotated[Mapping[str, FlagState], BeforeValidator(_states)] = Field(default_factory=dict)

    def seen(self, environment: str) -> model.Flag:
        state = self.environments.get(environment)
        return model.Flag(self.key, self.name or self.key, state.on if state is not None else None)


class SdkItem(Remote):
    """An SDK in use (docs/launchdarkly.md#sdks-in-use)."""

    name: Id
    version: Key = ""
    kind: Key = Field(default="", validation_alias="type")
    project: Key = Field(default="", validation_alias="projectKey")
    environment: Key = Field(default="", validation_alias="environmentKey")
    relay_version: Key = Field(default="", validation_alias="relayVersion")

    def seen(self) -> model.Sdk:
        return model.Sdk(**self.model_dump())


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
    on: bool = False
    status: StoreStatus = Field(default=StoreStatus(), validation_alias="_status")

    def seen(self) -> model.PersistentStore:
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
