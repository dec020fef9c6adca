"""The dialog that undo and a rotation share."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tests.ui.finished_setup import back, seen
from tests.ui.scenarios import reach, settled
from wizard.flow.busy import Busy
from wizard.flow.profile.session import Session
from wizard.sandbox.app import Sandbox
from wizard.ui.screens.changes.undo import UndoScreen
from wizard.ui.screens.dialogs.bug import BugScreen


async def test_a_profile_that_another_run_holds_is_left_alone(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "lock", _held)
    async with back(sandbox, folder) as (app, pilot):
        for way, said in (("5", "Nothing was taken back."), ("9", "Nothing was changed.")):
            await reach(pilot, (way,))
            assert f"held by another run. {said}" in " ".join(seen(pilot).split())
            assert "Y then Enter" not in seen(pilot)
            assert not app.screen.query_one(".body").display, "no gap is left for changes that aren't shown"
            await reach(pilot, ("escape",))


async def test_after_a_mistake_of_our_own_the_dialog_can_be_closed(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UndoScreen, "make", _mistaken)
    async with back(sandbox, folder, "5") as (app, pilot):
        await reach(pilot, ("y", "enter"))
        assert isinstance(app.screen, BugScreen)
        await reach(pilot, ("escape",))
        assert "This stopped early. Open it again to see what's left." in seen(pilot)
        await reach(pilot, ("escape",))
        assert not isinstance(app.screen, UndoScreen)


@pytest.mark.parametrize("burst", [("y", "enter"), ("y", "enter", "y")])
async def test_a_burst_of_keys_is_no_yes_and_leaves_the_button_unlit(
    sandbox: Sandbox, folder: Path, burst: tuple[str, ...]
) -> None:
    async with back(sandbox, folder) as (app, pilot):
        await reach(pilot, ("5",))
        assert isinstance(app.screen, UndoScreen)
        for event in [events.Key(name, name if len(name) == 1 else None) for name in burst]:
            app.post_message(event)
            await settled(pilot)
        assert isinstance(app.screen, UndoScreen)
        assert "Y then Enter undo" in seen(pilot)
        await reach(pilot, ("y",))
        assert "Enter undo" in seen(pilot)


async def _mistaken(_: UndoScreen) -> None:
    raise ZeroDivisionError


def _held(_: Session) -> None:
    raise Busy("The profile is held by another run.")
