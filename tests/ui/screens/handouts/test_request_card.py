"""A request card on the steps that need an admin's rights: one key opens it and leads back to the same place."""

from __future__ import annotations

import pytest

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from wizard.ui.screens.handouts.plain_text import PlainTextScreen
from wizard.ui.screens.walk import WalkScreen

WAYS = {
    "launchdarkly": ("Request: a LaunchDarkly service token", ("enter", "until:launchdarkly", "wait:1")),
    "segment": ("Request: a Segment Public API token", ("enter", "until:segment", "wait:1")),
}


@pytest.mark.parametrize("stop", WAYS)
async def test_f4_opens_the_card_and_escape_comes_back_to_the_question(stop: str) -> None:
    wanted, way = WAYS[stop]
    app = SimulatedWizard("happy")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, way)
        assert "F4 ask an admin" in text_on(app)
        focused = app.screen.focused

        await pilot.press("f4")
        assert isinstance(app.screen, PlainTextScreen)
        assert wanted in text_on(app)

        await pilot.press("escape")
        assert isinstance(app.screen, WalkScreen)
        assert app.screen.focused is focused


async def test_where_nothing_is_to_be_asked_of_an_admin_f4_does_nothing() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("enter", "until:prerequisites", "wait:1"))
        await pilot.press("f4")
        assert "F4" not in text_on(app)
        assert isinstance(app.screen, WalkScreen)


async def test_a_finding_about_a_token_offers_the_card_too() -> None:
    app = SimulatedWizard("reader-token")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("finding",))
        finding = app.screen
        await pilot.press("f4")
        assert "Request: a LaunchDarkly service token" in text_on(app)
        await pilot.press("escape")
        assert app.screen is finding


async def test_a_finding_about_something_else_offers_no_card() -> None:
    app = SimulatedWizard("wrong-pair")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:launchdarkly", "client-side-id", "enter", "finding"))
        finding = app.screen
        await pilot.press("f4")
        assert app.screen is finding
