"""The stages of a first sync, and the states that a stage can be in."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """A stage of the first sync, in order; the values are part of `watch --json` (docs/reference.md#json-documents)."""

    ATTACHED = "attached"
    COMPUTED = "computed"
    DELIVERED = "delivered"
    VISIBLE = "visible"
    COUNTED = "counted"
    MEMBER = "member"


class StageState(StrEnum):
    WAITING = "waiting"
    UNDER_WAY = "under way"
    DONE = "done"
    LATE = "late"
    UNKNOWN = "cannot tell"
    STUCK = "stuck"  # something is wrong that waiting won't fix
    SKIPPED = "not asked"
