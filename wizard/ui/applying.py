"""An apply, in progress or ended; owned by the app, so that changing the step doesn't end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.domain.step_id import StepId
from wizard.flow.busy import Busy
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result, Started
from wizard.flow.writing.review import Moved, Reviewed, apply_reviewed

if TYPE_CHECKING:
    from wizard.flow.by_hand import Coach


class Applying:
    """The reviewed plan, the change in progress, and the results."""

    def __init__(self, walk: Walk, reviewed: Reviewed, changed: Callable[[], None]) -> None:
        self.plan = reviewed.plan
        self.refused = ""  # why nothing was applied
        self.now: Started | None = None
        self.results: dict[str, Result] = {}
        self.ended = False
        self.coach: Coach | None = None  # set once steps are left to do by hand
        self._left = reviewed.plan  # the changes still to do when the apply ended
        self._edits = walk.edits[StepId.REVIEW]
        self._walk = walk
        self._reviewed = reviewed
        self._changed = changed

    async def run(self) -> None:
        try:
            async for event in apply_reviewed(self._walk, self._reviewed):
                self._take(event)
                self._changed()
            self._hand_over()
        except Busy as busy:
            self.refused = f"{busy} Nothing was done."
        finally:
            self.now, self.ended = None, True
            self._left = self._walk.plan()
            self._changed()

    @property
    def is_outdated(self) -> bool:
        """Return whether the results no longer cover everything:

        an answer or token changed, or something was undone.
        """
        if not self.ended:
            return False
        return self._edits != self._walk.edits[StepId.REVIEW] or (self._is_done and self._has_more_to_do)

    @property
    def _is_done(self) -> bool:
        return not (self.refused or self.failed or self.by_hand)

    @property
    def _has_more_to_do(self) -> bool:
        plan = self._walk.plan()
        return plan != self._left and bool(plan.pending) and not self._walk.under_way

    def _hand_over(self) -> None:
        """Start coaching the steps by hand, at the user's place; the same coach stays until the next yes."""
        if self.by_hand:
            from wizard.flow.by_hand import Coach

            self.coach = Coach(self._walk, self.plan, self.results.values())

    def _take(self, event: Started | Result | Moved) -> None:
        if isinstance(event, Moved):
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
