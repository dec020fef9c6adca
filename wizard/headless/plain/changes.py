"""A plan and what came of it, as lines: each value before and after, why, where, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.plan import Change
from wizard.flow.writing.change_words import ACTIONS, OUTCOMES, how_it_went, values, where
from wizard.flow.writing.result import Result


def change_lines(number: int, change: Change) -> Iterator[str]:
    yield f"{number}. {ACTIONS[change.action].capitalize()}: {change.title}"
    yield f"   {change.summary}"
    if change.reason:
        yield f"   Why: {change.reason}"
    for value in values(change):
        yield f"   {value.label}: {value.wanted if value.now is None else f'{value.now} becomes {value.wanted}'}"
    yield f"   Where: {where(change, ', ')}"


def result_lines(result: Result, title: str) -> Iterator[str]:
    yield f"{OUTCOMES[result.outcome].capitalize()}: {title}"
    for label, said in how_it_went(result):
        yield f"   {label.capitalize()}: {said}" if label else f"   {said}"
