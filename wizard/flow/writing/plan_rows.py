"""A plan at a glance: how many changes of each kind, and one row for each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wizard.domain.planning.audience_draft import ACTIVATE, CONNECT
from wizard.domain.planning.change import DESTINATION, MAPPING, TOKEN, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.flow.writing.change_words import AFTER_THE_HANDS, DONE_BY_HAND, OUTCOMES, Value, counted, values, word_of
from wizard.flow.writing.result import Outcome, Result

MARKS: Mapping[Action, str] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.ADOPT: "=",
    Action.NONE: "=",
    Action.BY_HAND: ">",
}
_TITLES = {
    TOKEN: ("Token", "Token "),
    DESTINATION: ("Destination", "Destination "),
    MAPPING: ("Mapping", "Mapping "),
}
_CONNECTION = ("Connection", "Connection to ")
_ALWAYS = {"to add", "to change", "already right"}
_TELLING = ("client_side_id", "context_kind", "context_key", "send", CONNECT, ACTIVATE)


@dataclass(frozen=True, slots=True)
class Row:
    """One change: its mark, the kind of resource, the resource's name, and the values that matter most."""

    mark: str
    what: str
    name: str
    values: str


def tally(*plans: Plan) -> str:
    """Return "3 to add, 0 to change, 1 already right", and what a person does and what waits for that, if anything.

    With these two, several environments have five counts, so counts of zero are then left out.
    """
    actions = [change.action for plan in plans for change in plan.changes if change not in plan.waiting]
    by_hand, waiting = actions.count(Action.BY_HAND), sum(len(plan.waiting) for plan in plans)
    counts = {
        "to add": actions.count(Action.CREATE),
        "to change": actions.count(Action.UPDATE),
        "by hand": by_hand,
        AFTER_THE_HANDS: waiting,
        "already right": sum(len(changes_already_right(plan)) for plan in plans),
    }
    always = set() if len(plans) > 1 and (by_hand or waiting) else _ALWAYS
    return ", ".join(counted(many, what) for what, many in counts.items() if many or what in always)


def tally_of_results(plan: Plan, results: Mapping[str, Result]) -> str:
    """Return "3 added, 0 changed, 1 already right" after the changes; beside failures, without zeros."""
    ended = [(result.action, result.outcome) for result in results.values()]
    added, changed = (ended.count((action, Outcome.DONE)) for action in (Action.CREATE, Action.UPDATE))
    there = sum(outcome is Outcome.ALREADY for _, outcome in ended)
    right = there + sum(change.id not in results for change in changes_already_right(plan))
    words = [word_of(result) for result in results.values()]
    left = (Outcome.FAILED, Outcome.SKIPPED, Outcome.BY_HAND)
    others = (*(OUTCOMES[one] for one in left), AFTER_THE_HANDS, DONE_BY_HAND)
    apart = {word: words.count(word) for word in others if word in words}
    counts = {"added": added, "changed": changed, **apart, "already right": right}
    return ", ".join(counted(many, what) for what, many in counts.items() if many or not apart)


def changes_already_right(plan: Plan) -> tuple[Change, ...]:
    """Return the plan's entries for what exists and stays unchanged."""
    return tuple(change for change in plan.changes if change.action in {Action.ADOPT, Action.NONE})


def why_by_hand(plan: Plan, change: Change) -> str:
    """Return why a person makes this change; empty if an earlier change of the plan says the same."""
    before = plan.changes[: plan.changes.index(change)]
    return "" if change.why_by_hand in {one.why_by_hand for one in before} else change.why_by_hand


def already_right_line(plan: Plan) -> str:
    """Return one line with everything that is already right; empty if there is nothing."""
    names = [f"{row.what} {row.name}" for row in map(row_of, changes_already_right(plan))]
    return f"Already right: {', '.join(names)}" if names else ""


def row_of(change: Change) -> Row:
    what, beginning = _TITLES.get(change.id, _CONNECTION)
    deciding = ", ".join(_deciding(change.action, values(change)))
    return Row(MARKS[change.action], what, change.title.removeprefix(beginning), deciding)


def _deciding(action: Action, found: Iterable[Value]) -> Iterator[str]:
    """Yield the values that matter most: for an update every value that changes, else those in `_TELLING`."""
    for value in found:
        if action is Action.UPDATE and value.now is not None:
            yield f"{value.label}: {value.now} → {value.wanted}"
        elif action is Action.UPDATE or value.name in _TELLING:
            yield f"{value.label}: {value.wanted}"
