"""An apply, in progress or ended. The app owns it, so it goes on when the user changes the step.

One yes may be for several environments; their plans are applied one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from wizard.domain.planning.plan import Plan
from wizard.domain.step_id import StepId
from wizard.flow.busy import Busy
from wizard.flow.targets.picked_environments import Group, keep
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result, Started, done_by_hand
from wizard.flow.writing.review import PlanOutdated, apply_reviewed

if TYPE_CHECKING:
    from wizard.flow.by_hand.coach import Coach


class Applying:
    """The reviewed plans of the walk's own environment and of other environments, and their progress."""

    def __init__(self, walk: Walk, groups: Sequence[Group], changed: Callable[[], None]) -> None:
        self._walk, self.groups = walk, tuple(groups)
        self.parts = tuple(Part(group, changed) for group in groups)
        self.own, self.others = self.parts[0], self.parts[1:]
        self._changed = changed

    async def run(self) -> None:
        """Apply one plan after the other. A failed change doesn't stop the next plan; refusing the own plan does."""
        if self.others:
            keep(self._walk, (group for group in self.groups if group.can_be_applied))
        try:
            for part in self.parts:
                if part.group.can_be_applied and not self.refused:
                    await part.run()
        finally:
            for part in self.parts:
                part.ended = True
            self._changed()

    @property
    def plan(self) -> Plan:
        return self.own.plan

    @property
    def results(self) -> Mapping[str, Result]:
        return self.own.results_by_now

    @property
    def refused(self) -> str:
        """Return why nothing was applied in the walk's own environment."""
        return self.own.refused

    @property
    def now(self) -> Started | None:
        return next((part.now for part in self.parts if part.now), None)

    @property
    def ended(self) -> bool:
        return all(part.ended for part in self.parts)

    @property
    def is_outdated(self) -> bool:
        return self.ended and (self.own.is_outdated or any(part.is_undone for part in self.others))

    @property
    def failed(self) -> bool:
        return self.own.failed or any(part.failed or part.refused for part in self.others)

    @property
    def by_hand(self) -> bool:
        return any(part.by_hand for part in self.parts)

    @property
    def at_hand(self) -> Part | None:
        """Return the first environment with steps by hand left; once all are done, the last environment with any."""
        coached = [part for part in self.parts if part.coach is not None]
        left = (part for part in coached if part.coach and not part.coach.is_done)
        return next(left, coached[-1] if coached else None)


class Part:
    """One environment's reviewed plan, the change in progress, and the results."""

    def __init__(self, group: Group, changed: Callable[[], None]) -> None:
        self.group, self.plan = group, group.plan
        self.refused = ""  # why nothing was applied
        self.now: Started | None = None
        self.results: dict[str, Result] = {}
        self.ended = False
        self.coach: Coach | None = None  # set once steps are left to do by hand
        self.walk = group.target.walk
        self._left = group.plan  # the changes still to do when the apply ended
        self._edits = self.walk.edits[StepId.REVIEW]
        self._changed = changed

    async def run(self) -> None:
        try:
            async for event in apply_reviewed(self.walk, self.group.reviewed):
                self._take(event)
                self._changed()
            self._hand_over()
        except Busy as busy:
            self.refused = f"{busy} Nothing was done."
        finally:
            self.now, self.ended = None, True
            self._left = self.walk.plan()
            self._changed()

    @property
    def results_by_now(self) -> Mapping[str, Result]:
        """Return how each change ended; one that was left to do by hand is done once its steps are."""
        return {id_: done_by_hand(one) if self._is_done_by_hand(one) else one for id_, one in self.results.items()}

    def _is_done_by_hand(self, result: Result) -> bool:
        return result.outcome is Outcome.BY_HAND and self.coach is not None and self.coach.is_change_done(result.id)

    @property
    def is_outdated(self) -> bool:
        """Return whether an answer or token changed since the apply, or there are new changes to make."""
        return self._edits != self.walk.edits[StepId.REVIEW] or (self._is_done and self._has_more_to_do)

    @property
    def is_undone(self) -> bool:
        """Return whether the changes made here have been undone since."""
        is_made = bool(self.results) and self._is_done
        return is_made and StepId.REVIEW not in self.walk.session.saved.accepted

    @property
    def _is_done(self) -> bool:
        return not (self.refused or self.failed or self.by_hand)

    @property
    def _has_more_to_do(self) -> bool:
        plan = self.walk.plan()
        return plan != self._left and bool(plan.pending) and not self.walk.under_way

    def _hand_over(self) -> None:
        """Create the coach if there are steps by hand; it keeps the user's place until the next yes."""
        if self.by_hand:
            from wizard.flow.by_hand.coach import Coach

            self.coach = Coach(self.walk, self.plan, self.results.values())

    def _take(self, event: Started | Result | PlanOutdated) -> None:
        if isinstance(event, PlanOutdated):
            self.refused = " ".join(part for part in (event.why, "Nothing was done.", event.fix) if part)
        elif isinstance(event, Started):
            self.now = event
        else:
            self.now = None
            self.results[event.id] = event

    @property
    def failed(self) -> bool:
        return any(result.outcome is Outcome.FAILED for result in self.results.values())

    @property
    def by_hand(self) -> bool:
        return any(result.outcome is Outcome.BY_HAND for result in self.results.values())
