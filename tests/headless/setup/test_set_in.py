"""A finding about an answer names the variable, or the line of the file, where that answer is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.headless.runs import SETUP, World, applied, tokens

UNKNOWN_ID = "0123456789abcdef01234567"
UNKNOWN_TOKEN = "api-00000000-0000-4000-8000-000000000000"
BY_ID = SETUP.replace('project = "shop"\nenvironment = "production"', f'client_side_id = "{UNKNOWN_ID}"')
NO_PLACE = SETUP.replace('project = "shop"\nenvironment = "production"', "")


@pytest.mark.parametrize("command", ["doctor", "plan"])
async def test_a_wrong_client_side_id_in_a_variable_is_found_by_the_variables_name(
    tmp_path: Path, command: str
) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, client_side_id=UNKNOWN_ID)

    ran = await world.run(command, setup=NO_PLACE, as_json=False)

    assert "Failed: " in ran.out
    assert "  Set in: the variable LAUNCHDARKLY_CLIENT_SIDE_ID\n" in ran.out


async def test_a_wrong_client_side_id_in_a_file_is_found_by_its_line(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", setup=BY_ID, as_json=False)

    assert f"  Set in: {tmp_path / 'setup.toml'}:2 (launchdarkly.client_side_id)\n" in ran.out


@pytest.mark.parametrize("command", ["doctor", "plan", "watch"])
async def test_a_refused_token_is_found_by_its_variable(tmp_path: Path, command: str) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, launchdarkly_token=UNKNOWN_TOKEN)

    ran = await world.run(command, as_json=False)

    assert "  Set in: the variable LAUNCHDARKLY_ACCESS_TOKEN\n" in ran.out + ran.err


async def test_a_token_that_is_put_right_in_segment_is_not_looked_for_in_a_variable(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    (destination,) = (d for d in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in d.name)
    destination.settings["apiKey"] = "api-00000000-0000-4000-8000-00000000cafe"
    world.vault = tokens(world)

    ran = await world.run("doctor", as_json=False)

    assert "(destination.token)" in ran.out
    assert "Set in:" not in ran.out
