"""A flag's rule on the screen, as text to copy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ui.finished_setup import back
from tests.ui.scenarios import reach
from wizard.sandbox.app import Sandbox
from wizard.ui.screens.changes.rule import RuleScreen


async def test_the_request_and_the_terraform_can_be_copied(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    async with back(sandbox, folder, "1", "a", "enter") as (app, pilot):
        assert isinstance(app.screen, RuleScreen)
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await reach(pilot, ("j", "t"))
    request, terraform = copied
    assert json.loads(request)["environmentKey"] == "production"
    assert "launchdarkly_feature_flag_environment" in terraform


async def test_without_any_flag_no_empty_list_is_opened(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("wizard.sandbox.launchdarkly.flags.flags_of", lambda _: [])
    async with back(sandbox, folder, "1") as (app, pilot):
        monkeypatch.setattr(app, "notify", told.append)
        await reach(pilot, ("a",))
        assert app.screen is app.walk_screen
    assert told == ["Shop has no flags yet. Create one in LaunchDarkly under Code → Flags."]
