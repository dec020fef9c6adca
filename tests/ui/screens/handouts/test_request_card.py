"""A request card on the steps that need an admin's rights: one key opens it and leads back to the same place."""

from __future__ import annotations

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from wizard.ui.screens.handouts.plain_text import PlainTextScreen
from wizard.ui.walk.screen import WalkScreen

CARDS = {
    "launchdarkly": "Request: a LaunchDarkly service token",
    "segment": "Request: a Segment Public API token",
}


async def test_f4_opens_the_card_and_escape_comes_back_to_the_question() -> None:
    """A finding about a token offers the card too: see tests/ui/screens/test_troubleshoot.py."""
    app = SimulatedWizard("happy")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, ("enter", "until:prerequisites", "f4"))
        assert "F4" not in text_on(app), "there is nothing to ask of an admin"
        assert isinstance(app.screen, WalkScreen)

        for stop, wanted in CARDS.items():
            await reach(pilot, (f"until:{stop}", "wait:1"))
            assert "F4 ask an admin" in text_on(app), stop
            focused = app.screen.focused
            await pilot.press("f4")
            assert isinstance(app.screen, PlainTextScreen)
            assert wanted in text_on(app)
            await pilot.press("escape")
            assert isinstance(app.screen, WalkScreen)
            assert app.screen.focused is focused, stop


async def test_a_finding_about_something_else_offers_no_card() -> None:
    app = SimulatedWizard("wrong-pair")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:launchdarkly", "client-side-id", "enter", "finding"))
        finding = app.screen
        await pilot.press("f4")
        assert app.screen is finding
