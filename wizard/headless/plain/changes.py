"""A plan and its results as lines: a sign for each change, each value before and after, why, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.domain.planning.change import Action, Change
from wizard.domain.planning.plan import Plan
from wizard.flow.picture import pictures
from wizard.flow.targets.picked_environments import Group, counted_plans, places
from wizard.flow.targets.shared_answers import as_asked, own_lines, shared_lines
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import how_it_went, values, where, word_of
from wizard.flow.writing.plan_rows import MARKS, already_right_line, changes_already_right, tally
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import what_blocks


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield how many changes there are, each change, and in one line what is already right."""
    yield f"{tally(plan)}."
    for change in plan.changes:
        if change not in changes_already_right(plan):
            yield ""
            yield from _change_lines(change)
    if right := already_right_line(plan):
        yield ""
        yield f"= {right}"


def groups_lines(groups: Sequence[Group]) -> Iterator[str]:
    """Yield the only environment's plan; for several, what they share, then each plan under its name."""
    if len(groups) == 1:
        yield from (*plan_lines(groups[0].plan), *picture_lines(groups[0].target.walk, groups[0].plan))
        return
    targets = [group.target for group in groups]
    yield f"{counted(groups)}."
    yield from shared_lines(targets, as_asked)
    for group in groups:
        yield from ("", f"{group.title}:", *own_lines(group.target, targets, as_asked))
        if group is not groups[0] and (problem := group.problem):
            yield f"Problem: {problem}"
        if group.plan.blocked_by:
            yield f"Left out: {what_blocks(group.target.walk, group.plan)}"
        else:
            yield from (*plan_lines(group.plan), *picture_lines(group.target.walk, group.plan))


def counted(groups: Sequence[Group]) -> str:
    """Return how many changes there are, and in how many environments."""
    return f"{tally(*counted_plans(groups))}{places(groups)}"


def picture_lines(walk: Walk, plan: Plan) -> Iterator[str]:
    """Yield what will exist after the plan, audience by audience."""
    if plan.pending and not plan.blocked_by:
        for picture in pictures(walk.state, walk.session.history):
            yield from ("", str(picture))


def _change_lines(change: Change) -> Iterator[str]:
    by_hand = "By hand: " if change.action is Action.BY_HAND else ""
    yield f"{MARKS[change.action]} {by_hand}{change.title}"
    yield f"  {change.summary}"
    if change.reason:
        yield f"  Why: {change.reason}"
    for value in values(change):
        yield f"  {value.label}: {value.wanted if value.now is None else f'{value.now} becomes {value.wanted}'}"
    yield f"  Where: {where(change, ', ')}"


def result_lines(result: Result, title: str, already: str = "") -> Iterator[str]:
    """Yield how a change ended. `already` replaces the usual word for the outcome ALREADY."""
    word = already if already and result.outcome is Outcome.ALREADY else word_of(result)
    yield f"{word.capitalize()}: {title}"
    for label, said in how_it_went(result):
        yield f"  {label.capitalize()}: {said}" if label else f"  {said}"
