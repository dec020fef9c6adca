"""Every row of the contracts' tables is covered, and every check says what it looks at."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from typing import Any

import pytest

from tests.domain.checks.rows import LAUNCHDARKLY, SEGMENT, rows_of
from tests.domain.checks.test_catalogue import CASES
from tests.domain.facts_at_hand import healthy_answers, healthy_facts
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import CannotJudge
from wizard.domain.checks.looks import LOOKS_AT
from wizard.domain.facts import Facts
from wizard.domain.model import FailureKind
from wizard.domain.troubleshooting.symptoms import HINTS, QUESTIONS

IDS = {check.id for check in CHECKS}
COVERING = (
    IDS
    | {f"question:{question.id}" for question in QUESTIONS}
    | {f"hint:{hint.id}" for hint in HINTS}
    | {f"explain:{kind}" for kind in FailureKind}
)


@pytest.mark.parametrize(("table", "last"), [(LAUNCHDARKLY, 56), (SEGMENT, 62)])
def test_every_row_is_covered_by_a_check_an_explanation_or_a_question(table: Any, last: int) -> None:
    assert list(table) == list(range(1, last + 1))
    for row, covering in table.items():
        assert covering, row
        assert set(covering) <= COVERING, row


def test_every_question_and_hint_stands_for_a_row() -> None:
    for one in COVERING - IDS - {f"explain:{kind}" for kind in FailureKind}:
        assert any(rows_of(one)), one


# --- what is looked at --------------------------------------------------------------------------------------------

SLOTS = {field.name for field in fields(Facts)}


class Watched(Facts):
    """Facts that remember which of their slots were looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name in SLOTS:
            object.__getattribute__(self, "looked_at").add(name)
        return super().__getattribute__(name)


def _watched(facts: Facts) -> Watched:
    watched = object.__new__(Watched)
    object.__setattr__(watched, "looked_at", set())
    for name in SLOTS:
        object.__setattr__(watched, name, getattr(facts, name))
    return watched


def test_every_check_says_what_it_looks_at() -> None:
    assert set(LOOKS_AT) == IDS
    assert all(set(slots) <= SLOTS for slots in LOOKS_AT.values())


def test_what_a_check_says_that_it_looks_at_it_does() -> None:
    seen: dict[str, set[str]] = {check.id: set() for check in CHECKS}
    cases = [(healthy_facts(), healthy_answers())]
    cases += [(healthy_facts(**case.facts), healthy_answers(**case.answers)) for case in CASES]
    for given, answers in cases:
        for check in CHECKS:
            facts = _watched(given)
            with contextlib.suppress(CannotJudge):
                check.judge(facts, answers)
            seen[check.id] |= object.__getattribute__(facts, "looked_at")
    for check_id, slots in LOOKS_AT.items():
        assert set(slots) <= seen[check_id], (check_id, set(slots) - seen[check_id])
