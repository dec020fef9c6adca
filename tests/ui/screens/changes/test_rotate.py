"""A rotation on the screen: shown first, done after a yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.full_disk import fill_the_disk
from tests.ui.coming_back import back, seen
from tests.ui.scenarios import reach
from tests.ui.waiting import until
from wizard.domain.tokens.credentials import MAKER_TOKEN, read_paste
from wizard.sandbox.app import Sandbox
from wizard.ui.screens.changes.rotate import RotateScreen


async def test_the_token_is_rotated_after_a_yes_and_how_it_ended_is_said(sandbox: Sandbox, folder: Path) -> None:
    before = [token.secret for token in sandbox.world.accounts[0].tokens]
    async with back(sandbox, folder, "9") as (app, pilot):
        assert isinstance(app.screen, RotateScreen)
        await until(pilot, lambda: "Rotate the token" in seen(pilot) and "set the new token" in seen(pilot))
        await reach(pilot, ("enter",))  # on Close, as Enter alone changes nothing
        assert [token.secret for token in sandbox.world.accounts[0].tokens] == before
        await reach(pilot, ("9",))
        await until(pilot, lambda: "set the new token" in seen(pilot))
        await reach(pilot, ("y", "enter"))
        await until(pilot, lambda: "Old token segment-sync · by hand" in seen(pilot))
        new = sandbox.world.accounts[0].tokens[-1]
        there = sandbox.world.workspaces[0].destinations.values()
        assert new.secret in {one.settings.get("apiKey") for one in there}
        assert new.secret not in seen(pilot)
        assert sandbox.breaches == []


async def test_a_change_that_cannot_be_recorded_is_said_before_the_yes(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with back(sandbox, folder) as (_, pilot):
        fill_the_disk(monkeypatch)
        await reach(pilot, ("9",))
        await until(pilot, lambda: "set the new token" in seen(pilot))
        assert "! Progress can't be saved (No space left on device)." in seen(pilot)
        assert "undo can't take it back" in " ".join(seen(pilot).split())


async def test_without_an_admins_token_the_rotation_asks_for_one_and_names_a_mistake(
    sandbox: Sandbox, folder: Path
) -> None:
    async with back(sandbox, folder) as (app, pilot):
        walk = app.walk_screen.walk
        assert walk is not None
        walk.take_state(walk.state.with_token(MAKER_TOKEN, read_paste("")))
        await reach(pilot, ("9",))
        assert "Paste an access token of an admin" in seen(pilot)
        await reach(pilot, (*"sdk-1234567890ab", "enter"))
        assert "This is an SDK key" in seen(pilot)
        assert walk.state.secrets.maker_token is None
        admins = sandbox.tokens.launchdarkly_admin_token
        await reach(pilot, (*admins, "enter"))
        await until(pilot, lambda: "set the new token" in seen(pilot))
        assert admins not in seen(pilot)
        assert walk.state.secrets.maker_token is not None
