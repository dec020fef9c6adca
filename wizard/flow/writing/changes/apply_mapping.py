"""Make the destination's mapping, or set in the existing mapping what the plan wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.failure import Failure
from wizard.domain.planning.change import Change
from wizard.domain.services.mapping import differences
from wizard.domain.services.segment import Destination, Subscription
from wizard.domain.tokens.closed import MAP, why_not_done
from wizard.domain.wanted import chosen_mapping
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.run import Run, result_of
from wizard.flow.writing.changes.switch_on import is_switched_on
from wizard.flow.writing.changes.write_once import Written
from wizard.flow.writing.result import Outcome, Result, ended, failed, left_to_do_by_hand

PRESET_LOOKS_S = (3.0, 6.0, 10.0)  # since the destination was made


async def apply_mapping(run: Run, change: Change) -> Result:
    there = await _mapping_that_comes_along(run)
    write = Write(Resource.MAPPING, change.id, {"destination": run.destination_id}, None, change.after)
    if isinstance(there, Failure):
        return _unseen(change, there)
    return await (_create(run, change, write) if there is None else _update(run, change, there, write))


def note_preset_mapping(run: Run, change: Change) -> None:
    """Note as ours a right mapping that came with our destination: undo removes it with the destination."""
    if run.is_destination_new:
        run.journal.made(Write(Resource.MAPPING, change.id, {"destination": run.destination_id}), change.resource_id)


def _unseen(change: Change, failure: Failure) -> Result:
    """Return the result of a change that can't be seen, so that nothing after it waits for it."""
    if failure.is_closed:
        return left_to_do_by_hand(change, failure, why_not_done(failure, MAP), results.MAP_BY_HAND)
    unseen: Written[Subscription] = Written(failure)
    return result_of(change, unseen)


async def _create(run: Run, change: Change, write: Write) -> Result:
    async def look() -> Subscription | Failure | None:
        return await _own_mapping(run)

    async def create() -> Subscription | Failure:
        return await run.segment.create_subscription(
            run.destination_id,
            name=run.catalog.preset_name,
            action_id=run.catalog.action_id,
            trigger=run.catalog.trigger,
            enabled=True,
            settings=dict(change.settings),
        )

    made = await run.writer.write_once(write, look, create)
    if isinstance(made.seen, Failure) and made.seen.is_closed:
        run.left_to_do_by_hand.add(change.id)
        return left_to_do_by_hand(change, made.seen, why_not_done(made.seen, MAP), results.MAP_BY_HAND)
    if isinstance(made.seen, Subscription) and not made.was_there and made.seen.enabled is False:
        return await _switched_on(run, change, made.seen, write)
    return result_of(change, made)


async def _switched_on(run: Run, change: Change, made: Subscription, write: Write) -> Result:
    """Switch on what was created switched off, and say so if it stays off (docs/segment.md#mapping-calls)."""
    segment, place = run.segment, (run.destination_id, made.id)
    if await is_switched_on(
        lambda: segment.update_subscription(*place, enabled=True), lambda: segment.subscription(*place)
    ):
        run.journal.made(write, made.id)
        return ended(change, Outcome.DONE, made.id)
    return failed(change, results.MAPPING_STAYS_OFF, made.id)


async def _mapping_that_comes_along(run: Run) -> Subscription | Failure | None:
    """Return the mapping that is there. On a destination made a moment ago, wait for the preset's to appear.

    A second one would send everything twice (docs/segment.md#mapping-calls).
    """
    there = await _own_mapping(run)
    for seconds in PRESET_LOOKS_S if run.made_a_destination else ():
        if there is not None:
            return there
        await run.clock.sleep(max(0.0, run.made_at + seconds - run.clock.monotonic()))
        there = await _own_mapping(run)
    return there


async def _update(run: Run, change: Change, there: Subscription, write: Write) -> Result:
    trigger = run.catalog.trigger
    write = replace(write, before=_replaced(there, change.after or {}), changes=there.id)
    if run.is_destination_new:
        write = replace(write, before=None)
        run.journal.made(write, there.id)

    async def look() -> Subscription | Failure | None:
        seen = await run.lists.subscriptions(run.destination_id)
        if isinstance(seen, Failure):
            return seen
        now = next((s for s in seen if s.id == there.id and s.enabled), None)
        return None if now and differences(now, trigger=trigger, settings=change.settings) else now

    async def update() -> Subscription | Failure:
        """Send the settings whole, since a partial write may replace them (docs/segment.md#mapping-calls)."""
        changed = {difference.key for difference in differences(there, trigger=trigger, settings=change.settings)}
        return await run.segment.update_subscription(
            run.destination_id,
            there.id,
            trigger=trigger if "trigger" in changed else None,
            enabled=None if there.enabled else True,
            settings=dict(change.settings) if changed - {"trigger"} else None,
        )

    return result_of(change, await run.writer.write_once(write, look, update))


async def _own_mapping(run: Run) -> Subscription | Failure | None:
    seen = await run.lists.subscriptions(run.destination_id)
    if isinstance(seen, Failure):
        return seen
    facts = replace(run.state.facts, subscriptions=seen)
    return chosen_mapping(facts, run.state.answers, Destination(run.destination_id, "", ""))


def _replaced(there: Subscription, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the current values of what is to be set."""
    now: dict[str, Any] = {"enabled": there.enabled, "trigger": there.trigger}
    values = {key: now[key] for key in after if key in now}
    settings = {key: there.settings.get(key) for key in after.get("settings", {})}
    return {**values, "settings": settings} if settings else values
