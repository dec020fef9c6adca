"""Judge whether a token may do what the sync needs: yes, no or unknown, by its metadata, which is never proof.

See docs/launchdarkly.md#judging-a-token.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import CustomRole, Member, Statement, Token
from wizard.domain.tokens.policies import NO, Answer, Match, Part, Request, statement_matches
from wizard.text import plain

NEEDED_ACTIONS = ("createSegment", "updateIncluded")


class Verdict(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the sync writes: one environment, and the future segment in it. `None` tags: not known."""

    project: str
    environment: str
    project_tags: tuple[str, ...] | None = ()
    environment_tags: tuple[str, ...] | None = ()
    critical: bool | None = None
    role_attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlagTarget:
    """A flag of the target's environment whose rules would change."""

    key: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    name: str  # as a sentence's subject: "The role Segment sync"
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do: all that one of `policies` allows, within `ceiling`; `unreadable` roles may allow more."""

    policies: tuple[Policy, ...] = ()
    unreadable: tuple[str, ...] = ()
    ceiling: Policy | None = None
    unknown_because: str = ""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why actions are denied, as the sentence around them."""

    before: str
    after: str
    joint: str = " and "  # between several actions

    def of(self, actions: Iterable[str]) -> str:
        return f"{self.before}{self.joint.join(actions)}{self.after}"


@dataclass(frozen=True, slots=True)
class Judgment:
    verdict: Verdict
    because: str
    statement: Statement | None = None
    policy_name: str = ""
    denial: Denial | None = None  # of a denial that names the action


# --- what a token may do ----------------------------------------------------------------------------------------

_VIEW_EVERYTHING = Statement("allow", resources=("*",), actions=("view*",))
_EVERYTHING = Statement("allow", resources=("*",), actions=("*",))
_BUILT_IN: Mapping[str, tuple[Statement, ...]] = {  # docs/launchdarkly.md#built-in-roles
    "no_access": (),
    "reader": (_VIEW_EVERYTHING,),
    "writer": (_EVERYTHING,),
    "admin": (_EVERYTHING,),
    "owner": (_EVERYTHING,),
}


def grant_of(
    token: Token | Failure | None,
    roles: Mapping[str, CustomRole | Failure] | None,
    member: Member | Failure | None,
) -> Grant:
    """Build the grant from the token's metadata. `member` owns a personal token.

    See docs/launchdarkly.md#judging-a-token.
    """
    grant = _unknown(token) if token is None or isinstance(token, Failure) else _of_token(token, roles or {})
    shared = isinstance(token, Token) and token.service_token is True
    ceiling = _ceiling(member) if isinstance(member, Member) and not shared else None
    return replace(grant, ceiling=ceiling)


def _unknown(token: Failure | None) -> Grant:
    if token is None:
        return Grant(unknown_because="The wizard hasn't read this token's permissions.")
    if token.is_closed:
        return Grant(unknown_because="This token can't read its own permissions.")
    return Grant(unknown_because="We couldn't read this token's permissions.")


def _of_token(token: Token, roles: Mapping[str, CustomRole | Failure]) -> Grant:
    if token.inline_role:
        return Grant((Policy("The token's inline policy", token.inline_role),))
    if token.custom_role_ids:
        return _of_roles({id_: roles.get(id_) for id_ in token.custom_role_ids})
    built_in = token.role.casefold()
    if built_in in _BUILT_IN:
        return Grant((_built_in(built_in),))
    if built_in:
        return Grant(unknown_because=f"The wizard doesn't know the built-in role {plain(token.role)}.")
    return Grant(unknown_because="LaunchDarkly didn't say which role this token has.")


def _of_roles(roles: Mapping[str, CustomRole | Failure | None]) -> Grant:
    policies = tuple(_of_role(role) for role in roles.values() if isinstance(role, CustomRole))
    unreadable = tuple(plain(id_) for id_, role in roles.items() if not isinstance(role, CustomRole))
    return Grant(policies, unreadable)


def _of_role(role: CustomRole) -> Policy:
    viewing = (_VIEW_EVERYTHING,) if role.base_permissions == "reader" else ()
    return Policy(f"The role {role.name or role.key}", viewing + role.policy)


def _built_in(role: str) -> Policy:
    return Policy(f"The built-in role {role.replace('_', ' ').capitalize()}", _BUILT_IN[role])


def _ceiling(owner: Member) -> Policy | None:
    """Return the owner's policy as the cap of a personal token; None when roles, teams or grants may add to it."""
    role = owner.role.casefold()
    has_more = owner.custom_roles or owner.team_count or owner.grant_count
    return _built_in(role) if role in {"reader", "no_access"} and not has_more else None


# --- judging an action ------------------------------------------------------------------------------------------

_MOST_PERMISSIVE_FIRST = (Verdict.ALLOW, Verdict.UNKNOWN, Verdict.DENY)


def judge(action: str, grant: Grant, target: Target, flag: FlagTarget | None = None) -> Judgment:
    """Judge an action: `viewProject` on the project, any other on the flag, or without a flag on the future segment."""
    request = _request(action, target, flag)
    if grant.ceiling and _by_policy(grant.ceiling, request).verdict is Verdict.DENY:
        role = grant.ceiling.name
        because = f"A personal token can't do more than its owner, who has {role[0].lower()}{role[1:]}."
        return Judgment(Verdict.DENY, because, policy_name=role)
    if grant.unknown_because:
        return Judgment(Verdict.UNKNOWN, grant.unknown_because)
    return _most_permissive(grant, request)


def _request(action: str, target: Target, flag: FlagTarget | None) -> Request:
    project = Part("proj", target.project, target.project_tags)
    environment = Part("env", target.environment, target.environment_tags, target.critical)
    subject = Part("flag", flag.key, flag.tags) if flag else Part("segment", None)
    resource = (project,) if action == "viewProject" else (project, environment, subject)
    return Request(action, resource, target.role_attributes)


def _most_permissive(grant: Grant, request: Request) -> Judgment:
    """Judge across policies: the most permissive policy wins, and an unreadable role may be more permissive still.

    See docs/launchdarkly.md#statements.
    """
    judgments = sorted(
        (_by_policy(policy, request) for policy in grant.policies),
        key=lambda judgment: (_MOST_PERMISSIVE_FIRST.index(judgment.verdict), judgment.statement is None),
    )
    best = judgments[0] if judgments else _denied(request.action, Denial("Nothing allows ", "."))
    if best.verdict is not Verdict.DENY or not grant.unreadable:
        return best
    because = f"We couldn't read one of the token's roles ({grant.unreadable[0]}). It may allow {request.action}."
    return Judgment(Verdict.UNKNOWN, because)


def _by_policy(policy: Policy, request: Request) -> Judgment:
    """Judge by one policy: a deny beats an allow, and what no statement matches is denied.

    See docs/launchdarkly.md#statements.
    """
    allow, allowing = _strongest((s for s in policy.statements if s.effect != "deny"), request)
    deny, denying = _strongest((s for s in policy.statements if s.effect != "allow"), request)
    action, name = request.action, policy.name
    if deny.match is Match.YES:
        return _denied(action, Denial(f"{name} denies ", ", and a deny overrides every allow."), denying, name)
    if allow.match is Match.NO:
        return _unmatched(policy, request)
    if allow.match is Match.MAYBE:
        return Judgment(Verdict.UNKNOWN, f"{name} may allow {action}: {plain(allow.why)}.", allowing, name)
    if deny.match is Match.MAYBE:
        return Judgment(Verdict.UNKNOWN, f"{name} may deny {action}: {plain(deny.why)}.", denying, name)
    return Judgment(Verdict.ALLOW, f"{name} allows {action}.", allowing, name)


def _strongest(statements: Iterable[Statement], request: Request) -> tuple[Answer, Statement | None]:
    answers = ((statement_matches(statement, request), statement) for statement in statements)
    return max(answers, key=lambda pair: pair[0].match, default=(NO, None))


def _unmatched(policy: Policy, request: Request) -> Judgment:
    """Deny because no statement matches; name the closest one, if it allows the action elsewhere."""
    for statement in policy.statements:
        elsewhere = replace(statement, resources=("*",)) if statement.resources else statement
        if statement.effect == "allow" and statement_matches(elsewhere, request).match is Match.YES:
            after = f" only on {plain(', '.join(statement.resources))}."
            parent = replace(request, resource=request.resource[:-1])
            if parent.resource and statement_matches(statement, parent).match is Match.YES:
                after += " An environment doesn't include its segments: end the resource with :segment/*."
            return _denied(request.action, Denial(f"{policy.name} allows ", after), statement, policy.name)
    missing = Denial(f"{policy.name} doesn't include the action ", ".", " or ")
    return _denied(request.action, missing, policy_name=policy.name)


def _denied(action: str, why: Denial, statement: Statement | None = None, policy_name: str = "") -> Judgment:
    return Judgment(Verdict.DENY, why.of([action]), statement, policy_name, why)


def policy_statements(project: str, environment: str, *, bypass_approvals: bool = False) -> list[dict[str, object]]:
    """Return the statements of the smallest policy (docs/launchdarkly.md#smallest-policy)."""
    actions = [*NEEDED_ACTIONS, *(["bypassRequiredSegmentApproval"] if bypass_approvals else [])]
    return [
        {"effect": "allow", "resources": [f"proj/{project}"], "actions": ["viewProject"]},
        {"effect": "allow", "resources": [f"proj/{project}:env/{environment}:segment/*"], "actions": actions},
    ]


@lru_cache(maxsize=64)  # every judgment of a token uses it
def smallest_policy(project: str, environment: str, *, bypass_approvals: bool = False) -> str:
    """Return the smallest policy as JSON to paste into a role or a token (docs/launchdarkly.md#smallest-policy)."""
    statements = policy_statements(project, environment, bypass_approvals=bypass_approvals)
    lines = ",\n".join("  " + json.dumps(statement, ensure_ascii=False) for statement in statements)
    return f"[\n{lines}\n]"
