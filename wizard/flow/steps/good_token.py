"""A good token to paste in a sandbox world with a bad one, so that you can try the recovery."""

from __future__ import annotations

from wizard.domain.tokens.credentials import Credential
from wizard.flow.state import State
from wizard.flow.steps.step import Note


def good_token(state: State, credential: Credential) -> tuple[Note, ...]:
    """Return a note with the token, until it is used."""
    good, given = state.good_tokens.get(credential.slot, ""), state.secrets.of(credential)
    if not good or (given is not None and given.get_secret_value() == good):
        return ()
    return (Note("To try the recovery, paste this token of the sandbox:"), Note(good))
