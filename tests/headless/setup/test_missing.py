"""The answers that a command still needs, with commands that use the same profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.headless.runs import World, tokens
from tests.walks import stage
from wizard.domain.facts import VaultSeen
from wizard.headless.setup.missing import missing_asks, missing_in_short, missing_lines


def test_the_commands_that_it_names_are_of_the_profile() -> None:
    walk = stage("happy").walk
    walk.ports = replace(walk.ports, options=" --profile eu")
    walk.record("vault", VaultSeen(usable=True, backend="a keyring"))

    short = tuple(missing_in_short(missing_asks(walk), walk, ""))
    assert short[-1] == "To set it up: audience-wizard --profile eu. To use a file: -c setup.toml"
    in_full = "\n".join(missing_lines(missing_asks(walk), walk, ""))
    assert "audience-wizard secrets set launchdarkly-token --profile eu\n" in in_full


def test_what_keeps_the_keyring_from_answering_is_said_once_for_all_tokens() -> None:
    walk = stage("happy").walk
    walk.vault_trouble = "The keyring is locked."
    missing = missing_asks(walk)
    assert sum(ask.secret is not None for ask in missing) == 2
    lines = tuple(missing_lines(missing, walk, "setup.toml"))
    assert lines[0] == f"{len(missing)} answers are missing:"
    assert [line for line in lines if "keyring" in line] == ["The keyring wasn't used: The keyring is locked."]


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("launchdarkly_token", "api-0000", "LAUNCHDARKLY_ACCESS_TOKEN: This value is too short for a whole token."),
        ("segment_token", "sgp_wrong", "SEGMENT_PUBLIC_API_TOKEN: This value is too short for a whole token."),
        ("launchdarkly_token", "sdk-0000", "LAUNCHDARKLY_ACCESS_TOKEN: This is an SDK key,"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "doctor"])
async def test_a_variable_that_holds_no_whole_token_is_not_said_to_be_missing(
    tmp_path: Path, command: str, slot: str, value: str, said: str
) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, **{slot: value})
    ran = await world.run(command, as_json=False)
    assert f"The variable {said}" in ran.err
    assert "missing" not in ran.err
    assert value not in ran.err + ran.out
