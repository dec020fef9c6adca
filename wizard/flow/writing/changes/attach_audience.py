"""Attach an audience: a connection, then an activation with a resync. A connection alone doesn't sync.

See docs/segment.md#connections and docs/segment.md#activations.
"""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.failure import Failure
from wizard.domain.planning.audience_draft import ACTIVATION_NAME, CONNECTION_OFF, NO_FIELD_FOR_IT, RESYNC
from wizard.domain.planning.change import Action, Change, attached_key
from wizard.domain.services.mapping import VISIBLE_FIELDS
from wizard.domain.services.segment import Activation, Audience, Connection, Connections
from wizard.domain.tokens.closed import ATTACH, wants_it_in_engage, why_not_done
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.realign import Realigner
from wizard.flow.writing.changes.resync import Resyncer
from wizard.flow.writing.changes.run import Run, result_of
from wizard.flow.writing.changes.switch_on import is_switched_on
from wizard.flow.writing.changes.write_once import SHOWN_LATER_S, Written
from wizard.flow.writing.result import Outcome, Result, failed, is_not_offered, left_to_do_by_hand


async def attach_audience(run: Run, change: Change) -> Result:
    audience = next((a for a in chosen_audiences(run.state) if a.key == attached_key(change.id)), None)
    if audience is None:
        return failed(change, results.NO_AUDIENCE)
    if "activations" in (change.after or {}):
        return await Realigner(run, change, audience).realign()
    if change.after == RESYNC:
        return await Resyncer(run, change, audience).resync()
    made = await _connect(run, change, audience)
    if isinstance(made.seen, Failure) and is_not_offered(made.seen):
        what_to_do = results.ADD_IN_ENGAGE if wants_it_in_engage(made.seen) else results.ATTACH_BY_HAND
        return left_to_do_by_hand(change, made.seen, why_not_done(made.seen, ATTACH), what_to_do)
    result = result_of(change, made)
    is_complete = made.was_there and change.action is not Action.UPDATE and not made.met_a_conflict
    if not isinstance(made.seen, Connection):
        return result
    if not is_complete:
        result = await _activate(run, change, audience, made.seen, result)
    return await _unless_off(run, audience, result)


async def _connect(run: Run, change: Change, audience: Audience) -> Written[Connection]:
    async def look() -> Connection | Failure | None:
        seen = await run.lists.connections(audience.space_id, audience.id)
        run.observed.connections[audience.id] = seen
        return seen if isinstance(seen, Failure) else _own_connection(run, seen)

    async def look_at_first() -> Connection | Failure | None:
        if run.made_a_destination:
            return None  # nobody can have connected anything to it yet
        lately = run.observed.recent_connections(audience.id, run.clock.now())
        return _own_connection(run, lately) if lately else await look()

    async def connect() -> Connection | Failure:
        return await run.segment.connect(audience.space_id, audience.id, run.destination_id)

    write = Write(Resource.CONNECTION, change.id, _place(run, audience))
    made = await run.writer.write_once(write, look, lambda: run.once_known(connect), look_at_first)
    if isinstance(made.seen, Connection) and not made.is_listed:
        run.observed.add_connection(audience.id, made.seen)
    return made


def _own_connection(run: Run, seen: Connections) -> Connection | None:
    return next((one for one in seen.items if one.destination_id == run.destination_id), None)


async def _activate(run: Run, change: Change, audience: Audience, connection: Connection, connected: Result) -> Result:
    async def look() -> Activation | Failure | None:
        seen = await run.lists.activations(audience.space_id, audience.id)
        run.observed.activations[audience.id] = seen
        return seen if isinstance(seen, Failure) else next((a for a in seen if a.connection_id == connection.id), None)

    async def activate() -> Activation | Failure:
        return await run.segment.activate(
            audience.space_id,
            audience.id,
            connection.id,
            name=ACTIVATION_NAME,
            action_id=run.catalog.action_id,
            settings=dict(change.settings),
        )

    visible = {key: change.settings[key] for key in VISIBLE_FIELDS}
    after = {"name": ACTIVATION_NAME, "enabled": True, "settings": visible}
    write = Write(Resource.ACTIVATION, change.id, _place(run, audience) | {"connection": connection.id}, None, after)
    made = await run.writer.write_once(write, look, lambda: run.once_known(activate))
    if isinstance(made.seen, Activation) and not made.is_listed:
        run.observed.add_activation(audience.id, made.seen)
    if isinstance(made.seen, Failure) and is_not_offered(made.seen):
        return left_to_do_by_hand(change, made.seen, results.NOT_STARTED, results.START_BY_HAND, connection.id)
    starts_off = isinstance(made.seen, Activation) and not made.was_there and made.seen.enabled is False
    if isinstance(made.seen, Activation) and starts_off:
        if not await _is_on_now(run, change, audience, made.seen):
            return failed(change, results.ACTIVATION_STAYS_OFF, connection.id)
        run.journal.made(write, made.seen.id)
    activated = replace(result_of(change, made), resource_id=connection.id)
    if activated.outcome is Outcome.FAILED or connected.outcome is Outcome.ALREADY:
        return activated
    return replace(connected, detail=connected.detail or activated.detail)


async def _is_on_now(run: Run, change: Change, audience: Audience, made: Activation) -> bool:
    """Switch on an activation that was created off, and return whether it's on then (docs/segment.md#activations)."""
    place = (audience.space_id, audience.id, made.id)
    settings = dict(change.settings)

    async def look() -> Activation | Failure:
        seen = await run.segment.activation(*place)
        if isinstance(seen, Activation):
            run.observed.add_activation(audience.id, seen)
        return seen

    return await is_switched_on(
        lambda: run.segment.update_activation(*place, action_id=run.catalog.action_id, settings=settings, enabled=True),
        look,
    )


async def _unless_off(run: Run, audience: Audience, result: Result) -> Result:
    """Return the result, or leave it to a person to switch on a connection that stays off although it's activated."""
    if result.outcome not in {Outcome.DONE, Outcome.ALREADY}:
        return result
    for pause in SHOWN_LATER_S:
        if not _is_shown_off(run, run.observed.connections.get(audience.id)):
            return result
        await run.clock.sleep(pause)
        run.observed.connections[audience.id] = await run.lists.connections(audience.space_id, audience.id)
    if not _is_shown_off(run, run.observed.connections[audience.id]):
        return result
    return replace(result, outcome=Outcome.BY_HAND, detail=f"{CONNECTION_OFF} {NO_FIELD_FOR_IT} {results.CONNECT}")


def _is_shown_off(run: Run, seen: Connections | Failure | None) -> bool:
    own = _own_connection(run, seen) if isinstance(seen, Connections) else None
    return own is not None and own.enabled is False


def _place(run: Run, audience: Audience) -> dict[str, str]:
    return {"space": audience.space_id, "audience": audience.id, "destination": run.destination_id}
