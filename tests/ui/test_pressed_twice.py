"""A button pressed twice before its screen has closed closes only that screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui import minimal_walk
from tests.ui.waiting import until
from tests.ui.walk.test_screen import FAILED, begin, opened
from wizard.ui.app import AudienceWizard
from wizard.ui.screens.dialogs.bug import BugScreen
from wizard.ui.screens.dialogs.commands import Command, CommandsScreen
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.dialogs.help import HelpScreen
from wizard.ui.screens.dialogs.quit import QuitScreen
from wizard.ui.screens.handouts.report import ReportScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.widgets.buttons.button import Button

SCREENS: dict[str, tuple[Callable[[], Screen[Any]], str]] = {
    "finding": (lambda: FindingScreen(minimal_walk.walk(), FAILED), "#close"),
    "finding, again": (lambda: FindingScreen(minimal_walk.walk(), FAILED), "#again"),
    "quit": (lambda: QuitScreen("A token would be lost."), "#stay"),
    "bug": (lambda: BugScreen("trying", ValueError()), "#close"),
    "help": (lambda: HelpScreen("Help", None), "#close"),
    "report": (lambda: ReportScreen(minimal_walk.walk()), "#close"),
    "troubleshoot": (lambda: TroubleshootScreen(minimal_walk.walk()), "#close"),
}


async def test_a_button_pressed_twice_closes_its_screen_alone() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        below = HelpScreen("Below", None)
        await app.push_screen(below)
        for name, (make, button) in SCREENS.items():
            screen = make()
            answers: list[object] = []
            await app.push_screen(screen, answers.append)
            for _ in range(3):
                screen.query_one(button, Button).press()
            await until(pilot, lambda: not screen.is_attached)  # noqa: B023 - asked at once
            assert app.screen is below, name
            assert len(answers) == 1, name


async def test_a_key_in_the_last_line_that_is_clicked_twice_closes_one_screen() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        below = HelpScreen("Below", None)
        await app.push_screen(below)
        await pilot.press("ctrl+p")
        screen = app.screen
        assert isinstance(screen, CommandsScreen)
        await pilot.pause()
        at = screen.hints.region.x + str(screen.hints.render()).index("Esc"), screen.hints.region.y
        for kind in (events.MouseDown, events.MouseUp) * 3:
            app.post_message(kind(None, *at, 0, 0, 1, False, False, False, *at))
        await until(pilot, lambda: not screen.is_attached)
        await pilot.pause()
        assert app.screen is below
        app.walk_screen.dismiss()
        assert app.screen_stack == [app.walk_screen, below]


BURSTS = (("ctrl+p", "enter", "enter"), ("ctrl+p", "pageup", "escape"), ("ctrl+p",) * 3, ("f1",) * 5)


async def test_what_comes_faster_than_a_screen_opens_or_closes_ends_nothing_and_runs_once() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        for keys in BURSTS:
            _burst(app, *keys)
            await pilot.pause()
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.walk_screen)
        await _a_command_that_is_chosen_twice_runs_once(app, pilot)
        await _work_that_ends_under_another_screen_closes_its_own_once_that_is_gone(app, pilot)


async def _a_command_that_is_chosen_twice_runs_once(app: AudienceWizard, pilot: Pilot[Any]) -> None:
    ran: list[str] = []
    await pilot.press("ctrl+p")
    screen = app.screen
    assert isinstance(screen, CommandsScreen)
    screen._commands = (Command("Now", "for a test", lambda: ran.append("now")),)
    screen.take(0)
    screen.take(0)
    await until(pilot, lambda: bool(ran))
    await pilot.pause()
    assert (ran, app.screen) == (["now"], app.walk_screen)


async def _work_that_ends_under_another_screen_closes_its_own_once_that_is_gone(
    app: AudienceWizard, pilot: Pilot[Any]
) -> None:
    screen, above = HelpScreen("Below", None), QuitScreen("A token would be lost.")
    await app.push_screen(screen)
    await app.push_screen(above)
    screen.dismiss(None)
    await pilot.pause()
    assert app.screen is above
    await pilot.press("escape")
    await until(pilot, lambda: app.screen is app.walk_screen)


def _burst(app: AudienceWizard, *keys: str) -> None:
    for key in keys:
        app.simulate_key(key)
