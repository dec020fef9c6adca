"""Make the destination's mapping, or update the existing one as the plan wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.facts import is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.planning.change import Change
from wizard.domain.services.mapping import differences
from wizard.domain.services.segment import Destination, Subscription
from wizard.domain.tokens.closed import MAP, SHOW_MAPPINGS, closed_by, why_not_done
from wizard.domain.wanted import chosen_mapping
from wizard.flow.profile.journal import Resource, Write, as_taken
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.run import Run, result_of
from wizard.flow.writing.changes.switch_on import seen_after_setting
from wizard.flow.writing.changes.write_once import Written
from wizard.flow.writing.result import Outcome, Result, ended, failed, left_to_do_by_hand

PRESET_LOOKS_S = (3.0, 6.0, 10.0)  # when to look, after the destination was made


async def apply_mapping(run: Run, change: Change) -> Result:
    there = await _mapping_that_comes_along(run)
    write = Write(Resource.MAPPING, change.id, {"destination": run.destination_id}, None, change.after)
    if isinstance(there, Failure):
        return _unseen(run, change, there)
    return await (_create(run, change, write) if there is None else _update(run, change, there, write))


def note_preset_mapping(run: Run, change: Change) -> None:
    """Record a mapping that came with our destination and is right as ours, so that undo removes both."""
    if run.is_destination_new:
        run.journal.made(Write(Resource.MAPPING, change.id, {"destination": run.destination_id}), change.resource_id)


def _unseen(run: Run, change: Change, failure: Failure) -> Result:
    """Return the result if Segment doesn't show the mappings.

    If the destination was just made, a 404 most likely means "not yet": the change fails, so that nothing is attached
    before. If this token never sees mappings, a person makes the change, and the changes after it don't wait.
    """
    if run.made_a_destination and failure.kind is FailureKind.NOT_FOUND and not closed_by(failure).is_workspace:
        return failed(change, results.mappings_unseen(failure))
    if failure.is_closed:
        return left_to_do_by_hand(change, failure, why_not_done(failure, SHOW_MAPPINGS), results.MAP_BY_HAND)
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

    made = await run.writer.write_once(write, look, lambda: run.once_known(create))
    if isinstance(made.seen, Failure) and made.seen.is_closed:
        run.left_to_do_by_hand.add(change.id)
        return left_to_do_by_hand(change, made.seen, why_not_done(made.seen, MAP), results.MAP_BY_HAND)
    if isinstance(made.seen, Subscription) and not made.was_there and not _is_as_asked(run, change, made.seen):
        return await _set_as_asked(run, change, made.seen, write)
    return result_of(change, made)


def _is_as_asked(run: Run, change: Change, seen: Subscription) -> bool:
    return seen.enabled is not False and not _differing_keys(run, change, seen)


def _differing_keys(run: Run, change: Change, seen: Subscription) -> tuple[str, ...]:
    found = differences(seen, trigger=run.catalog.trigger, settings=change.settings)
    return tuple(difference.key for difference in found)


async def _set_as_asked(run: Run, change: Change, made: Subscription, write: Write) -> Result:
    """Set the values that Segment created differently, and fail if they stay (docs/segment.md#mapping-calls).

    Values that Segment didn't take aren't recorded as set, so that undo doesn't see them as someone's change.
    """
    segment = run.segment
    seen = await seen_after_setting(
        lambda: _send_what_differs(run, change, made),
        lambda: segment.subscription(run.destination_id, made.id),
        lambda seen: _is_as_asked(run, change, seen),
    )
    shown = made if isinstance(seen, Failure) else seen
    if _is_as_asked(run, change, shown):
        run.journal.made(write, made.id)
        return ended(change, Outcome.DONE, made.id)
    run.journal.made(replace(write, after=as_taken(write.after, shown)), made.id)
    if keys := _differing_keys(run, change, shown):
        return failed(change, results.mapping_differs(keys), made.id)
    return failed(change, results.MAPPING_STAYS_OFF, made.id)


async def _send_what_differs(run: Run, change: Change, there: Subscription) -> Subscription | Failure:
    """Send the settings whole, since a partial write may replace them (docs/segment.md#mapping-calls)."""
    changed = set(_differing_keys(run, change, there))
    return await run.segment.update_subscription(
        run.destination_id,
        there.id,
        trigger=run.catalog.trigger if "trigger" in changed else None,
        enabled=None if there.enabled else True,
        settings=dict(change.settings) if changed - {"trigger"} else None,
    )


async def _mapping_that_comes_along(run: Run) -> Subscription | Failure | None:
    """Return the destination's own mapping, or None. In a new destination, wait for the preset's mapping to appear.

    A second mapping would send everything twice (docs/segment.md#mapping-calls).
    """
    there = await _own_mapping(run)
    for seconds in PRESET_LOOKS_S if run.made_a_destination else ():
        if there is not None and not is_failure(there, FailureKind.NOT_FOUND):
            return there
        await run.clock.sleep(max(0.0, run.made_at + seconds - run.clock.monotonic()))
        there = await _own_mapping(run)
    return there


async def _update(run: Run, change: Change, there: Subscription, write: Write) -> Result:
    write = replace(write, before=_replaced(there, change.after or {}), changes=there.id)
    if run.is_destination_new:
        write = replace(write, before=None)
        run.journal.made(write, there.id)

    async def look() -> Subscription | Failure | None:
        seen = await run.lists.subscriptions(run.destination_id)
        if isinstance(seen, Failure):
            return seen
        now = next((s for s in seen if s.id == there.id and s.enabled), None)
        return None if now and _differing_keys(run, change, now) else now

    async def update() -> Subscription | Failure:
        return await _send_what_differs(run, change, there)

    return result_of(change, await run.writer.write_once(write, look, update))


async def _own_mapping(run: Run) -> Subscription | Failure | None:
    seen = await run.lists.subscriptions(run.destination_id)
    if isinstance(seen, Failure):
        return seen
    facts = replace(run.state.facts, subscriptions=seen)
    return chosen_mapping(facts, run.state.answers, Destination(run.destination_id, "", ""))


def _replaced(there: Subscription, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the current values that the change will replace."""
    now: dict[str, Any] = {"enabled": there.enabled, "trigger": there.trigger}
    values = {key: now[key] for key in after if key in now}
    settings = {key: there.settings.get(key) for key in after.get("settings", {})}
    return {**values, "settings": settings} if settings else values
