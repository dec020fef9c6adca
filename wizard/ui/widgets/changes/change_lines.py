"""A change as lines: what will be set and why; afterwards, the result."""

from __future__ import annotations

from typing import assert_never

from textual.content import Content

from wizard.domain.planning.change import Action, Change
from wizard.domain.planning.plan import Plan
from wizard.flow.writing.change_words import ACTIONS, OUTCOMES, how_it_went, values, where, word_of
from wizard.flow.writing.plan_rows import MARKS, row_of
from wizard.flow.writing.result import Outcome, Result
from wizard.text import count
from wizard.ui.appearance.signs import Sign
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.changes.change_list import Entry

COLUMN = 15
_QUIET = {Outcome.DONE, Outcome.ALREADY, Outcome.SKIPPED}
_STYLES = {
    Action.CREATE: "$accent",
    Action.UPDATE: "$accent",
    Action.ADOPT: "$muted",
    Action.NONE: "$muted",
    Action.BY_HAND: "$warning",
}
_MEANS = {
    Action.CREATE: "the wizard adds this",
    Action.UPDATE: "the wizard changes this",
    Action.BY_HAND: "you do this in Segment's web app",
    Action.ADOPT: "this is right already, and stays as it is",
    Action.NONE: "this is right already, and stays as it is",
}
NOW = Sign("○", "now", "$accent")


def briefly(*plans: Plan) -> tuple[str, str]:
    """Return what a yes does, in a few words for the key bar, and in two where these don't fit."""
    writes = sum(len(plan.made_at_once) for plan in plans)
    by_hand = sum(len(plan.pending) - len(plan.waiting) for plan in plans) - writes
    it = "it" if (writes or by_hand) == 1 else "them"
    return (f"make {count(writes, 'change')}", f"make {it}") if writes else (f"do {by_hand} by hand", f"do {it}")


def legend(*plans: Plan) -> tuple[Line, ...]:
    """Return what the signs of the plans' changes mean, for the page's help."""
    actions = {change.action for plan in plans for change in plan.changes}
    meant = {MARKS[action]: says for action, says in _MEANS.items() if action in actions}
    return tuple(Line(f"Sign {mark}", says) for mark, says in meant.items())


def entry(change: Change, result: Result | None = None, *, is_now: bool = False, why: str = "") -> Entry:
    """Return a change as one row with its details folded; a result that needs reading is shown in full.

    `why` is shown at once, without unfolding: why a person has to make this change.
    """
    reason = (Line("", Content.styled(why, "$muted")),) if why else ()
    if result is None:
        sign = NOW if is_now else of_action(change.action)
        return Entry(change.id, (_row(change, sign), *reason), tuple(details(change)))
    sign = of_outcome(result.outcome)
    if result.outcome in _QUIET:
        return Entry(change.id, (_row(change, sign, word_of(result)),), (*_how_it_went(result), *details(change)))
    by_hand = _values(change) if result.outcome is Outcome.BY_HAND else []
    return Entry(change.id, (_row(change, sign, sign.word), *reason, *_how_it_went(result), *by_hand))


def details(change: Change) -> list[Line]:
    """Return what is set, why, where, and whether it can be undone; values come before "why": they aren't reasons."""
    why = [_dim("why", change.reason)] if change.reason else []
    return [Line("", change.summary), *_values(change), *why, _dim("where", where(change, " · "))]


def _how_it_went(result: Result) -> list[Line]:
    """Return the result; for a failure also its cause, its fix and the request."""
    return [_dim(label, text) if label else Line("", text) for label, text in how_it_went(result)]


def _row(change: Change, sign: Sign, beside: str = "") -> Line:
    """Return the change in one line: mark, kind and name, then `beside` (the result) or the main values."""
    row = row_of(change)
    head = Content.assemble((sign.glyph, sign.style), f" {row.what}")
    more = beside or row.values
    return Line(head, Content.styled(row.name, "bold"), beside=Content.styled(f" · {more}" if more else "", "$muted"))


def _dim(label: str, text: str) -> Line:
    return Line(Content.styled(f"  {label}", "$muted"), Content.styled(text, "$muted"))


def _values(change: Change) -> list[Line]:
    return [
        Line(
            "",
            Content.assemble(
                (f"{value.label}  ", "$muted"),
                value.wanted if value.now is None else f"{value.now} → {value.wanted}",
            ),
        )
        for value in values(change)
    ]


def of_action(action: Action) -> Sign:
    return Sign(MARKS[action], ACTIONS[action], _STYLES[action])


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
