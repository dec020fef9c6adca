"""Actions on a finding: a repair is made from a step or from troubleshooting, and its result is shown."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.ui.scenarios import reach, settled
from tests.ui.test_room import pane_of, resize, seen, walked
from tests.ui.waiting import until
from wizard.domain.step_id import StepId
from wizard.ui.panes.changes.review import ReviewPane


async def test_a_repair_by_an_answer_leads_to_review_with_the_change_that_it_needs() -> None:
    async with walked("finding", world="anonymous-audience") as pilot:
        screen = pilot.app.walk_screen  # type: ignore[attr-defined]
        await _changing_the_answer_opens_its_question_in_another_step(pilot)
        await reach(pilot, ("finding", "r"))
        await until(pilot, lambda: isinstance(screen.pane, ReviewPane))
        assert screen.pane.is_repair
        assert pilot.app.state.answers.context_key == "user_id_then_email_then_anonymousId"  # type: ignore[attr-defined]
        assert "No member of VIP customers can sync" not in seen(pilot)
        assert "0 to add, 2 to change, 0 already right" in seen(pilot)
        await reach(pilot, ("y", "enter", "enter"))
        assert screen.at == "audiences"


async def _changing_the_answer_opens_its_question_in_another_step(pilot: Pilot[Any]) -> None:
    await pilot.click("#change")
    await settled(pilot)
    pane = pane_of(pilot)
    assert pane.step.id == StepId.MAPPING
    assert pane.current is not None
    assert pane.current.ask.id == "context_key"


async def test_the_sandbox_lets_a_user_live_through_the_repaired_allowlist() -> None:
    async with walked("until:first_sync", "leap:420", world="delivery-failing") as pilot:
        await _where_there_is_room_the_problem_is_seen_in_the_picture(pilot)
        await reach(pilot, ("enter", "enter"))
        assert "Your colleague did it." in seen(pilot)
        await reach(pilot, ("escape", "leap:1800"))
        assert "Repair it: review 1 change" in seen(pilot)
        await reach(pilot, ("ctrl+r",))
        await until(pilot, lambda: "Make 1 change" in seen(pilot))
        await reach(pilot, ("y", "enter", "enter", "leap:1800"))
        assert "1,234 of 1,234" in seen(pilot)
        assert "Finish" in seen(pilot)


async def _where_there_is_room_the_problem_is_seen_in_the_picture(pilot: Pilot[Any]) -> None:
    assert "──▶" not in seen(pilot)
    await resize(pilot, (120, 40))
    assert "──▶ ✗ LaunchDarkly - shop / production" in seen(pilot)
    assert "After the fix, members arrive" in seen(pilot)
    await resize(pilot, (80, 24))
