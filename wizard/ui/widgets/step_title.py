"""The first line of a step's page: its title and state."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from wizard.flow.steps.step import Mark
from wizard.ui.appearance import signs


class StepTitle(Static):
    """The step's title and state, as glyph and word."""

    def __init__(self, title: str) -> None:
        super().__init__(markup=False, classes="step-title")
        self._title = title
        self._place = ""
        self._mark = Mark.TODO

    def show_place(self, place: str) -> None:
        """Show "Step 2 of 8" before the title, or nothing."""
        if place != self._place:
            self._place = place
            self.refresh()

    def show(self, mark: Mark) -> None:
        if mark is not self._mark:
            self._mark = mark
            self.refresh()

    def render(self) -> Content:
        sign = signs.of_mark(self._mark)
        state = f"{sign.glyph} {sign.word}"
        place = f"{self._place} · " if self._place else ""
        spare = self.content_size.width - len(place) - len(self._title) - len(state)
        title = Content.assemble((place, "$muted"), (self._title, "bold"))
        return Content.assemble(title, " " * spare, (state, sign.style)) if spare > 0 else title
