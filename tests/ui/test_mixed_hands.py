"""By hand and by API together on the screen: changes that waited return to Review and need their own yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from wizard.ui.screens.by_hand import ByHandScreen

TO_THE_STEPS = ("until:review", "y", "enter", "still", "enter", "wait:1")
TICKED = ("space", "wait:1") * 4


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


async def test_a_tick_alone_does_not_end_the_steps_but_somebody_else_may() -> None:
    app = SimulatedWizard("create-needs-app")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, TO_THE_STEPS)
        ports = app.walk.ports
        app.walk.ports = replace(ports, colleague=None)
        await reach(pilot, TICKED)
        assert "step 1 of 4" in seen(pilot)
        assert "The destination isn't there yet." in seen(pilot)
        assert "Check again" in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert isinstance(app.screen, ByHandScreen)

        await reach(pilot, ("escape",))
        assert app.walk_screen.at == "review"
        assert "By hand first: you've marked every step as done, but some aren't visible yet." in seen(pilot)

        app.walk.ports = ports
        await reach(pilot, ("enter", "wait:200"))
        await _on_to_review(app, pilot)
        await reach(pilot, ("y", "enter"))
        assert "All changes were made and read back." in seen(pilot)
        await reach(pilot, ("enter", "wait:1", "leap:3600"))
        assert app.walk_screen.at == "first_sync"
        assert "1,234 of 1,234" in seen(pilot)


async def _on_to_review(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    """Go on to Review, where the remaining changes need their own yes."""
    assert "Done by hand. Review shows the remaining 2 changes." in seen(pilot)
    assert "All steps are done" not in seen(pilot)
    assert "Back to Review" in seen(pilot)
    await reach(pilot, ("enter",))
    assert app.walk_screen.at == "review"
    assert "Make 2 changes" in seen(pilot)
    assert "1 already right" in seen(pilot)


async def test_a_token_that_the_wizard_makes_is_pasted_by_hand_and_shows_nowhere() -> None:
    app = SimulatedWizard("make-token")
    by_hand, lets_make = ("enter", "down", "enter"), ("until:launchdarkly", "down", "enter", "enter")
    async with app.run_test(size=(100, 30)) as pilot:
        await reach(pilot, (*by_hand, *lets_make, "until:review"))
        assert "1 to add, 0 to change, 3 by hand" in seen(pilot)
        assert "Make 1 change, do 3 by hand" in seen(pilot)
        await reach(pilot, ("still", "y", "enter", "wait:1"))
        token = app.state.secrets.launchdarkly_token
        assert token is not None
        assert token.get_secret_value() in {one.secret for one in app.sandbox.world.accounts[0].tokens}
        await reach(pilot, ("enter", "wait:1"))
        shown = [seen(pilot)]
        for _ in range(10):
            await reach(pilot, ("space", "wait:1"))
            shown.append(seen(pilot))
        made = list(app.sandbox.world.workspaces[0].destinations.values())[-1]
        assert made.settings["apiKey"] == token.get_secret_value()
        assert "LaunchDarkly Service Token" in "".join(shown)
        assert token.get_secret_value() not in "".join(shown)
        await reach(pilot, ("enter", "wait:1", "leap:3600"))
        assert app.walk_screen.at == "first_sync"
        assert "1,234 of 1,234" in seen(pilot)
        assert app.sandbox.breaches == []
