"""A plan and what came of it, as lines: each value before and after, why, where, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.domain.plan import Action, Change, Plan
from wizard.flow.writing.result import Outcome, Result
from wizard.text import KEY_LIMIT, count, plain

_ACTIONS = {
    Action.CREATE: "Create",
    Action.UPDATE: "Change",
    Action.ADOPT: "Use what is there",
    Action.NONE: "As wanted",
    Action.BY_HAND: "By hand",
}
_OUTCOMES = {
    Outcome.DONE: "Done",
    Outcome.ALREADY: "Was there",
    Outcome.BY_HAND: "By hand",
    Outcome.FAILED: "Failed",
    Outcome.SKIPPED: "Skipped",
}


def change_lines(number: int, change: Change) -> Iterator[str]:
    yield f"{number}. {_ACTIONS[change.action]}: {change.title}"
    yield f"   {change.summary}"
    if change.reason:
        yield f"   Why: {change.reason}"
    for name, told in _values(change):
        yield f"   {name}: {told}"
    undo = ", can be undone" if change.undoable else ", not undone from here"
    yield f"   Where: {change.host}{undo if change.writes else ''}"


def what_yes_does(plan: Plan) -> str:
    """ "make these 3 changes", with what is left to the hand."""
    writes, waiting = len(plan.made_at_once), len(plan.waiting)
    by_hand = len(plan.pending) - writes - waiting
    if not writes:
        return f"do {count(by_hand, 'change')} by hand" + (f", then make {waiting}" if waiting else "")
    made = f"make {'this' if writes == 1 else 'these'} {count(writes, 'change')}"
    return f"{made}, and do {by_hand} more by hand" if by_hand else made


def result_lines(result: Result, title: str) -> Iterator[str]:
    yield f"{_OUTCOMES[result.outcome]}: {title}"
    error = result.error
    if error is not None:
        yield f"   {error.summary}"
        for label, said in (("Cause", error.cause), ("Fix", error.fix), ("Request", error.request_id)):
            if said:
                yield f"   {label}: {said}"
    is_said = error is not None and (result.outcome is not Outcome.BY_HAND or error.fix == result.detail)
    if result.detail and not is_said:
        yield f"   {result.detail}"


def _values(change: Change) -> Iterator[tuple[str, str]]:
    """Each value that would be set; of a change only those that differ, with what is there now."""
    if change.action in {Action.NONE, Action.ADOPT}:
        return
    after, before = _flat(change.after or {}), _flat(change.before or {})
    hidden = [name for name, value in after.items() if name not in before and isinstance(value, Mapping)]
    for name, value in after.items():
        if name not in before and name not in hidden:
            yield plain(name), _word(value)
        elif name in before and before[name] != value:
            yield plain(name), f"{_word(before[name])} becomes {_word(value)}"
    if hidden:
        yield count(len(hidden), "hidden field"), "as in the catalog's preset"


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings within settings, each by its own name; what a field is read from stays whole."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        is_expression = isinstance(value, Mapping) and any(key.startswith("@") for key in value)
        flat |= _flat(value) if isinstance(value, Mapping) and not is_expression else {name: value}
    return flat


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(str(value), KEY_LIMIT) if value not in (None, "") else "empty"
