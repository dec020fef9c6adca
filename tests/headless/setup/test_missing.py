"""What a command still needs, in words that lead back to the same profile."""

from __future__ import annotations

from dataclasses import replace

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
