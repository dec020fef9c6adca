"""The pages of the steps: each is mounted one step ahead, so that going on only has to show and focus it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from textual.widget import Widget

from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.flow.steps.step import Step
    from wizard.flow.walk import Walk
    from wizard.ui.panes.step import StepPane

PaneMaker: TypeAlias = "Callable[[Walk, Step], StepPane]"
Then: TypeAlias = "Callable[[StepPane], None] | None"


class Pages:
    """The pages beside the rail. A page requested too early is mounted next; then `arrived` is called."""

    def __init__(self, beside: Widget, arrived: Callable[[str, Then], None]) -> None:
        self._beside = beside
        self._arrived = arrived
        self._walk: Walk | None = None
        self._make: PaneMaker | None = None
        self._by_step: dict[str, StepPane] = {}
        self._awaited: tuple[str, Then] | None = None  # the step to show once its page is mounted, and what to do then
        self._mounting = False

    async def begin(self, walk: Walk, make: PaneMaker, first: Step) -> None:
        """Mount the page of `first`, the step that a loaded walk begins or goes on with."""
        await self._mount(make(walk, first))
        self._walk, self._make = walk, make

    def of(self, step_id: str) -> StepPane | None:
        return self._by_step.get(step_id)

    @property
    def all(self) -> tuple[StepPane, ...]:
        return tuple(self._by_step.values())

    # --- ahead of their time -------------------------------------------------------------------------------------

    @property
    def is_awaited(self) -> bool:
        """Return whether someone waits for a page that is still being mounted."""
        return self._awaited is not None

    def wait_for(self, step_id: str, then: Then) -> None:
        """Mount the page of a step next, and show it as soon as it's mounted."""
        self._awaited = (step_id, then)

    def wait_no_longer(self) -> None:
        self._awaited = None

    def mount_ahead(self, shown: str) -> None:
        """Mount the page that is awaited, and the one after `shown`, while the loop stays free for keys."""
        if not self._mounting:
            self._mounting = True
            work(self._beside, self._mount_all(shown), group="mount", description="making the page of a step")

    async def _mount_all(self, shown: str) -> None:
        try:
            while (step := self._next(shown)) is not None and self._walk and self._make:
                await self._mount(self._make(self._walk, step))
                if self._awaited is not None and self._awaited[0] == step.id:
                    shown = step.id
                    self._arrived(*self._awaited)
        finally:
            self._mounting = False

    def _next(self, shown: str) -> Step | None:
        """Return the step whose page is mounted next: the awaited one, else the one after the page that is shown."""
        steps = self._walk.steps if self._walk else ()
        awaited = self._awaited[0] if self._awaited else ""
        after = tuple(step for before, step in pairwise(steps) if before.id == (awaited or shown))
        wanted = (*(step for step in steps if step.id == awaited), *after)
        return next((step for step in wanted if step.id not in self._by_step), None)

    async def _mount(self, pane: StepPane) -> None:
        pane.display = False
        await self._beside.mount(pane)
        self._by_step[pane.step.id] = pane
