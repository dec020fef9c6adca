"""A user who chooses memory only is asked what to do with the tokens that an earlier run stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.test_vault import SECRETS, Keyring, vault_on
from tests.walks import Staged, stage
from wizard.domain.credentials import SEGMENT_TOKEN
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import keep_secrets, load_secrets
from wizard.flow.outside.vault import Vault
from wizard.vault import MemoryVault


async def at_prerequisites(vault: Vault) -> Staged:
    staged = stage("happy", vault=vault)
    walk = staged.walk
    walk.ports = replace(walk.ports, sandbox="")
    walk.set_state(replace(walk.state, sandbox=""))
    await load_secrets(walk)
    await walk.read(StepId.PREREQUISITES)
    return staged


async def who_wants_memory_only(keyring: Keyring, variables: dict[str, str] | None = None) -> Staged:
    staged = await at_prerequisites(vault_on(keyring, variables or {}))
    assert staged.walk.answer(staged.ask("keep_secrets"), "no") == ""
    return staged


def is_asked(staged: Staged) -> bool:
    prerequisites = staged.walk.step(StepId.PREREQUISITES)
    return staged.ask("forget_stored") in staged.walk.missing(prerequisites)


@pytest.mark.parametrize(
    ("said", "left", "place"),
    [("yes", 0, "memory, for this run only; the stored tokens are deleted"), ("no", 1, "memory, for this run only")],
)
async def test_the_answer_is_followed(said: str, left: int, place: str) -> None:
    keyring = Keyring()
    await vault_on(keyring).save(SECRETS, "")
    staged = await who_wants_memory_only(keyring)
    assert is_asked(staged)

    assert staged.walk.answer(staged.ask("forget_stored"), said) == ""
    assert await keep_secrets(staged.walk) == place
    assert len(keyring.entries) == left
    assert staged.walk.state.secrets == SECRETS


async def test_a_token_of_a_variable_still_comes_from_it_after_the_stored_ones_are_deleted() -> None:
    keyring = Keyring()
    await vault_on(keyring).save(SECRETS, "")
    staged = await who_wants_memory_only(keyring, {"SEGMENT_PUBLIC_API_TOKEN": "sgp_of_the_variable"})
    staged.walk.answer(staged.ask("forget_stored"), "yes")
    await keep_secrets(staged.walk)
    assert staged.walk.where == {SEGMENT_TOKEN.slot: "SEGMENT_PUBLIC_API_TOKEN"}


async def test_nothing_is_asked_where_nothing_is_stored() -> None:
    assert not is_asked(await who_wants_memory_only(Keyring()))


async def test_with_the_keyring_switched_off_nobody_is_asked_where_tokens_are_kept() -> None:
    staged = await at_prerequisites(MemoryVault("switched off with --no-keyring", {}))
    assert staged.ask("keep_secrets") not in staged.walk.asks(staged.walk.step(StepId.PREREQUISITES))
