"""Commands that have a name but no key."""

from __future__ import annotations

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from wizard.domain.step_id import StepId

_ASKED = "Send all members: on"


async def test_all_members_are_sent_again_after_a_yes_in_review() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, ("until:review", "ctrl+p"))
        assert "Send all members again" not in text_on(app), "nothing is attached yet"
        await reach(pilot, ("escape", "y", "enter"))
        await until(pilot, lambda: "All changes were made and read back" in text_on(app))

        await reach(pilot, ("enter", "ctrl+p", *"send all", "enter"))
        assert app.walk_screen.at == StepId.REVIEW
        await until(pilot, lambda: _ASKED in text_on(app))
        await reach(pilot, ("ctrl+p", *"send all", "enter"))
        assert _ASKED not in text_on(app), "taken out of the plan"

        await reach(pilot, ("ctrl+p", *"send all", "enter"))
        await reach(pilot, ("y", "enter"))
        await until(pilot, lambda: not app.walk.resync)
        written = [one for one in app.sandbox.requests if one.writes][-1]
        assert (written.method, "/activations/" in written.path) == ("PATCH", True)
