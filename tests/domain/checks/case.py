"""One row of a table test: what differs from the healthy world, and what one check then says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from tests.domain.sample_facts import found, healthy_answers, healthy_facts
from wizard.domain.findings import Finding


@dataclass(frozen=True)
class Case:
    check: str
    status: str
    why: str
    facts: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    says: str = ""  # a part of the summary, cause or fix
    root: bool = False  # it is the only failure: everything else that it breaks waits for it

    @cached_property
    def findings(self) -> dict[str, Finding]:
        return found(healthy_facts(**self.facts), healthy_answers(**self.answers))

    def holds(self) -> None:
        findings = self.findings
        finding = findings[self.check]
        assert finding.status == self.status, finding
        assert self.says in (said := f"{finding.summary} {finding.cause} {finding.fix}"), (self.says, said)
        if self.root:
            assert [name for name, one in findings.items() if one.blocks] == [self.check]


def table(cases: Iterable[Case]) -> list[ParameterSet]:
    return [pytest.param(case, id=f"{case.check}: {case.status}: {case.why}") for case in cases]
