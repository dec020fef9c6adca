"""Make the destination, or update the existing one as the plan wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.domain.failure import Failure
from wizard.domain.planning.change import Action, Change
from wizard.domain.services.segment import Destination
from wizard.domain.tokens.closed import ADD, is_second_instance, why_not_done
from wizard.domain.wanted import source_for_a_new_destination
from wizard.flow.profile.journal import Resource, Write, as_taken
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.run import Run, result_of
from wizard.flow.writing.changes.switch_on import seen_after_setting
from wizard.flow.writing.changes.write_once import Written
from wizard.flow.writing.result import Outcome, Result, ended, failed, left_to_do_by_hand

if TYPE_CHECKING:
    from pydantic import SecretStr

_HAS_TO_BE_RIGHT = {"enabled": True, "settings": {"token": "", "client_side_id": ""}}  # if someone else made it


async def apply_destination(run: Run, change: Change) -> Result:
    return await (_create(run, change) if change.action is Action.CREATE else _update(run, change))


async def _create(run: Run, change: Change) -> Result:
    state, after = run.state, change.after or {}
    source, token = source_for_a_new_destination(state.facts, state.answers), state.secrets.launchdarkly_token
    if source is None or token is None:
        return failed(change, results.NO_SOURCE if token else results.NO_TOKEN)

    made_id = ""

    async def create() -> Destination | Failure:
        nonlocal made_id
        answer = await run.segment.create_destination(
            source_id=source.id,
            metadata_id=run.catalog.metadata_id,
            name=after["name"],
            token=token,
            client_side_id=run.client_side_id,
        )
        made_id = "" if isinstance(answer, Failure) else answer.id
        return answer

    made = await run.writer.write_once(_write(run, change), lambda: _new_one(run, made_id), create)
    if isinstance(made.seen, Failure) and (made.seen.is_closed or is_second_instance(made.seen)):
        run.left_to_do_by_hand.add(change.id)
        what_to_do = results.ADD_BESIDE if is_second_instance(made.seen) else results.ADD_BY_HAND
        return left_to_do_by_hand(change, made.seen, why_not_done(made.seen, ADD), what_to_do)
    if isinstance(made.seen, Destination):
        if made.was_there and not _is_as_wanted(run, made.seen, _HAS_TO_BE_RIGHT):
            return failed(change, results.MOVED, made.seen.id)
        run.made_a_destination, run.made_at = not made.was_there, run.clock.monotonic()
        if not made.was_there and not _is_as_asked(run, made.seen):
            return await _set_as_asked(run, change, made.seen, token)
    return _ended(run, change, made)


def _is_as_asked(run: Run, seen: Destination) -> bool:
    return seen.enabled is not False and not _may_send_elsewhere(run, seen)


def _may_send_elsewhere(run: Run, seen: Destination) -> bool:
    """Return whether Segment shows another client-side ID, or none although it shows the token's last characters."""
    has_no_id = bool(seen.token_last_four) and not seen.client_side_id
    return has_no_id or seen.client_side_id not in {"", run.client_side_id}


async def _set_as_asked(run: Run, change: Change, made: Destination, token: SecretStr) -> Result:
    """Set the values that Segment created differently, and fail if they stay.

    See docs/segment.md#destination-calls. Values that Segment didn't take aren't recorded as set, so that undo doesn't
    see them as someone's change.
    """
    run.destination_id = made.id
    segment = run.segment
    seen = await seen_after_setting(
        lambda: segment.update_destination(
            made.id,
            enabled=True if made.enabled is False else None,
            credentials=(token, run.client_side_id) if _may_send_elsewhere(run, made) else None,
        ),
        lambda: segment.destination(made.id),
        lambda seen: _is_as_asked(run, seen),
    )
    shown = made if isinstance(seen, Failure) else seen
    run.journal.made(replace(_write(run, change), after=as_taken(change.after, shown)), made.id)
    if shown.client_side_id not in {"", run.client_side_id}:
        return failed(change, results.sends_elsewhere(shown.client_side_id, run.client_side_id), made.id)
    if shown.enabled is False:
        return failed(change, results.STAYS_OFF, made.id)
    return ended(change, Outcome.DONE, made.id, results.NO_CLIENT_SIDE_ID if _may_send_elsewhere(run, shown) else "")


async def _update(run: Run, change: Change) -> Result:
    """Update the destination; token and client-side ID together or not at all (docs/segment.md#secret-settings)."""
    after, token = change.after or {}, run.state.secrets.launchdarkly_token
    sets_credentials = "settings" in after
    if sets_credentials and token is None:
        return failed(change, results.NO_TOKEN)

    async def look() -> Destination | Failure | None:
        seen = await run.lists.destinations()
        if isinstance(seen, Failure):
            return seen
        return next((d for d in seen if d.id == change.resource_id and _is_as_wanted(run, d, after)), None)

    async def update() -> Destination | Failure:
        credentials = (token, run.client_side_id) if sets_credentials and token else None
        return await run.segment.update_destination(
            change.resource_id, name=after.get("name"), enabled=after.get("enabled"), credentials=credentials
        )

    return _ended(run, change, await run.writer.write_once(_write(run, change), look, update))


def _write(run: Run, change: Change) -> Write:
    within = {"client_side_id": run.client_side_id}
    return Write(Resource.DESTINATION, change.id, within, change.before, change.after, change.resource_id)


def _ended(run: Run, change: Change, made: Written[Destination]) -> Result:
    if isinstance(made.seen, Destination):
        run.destination_id = made.seen.id
    return result_of(change, made)


async def _new_one(run: Run, made_id: str) -> Destination | Failure | None:
    """Return the destination with the ID `made_id`; without an ID, one for this environment that the review lacked."""
    seen = await run.lists.destinations()
    if isinstance(seen, Failure):
        return seen
    if made_id:
        return next((d for d in seen if d.id == made_id), None)
    reviewed = run.state.facts.destinations
    known = {d.id for d in reviewed} if isinstance(reviewed, tuple) else set()
    return next((d for d in seen if d.client_side_id == run.client_side_id and d.id not in known), None)


def _is_as_wanted(run: Run, there: Destination, after: Mapping[str, Any]) -> bool:
    """Return whether the destination has the values in `after`. A token whose ending isn't shown counts as right."""
    open_values = all(getattr(there, name) in {None, after[name]} for name in ("name", "enabled") if name in after)
    settings, token = after.get("settings", {}), run.state.facts.launchdarkly_token_last_four
    same_token = "token" not in settings or there.token_last_four in {"", token} or not token
    same_place = "client_side_id" not in settings or there.client_side_id == run.client_side_id
    return open_values and same_token and same_place
