"""From a finding to its end: a repair is made from a step or from troubleshooting, and says what came of it."""

from __future__ import annotations

from tests.ui.scenarios import reach
from tests.ui.test_room import seen, walked
from tests.ui.waiting import until
from wizard.ui.panes.review import ReviewPane


async def test_a_repair_by_an_answer_leads_to_review_with_the_change_that_it_needs() -> None:
    async with walked("finding", "r", world="anonymous-audience") as pilot:
        screen = pilot.app.walk_screen  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(screen.pane, ReviewPane))
        assert screen.pane.is_repair
        assert pilot.app.state.answers.context_key == "user_id_then_email_then_anonymousId"  # type: ignore[attr-defined]
        assert "No member of VIP customers can sync" not in seen(pilot)
        assert "0 to add, 2 to change, 0 already right" in seen(pilot)
        await reach(pilot, ("y", "enter", "enter"))
        assert screen.at == "audiences"


async def test_the_sandbox_lets_a_user_live_through_the_repaired_allowlist() -> None:
    async with walked("until:first_sync", "leap:420", "enter", world="delivery-failing") as pilot:
        await reach(pilot, ("enter",))
        assert "Your colleague did it." in seen(pilot)
        await reach(pilot, ("escape", "leap:1800"))
        assert "Repair it: review 1 change" in seen(pilot)
        await reach(pilot, ("ctrl+r",))
        await until(pilot, lambda: "Make 1 change" in seen(pilot))
        await reach(pilot, ("y", "enter", "enter", "leap:1800"))
        assert "1,234 of 1,234" in seen(pilot)
        assert "Finish" in seen(pilot)


async def test_f7_counts_members_once_audiences_are_chosen_and_f5_looks_at_the_stages_of_the_first_sync() -> None:
    async with walked("until:mapping") as pilot:
        assert "F7" not in seen(pilot)
        await reach(pilot, ("until:review",))
        pilot.app.walk_screen.go("mapping")  # type: ignore[attr-defined]
        await until(pilot, lambda: "F7 count members" in seen(pilot))
        await reach(pilot, ("f7",))
        assert "Counting takes 3 audience previews." in seen(pilot)
        await reach(pilot, ("escape", "until:first_sync", "wait:60"))
        await reach(pilot, ("wait:4",))
        assert "next check in 6 s" in seen(pilot)
        await reach(pilot, ("f5",))
        assert "next check in 10 s" in seen(pilot)
        await reach(pilot, ("wait:4",))
        assert "next check in 6 s" in seen(pilot)
