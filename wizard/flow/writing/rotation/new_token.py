"""The first two steps of a rotation: make a new token that works, then put it into the destination."""

from __future__ import annotations

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN
from wizard.domain.failure import Failure
from wizard.domain.planning.change import Change
from wizard.domain.planning.ground import shown_token
from wizard.domain.services.launchdarkly import MadeToken, Token
from wizard.domain.services.segment import Destination
from wizard.domain.tokens import held_token, made_token
from wizard.domain.tokens.permissions import Target
from wizard.flow.outside.vault import VaultRefused
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.make_token import (
    TokenOrder,
    new_token_trouble,
    old_works_until,
    put,
    where_it_is,
)
from wizard.flow.writing.result import Outcome, Result, Trouble, ended, failed, trouble_of
from wizard.flow.writing.rotation.rotation_run import RotationRun


async def make_the_new_token(run: RotationRun, change: Change) -> Result:
    """Make the new token, or continue with an earlier run's, and check its rights."""
    if run.rotation.is_in_place:
        return ended(change, Outcome.ALREADY)
    target = held_token.target_of(run.state.facts, run.state.answers)
    if target is None:
        return failed(change, results.NOTHING_TO_ROTATE)
    made = await (_made(run, change, target) if change.writes else _given(run))
    if isinstance(made, Trouble):
        return failed(change, made)
    if lacking := await new_token_trouble(run.ports, made, target):
        return failed(change, results.of_a_rotation(lacking), made.id)
    place = await _stored(run, made) if change.writes else ""
    if isinstance(place, Trouble):
        return failed(change, place, made.id)
    run.made, run.new = made, made.token
    if not change.writes:
        return ended(change, Outcome.ALREADY, made.id)
    if place:
        run.walk.where[LAUNCHDARKLY_TOKEN.slot] = place
    return ended(change, Outcome.DONE, made.id, detail=where_it_is(place))


async def _stored(run: RotationRun, made: MadeToken) -> str | Trouble:
    """Store the secret. If the keyring refuses while it holds the old token, stop: that token will soon be deleted."""
    try:
        return await put(run.ports, run.state, made, run.walk.own_token_name)
    except VaultRefused as refused:
        return results.not_stored(str(refused)) if await _may_keep_the_old_one(run) else ""


async def _may_keep_the_old_one(run: RotationRun) -> bool:
    """Return whether the keyring holds the old token, or could hold it because it couldn't be read at the start."""
    place, vault = run.walk.where.get(LAUNCHDARKLY_TOKEN.slot, ""), run.ports.vault
    if not vault.stores or place:
        return vault.stores and place not in LAUNCHDARKLY_TOKEN.variables
    return bool(run.walk.vault_trouble) and (await vault.look()).can_open


async def _given(run: RotationRun) -> MadeToken | Trouble:
    """Return the token that an earlier run made and whose secret this run has."""
    new, secret = run.rotation.new, run.state.secrets.launchdarkly_token
    return MadeToken(new, secret) if new and secret else results.ROTATION_MOVED


async def _made(run: RotationRun, change: Change, target: Target) -> MadeToken | Trouble:
    if lacking := await run.maker.trouble(target):
        return lacking
    order = _order(run, change, target)
    made = await run.maker.make(order)
    return await run.maker.why_refused(order, made) if isinstance(made, Failure) else made


def _order(run: RotationRun, change: Change, target: Target) -> TokenOrder:
    facts, answers, rotation = run.state.facts, run.state.answers, run.rotation
    replaces = rotation.old.id if rotation.old else ""
    return TokenOrder(
        change_id=change.id,
        name=made_token.wanted_name(facts, answers),
        description=made_token.description(facts, answers, run.ports.clock.now(), replaces=replaces),
        rights=made_token.wanted_rights(facts, answers, target),
        within={"client_side_id": rotation.destination.client_side_id},
        old_works_until=old_works_until(run.ports.clock.now()),
        reset=rotation.new.id if rotation.new else "",
        other_endings=held_token.endings(facts) | {rotation.destination.token_last_four},
    )


async def put_it_into_the_destination(run: RotationRun, change: Change) -> Result:
    """Put the new token into the destination, and read back that the destination has it."""
    there, made = run.rotation.destination, run.made
    if run.rotation.is_in_place:
        run.since = run.ports.clock.now()
        return ended(change, Outcome.ALREADY)
    if made is None:
        return failed(change, results.NO_TOKEN)
    seen = await run.client.token(made.id)
    run.used_before = seen.last_used if isinstance(seen, Token) else None
    ending, place = made.token.last_four, {"client_side_id": there.client_side_id}
    answered: list[Destination | Failure] = []

    async def look() -> Destination | Failure | None:
        every = await run.lists.destinations()
        if isinstance(every, Failure):
            return every
        return next((one for one in every if one.id == there.id and one.token_last_four == ending), None)

    async def update() -> Destination | Failure:
        updated = await run.segment.update_destination(there.id, credentials=(made.secret, there.client_side_id))
        answered.append(updated)
        return updated

    after = {"settings": {"token": shown_token(ending)}}
    write = Write(Resource.DESTINATION, change.id, place, change.before, after, there.id)
    written = await run.writer.write_once(write, look, update)
    if isinstance(written.seen, Failure):
        return failed(change, trouble_of(written.seen))
    if written.seen is None and not any(_holds(one, ending) for one in answered):
        return failed(change, results.NOT_SEEN)
    run.since = run.ports.clock.now()
    return ended(change, Outcome.DONE, there.id)


def _holds(answered: Destination | Failure, ending: str) -> bool:
    """Return whether Segment's answer to the change shows the token. The list may show it only later."""
    return isinstance(answered, Destination) and answered.token_last_four == ending
