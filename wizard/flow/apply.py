"""Carries a plan out: in order, each write preceded by a look for what already exists, each result read back.

What was reviewed is what is applied. Nothing here decides what to change; that is `wizard.domain.plan`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wizard.domain.plan import Action


class Outcome(StrEnum):
    DONE = "done"
    ALREADY = "already"
    BY_HAND = "by_hand"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a change was not made (`shared/cli.md`, `error`)."""

    code: str
    summary: str
    cause: str = ""
    fix: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A change is being made now."""

    id: str
    doing: str
    host: str


@dataclass(frozen=True, slots=True)
class Result:
    """How one change ended."""

    id: str
    action: Action
    outcome: Outcome
    resource_id: str = ""
    detail: str = ""  # one sentence for a person
    error: Trouble | None = None
