"""Record an apply in the walk and its profile: when it began, and what it made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.domain.facts import workspace_id
from wizard.domain.planning.change import DESTINATION, Action, attached_key
from wizard.domain.planning.plan import Plan
from wizard.domain.signals import segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_audiences, chosen_destination
from wizard.flow.profile.journal import found_in_place
from wizard.flow.writing.result import Outcome, Result

if TYPE_CHECKING:
    from wizard.flow.walk import Walk
    from wizard.flow.writing.changes.observed import Observed


def confirm_intended(walk: Walk) -> None:
    """Record as made what a killed run was making and what exists now. Call this before an apply or an undo."""
    walk.session.refresh()
    for entry, resource_id in found_in_place(walk.session.saved.unconfirmed, walk.state.facts):
        walk.session.confirmed(entry, resource_id)
    walk.made_by_us |= walk.session.saved.made_ids


def begin_sync(walk: Walk, plan: Plan) -> None:
    """Record, before a plan is applied, when attaching begins and which segments exist already."""
    segments, saved = walk.state.facts.segments, walk.session.saved
    known = saved.known_segments  # if the segments can't be read now, keep what is known
    if isinstance(segments, tuple):
        known = {segment.key: segment.modified_at for segment in segments if not segment.deleted}
    attaching = [change for change in plan.pending if attached_key(change.id)]
    attaches = any(change.writes or not _has_come(walk, attached_key(change.id)) for change in attaching)
    walk.session.workspace = workspace_id(walk.state.facts)
    walk.session.begin_sync(known, attaches=attaches)
    _note_what_is_left_by_hand(walk, {change.id for change in plan.pending if not change.writes})


def _has_come(walk: Walk, key: str) -> bool:
    """Return whether the audience's segment appeared after attaching began: then keep that beginning as the proof."""
    facts = walk.state.facts
    chosen = next((one for one in chosen_audiences(facts, walk.state.answers) if one.key == key), None)
    there = segment_of_audience.found(chosen, facts) if chosen and facts.attached_at else None
    return there is not None and not segment_of_audience.was_there_before(there, facts)


async def record_results(walk: Walk, results: Iterable[Result], observed: Observed | None = None) -> None:
    """Record the results of an apply, and read again what the apply hasn't read back itself."""
    by_id = {result.id: result for result in results}
    created = {r.resource_id for r in by_id.values() if r.outcome is Outcome.DONE and r.action is Action.CREATE}
    walk.made_by_us |= walk.session.saved.made_ids | created
    _note_what_is_left_by_hand(walk, {result.id for result in by_id.values() if result.outcome is Outcome.BY_HAND})
    attached = {result.outcome for result in by_id.values() if attached_key(result.id)}
    if attached == {Outcome.SKIPPED}:
        walk.session.call_off_sync()
    _take_the_token(walk, observed)
    walk.resync -= {attached_key(result.id) for result in by_id.values() if result.outcome is not Outcome.FAILED}
    walk.forget_what_is_made()
    destination = by_id.get(DESTINATION)
    if destination and destination.resource_id:
        walk.use_destination(destination.resource_id)
    elif walk.hand_makes_the_destination:
        walk.keep()
    await _read_again(walk, observed)


def _take_the_token(walk: Walk, observed: Observed | None) -> None:
    """Use the new service token, if one was made: the walk reads with it from now on, not with the admin's token."""
    if observed is None:
        return
    if observed.made_token is not None:
        walk.set_state(walk.state.with_token(LAUNCHDARKLY_TOKEN, read_paste(observed.made_token.get_secret_value())))
        walk.where[LAUNCHDARKLY_TOKEN.slot] = observed.kept_in
        walk.own_tokens[walk.own_token_name] = observed.made_token
    if observed.is_policy_refused != walk.state.is_policy_refused:
        walk.set_state(replace(walk.state, is_policy_refused=observed.is_policy_refused))


async def _read_again(walk: Walk, observed: Observed | None) -> None:
    if observed is not None:
        await walk.read(StepId.SEGMENT)  # for the destination, which decides what counts as attached
        for slot, seen in observed.whole(walk.state).items():
            walk.record(slot, seen)
    await walk.read(StepId.SEGMENT, StepId.DESTINATION, StepId.AUDIENCES)


def _note_what_is_left_by_hand(walk: Walk, change_ids: set[str]) -> None:
    """Note whether a person makes the destination by hand, and no existing one could be meant instead."""
    fitting = chosen_destination(walk.state.facts, replace(walk.state.answers, destination=""))
    walk.hand_makes_the_destination = DESTINATION in change_ids and fitting is None
