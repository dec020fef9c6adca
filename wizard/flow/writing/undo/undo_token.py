"""Delete a service token that the wizard made: last of all, once no destination holds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste, slot_in
from wizard.domain.facts import own_token_id
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Destination
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.vault import VaultRefused
from wizard.flow.profile.journal import Entry, Resource
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.reading.segment_lists import Lists
from wizard.flow.state import State
from wizard.flow.writing.result import Outcome, Result, Trouble, trouble_of
from wizard.text import plain

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

NO_MAKER = "Only an admin's token can delete it: set LAUNCHDARKLY_ADMIN_TOKEN and undo again."
_HELD = Trouble("still_used", "A destination still holds this token, or we couldn't see whether one does.")


async def tokens_seen(ports: Ports, state: State, made: Iterable[Entry]) -> tuple[Token, ...] | Failure:
    """Return LaunchDarkly's tokens; empty if the wizard made none."""
    if all(entry.kind is not Resource.TOKEN for entry in made):
        return ()
    return await launchdarkly_of(ports, replace(state, reads_as_maker=True)).tokens()


def holder(token: Token, destinations: Iterable[Destination]) -> Destination | None:
    return next((one for one in destinations if one.token_last_four == token.last_four != ""), None)


async def delete_token(ports: Ports, state: State, lists: Lists, token: Token) -> Outcome | Trouble:
    """Delete the token, unless a last look shows that a destination holds it."""
    destinations = await lists.destinations()
    if isinstance(destinations, Failure) or holder(token, destinations):
        return _HELD
    access_tokens = ports.services.access_tokens(state.secrets.maker_token)
    failure = await access_tokens.delete(token.id)
    if failure is not None and failure.outcome_unknown:
        failure = await access_tokens.delete(token.id)
    if failure is None:
        return Outcome.DONE
    return Outcome.ALREADY if failure.kind is FailureKind.NOT_FOUND else trouble_of(failure)


async def forget_token(walk: Walk, results: Iterable[Result]) -> None:
    """Forget the secret of a token that was deleted: in memory, and where it's stored."""
    own = own_token_id(walk.state.facts)
    gone = {result.resource_id for result in results if result.outcome in {Outcome.DONE, Outcome.ALREADY}}
    if own not in gone or walk.state.secrets.launchdarkly_token is None:
        return
    walk.set_state(walk.state.with_token(LAUNCHDARKLY_TOKEN, read_paste("")))
    name = walk.own_token_name
    walk.own_tokens.pop(name, None)
    try:
        await walk.ports.vault.forget(slot_in(name))
    except VaultRefused:
        return
    walk.where.pop(LAUNCHDARKLY_TOKEN.slot, None)


def title_of(entry: Entry) -> str:
    return f"the service token {plain(str((entry.after or {}).get('name', '')))}".strip()


def with_error(result: Result, trouble: Trouble) -> Result:
    outcome = Outcome.SKIPPED if trouble is _HELD else Outcome.FAILED
    return replace(result, outcome=outcome, error=trouble)
