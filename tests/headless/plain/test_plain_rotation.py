"""Rotating the destination's token line by line, from the first page of a finished setup."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from tests.full_disk import fill_the_disk
from tests.headless.plain.plain_script import ENTER, talk
from tests.headless.runs import World, applied
from tests.walks import Staged, stage_on
from wizard.domain.step_id import StepId
from wizard.sandbox.scenarios.acme import empty_account
from wizard.vault import MemoryVault


async def finished(folder: Path) -> tuple[World, Staged]:
    world = await applied(folder, watch=True)
    session = world.session()
    session.keep(session.saved.answers, tuple(StepId))
    return world, stage_on(world.sandbox, session=session)


async def test_it_is_shown_asked_and_reported_step_by_step(tmp_path: Path) -> None:
    world, staged = await finished(tmp_path)
    _, said = await talk(staged.walk, "4", ENTER, "4", "yes", "q")
    text = said.text
    assert "4. Rotate the destination's token" in text
    assert text.index("Nothing was changed.") < text.index("Done: Destination")
    assert "Both tokens work, so you can leave" in text
    assert "LaunchDarkly saw the new token in use" in text
    assert "By hand: Old token segment-sync" in text
    new = world.sandbox.world.accounts[0].tokens[-1]
    assert new.name.startswith("Segment Audiences")
    assert new.secret not in text
    assert world.breaches == []


async def test_a_rotation_that_cannot_be_recorded_is_said_before_the_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, staged = await finished(tmp_path)
    writes = world.writes()
    fill_the_disk(monkeypatch)
    _, said = await talk(staged.walk, "4", ENTER, "q")
    assert "Warning: Progress can't be saved (No space left on device)." in said.text
    assert world.writes() == writes


async def test_an_admins_token_is_asked_for_unseen(tmp_path: Path) -> None:
    world, staged = await finished(tmp_path)
    tokens = world.sandbox.tokens
    given = {
        "launchdarkly_token": (tokens.launchdarkly_access_token, "a keyring"),
        "segment_token": (tokens.segment_public_api_token, "a keyring"),
    }
    vault = MemoryVault("", given)
    staged = stage_on(world.sandbox, vault=vault, session=staged.walk.session)
    _, said = await talk(staged.walk, "4", "mob-12345678", tokens.launchdarkly_admin_token, ENTER, "4", ENTER, "q")
    assert "Not accepted: This is a mobile key" in said.text
    assert said.text.count("Rotate the token:") == 2  # the second time, the admin's token is there already
    assert tokens.launchdarkly_admin_token not in said.text
    assert len(said.hidden) == 2


@pytest.mark.parametrize("has_a_shop_of_its_own", [False, True])
async def test_an_admins_token_of_another_account_makes_nothing_there_and_another_one_is_asked_for(
    tmp_path: Path, has_a_shop_of_its_own: bool
) -> None:
    world, staged = await finished(tmp_path)
    tokens = world.sandbox.tokens
    other = empty_account("Other", world.clock.now())
    if has_a_shop_of_its_own:
        other.projects["shop"] = deepcopy(world.sandbox.world.accounts[0].projects["shop"])
        for environment in other.projects["shop"].environments.values():
            environment.id = environment.id[::-1]
    world.sandbox.world.accounts.append(other)
    elsewhere = next(one.secret for one in other.tokens if one.role == "admin")
    given = {
        "launchdarkly_token": (tokens.launchdarkly_access_token, "a keyring"),
        "segment_token": (tokens.segment_public_api_token, "a keyring"),
    }
    writes = world.writes()
    staged = stage_on(world.sandbox, vault=MemoryVault("", given), session=staged.walk.session)
    _, said = await talk(staged.walk, "4", elsewhere, "4", tokens.launchdarkly_admin_token, ENTER, "q")
    assert "Problem: The admin's token can't see the destination's environment." in said.text
    assert "Cause: The token belongs to another LaunchDarkly account" in said.text
    assert said.text.count("Rotate the token:") == 1
    assert world.writes() == writes


async def test_a_setup_that_is_not_finished_has_nothing_to_rotate(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    staged = stage_on(world.sandbox, session=world.session())
    _, said = await talk(staged.walk, "4", "q")
    assert "Type a number from 1 to 3." in said.text
