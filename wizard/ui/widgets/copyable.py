"""Values with a number each: Enter, a click or the number copies one. A secret is copied without being drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from wizard.text import plain

if TYPE_CHECKING:
    from wizard.flow.by_hand import HandValue

_LABEL_CELLS = 29
_MARGIN = 4  # for the mark of the highlight and the number


class CopyRows(Widget, can_focus=True):
    """Knows which value is meant; its owner copies. After the last one the focus goes on."""

    DEFAULT_CSS = "CopyRows { height: auto; width: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("enter", "want", "Copy", show=False),
    ]

    class Wanted(Message):
        """A value is to be copied. Carries its place, never its text."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def __init__(self) -> None:
        super().__init__(classes="values")
        self._values: tuple[HandValue, ...] = ()
        self._copied: set[int] = set()
        self.at = 0

    def show(self, values: tuple[HandValue, ...]) -> None:
        if values != self._values:
            self._values, self._copied = values, set()
            self.at = next((index for index, value in enumerate(values) if value.typed), 0)
            self.display = bool(values)
            self.refresh(layout=True)

    @property
    def values(self) -> tuple[HandValue, ...]:
        return self._values

    @property
    def has_something_to_paste(self) -> bool:
        return self.display and any(value.typed for value in self._values)

    def copied(self, index: int) -> None:
        """Marks it, and goes on to the next one that has to be pasted."""
        self._copied.add(index)
        later = (at for at in range(index + 1, len(self._values)) if self._values[at].typed)
        self.at = next(later, index)
        if self.at == index and self.has_focus:
            self.app.action_focus_next()
        self.refresh(layout=True)

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        if 0 <= self.at + by < len(self._values):
            self.at += by
            self.refresh()
        elif by > 0:
            self.app.action_focus_next()

    def action_want(self) -> None:
        if self._values:
            self.post_message(self.Wanted(self.at))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        rows = [index for index, value in enumerate(self._values) for _ in self._entry(index, value, self.size.width)]
        if event.y < len(rows):
            self.at = rows[event.y]
            self.action_want()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # --- drawing -------------------------------------------------------------------------------------------------

    def get_content_width(self, container: Size, viewport: Size) -> int:
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(self._laid_out(width))

    def render(self) -> Content:
        return Content("\n").join(self._laid_out(self.content_size.width))

    def _laid_out(self, width: int) -> list[Content]:
        return [line for index, value in enumerate(self._values) for line in self._entry(index, value, width)]

    def _entry(self, index: int, value: HandValue, width: int) -> list[Content]:
        """The label, and the text that wraps beside it."""
        column = min(_LABEL_CELLS, max((len(each.label) for each in self._values), default=0) + 2)
        is_at = self.has_focus and index == self.at
        mark = ("▸ ", "bold $accent") if is_at else ("  ", "")
        label = plain(value.label).ljust(column)
        number = (f"{index + 1} ", "bold $accent") if index < 9 else ("  ", "")
        head = Content.assemble(mark, number, (label, "" if is_at else "$muted"))
        wrapped = self._text(index, value).wrap(max(8, width - column - _MARGIN))
        return [head + wrapped[0], *(Content(" " * (column + _MARGIN)) + rest for rest in wrapped[1:])]

    def _text(self, index: int, value: HandValue) -> Content:
        copied = ("  ✓ copied", "$success") if index in self._copied else ""
        if value.secret_slot:
            return Content.assemble(value.shown, ("  copied, never shown" if not copied else "", "$muted"), copied)
        before = (f"{plain(value.before)} → " if value.before else "", "$muted")
        return Content.assemble(before, (value.shown, "bold"), copied)
