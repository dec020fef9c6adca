"""Apply a plan in order: before each write, read whether it's still needed; after it, read the result.

What was reviewed is what is applied. Nothing here decides what to change; that is `wizard.domain.planning.plan`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace

from wizard.domain.failure import Failure
from wizard.domain.planning.change import DESTINATION, MAPPING, TOKEN, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.journal import Entry, Journal
from wizard.flow.state import State
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.apply_destination import apply_destination
from wizard.flow.writing.changes.apply_mapping import apply_mapping, note_preset_mapping
from wizard.flow.writing.changes.apply_token import apply_token
from wizard.flow.writing.changes.attach_audience import attach_audience
from wizard.flow.writing.changes.observed import Observed
from wizard.flow.writing.changes.run import Run
from wizard.flow.writing.result import Outcome, Result, Started, ended, failed


async def apply(
    ports: Ports,
    state: State,
    plan: Plan,
    journal: Journal,
    earlier: Iterable[Entry] = (),
    observed: Observed | None = None,
) -> AsyncIterator[Started | Result]:
    """Make the plan's changes in order. Skip a change that needs one which failed, and say so in its result.

    `earlier`: the journal of earlier runs. `observed`: what was read for this apply, to which each look is added.
    """
    run = Run(ports, state, journal, tuple(earlier), observed or Observed())
    outcomes: dict[str, Outcome] = {}
    for change in plan.changes:
        why = _what_keeps_back(run, change, outcomes) if change.writes else ""
        if why:
            waits = not run.left_to_do_by_hand.isdisjoint(change.needs)
            result = replace(ended(change, Outcome.SKIPPED, detail=why), waits_for_hands=waits)
        elif change.writes:
            yield Started(change.id, change.title, change.host)
            result = await _write(run, change)
        else:
            result = _without_a_write(run, change)
        outcomes[change.id] = result.outcome
        yield result


def _what_keeps_back(run: Run, change: Change, outcomes: Mapping[str, Outcome]) -> str:
    """Return why a change can't be made now, in a sentence; empty when it can."""
    for need in change.needs:
        if need in run.left_to_do_by_hand:
            return f"Comes after the {need}, which you do by hand first."
    broken = (need for need in change.needs if outcomes.get(need) in {Outcome.FAILED, Outcome.SKIPPED})
    return next((f"Waits for the {need}, which isn't done." for need in broken), "")


def _without_a_write(run: Run, change: Change) -> Result:
    if change.action is Action.BY_HAND:
        if change.id == DESTINATION:
            run.left_to_do_by_hand.add(change.id)
        return ended(change, Outcome.BY_HAND, detail=change.summary)
    if change.id == DESTINATION:
        run.destination_id = change.resource_id
    if change.id == MAPPING and change.action is Action.ADOPT:
        note_preset_mapping(run, change)
    return ended(change, Outcome.ALREADY)


async def _write(run: Run, change: Change) -> Result:
    result = await _written(run, change)
    if result.error is None or change.id == TOKEN:
        return result
    # Segment refuses a revoked token like one without the role. Only reading the workspace tells them apart.
    workspace = await run.segment.workspace()
    if isinstance(workspace, Failure) and workspace.is_closed:
        return failed(change, results.trouble_of(workspace), result.resource_id)
    return result


async def _written(run: Run, change: Change) -> Result:
    if change.id == TOKEN:
        return await apply_token(run, change)
    if change.id == DESTINATION:
        return await apply_destination(run, change)
    if not run.destination_id:
        return failed(change, results.NO_DESTINATION)
    if change.id == MAPPING:
        return await apply_mapping(run, change)
    return await attach_audience(run, change)
