"""Texts that all interfaces share: where tokens go, and "no problem so far" while checks still wait."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wizard.domain.findings import Finding, Status
from wizard.flow.words import no_problem_text, where_tokens_go

PASSED = Finding("machine.clock", "Clock", Status.PASS, "The clock is right.")
WAITS = replace(PASSED, status=Status.SKIPPED, judged=False)
NOT_NEEDED = replace(PASSED, status=Status.SKIPPED)


@pytest.mark.parametrize(
    ("findings", "is_all"),
    [
        ((PASSED, NOT_NEEDED), True),
        ((PASSED, WAITS), False),
        ((PASSED, replace(WAITS, matters=False)), True),
    ],
)
def test_nothing_is_called_right_before_it_is_checked(findings: tuple[Finding, ...], is_all: bool) -> None:
    assert ("so far" not in no_problem_text(findings)) is is_all


@pytest.mark.parametrize(
    ("is_simulated", "stores", "says"),
    [(True, False, "nothing is stored anywhere"), (False, True, "if you want"), (False, False, "The keyring is off.")],
)
def test_before_the_first_token_the_welcome_says_where_it_goes(is_simulated: bool, stores: bool, says: str) -> None:
    assert says in where_tokens_go(is_simulated=is_simulated, stores=stores)
