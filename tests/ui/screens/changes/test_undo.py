"""Undo on the screen: shown first, done after a yes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.headless.commands.test_undo import add_audiences
from tests.ui.finished_setup import back, saved_answers, seen
from tests.ui.scenarios import reach
from wizard.sandbox.app import Sandbox
from wizard.ui.screens.changes.change_screen import Stage
from wizard.ui.screens.changes.undo import UndoScreen


async def test_undo_shows_what_it_takes_back_and_does_it_after_a_yes(sandbox: Sandbox, folder: Path) -> None:
    destinations = sandbox.world.workspaces[0].destinations
    there = len(destinations)
    async with back(sandbox, folder, "5") as (app, pilot):
        assert isinstance(app.screen, UndoScreen)
        assert "- Delete the destination LaunchDarkly - shop / production" in seen(pilot)
        await reach(pilot, ("enter",))  # Close has the focus
        assert not isinstance(app.screen, UndoScreen)
        assert len(destinations) == there
        await reach(pilot, ("5", "y"))
        assert "Enter undo 4 items" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "✓ The destination LaunchDarkly - shop / production · deleted" in seen(pilot)
        assert "✓ Everything that the wizard made was taken back." in seen(pilot)
        assert "Stays in LaunchDarkly" in seen(pilot)
        assert len(destinations) == there - 1
        await reach(pilot, ("enter",))
        assert app.walk_screen.pane is None, "it was wanted on the home page"
        assert "You took back what the wizard made. Review shows" in seen(pilot)
        assert "The segment Vip customers stays in LaunchDarkly." in seen(pilot)
        assert "1 Review what the wizard would make" in seen(pilot)
        assert "See the segment" not in seen(pilot)
        assert "──▶" not in seen(pilot)
        await reach(pilot, ("1",))
        assert app.walk_screen.at == "review"
    assert saved_answers(folder)["destination"] == "new"


async def test_after_a_rotation_a_flags_rule_is_taken_back_with_the_admins_token(
    sandbox: Sandbox, folder: Path
) -> None:
    """The new token can only sync, and is gone at the end: then nobody looks for the segment."""
    add_a_rule, rotate = ("1", "a", "enter", "y", "enter", "escape", "escape"), ("9", "y", "enter", "wait:60", "escape")
    async with back(sandbox, folder, *add_a_rule, *rotate, "5", "y", "enter") as (_, pilot):
        assert "✓ The rule of the flag free-shipping for Vip customers · deleted" in seen(pilot)
        assert "✓ Everything that the wizard made was taken back." in seen(pilot)
        await reach(pilot, ("enter",))
        assert "You took back what the wizard made." in seen(pilot)
        assert "no segment seen" not in seen(pilot)
    assert sandbox.breaches == []


async def test_a_look_at_hundreds_of_audiences_shows_how_far_it_is(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_audiences(sandbox, 180)
    said: list[str] = []

    def say(screen: UndoScreen, stage: Stage, state: Any) -> None:
        said.append(f"{stage.name}: {state}")
        say_it(screen, stage, state)

    say_it = UndoScreen.say
    monkeypatch.setattr(UndoScreen, "say", say)
    async with back(sandbox, folder, "5") as (_, pilot):
        assert "- Delete the destination LaunchDarkly - shop / production" in seen(pilot)
    assert "LOOKING: ○ Checking which audiences use the destination: 100 of 180, about 1 minute left …" in said
    assert said[-1].startswith("TO_APPROVE: Nothing changes before you say yes.")
