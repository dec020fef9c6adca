"""A change as lines: what will be set and why; afterwards, the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from textual.content import Content

from wizard.domain.plan import Action, Change, Plan
from wizard.flow.writing.result import Outcome, Result
from wizard.text import count, cut, plain
from wizard.ui.signs import Sign
from wizard.ui.widgets.aligned import Line

COLUMN = 18
NOW = Sign("○", "now", "$accent")


def what_yes_does(plan: Plan) -> str:
    """Return the button's text: "Make 3 changes", with the steps left to do by hand."""
    writes, waiting = len(plan.made_at_once), len(plan.waiting)
    by_hand = len(plan.pending) - writes - waiting
    if not writes:
        return f"Do {count(by_hand, 'change')} by hand" + (f", then make {waiting}" if waiting else "")
    return f"Make {count(writes, 'change')}" + (f", do {by_hand} by hand" if by_hand else "")


def briefly(plan: Plan) -> str:
    """Return the same in a few words for the key bar."""
    writes = len(plan.made_at_once)
    return f"make {count(writes, 'change')}" if writes else f"do {len(plan.pending) - len(plan.waiting)} by hand"


def planned(change: Change, sign: Sign | None = None) -> list[Line]:
    """Return what will be done: each value, why, where, and whether it can be undone."""
    undo = "can be undone" if change.undoable else "not undone from here"
    where = f"{change.host} · {undo}" if change.writes else change.host
    return [
        _title(change, sign or of_action(change.action)),
        Line("", change.summary),
        _dim("why", change.reason),
        *_values(change),
        _dim("where", where),
    ]


def made(change: Change, result: Result) -> list[Line]:
    """Return the result; for a failure its cause, its fix and the request."""
    lines = [_title(change, of_outcome(result.outcome))]
    error = result.error
    if error is not None:
        told = (("cause", error.cause), ("fix", error.fix), ("request", error.request_id))
        lines += [Line("", error.summary), *(_dim(label, text) for label, text in told if text)]
    is_said = error is not None and (result.outcome is not Outcome.BY_HAND or error.fix == result.detail)
    if result.detail and not is_said:
        lines.append(Line("", result.detail))
    if result.outcome is Outcome.BY_HAND:
        lines += _values(change)
    return lines


def _title(change: Change, sign: Sign) -> Line:
    return Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), Content.styled(change.title, "bold"))


def _dim(label: str, text: str) -> Line:
    return Line(Content.styled(f"  {label}", "$muted"), Content.styled(text, "$muted"))


def _values(change: Change) -> list[Line]:
    """Return each value to set; for an update only those that differ, with the present value."""
    if change.action in {Action.NONE, Action.ADOPT}:
        return []
    before = dict(_flat(change.before or {}))
    differing = [(name, value) for name, value in _flat(change.after or {}) if before.get(name) != value]
    hidden = [name for name, value in differing if isinstance(value, Mapping)]
    lines = [
        _value(name, f"{_word(before[name])} → {_word(value)}" if name in before else _word(value))
        for name, value in differing
        if name not in hidden
    ]
    return [*lines, _value("hidden", f"{count(len(hidden), 'field')}, as the catalog's preset")] if hidden else lines


def _value(name: str, told: str) -> Line:
    return Line(Content.styled(f"  {cut(plain(name), COLUMN - 4)}", "$muted"), told)


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Flatten nested settings to their own names; what Segment computes (`@path`, `@if`) stays as it is."""
    for name, value in values.items():
        if isinstance(value, Mapping) and not any(str(key).startswith("@") for key in value):
            yield from _flat(value)
        else:
            yield name, value


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(str(value)) if value not in (None, "") else "empty"


def of_action(action: Action) -> Sign:
    match action:
        case Action.CREATE:
            return Sign("+", "create", "$accent")
        case Action.UPDATE:
            return Sign("~", "change", "$accent")
        case Action.ADOPT:
            return Sign("=", "adopt", "$muted")
        case Action.NONE:
            return Sign("=", "as wanted", "$muted")
        case Action.BY_HAND:
            return Sign(">", "by hand", "$warning")
        case _:
            assert_never(action)


def of_outcome(outcome: Outcome) -> Sign:
    match outcome:
        case Outcome.DONE:
            return Sign("✓", "done", "$success")
        case Outcome.ALREADY:
            return Sign("✓", "was there", "$success")
        case Outcome.BY_HAND:
            return Sign(">", "by hand", "$warning")
        case Outcome.FAILED:
            return Sign("✗", "failed", "$error")
        case Outcome.SKIPPED:
            return Sign("·", "skipped", "$muted")
        case _:
            assert_never(outcome)
