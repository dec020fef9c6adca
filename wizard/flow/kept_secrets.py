"""Where a walk's tokens come from and where they go: variables, the keyring, memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.commands import of_this_run
from wizard.domain.tokens.credentials import CLIENT_SIDE_ID, CREDENTIALS, TOKENS, read_paste

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


_MEMORY = "memory, for this run only"
PATIENCE_S = 3.0  # until the way on is open without what a keyring holds


async def load_secrets(walk: Walk) -> None:
    """Take the secrets in variables, the keyring or the sandbox as if they were pasted. Given ones stay."""
    stored = await walk.ports.vault.load()
    walk.vault_trouble = of_this_run(stored.why_not, walk.ports.options)
    where = stored.where or {}
    for ask in (ask for step in walk.steps for ask in step.asks):
        token = stored.secrets.of(ask.secret)
        if ask.secret and token is not None and not ask.is_answered(walk.state):
            walk.take_state(walk.state.with_token(ask.secret, read_paste(token.get_secret_value())))
            walk.where[ask.secret.slot] = where.get(ask.secret.slot, "")
    if stored.client_side_id and not walk.state.answers.client_side_id:
        answers = replace(walk.state.answers, client_side_id=stored.client_side_id)
        walk.take_state(replace(walk.state, answers=answers))
        walk.where[CLIENT_SIDE_ID.slot] = where.get(CLIENT_SIDE_ID.slot, "")
    walk.changed()


async def begin_to_load_secrets(walk: Walk) -> asyncio.Future[None]:
    """Load the secrets, and return after as long as a person would wait, whether or not the keyring has answered."""
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
    """Delete what the keyring holds, and return how that ended, as the end of a sentence."""
    from wizard.flow.outside.vault import VaultRefused  # the first frame waits for nothing that only this needs

    try:
        for credential in CREDENTIALS:
            await walk.ports.vault.forget(credential.slot)
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
        return f"{_MEMORY}{await _forget_stored(walk) if walk.state.answers.forget_stored else ''}"
    place = await walk.ports.vault.save(walk.state.secrets, walk.state.answers.client_side_id)
    for token in TOKENS:
        if walk.state.secrets.of(token) is not None:
            walk.where.setdefault(token.slot, place)
    walk.changed()
    return place
