"""A rotation on the screen: shown first, done after a yes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.full_disk import fill_the_disk
from tests.ui.finished_setup import WizardOnProfile, back, seen
from tests.ui.scenarios import reach
from tests.ui.waiting import until
from wizard.domain.credentials import MAKER_TOKEN, read_paste
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios.acme import empty_account
from wizard.ui.screens.changes.rotate import RotateScreen


async def test_the_token_is_rotated_after_a_yes_and_how_it_ended_is_said(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [token.secret for token in sandbox.world.accounts[0].tokens]
    async with back(sandbox, folder) as (app, pilot):
        await _without_an_admins_token_it_asks_for_one_and_names_a_mistake(app, pilot)
        with monkeypatch.context() as full:
            fill_the_disk(full)
            await _a_change_that_cannot_be_recorded_is_said_before_the_yes(pilot)
        await reach(pilot, ("9",))
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


async def _without_an_admins_token_it_asks_for_one_and_names_a_mistake(app: WizardOnProfile, pilot: Pilot[Any]) -> None:
    walk = app.walk
    walk.set_state(walk.state.with_token(MAKER_TOKEN, read_paste("")))
    await reach(pilot, ("9",))
    assert "Paste an admin's access token" in seen(pilot)
    await reach(pilot, (*"sdk-1234567890ab", "enter"))
    assert "This is an SDK key" in seen(pilot)
    assert walk.state.secrets.maker_token is None
    await reach(pilot, (*"api-00000000-0000-4000-8000-000000000000", "enter"))
    await until(pilot, lambda: "LaunchDarkly doesn't accept the admin's token." in seen(pilot))
    assert walk.state.secrets.maker_token is None, "another one can be pasted at once"
    other = empty_account("Other", app.sandbox.clock.now())
    app.sandbox.world.accounts.append(other)
    await reach(pilot, (*next(one.secret for one in other.tokens if one.role == "admin"), "enter"))
    await until(pilot, lambda: "can't see the destination's environment" in seen(pilot))
    assert walk.state.secrets.maker_token is None, "it made nothing in its own account"
    admins = app.sandbox.tokens.launchdarkly_admin_token
    await reach(pilot, (*admins, "enter"))
    await until(pilot, lambda: "set the new token" in seen(pilot))
    assert admins not in seen(pilot)
    assert walk.state.secrets.maker_token is not None
    await reach(pilot, ("escape",))


async def _a_change_that_cannot_be_recorded_is_said_before_the_yes(pilot: Pilot[Any]) -> None:
    await reach(pilot, ("9",))
    await until(pilot, lambda: "set the new token" in seen(pilot))
    assert "! Progress can't be saved (No space left on device)." in seen(pilot)
    assert "undo can't take it back" in " ".join(seen(pilot).split())
    await reach(pilot, ("escape",))
