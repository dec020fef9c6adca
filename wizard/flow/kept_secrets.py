"""Where a walk's tokens come from and where they go: variables, the keyring, memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.commands import of_this_run
from wizard.domain.credentials import (
    CLIENT_SIDE_ID,
    CREDENTIALS,
    LAUNCHDARKLY_TOKEN,
    TOKENS,
    Credential,
    read_paste,
    slot_in,
)
from wizard.flow.outside.vault import IN_MEMORY

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.flow.outside.vault import Stored
    from wizard.flow.walk import Walk


PATIENCE_S = 3.0  # how long to wait for the keyring before going on without it


async def load_secrets(walk: Walk, *, needs_id: bool = True) -> None:
    """Take the secrets in variables, the keyring or the sandbox as if they were pasted. Keep those already given.

    With `needs_id`, look for the client-side ID too, because nothing else names the environment.
    """
    stored = await walk.ports.vault.load(needs_id=needs_id)
    walk.own_tokens.update(_own_tokens(walk, stored))
    walk.vault_trouble = of_this_run(stored.why_not, walk.ports.options)
    where = stored.where or {}
    for ask in (ask for step in walk.steps for ask in step.asks):
        token = _kept(walk, stored, ask.secret)
        if ask.secret and token is not None and not ask.is_answered(walk.state):
            walk.set_state(walk.state.with_token(ask.secret, read_paste(token.get_secret_value())))
            walk.where[ask.secret.slot] = where.get(ask.secret.slot, "")
    if stored.client_side_id and not walk.state.answers.client_side_id:
        answers = replace(walk.state.answers, client_side_id=stored.client_side_id)
        walk.set_state(replace(walk.state, answers=answers))
        walk.where[CLIENT_SIDE_ID.slot] = where.get(CLIENT_SIDE_ID.slot, "")
    walk.changed()


def _own_tokens(walk: Walk, stored: Stored) -> dict[str, SecretStr]:
    """Return the tokens that were made for one environment alone, by environment; none if a variable wins over them."""
    if (stored.where or {}).get(LAUNCHDARKLY_TOKEN.slot) in LAUNCHDARKLY_TOKEN.variables:
        return {}
    profile, first = walk.session.profile, stored.secrets.launchdarkly_token
    is_made = profile.saved.has_made_a_token and profile.name not in stored.of_targets
    return {**stored.of_targets, **({"": first} if first and is_made else {})}


def _kept(walk: Walk, stored: Stored, credential: Credential | None) -> SecretStr | None:
    """Return the stored secret for a walk's environment: for LaunchDarkly its own token, or else the shared one."""
    token = stored.secrets.of(credential)
    if credential is not LAUNCHDARKLY_TOKEN or not walk.own_tokens:
        return token
    return walk.own_token or (None if "" in walk.own_tokens else token)


async def begin_to_load_secrets(walk: Walk) -> asyncio.Future[None]:
    """Start to load the secrets, and return the task when it's done, or after `PATIENCE_S` if it isn't."""
    loading = asyncio.ensure_future(load_secrets(walk))
    patience = asyncio.ensure_future(walk.ports.stopwatch.sleep(PATIENCE_S))
    try:
        await asyncio.wait({loading, patience}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        loading.cancel()
        raise
    finally:
        patience.cancel()
    return loading


async def _forget_stored(walk: Walk) -> str:
    """Delete the tokens in the keyring. Return the outcome as the end of a sentence."""
    from wizard.flow.outside.vault import VaultRefused  # imported here, so that the first frame doesn't wait for it

    try:
        for credential in CREDENTIALS:
            await walk.ports.vault.forget(credential.slot, in_targets=True)
    except VaultRefused as refused:
        return f"; the stored tokens couldn't be deleted: {refused}"
    walk.forget_slots("vault")
    for token in TOKENS:
        if walk.where.get(token.slot) not in token.variables:
            walk.where.pop(token.slot, None)
    return "; the stored tokens are deleted"


async def keep_secrets(walk: Walk) -> str:
    """Store tokens and client-side ID as the user chose. Return where they are now, in words for a screen."""
    if walk.state.sandbox:
        return "nowhere: this is the sandbox"
    if not walk.state.answers.keep_secrets:
        return f"{IN_MEMORY}{await _forget_stored(walk) if walk.state.answers.forget_stored else ''}"
    place = await _save(walk)
    for token in TOKENS:
        if walk.state.secrets.of(token) is not None:
            walk.where.setdefault(token.slot, place)
    walk.changed()
    return place


async def _save(walk: Walk) -> str:
    """Store what the user gave. A token for one environment alone never replaces the shared one or another's."""
    from wizard.flow.outside.vault import VaultRefused

    secrets, name = walk.state.secrets, walk.own_token_name
    token = secrets.launchdarkly_token
    if token is None or name not in walk.own_tokens:
        return await walk.ports.vault.save(secrets, walk.state.answers.client_side_id)
    walk.own_tokens[name] = token
    try:
        await walk.ports.vault.put(slot_in(name), token.get_secret_value())
    except VaultRefused as refused:
        return f"{IN_MEMORY}: {refused}"
    return await walk.ports.vault.save(replace(secrets, launchdarkly_token=None), walk.state.answers.client_side_id)
