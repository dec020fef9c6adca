"""May this token do what the sync needs there? A three-valued answer from its metadata, never proof (contract 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.domain.model import CustomRole, Failure, Member, Statement, Token

NEEDED_ACTIONS = ("createSegment", "updateIncluded")


class Verdict(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the sync writes: one environment, and the segment-to-be in it. `None` tags: not known."""

    project: str
    environment: str
    project_tags: tuple[str, ...] | None = ()
    environment_tags: tuple[str, ...] | None = ()
    critical: bool | None = None
    role_attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    name: str  # as a sentence's subject: "The role Segment sync"
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do: any of `policies`, no more than `ceiling`; `unreadable` roles may allow more."""

    policies: tuple[Policy, ...] = ()
    unreadable: tuple[str, ...] = ()
    ceiling: Policy | None = None
    unknown_because: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    because: str
    statement: Statement | None = None
    policy_name: str = ""


def grant_of(
    token: Token | Failure | None,
    roles: Mapping[str, CustomRole | Failure] | None,
    member: Member | Failure | None,
) -> Grant:
    """4.5, steps 2, 3 and 5. `member` is the owner of a personal token."""
    raise NotImplementedError


def judge(action: str, grant: Grant, target: Target) -> Judgement:
    """`viewProject` is judged on the project, every other action on the segment-to-be."""
    raise NotImplementedError


def smallest_policy(project: str, environment: str, *, bypass_approvals: bool = False) -> str:
    """The policy of 4.3 as JSON, ready to paste into a custom role or a token's inline policy."""
    raise NotImplementedError
