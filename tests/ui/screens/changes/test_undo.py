"""Undo on the screen: shown first, done after a yes."""

from __future__ import annotations

from pathlib import Path

from tests.ui.finished_setup import back, saved_answers, seen
from tests.ui.scenarios import reach
from wizard.sandbox.app import Sandbox
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
        assert "✓ Everything was taken back." in seen(pilot)
        assert "Stays in LaunchDarkly" in seen(pilot)
        assert len(destinations) == there - 1
        await reach(pilot, ("enter",))
        assert app.walk_screen.pane is None, "it was wanted on the home page"
        assert "You took back what the wizard made." in seen(pilot)
    assert saved_answers(folder)["destination"] == "new"
