"""A change, and how it is made from current and wanted values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from wizard.domain.services.segment import Region
from wizard.text import capitalized

SEGMENT_APP = Region.US.app

# Ids of changes. An audience's is made by `attaching`.
TOKEN = "token"  # noqa: S105 - an id, no secret
DESTINATION = "destination"
MAPPING = "mapping"
_AUDIENCE = "audience:"


def attaching(audience_key: str) -> str:
    """Return the id of the change that attaches this audience."""
    return f"{_AUDIENCE}{audience_key}"


def attached_key(change_id: str) -> str:
    """Return the key of the audience that the change attaches; empty for any other change."""
    return change_id.removeprefix(_AUDIENCE) if change_id.startswith(_AUDIENCE) else ""


class Action(StrEnum):
    """What the plan does with an object. `adopt`: someone else made it, and it's right; `none`: ours is right already.

    See docs/reference.md#plan---json.
    """

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"
    NONE = "none"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `before` and `after` are JSON-ready and hold only what would be set; of a token, the last four."""

    id: str  # TOKEN, DESTINATION, MAPPING or one made by `attaching`
    action: Action
    title: str
    summary: str
    reason: str
    host: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    undoable: bool
    resource_id: str = ""  # of the existing object; empty for a new one
    needs: tuple[str, ...] = ()  # ids of changes that come first
    settings: Mapping[str, Any] = field(default_factory=dict)  # of a mapping or activation: complete, as they are sent
    why_by_hand: str = ""  # the part of the reason that says why a person makes it

    @property
    def writes(self) -> bool:
        """Return whether apply will call a service for this."""
        return self.action in {Action.CREATE, Action.UPDATE}


@dataclass(frozen=True, slots=True)
class Edit:
    """One value to change. `todo` completes the sentence "Destination X: …", and `because` says why."""

    key: str
    now: Any
    wanted: Any
    todo: str
    because: str
    in_settings: bool = False


def by_hand(change: Change, why: str) -> Change:
    """Return the change as one that a person makes in Segment's app; unchanged when `why` is empty."""
    if not why:
        return change
    reason = f"{change.reason} {why}"
    return replace(change, action=Action.BY_HAND, reason=reason, host=SEGMENT_APP, undoable=False, why_by_hand=why)


def compared(there: Change, edits: tuple[Edit, ...], *, ours: bool, hand: str = "") -> Change:
    """Return an update by `edits`; without edits, a change that keeps the existing object (`ours`) or adopts it."""
    if edits:
        update = replace(
            there,
            action=Action.UPDATE,
            summary=f"{there.title}: {'; '.join(edit.todo for edit in edits)}.",
            reason=_sentence("; ".join(edit.because for edit in edits)),
            before=_values(edits, "now"),
            after=_values(edits, "wanted"),
        )
        return by_hand(update, hand)
    action, reason = Action.ADOPT, "Someone else created it, and it's right."
    if ours:
        action, reason = Action.NONE, "It's already right."
    summary = f"{there.title}: {'keep it' if action is Action.NONE else 'use it'} as it is."
    return replace(there, action=action, summary=summary, reason=reason, undoable=False)


def _values(edits: Iterable[Edit], which: Literal["now", "wanted"]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for edit in edits:
        into = values.setdefault("settings", {}) if edit.in_settings else values
        into[edit.key] = edit.now if which == "now" else edit.wanted
    return values


def _sentence(words: str) -> str:
    return f"{capitalized(words)}."
