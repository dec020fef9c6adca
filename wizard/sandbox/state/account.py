"""The state of the simulated LaunchDarkly as plain data; moments have a time zone, UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.sandbox.http.exchange import Json
from wizard.sandbox.state.policies import BASE_ROLES, Part, Policy, Resource, any_allows

CURRENT_API_VERSION = 20240415


@dataclass(slots=True)
class Member:
    """A person with a seat in the account."""

    id: str
    email: str
    first_name: str
    last_name: str
    role: str = "admin"
    custom_role_keys: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class CustomRole:
    """A named policy; `base_permissions` is the base role to which it's added."""

    id: str
    key: str
    name: str
    policy: list[Json]
    base_permissions: str = "no_access"

    def effective_policy(self) -> Policy:
        return [*BASE_ROLES[self.base_permissions], *self.policy]


@dataclass(slots=True)
class Token:
    """An access token. It has exactly one of `role`, `custom_role_ids` and `inline_role`.

    `ceiling` is the base role of the token's creator: a token that shows Writer but was created by a Reader is refused
    (docs/launchdarkly.md#token-metadata). `caps` are the creator's policies at that time: each of them must also allow
    what the token does. `former` holds secrets before a reset, each with the moment when it stops working.
    """

    id: str
    secret: str = field(repr=False)
    name: str
    member_id: str
    created_at: datetime
    service: bool = True
    role: str | None = None
    custom_role_ids: list[str] = field(default_factory=list)
    inline_role: list[Json] = field(default_factory=list)
    ceiling: str | None = None
    expires_at: datetime | None = None
    default_api_version: int = CURRENT_API_VERSION
    last_used_at: datetime | None = None
    description: str = ""
    caps: list[list[Policy]] = field(default_factory=list)
    former: list[tuple[str, datetime]] = field(default_factory=list, repr=False)

    def works_at(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def has_secret(self, secret: str, now: datetime) -> bool:
        return secret == self.secret or any(secret == one and now < until for one, until in self.former)


@dataclass(slots=True)
class ContextKind:
    """A kind of context in a project; `last_seen` is None when no SDK has evaluated it."""

    key: str
    name: str
    created_at: datetime
    last_seen: datetime | None = None
    archived: bool = False
    description: str = ""


@dataclass(slots=True)
class Segment:
    """A segment of one environment.

    A synced segment has `external` and one context kind. `counted_at` holds, for each of its members, the moment from
    which the shown count includes the member.
    """

    key: str
    name: str
    created_at: datetime
    modified_at: datetime
    external: str | None = None
    context_kind: str = "user"
    generation: int = 1
    version: int = 1
    description: str = ""
    tags: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    deleted: bool = False
    counted_at: dict[str, datetime] = field(default_factory=dict)
    flag_keys: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)

    @property
    def unbounded(self) -> bool:
        return self.external is not None

    def count_shown(self, now: datetime) -> int:
        """Return how many members LaunchDarkly's count includes at that moment."""
        return bisect_right(sorted(self.counted_at.values()), now)


@dataclass(slots=True)
class SeenContext:
    """A context that an SDK evaluated recently."""

    kind: str
    key: str
    seen_at: datetime
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rule:
    """A rule of a flag: members of `segment` get `value`; "" matches every context.

    A rule added through the API has an `id` and may name several segments. The ID of any other rule comes from its
    place.
    """

    segment: str
    value: Any = True
    id: str = ""
    description: str = ""
    more_segments: list[str] = field(default_factory=list)

    @property
    def segments(self) -> list[str]:
        return [key for key in (self.segment, *self.more_segments) if key]


@dataclass(slots=True)
class Flag:
    """A flag, which is boolean unless its values say otherwise. The first rule that matches decides."""

    key: str
    name: str = ""
    on: bool = True
    rules: list[Rule] = field(default_factory=list)
    fallthrough: Any = False
    off_value: Any = False
    prerequisite: str = ""
    """The key of another flag that fails for everyone."""
    tags: list[str] = field(default_factory=list)
    version: int = 1

    @property
    def values(self) -> list[Any]:
        """The values of the flag's variations: true and false, unless it serves anything else."""
        served = [*(rule.value for rule in self.rules), self.fallthrough, self.off_value]
        if all(isinstance(value, bool) for value in served):
            return [True, False]
        return [value for place, value in enumerate(served) if value not in served[:place]]

    def part(self) -> Part:
        return Part("flag", self.key, frozenset(self.tags))


@dataclass(slots=True)
class Environment:
    """An environment of a project; its id is the client-side ID."""

    id: str
    key: str
    name: str
    sdk_key: str = field(repr=False)
    mobile_key: str = field(repr=False)
    tags: list[str] = field(default_factory=list)
    critical: bool = False
    color: str = "417505"
    segment_approvals: bool = False
    flag_approvals: bool = False
    flag_approval_tags: list[str] = field(default_factory=list)
    """Of the flags that need one; empty: all of them."""
    segments: dict[str, Segment] = field(default_factory=dict)
    contexts: list[SeenContext] = field(default_factory=list)
    flags: dict[str, Flag] = field(default_factory=dict)
    """Those that are out of the ordinary; every other one of `Segment.flag_keys` has one rule, for that segment."""

    def part(self) -> Part:
        properties = {"critical": str(self.critical).lower()}
        return Part("env", self.key, frozenset(self.tags), properties)


@dataclass(slots=True)
class Project:
    """A project with its environments and context kinds."""

    id: str
    key: str
    name: str
    created_at: datetime
    tags: list[str] = field(default_factory=list)
    environments: dict[str, Environment] = field(default_factory=dict)
    context_kinds: list[ContextKind] = field(default_factory=list)
    segments_need_a_view: bool = False

    def part(self) -> Part:
        return Part("proj", self.key, frozenset(self.tags))


@dataclass(slots=True)
class Store:
    """A persistent store integration (Redis or DynamoDB) of one environment."""

    id: str
    integration_key: str
    project_key: str
    environment_key: str
    name: str
    on: bool = True
    available: bool = True
    potentially_stale: bool = False
    error: str = ""


@dataclass(slots=True)
class AuditEntry:
    """One change in the audit log."""

    id: str
    at: datetime
    kind: str
    action: str
    resource: str
    name: str
    description: str
    token: Token | None = None


@dataclass(slots=True)
class SdkSeen:
    """An SDK that connected recently; `kind` is server, client or mobile."""

    name: str
    version: str
    kind: str
    project_key: str
    environment_key: str
    relay_version: str = ""


@dataclass(slots=True)
class Account:
    """One LaunchDarkly account in one instance: us (commercial), eu or federal."""

    id: str
    name: str
    instance: str = "us"
    projects: dict[str, Project] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    roles: dict[str, CustomRole] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    audit_log: list[AuditEntry] = field(default_factory=list)
    sdks: list[SdkSeen] = field(default_factory=list)
    synced_segments_on_plan: bool = True
    refuses_policies: int = 0
    """The status for a token with a policy of its own, on a plan without custom roles; 0 where the plan has them."""
    tokens_made: int = 0
    allowlist_refuses_segment: bool = False
    """An IP allowlist that knows the office but not Segment's egress addresses."""
    route_limit: int = 60
    """Calls per route in ten seconds; the real numbers aren't published."""
    global_limit: int = 240

    def environments(self) -> Iterator[tuple[Project, Environment]]:
        for project in self.projects.values():
            for environment in project.environments.values():
                yield project, environment

    def environment_with_id(self, client_side_id: str) -> tuple[Project, Environment] | None:
        found = (pair for pair in self.environments() if pair[1].id == client_side_id)
        return next(found, None)

    def valid_token(self, secret: str, now: datetime) -> Token | None:
        """Return the token with this secret, unless it has expired or its owner has left."""
        found = next((token for token in self.tokens if token.has_secret(secret, now)), None)
        if found is None or not found.works_at(now):
            return None
        return found if found.service or found.member_id in self.members else None

    def role(self, id_or_key: str) -> CustomRole | None:
        found = (role for role in self.roles.values() if id_or_key in (role.id, role.key))
        return next(found, None)

    def may(self, token: Token, action: str, *resource: Part) -> bool:
        """Return whether role, ceilings and caps let the token do `action`, and whether it may view the project."""
        member = self.members.get(token.member_id)
        attributes = member.attributes if member else {}
        if not any_allows(self._grant(token), resource, action, attributes):
            return False
        if not all(any_allows([ceiling], resource, action, attributes) for ceiling in self._ceilings(token)):
            return False
        if not all(any_allows(cap, resource, action, attributes) for cap in token.caps):
            return False
        return action == "viewProject" or self._may_look(token, resource)

    def caps_of(self, maker: Token) -> list[list[Policy]]:
        """Return the caps of a token that `maker` makes: the rights of `maker` itself."""
        return [self._grant(maker), *([one] for one in self._ceilings(maker)), *maker.caps]

    def _may_look(self, token: Token, resource: Resource) -> bool:
        """Return whether the token may view the project, without which nothing in it can be changed.

        See docs/launchdarkly.md#statements.
        """
        return not resource or resource[0].kind != "proj" or self.may(token, "viewProject", resource[0])

    def _grant(self, token: Token) -> list[Policy]:
        if token.inline_role:
            return [token.inline_role]
        if token.custom_role_ids:
            roles = [self.role(role_id) for role_id in token.custom_role_ids]
            return [role.effective_policy() for role in roles if role]
        return [BASE_ROLES.get(token.role or "no_access", ())]

    def _ceilings(self, token: Token) -> Iterator[Policy]:
        if token.ceiling:
            yield BASE_ROLES[token.ceiling]
        if not token.service:
            member = self.members.get(token.member_id)
            role = member.role if member else "no_access"
            if member is None or not member.custom_role_keys:
                yield BASE_ROLES.get(role, ())
