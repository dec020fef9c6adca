"""Take a person through the steps by hand: save what they ticked, and poll Segment if there's a token.

The coach only reads, within Segment's limits (docs/segment.md#rate-limits). The watch sees whether the segment appears.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace

from wizard.domain.explain import explain
from wizard.domain.facts import Slot, is_answer, is_closed, listed
from wizard.domain.failure import Failure
from wizard.domain.planning.change import MAPPING, Change
from wizard.domain.planning.plan import Plan
from wizard.domain.services.segment import Audience, Destination, Workspace
from wizard.domain.wanted import chosen_destination, destination_page, wanted_client_side_id
from wizard.flow.by_hand import activation, audience, destination, mapping
from wizard.flow.by_hand.step import HandStep, Tick, TickState
from wizard.flow.by_hand.steps import hand_steps
from wizard.flow.by_hand.subjects import audience_of, instance, take_baseline
from wizard.flow.reading.clients import segment_of
from wizard.flow.reading.reading import each
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result

EVERY_S = 10.0
PER_AUDIENCE_S = 1.5  # Segment allows 50 lists of connections a minute: leave some for others
_OF_AUDIENCES = (audience.SLOT, activation.SLOT)


@dataclass(frozen=True, slots=True)
class HandPoll:
    """The outcome of a poll. `next_poll_s` is 0 when nothing is left to poll for."""

    trouble: str = ""  # who didn't answer the poll, and why
    next_poll_s: float = 0.0


class Coach:
    """The steps by hand of one reviewed plan, from the first to the last. Make one coach for each reviewed plan."""

    def __init__(self, walk: Walk, plan: Plan, results: Iterable[Result] = ()) -> None:
        results = tuple(results)
        self.waiting = _waiting(plan, results)  # what the API makes after these steps and another yes
        steps = hand_steps(walk.state, plan, results, _known_segments(walk))
        self.steps = tuple(step for step in steps if step.change_id) if self.waiting else steps
        self._walk = walk
        self._baseline = take_baseline(walk.state)
        self._trouble = ""
        self._played: set[str] = set()

    # --- where the person is ------------------------------------------------------------------------------------

    def tick(self, step: HandStep) -> Tick:
        """Return what the facts show of a step, without a call."""
        return step.seen(self._walk.state)

    def is_ticked(self, step: HandStep) -> bool:
        """Return whether the user said that the step is done."""
        return step.mark in self._walk.session.saved.hand_ticks

    def is_step_done(self, step: HandStep) -> bool:
        """Return whether the wizard sees a step done, or the user ticked it. A tick doesn't hide a difference."""
        tick = self.tick(step)
        return tick.is_done or (self.is_ticked(step) and tick.state is not TickState.DIFFERENT)

    def is_change_done(self, change_id: str) -> bool:
        """Return whether each step of a change is seen, or ticked where nothing can be seen."""
        steps = [step for step in self.steps if step.change_id == change_id]
        return bool(steps) and not any(self._is_open(step) for step in steps)

    def needs_no_action(self, step: HandStep) -> bool:
        """Return whether a step leaves nothing to do now."""
        return not step.change_id or (step != self.current and self.is_step_done(step))

    @property
    def current(self) -> HandStep | None:
        """Return the first step in Segment that isn't done, else the first that isn't seen, else the final check.

        None when all steps are done.
        """
        to_do = [step for step in self.steps if not self.is_step_done(step)]
        unseen = [step for step in self.steps if step.change_id and self._is_open(step)]
        in_segment = (step for step in (*to_do, *unseen) if step.change_id)
        return next(in_segment, next(iter(to_do), None))

    @property
    def is_done(self) -> bool:
        """Return whether each step in Segment is seen done, or ticked if the wizard can't see it.

        Then only the final check is left, which the first sync follows, or what is in `waiting`.
        """
        return not any(self._is_open(step) for step in self.steps if step.change_id)

    @property
    def is_whole(self) -> bool:
        """Return whether the plan has nothing left: destination, mapping and connections are as wanted."""
        return not self._walk.plan().pending

    def set_ticked(self, step: HandStep, *, ticked: bool = True) -> None:
        """Save or remove the user's tick. In the sandbox, the colleague then does this step and all before it."""
        marks = [mark for mark in self._walk.session.saved.hand_ticks if mark != step.mark]
        self._walk.session.keep_ticks((*marks, step.mark) if ticked else tuple(marks))
        if ticked and self._walk.ports.colleague:
            for earlier in self.steps[: self.steps.index(step) + 1]:
                self._play(earlier)
        self._walk.changed()

    def _play(self, step: HandStep) -> None:
        if step.id in self._played or self.tick(step).is_done or self._walk.ports.colleague is None:
            return
        self._played.add(step.id)
        pasted = {value.label: value.to_copy(self._walk.state.secrets) for value in step.values}
        self._walk.ports.colleague(step.id, step.subject, pasted)

    # --- looking ------------------------------------------------------------------------------------------------

    async def poll(self) -> AsyncIterator[HandPoll]:
        """Poll until the wizard sees everything that Segment can show. Without a token, yield only once.

        What a poll sees goes into the walk's facts, so that the plan and the checks know it too.
        """
        while True:
            await self._look()
            pause = self._pause()
            yield HandPoll(self._trouble, pause)
            if not pause:
                return
            await self._walk.ports.clock.sleep(pause)

    def _pause(self) -> float:
        slots = self._wanted()
        return max(EVERY_S, *(PER_AUDIENCE_S * len(self._audiences(slot)) for slot in _OF_AUDIENCES)) if slots else 0.0

    def _wanted(self) -> set[Slot]:
        """Return the slots to poll: those of steps that aren't done, and that the token can read."""
        facts = self._walk.state.facts
        # Without the destination, we can't tell which mappings and connections to look for.
        if not isinstance(facts.workspace, Workspace) or is_closed(facts.destinations):
            return set()
        slots = {step.slot for step in self.steps if self._is_open(step)} & {
            destination.SLOT,
            mapping.SLOT,
            *_OF_AUDIENCES,
        }
        closed = {slot for slot in slots if is_closed(getattr(facts, slot))}
        return slots - closed - {slot for slot in _OF_AUDIENCES if not self._audiences(slot)}

    def _is_open(self, step: HandStep) -> bool:
        """Return whether a step is open. If the wizard can't see it, the user's tick closes it."""
        tick = self.tick(step)
        return not tick.is_done and not (tick.state is TickState.CANNOT_TELL and self.is_ticked(step))

    def _audiences(self, slot: Slot) -> dict[str, Audience]:
        """Return the audiences of a slot's open steps by ID, without those that the token can't read."""
        steps = (step for step in self.steps if step.slot == slot and self._is_open(step))
        listed = (audience_of(self._walk.state, step.change_id) for step in steps)
        seen = getattr(self._walk.state.facts, slot)
        return {one.id: one for one in listed if one.id and not is_closed(seen.get(one.id))}

    async def _look(self) -> None:
        self._trouble, wanted = "", self._wanted()
        lists = lists_of(self._walk.ports, self._walk.state)
        if destination.SLOT in wanted:
            self._saw(destination.SLOT, await lists.destinations())
            await self._take_up_the_destination()
        on = chosen_destination(self._walk.state.facts, self._walk.state.answers)
        if mapping.SLOT in wanted and on:
            self._saw(mapping.SLOT, await lists.subscriptions(on.id))
        if audience.SLOT in wanted:
            await self._look_at_audiences(audience.SLOT, lists.connections)
        if activation.SLOT in wanted:
            await self._look_at_audiences(activation.SLOT, lists.activations)

    async def _take_up_the_destination(self) -> None:
        """Choose the destination that the person made, under any name. Read the sources again if its source is new.

        See docs/segment.md#engage-sources.
        """
        state = self._walk.state
        made = instance(state, self._baseline)
        if made is None:
            return
        sources = state.facts.sources
        if isinstance(sources, tuple) and all(one.id != made.source_id for one in sources):
            self._saw("sources", await segment_of(self._walk.ports, state).sources())
        self._open_its_own_page(made)
        fits = made.client_side_id == wanted_client_side_id(state.facts, state.answers)
        if fits and chosen_destination(state.facts, state.answers) is None:
            self._walk.use_destination(made.id)

    def _open_its_own_page(self, made: Destination) -> None:
        """Link the mapping's steps to the new destination's page instead of the list of destinations."""
        page = destination_page(made, self._walk.state.facts)
        self.steps = tuple(replace(one, link=page) if one.change_id == MAPPING else one for one in self.steps)

    async def _look_at_audiences(self, slot: Slot, ask: Callable[[str, str], Awaitable[object]]) -> None:
        open_ones = self._audiences(slot)
        seen = await each(open_ones, lambda one: ask(open_ones[one].space_id, one))
        found: dict[str, object] = {}
        for audience_id, answer in seen.items():
            if is_answer(answer):
                found[audience_id] = answer
            elif isinstance(answer, Failure):
                self._trouble = explain(answer).summary
        self._walk.record(slot, {**getattr(self._walk.state.facts, slot), **found})

    def _saw(self, slot: Slot, seen: object) -> None:
        """Record the answer to a call. A call without an answer changes nothing but the trouble."""
        if isinstance(seen, Failure):
            self._trouble = explain(seen).summary
        if is_answer(seen):
            self._walk.record(slot, seen)


def _waiting(plan: Plan, results: tuple[Result, ...]) -> tuple[Change, ...]:
    kept_back = {result.id for result in results if result.outcome is Outcome.SKIPPED}
    return tuple(change for change in plan.changes if change.id in kept_back or change in plan.waiting)


def _known_segments(walk: Walk) -> Collection[str]:
    """Return the keys of the segments from before the work began, maybe in an earlier run."""
    saved, seen = walk.session.saved, walk.state.facts.segments
    if saved.applied_at is not None:
        return saved.known_segments
    return {segment.key for segment in listed(seen)}
