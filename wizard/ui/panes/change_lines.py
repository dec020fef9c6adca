"""A change as lines: what will be set and why; afterwards, the result."""

from __future__ import annotations

from typing import assert_never

from textual.content import Content

from wizard.domain.plan import Action, Change, Plan
from wizard.flow.writing.change_words import ACTIONS, OUTCOMES, how_it_went, values, where
from wizard.flow.writing.result import Outcome, Result
from wizard.text import count, cut
from wizard.ui.signs import Sign
from wizard.ui.widgets.aligned import Line

COLUMN = 18
NOW = Sign("○", "now", "$accent")


def briefly(plan: Plan) -> str:
    """Return what a yes does, in a few words for the key bar."""
    writes = len(plan.made_at_once)
    return f"make {count(writes, 'change')}" if writes else f"do {len(plan.pending) - len(plan.waiting)} by hand"


def planned(change: Change, sign: Sign | None = None) -> list[Line]:
    """Return what will be done: each value, why, where, and whether it can be undone."""
    return [
        _title(change, sign or of_action(change.action)),
        Line("", change.summary),
        _dim("why", change.reason),
        *_values(change),
        _dim("where", where(change, " · ")),
    ]


def made(change: Change, result: Result) -> list[Line]:
    """Return the result; for a failure its cause, its fix and the request."""
    said = (_dim(label, text) if label else Line("", text) for label, text in how_it_went(result))
    return [
        _title(change, of_outcome(result.outcome)),
        *said,
        *(_values(change) if result.outcome is Outcome.BY_HAND else ()),
    ]


def _title(change: Change, sign: Sign) -> Line:
    return Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), Content.styled(change.title, "bold"))


def _dim(label: str, text: str) -> Line:
    return Line(Content.styled(f"  {label}", "$muted"), Content.styled(text, "$muted"))


def _values(change: Change) -> list[Line]:
    return [
        Line(
            Content.styled(f"  {cut(name, COLUMN - 4)}", "$muted"),
            wanted if now is None else f"{now} → {wanted}",
        )
        for name, now, wanted in values(change)
    ]


def of_action(action: Action) -> Sign:
    match action:
        case Action.CREATE:
            glyph, style = "+", "$accent"
        case Action.UPDATE:
            glyph, style = "~", "$accent"
        case Action.ADOPT | Action.NONE:
            glyph, style = "=", "$muted"
        case Action.BY_HAND:
            glyph, style = ">", "$warning"
        case _:
            assert_never(action)
    return Sign(glyph, ACTIONS[action], style)


def of_outcome(outcome: Outcome) -> Sign:
    match outcome:
        case Outcome.DONE | Outcome.ALREADY:
            glyph, style = "✓", "$success"
        case Outcome.BY_HAND:
            glyph, style = ">", "$warning"
        case Outcome.FAILED:
            glyph, style = "✗", "$error"
        case Outcome.SKIPPED:
            glyph, style = "·", "$muted"
        case _:
            assert_never(outcome)
    return Sign(glyph, OUTCOMES[outcome], style)
