"""Every check names the readings that it looks at, and no others."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from typing import Any

from tests.domain.checks.test_catalogue import CASES
from tests.domain.sample_facts import healthy_answers, healthy_facts
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import CannotJudge
from wizard.domain.facts import Facts

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


def test_every_check_names_what_it_reads() -> None:
    for check in CHECKS:
        assert check.reads, check.id
        assert set(check.reads) <= SLOTS, check.id


def test_what_a_check_says_that_it_reads_it_does() -> None:
    seen: dict[str, set[str]] = {check.id: set() for check in CHECKS}
    cases = [(healthy_facts(), healthy_answers())]
    cases += [(healthy_facts(**case.facts), healthy_answers(**case.answers)) for case in CASES]
    for given, answers in cases:
        for check in (one for one in CHECKS if not seen[one.id].issuperset(one.reads)):
            facts = _watched(given)
            with contextlib.suppress(CannotJudge):
                check.judge(facts, answers)
            seen[check.id] |= object.__getattribute__(facts, "looked_at")
    for check in CHECKS:
        assert set(check.reads) <= seen[check.id], (check.id, set(check.reads) - seen[check.id])
