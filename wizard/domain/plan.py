"""What would change and why: a pure diff of what was read and what is wanted. Nothing changes before the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding
from wizard.domain.model import Destination, Source, Subscription


class Action(StrEnum):
    """`shared/cli.md`: `adopt` exists and is right, made by someone else; `none` is already as wanted."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"
    NONE = "none"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are JSON-ready and hold only what would be set; a token is shown by its last four."""

    id: str  # `destination`, `mapping` or `audience:<key>`
    action: Action
    title: str
    summary: str
    reason: str
    host: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    undoable: bool
    resource_id: str = ""  # of what exists
    needs: tuple[str, ...] = ()  # ids of changes that come first

    @property
    def writes(self) -> bool:
        """Whether apply will call a service for this."""
        return self.action in {Action.CREATE, Action.UPDATE}


@dataclass(frozen=True, slots=True)
class Plan:
    changes: tuple[Change, ...]
    blocked_by: tuple[str, ...] = ()  # check ids; a blocked plan cannot be applied

    @property
    def pending(self) -> tuple[Change, ...]:
        """What is left to do, by a call or by hand."""
        return tuple(change for change in self.changes if change.writes or change.action is Action.BY_HAND)


def make_plan(
    facts: Facts, answers: Answers, findings: Iterable[Finding], *, made_by_us: frozenset[str] = frozenset()
) -> Plan:
    """`made_by_us`: ids of destinations, mappings and connections that this set-up has made or recorded."""
    raise NotImplementedError


def fingerprint(facts: Facts, answers: Answers) -> str:
    """A stable hash of what a plan rests on: when it differs, the world moved."""
    raise NotImplementedError


def chosen_destination(facts: Facts, answers: Answers, made_by_us: frozenset[str] = frozenset()) -> Destination | None:
    """The instance to use; None: one is to be made."""
    raise NotImplementedError


def source_for_a_new_destination(facts: Facts, answers: Answers) -> Source | None:
    """The Engage source that a new instance goes on; None: it cannot be told, or each has one already."""
    raise NotImplementedError


def mapping_settings(facts: Facts, answers: Answers, current: Subscription | None) -> dict[str, Any]:
    """The full settings to send, for a new mapping and for a changed one."""
    raise NotImplementedError
