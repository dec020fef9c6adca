"""Numbered rows: Up and Down highlight a row; Enter, a click or its number picks it."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

_GAP = 3
MARGIN = 4  # cells for the highlight's mark and the number


class Numbered(Widget, can_focus=True):
    """The rows; a subclass gives their count and their contents."""

    DEFAULT_CSS = "Numbered { height: auto; width: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("home", "edge(-1)", "First", show=False),
        Binding("end", "edge(1)", "Last", show=False),
        Binding("enter", "want", "Take", show=False),
    ]

    class Picked(Message):
        """A row was picked; carries its index, never its text."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def __init__(self, *, classes: str = "") -> None:
        super().__init__(classes=classes or None)
        self.at = 0

    @property
    def rows(self) -> int:
        raise NotImplementedError

    def entry(self, index: int, width: int) -> list[Content]:
        """Return one row, wrapped into `width` cells."""
        raise NotImplementedError

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move the highlight; past the ends, move the focus. On the page's first widget, Up is left to the page."""
        if 0 <= self.at + by < self.rows:
            self.light(self.at + by)
            self.see_row()
        elif by > 0:
            self.app.action_focus_next()
        elif self.screen.focus_chain[:1] == [self]:
            raise SkipAction
        else:
            self.app.action_focus_previous()

    def light(self, index: int) -> None:
        """Highlight a row."""
        self.at = index
        self.refresh()

    def action_edge(self, by: int) -> None:
        """Highlight the first or the last row; if it's highlighted already, the key is left to the page."""
        edge = self.rows - 1 if by > 0 else 0
        if self.at == edge:
            raise SkipAction
        self.action_move(edge - self.at)

    def see_row(self) -> None:
        """Scroll the row into view, where the page is longer than the screen."""
        if self.at >= self.rows:
            return  # a hidden list has no rows
        heights = [len(self.entry(index, self._room)) for index in range(self.at + 1)]
        row = Region(0, sum(heights[:-1]), self.size.width, heights[-1])
        if isinstance(self.parent, Widget):
            self.parent.scroll_to_region(row.translate(self.virtual_region.offset), animate=False)

    def action_want(self) -> None:
        if self.rows:
            self.post_message(self.Picked(self.at))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        drawn = [index for index in range(self.rows) for _ in self.entry(index, self._room)]
        if event.y < len(drawn):
            self.at = drawn[event.y]
            self.action_want()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # --- drawing -------------------------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(8, self.content_size.width - MARGIN)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return sum(len(self.entry(index, max(8, width - MARGIN))) for index in range(self.rows))

    def render(self) -> Content:
        return Content("\n").join(line for index in range(self.rows) for line in self._drawn(index))

    def _drawn(self, index: int) -> list[Content]:
        mark = ("▸ ", "bold $accent") if self.is_at(index) else ("  ", "")
        number = (f"{index + 1} ", "bold $accent") if index < 9 else ("  ", "")
        first, *rest = self.entry(index, self._room)
        return [Content.assemble(mark, number, first), *(Content(" " * MARGIN) + line for line in rest)]

    def is_at(self, index: int) -> bool:
        return self.has_focus and index == self.at


class NumberedChoices(Numbered):
    """Numbered choices, one of which is picked."""

    def __init__(self) -> None:
        super().__init__(classes="choices")
        self._labels: tuple[str, ...] = ()
        self._about: tuple[str, ...] = ()
        self.enter_does = ""

    def show(self, labels: tuple[str, ...], at: int = 0, *, enter_does: str = "", about: tuple[str, ...] = ()) -> None:
        """Show the choices; `about` says more about each, where there is room beside all of them."""
        self._labels, self.at, self.enter_does, self._about = labels, at, enter_does, about
        self.display = bool(labels)
        self.refresh(layout=True)

    @property
    def rows(self) -> int:
        return len(self._labels)

    def entry(self, index: int, width: int) -> list[Content]:
        label = Content.styled(self._labels[index], "bold" if self.is_at(index) else "")
        column = max(map(cell_len, self._labels)) + _GAP
        if not self._about or column + max(map(cell_len, self._about)) > width:
            return list(label.wrap(width))
        return [label.extend_right(column - label.cell_length) + Content.styled(self._about[index], "$muted")]
