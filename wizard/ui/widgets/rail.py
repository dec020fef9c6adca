"""Every step with its state, at the left; one of them is current."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from wizard.text import cut
from wizard.ui.widgets.lit import LIT, is_lit

if TYPE_CHECKING:
    from wizard.flow.steps.step import Mark
    from wizard.ui.appearance.signs import Sign


class RailStep(NamedTuple):
    id: str
    title: str
    mark: Mark

    @property
    def sign(self) -> Sign:
        from wizard.ui.appearance import signs  # imported with the walk: the first frame has no steps

        return signs.of_mark(self.mark)


class Rail(Widget, can_focus=True):
    """The steps. Up and Down highlight one, Enter or a click opens it; a wide rail shows the states' words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "look(-1)", "Up", show=False),
        Binding("down", "look(1)", "Down", show=False),
        Binding("home", "edge(0)", "First", show=False),
        Binding("end", "edge(-1)", "Last", show=False),
        Binding("enter", "go", "Go", show=False),
    ]

    class Chosen(Message):
        """The user wants to go to a step."""

        def __init__(self, step_id: str) -> None:
            self.step_id = step_id
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[RailStep, ...] = ()
        self._current = ""
        self._looked_at = 0
        self._first = 1  # the number of the first step that is shown

    def show(self, steps: tuple[RailStep, ...], current: str, first: int = 1) -> None:
        if (steps, current, first) != (self._steps, self._current, self._first):
            is_elsewhere = current != self._current
            self._steps, self._current, self._first = steps, current, first
            if is_elsewhere:
                self._looked_at = self._place_of(current)
            self.refresh()

    def _place_of(self, step_id: str) -> int:
        return next((place for place, step in enumerate(self._steps) if step.id == step_id), 0)

    @property
    def enter_does(self) -> str:
        return "go there"

    def action_look(self, by: int) -> None:
        self._look_at(self._looked_at + by)

    def action_edge(self, at: int) -> None:
        self._look_at(at % max(1, len(self._steps)))

    def _look_at(self, index: int) -> None:
        self._looked_at = max(0, min(len(self._steps) - 1, index))
        self.refresh()

    def action_go(self) -> None:
        if self._steps:
            self.post_message(self.Chosen(self._steps[self._looked_at].id))

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self._steps):
            self._looked_at = event.y
            self.action_go()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        inside = 0 <= event.y < len(self._steps)
        self.tooltip = Content(self._steps[event.y].sign.word) if inside else None

    def render(self) -> Content:
        return Content("\n").join(self._row(index, step) for index, step in enumerate(self._steps))

    def _row(self, index: int, step: RailStep) -> Content:
        sign = step.sign
        current = step.id == self._current
        glyph = ("▸ ", "bold $accent") if current else (f"{sign.glyph} ", sign.style)
        title = cut(f"{self._first + index} {step.title}", self.content_size.width - 2)
        looked_at = is_lit(self) and index == self._looked_at
        style = "bold" if current else "$muted" if sign.style == "$muted" else ""
        row = Content.assemble(glyph, (title, LIT if looked_at else style))
        spare = self.content_size.width - row.cell_length - len(sign.word)
        if spare >= 2 and self.content_size.width > 22 and sign.style != "$muted":
            row = Content.assemble(row, " " * spare, (sign.word, sign.style))
        return row

    def on_focus(self) -> None:
        self._look_at(self._place_of(self._current))

    def on_blur(self) -> None:
        self.refresh()
