"""An apply under way or ended. Lives on the app, so that going from stop to stop does not end it."""

from __future__ import annotations

from collections.abc import Callable

from wizard.domain.plan import Plan
from wizard.flow.apply import apply
from wizard.flow.result import Outcome, Result, Started
from wizard.flow.walk import Walk


class Applying:
    """What was reviewed, what is being made now, what came of it."""

    def __init__(self, walk: Walk, plan: Plan, changed: Callable[[], None]) -> None:
        self.plan = plan
        self.now: Started | None = None
        self.results: dict[str, Result] = {}
        self.ended = False
        self._walk = walk
        self._changed = changed

    async def run(self) -> None:
        walk = self._walk
        walk.begin_sync(self.plan)
        try:
            async for event in apply(walk.ports, walk.state, self.plan, walk.session):
                self._take(event)
                self._changed()
        finally:
            self.now, self.ended = None, True
            self._changed()
        await walk.applied(self.results.values())

    def _take(self, event: Started | Result) -> None:
        if isinstance(event, Started):
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
