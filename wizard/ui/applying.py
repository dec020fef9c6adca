"""An apply under way or ended. Lives on the app, so that going from stop to stop does not end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.flow.busy import Busy
from wizard.flow.carry_out import Moved, Reviewed, carry_out
from wizard.flow.result import Outcome, Result, Started
from wizard.flow.walk import Walk

if TYPE_CHECKING:
    from wizard.flow.by_hand import Coach


class Applying:
    """What was reviewed, what is being made now, what came of it."""

    def __init__(self, walk: Walk, reviewed: Reviewed, changed: Callable[[], None]) -> None:
        self.plan = reviewed.plan
        self.refused = ""  # why nothing was done
        self.now: Started | None = None
        self.results: dict[str, Result] = {}
        self.ended = False
        self.coach: Coach | None = None  # once there is something left to the hand
        self._walk = walk
        self._reviewed = reviewed
        self._changed = changed

    async def run(self) -> None:
        try:
            async for event in carry_out(self._walk, self._reviewed):
                self._take(event)
                self._changed()
            self._hand_over()
        except Busy as busy:
            self.refused = f"{busy} Nothing was done."
        finally:
            self.now, self.ended = None, True
            self._changed()

    def _hand_over(self) -> None:
        """What is left to the hand is coached, from where the person is; the same coach until the next yes."""
        if self.by_hand:
            from wizard.flow.by_hand import Coach

            self.coach = Coach(self._walk, self.plan, self.results.values())

    def _take(self, event: Started | Result | Moved) -> None:
        if isinstance(event, Moved):
            self.refused = f"{event.why} Nothing was done."
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
