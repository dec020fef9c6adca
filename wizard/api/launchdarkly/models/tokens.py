"""LaunchDarkly's answers about who a token is and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from wizard.api.lenient import Id, Key, Keys, Millis, Moment, Name, Remote, items_of
from wizard.domain.services import launchdarkly as model
from wizard.text import KEY_LIMIT, plain

_LONGER_THAN_AN_ENDING = 8  # characters; a token's metadata shows its last four


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

    def to_domain(self) -> model.Caller:
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

    def to_domain(self) -> model.Statement:
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

    def to_domain(self) -> model.Token:
        return model.Token(
            id=self.id,
            name=self.name,
            role=self.role,
            custom_role_ids=self.custom_role_ids,
            inline_role=tuple(statement.to_domain() for statement in self.inline_role),
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
    """A token that was just made or reset. Only this answer has the whole secret in `token`.

    See docs/launchdarkly.md#making-and-deleting-tokens.
    """

    secret: SecretStr = Field(validation_alias="token", min_length=_LONGER_THAN_AN_ENDING)

    def made(self) -> model.MadeToken:
        return model.MadeToken(self.to_domain(), self.secret)


class RoleAnswer(Remote):
    """A custom role (docs/launchdarkly.md#custom-roles)."""

    id: Key = Field(default="", validation_alias="_id")
    key: Key = ""
    name: Name = ""
    policy: Policy = ()
    base_permissions: Key = Field(default="", validation_alias="basePermissions")

    def to_domain(self, asked_for: str) -> model.CustomRole:
        return model.CustomRole(
            id=self.id or asked_for,
            key=self.key,
            name=self.name or self.key,
            policy=tuple(statement.to_domain() for statement in self.policy),
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

    def to_domain(self) -> model.Member:
        return model.Member(
            id=self.id,
            role=self.role,
            custom_roles=self.custom_roles,
            team_count=len(self.teams),
            grant_count=len(self.grants),
            role_attributes=self.role_attributes,
        )
