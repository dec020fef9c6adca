"""In the sandbox a colleague does what a diagnosis asks for, and the next check shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.diagnosis_ends import End, begun, searched
from tests.walk_copies import at_review
from wizard.domain.findings import Status
from wizard.flow.by_hand import colleague
from wizard.flow.diagnosing import FirstAction, first_action


@pytest.mark.parametrize(
    ("end", "then"),
    [
        (End("failed-deliveries", "refused-lately", "allowlist", 1, {"allowlist": "without-segment"}), "nothing-wrong"),
        (End("never-appeared", "switches-off", "switches-off", 2, {"sends": "off"}), "is-there"),
        (End("never-appeared", "activation-off", "activation-off"), "is-there"),
        (End("empty", "approvals-empty", "approvals"), "before-a-repair"),
    ],
    ids=str,
)
async def test_what_the_colleague_did_is_seen(end: End, then: str) -> None:
    staged = await begun(end)
    found = (await searched(staged, end)).end
    assert (found.id, first_action(staged.walk, found)) == (end.cause, FirstAction.COLLEAGUE)
    colleague.end(staged.walk, found)
    await staged.clock.advance(7200)
    await staged.walk.read_again()
    assert (await searched(staged, replace(end, given={}))).end.id == then


async def test_a_connection_that_is_off_is_switched_on_from_its_finding() -> None:
    staged = await at_review("paused")
    off = staged.finding("audience.attached")
    assert colleague.can_fix(staged.walk, off)
    colleague.fix(staged.walk, off)
    await staged.walk.read_again()
    assert staged.finding("audience.attached").status is Status.PASS
