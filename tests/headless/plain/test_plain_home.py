"""What a finished setup offers line by line: undo for all environments or one, and files to export."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_clock import in_minutes
from tests.headless.plain.plain_script import AUDIENCES, DESTINATION, ENTER, MAPPING, PREREQUISITES, talk
from tests.headless.plain.test_plain_rotation import finished
from tests.headless.runs import World
from tests.shared_folder import shared_folder
from tests.walks import Staged, stage_on

_ALL_BY_API = ("1", "3", "shop", "1", ENTER, ENTER, "1", "4", "1", ENTER, ENTER)
_FINISHED: list[World] = []


async def with_two_environments(folder: Path) -> Staged:
    """Return a finished setup of production and staging, opened again. It's made once, then copied."""
    if not _FINISHED:
        made = World(shared_folder(), clock=in_minutes())
        answers = (*PREREQUISITES, *_ALL_BY_API, *DESTINATION, *MAPPING, *AUDIENCES)
        await talk(stage_on(made.sandbox, session=made.session()).walk, *answers, "yes", ENTER)
        _FINISHED.append(made)
    world = _FINISHED[0].copy(folder)
    return stage_on(world.sandbox, session=world.session())


def destinations(staged: Staged) -> list[str]:
    every = staged.sandbox.world.workspaces[0].destinations.values()
    return [one.name for one in every if "LaunchDarkly" in one.name]


async def test_undo_asks_which_environment_and_takes_back_one(tmp_path: Path) -> None:
    staged = await with_two_environments(tmp_path / "home")

    _, script = await talk(staged.walk, "5", "2", ENTER, "5", "2", "yes", "q")

    assert "  1. shop / production" in script.text
    assert "  2. shop / staging" in script.text
    assert "Nothing was taken back." in script.text
    assert "Done: the destination LaunchDarkly - shop / staging" in script.text
    assert destinations(staged) == ["LaunchDarkly - shop / production"]
    assert staged.sandbox.breaches == []


async def test_undo_takes_back_all_environments_after_one_yes(tmp_path: Path) -> None:
    staged = await with_two_environments(tmp_path / "home")

    _, script = await talk(staged.walk, "5", "a", "yes", "q")

    assert "Type yes to undo 8 items, or Enter to cancel: " in script.text
    assert script.text.count("Stays in LaunchDarkly") == 1
    assert destinations(staged) == []


async def test_undo_of_the_only_environment_asks_for_none(tmp_path: Path) -> None:
    _, staged = await finished(tmp_path)

    _, script = await talk(staged.walk, "5", "yes", "q")

    assert "A number, a for all" not in script.text
    assert destinations(staged) == []


async def test_what_exists_is_saved_and_a_file_that_is_there_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, staged = await finished(tmp_path / "world")

    _, script = await talk(staged.walk, "6", "1", ENTER, "1", ENTER, "2", "mine.tf", "9", ENTER, "q")

    assert 'project = "shop"' in (tmp_path / "setup.toml").read_text()
    assert "import {" in (tmp_path / "mine.tf").read_text()
    assert f"Saved: {tmp_path / 'setup.toml'}" in script.text
    assert f"Not saved. {tmp_path / 'setup.toml'} already exists." in script.text


async def test_terraform_is_about_all_environments_and_a_report_or_a_rotation_about_the_one_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    staged = await with_two_environments(tmp_path / "home")

    _, script = await talk(staged.walk, "6", "2", "all.tf", "3", "2", "r.md", ENTER, "4", "2", ENTER, "q")

    terraform = (tmp_path / "all.tf").read_text()
    assert all(f'"segment_destination" "launchdarkly_shop_{one}"' in terraform for one in ("production", "staging"))
    assert "shop / staging" in (tmp_path / "r.md").read_text()
    assert "shop / production" not in (tmp_path / "r.md").read_text()
    assert "Rotate the token of which environment?" in script.text
    assert "Destination LaunchDarkly - shop / staging: set the new token." in script.text
