"""The steps that a plan leaves to do by hand, in the documented order (docs/segment.md#doing-it-by-hand)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change, attached_key
from wizard.domain.planning.plan import Plan
from wizard.domain.services.links import Link, in_region
from wizard.flow.by_hand.activation import SLOT as ACTIVATIONS
from wizard.flow.by_hand.activation import activation_steps, changes_activations, switch_on_steps, switches_on
from wizard.flow.by_hand.audience import attach_steps
from wizard.flow.by_hand.destination import destination_steps
from wizard.flow.by_hand.final_check import final_check_step
from wizard.flow.by_hand.mapping import mapping_steps
from wizard.flow.by_hand.step import HandStep, Tick, TickState, done
from wizard.flow.by_hand.subjects import Baseline, audience_of, new_segment, take_baseline
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.writing.result import Outcome, Result


def hand_steps(
    state: State, plan: Plan, results: Iterable[Result] = (), known_segments: Collection[str] = ()
) -> tuple[HandStep, ...]:
    """Return the steps of each change left to do by hand, then the final check; empty without such a change.

    `results`: of an apply, which can leave changes to a person although the plan gave them to the API.
    `known_segments`: keys of the synced segments that existed before. A new segment proves the steps in Segment.
    """
    baseline = take_baseline(state, known_segments)
    handed_over = {result.id for result in results if result.outcome is Outcome.BY_HAND}
    left = [change for change in plan.changes if change.action is Action.BY_HAND or change.id in handed_over]
    steps = [_proven(step, baseline) for change in left for step in _steps(change, state, baseline)]
    every = (*steps, final_check_step(state, baseline)) if steps else ()
    return tuple(replace(step, link=_in_region(step.link, state)) for step in every)


def _in_region(page: Link, state: State) -> Link:
    return replace(page, url=in_region(page.url, state.facts.workspace))


def _steps(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    if change.id == DESTINATION:
        return destination_steps(change, state, baseline)
    if change.id == MAPPING:
        return mapping_steps(change, state, baseline)
    if switches_on(change):
        return switch_on_steps(change, state)
    if changes_activations(change):
        return activation_steps(change, state)
    return attach_steps(change, state, baseline)


def _proven(step: HandStep, baseline: Baseline) -> HandStep:
    """Return the step so that a new segment proves it if Segment doesn't show it; not for an activation's settings."""
    if step.slot == ACTIVATIONS:
        return step

    def seen(state: State) -> Tick:
        tick = step.seen(state)
        if tick.state is not TickState.CANNOT_TELL:
            return tick
        audiences = (audience_of(state, step.change_id),) if attached_key(step.change_id) else chosen_audiences(state)
        found = [segment for one in audiences if (segment := new_segment(state, one, baseline))]
        return done(f"The segment {found[0].name} is in LaunchDarkly. The sync works.") if found else tick

    return replace(step, seen=seen)
