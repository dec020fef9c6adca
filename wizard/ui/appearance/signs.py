"""How each state is drawn: a glyph, a word and a color, so that no meaning depends on the color."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from wizard.domain.findings import Status
from wizard.domain.stage import StageState
from wizard.flow.steps.step import Mark
from wizard.flow.words import STATUSES


class Sign(NamedTuple):
    glyph: str
    word: str
    style: str


def of_mark(mark: Mark) -> Sign:
    match mark:
        case Mark.TODO:
            return Sign("·", mark.value, "$muted")
        case Mark.IN_PROGRESS:
            return Sign("·", mark.value, "$accent")
        case Mark.READING:
            return Sign("○", mark.value, "$accent")
        case Mark.DONE:
            return Sign("✓", mark.value, "$success")
        case Mark.WARN:
            return Sign("!", mark.value, "$warning")
        case Mark.PROBLEM:
            return Sign("✗", mark.value, "$error")
        case Mark.CHANGED:
            return Sign("?", mark.value, "$warning")
        case _:
            assert_never(mark)


def of_status(status: Status) -> Sign:
    match status:
        case Status.PASS:
            return Sign("✓", STATUSES[status], "$success")
        case Status.WARN:
            return Sign("!", STATUSES[status], "$warning")
        case Status.FAIL:
            return Sign("✗", STATUSES[status], "$error")
        case Status.UNKNOWN:
            return Sign("?", STATUSES[status], "$warning")
        case Status.SKIPPED:
            return Sign("·", STATUSES[status], "$muted")
        case _:
            assert_never(status)


def of_stage(state: StageState) -> Sign:
    match state:
        case StageState.WAITING | StageState.SKIPPED:
            return Sign("·", state.value, "$muted")
        case StageState.UNDER_WAY:
            return Sign("○", state.value, "$accent")
        case StageState.DONE:
            return Sign("✓", state.value, "$success")
        case StageState.LATE:
            return Sign("!", state.value, "$warning")
        case StageState.UNKNOWN:
            return Sign("?", "unknown", "$muted")
        case StageState.STUCK:
            return Sign("✗", state.value, "$error")
        case _:
            assert_never(state)


def style_of_note(mark: str) -> str:
    """Return the color of a note's mark."""
    return {"!": "$warning", "?": "$warning", "✓": "$success", "✗": "$error"}.get(mark, "$muted")
