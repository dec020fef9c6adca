"""The menu of the sandbox's worlds on the full screen."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.waiting import until
from tests.ui.walk.test_screen import seen
from wizard.command_line.settings import Settings
from wizard.flow.walk import Walk
from wizard.ui.app import AudienceWizard
from wizard.ui.screens.tour import TourScreen
from wizard.wiring import build_walk


class Chosen:
    """A stand-in for the start of the wizard: takes the chosen world, then builds its walk."""

    def __init__(self) -> None:
        self.name = ""

    def choose(self, name: str) -> None:
        self.name = name

    def load(self) -> Walk:
        return build_walk(Settings({}, sandbox=self.name))


@pytest.mark.parametrize(("keys", "name"), [((), "happy"), (("end",), "hostile-names")])
async def test_enter_opens_the_highlighted_world(keys: tuple[str, ...], name: str) -> None:
    chosen = Chosen()
    app = AudienceWizard(chosen.load, calm=True, choose=chosen.choose)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "PgDn more" in seen(pilot))
        await pilot.press(*keys, "enter")
        await until(pilot, lambda: app.walk_screen.walk is not None)
        assert chosen.name == name
        await until(pilot, lambda: f"sandbox: {name}" in seen(pilot))


async def test_the_menu_shows_groups_and_what_there_is_to_learn() -> None:
    chosen = Chosen()
    app = AudienceWizard(chosen.load, calm=True, choose=chosen.choose)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TourScreen))
        await until(pilot, lambda: "open this scenario" in seen(pilot))
        shown = seen(pilot)
        assert "Start here" in shown
        assert "▸ happy                       The whole way, from tokens to a segment" in shown
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: "\n" + " " * 31 + "one new audience" in seen(pilot))
        await pilot.press("f10")
        await until(pilot, lambda: not app.is_running)
    assert chosen.name == ""


async def test_home_leads_to_the_first_heading_f1_to_the_keys_and_escape_out() -> None:
    chosen = Chosen()
    app = AudienceWizard(chosen.load, calm=True, choose=chosen.choose)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "PgDn more" in seen(pilot))
        await pilot.press("end")
        await until(pilot, lambda: "Start here" not in seen(pilot))
        await until(pilot, lambda: "PgDn more" not in seen(pilot))
        await pilot.press("home")
        await until(pilot, lambda: "Start here" in seen(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "open the highlighted scenario" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TourScreen))
        await _the_keys_of_the_walk_break_nothing(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running)
    assert chosen.name == ""


async def _the_keys_of_the_walk_break_nothing(app: AudienceWizard, pilot: Pilot[Any]) -> None:
    await pilot.resize_terminal(60, 15)
    opens_and_closes = ("f1", "escape", "ctrl+p", "escape", "question_mark", "escape")
    await pilot.press("f2", "f4", "f6", "ctrl+s", *opens_and_closes, "r", "pagedown", "home")
    assert app.error is None
    await until(pilot, lambda: isinstance(app.screen, TourScreen))
