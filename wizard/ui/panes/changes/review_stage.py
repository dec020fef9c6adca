"""The stages of Review, and what its primary button says in each."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from typing import assert_never

from wizard.domain.planning.plan import Plan
from wizard.flow.writing.change_words import what_yes_does
from wizard.text import capitalized


class Stage(Enum):
    """What the primary button does now."""

    READING = auto()
    UNANSWERED = auto()
    BLOCKED = auto()
    TO_APPROVE = auto()
    APPLYING = auto()
    FAILED = auto()
    BY_HAND = auto()
    DONE = auto()


def label(stage: Stage, to_do: tuple[Plan, ...], back_to: str, blocked_by: Collection[str]) -> str:
    """Return the button's label; `back_to` is the step that a repair leads back to."""
    match stage:
        case Stage.READING:
            return "Reading …"
        case Stage.UNANSWERED:
            return "Go to the question"
        case Stage.BLOCKED:
            return "Show what is in the way" if blocked_by else "Check again"
        case Stage.TO_APPROVE:
            return capitalized(what_yes_does(*to_do))
        case Stage.APPLYING:
            return "Making the changes …"
        case Stage.FAILED:
            return "Check again"
        case Stage.BY_HAND:
            return "Do the rest by hand"
        case Stage.DONE:
            return f"Back to {back_to}" if back_to else "Next"
        case _:
            assert_never(stage)
