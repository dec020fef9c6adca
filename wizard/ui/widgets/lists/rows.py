"""Rows of choices, by Textual's Line API, which draws only rows in view: 100,000 cost as much as twenty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.flow.steps.ask import Choice
from wizard.ui.widgets.lists.columns import Columns
from wizard.ui.widgets.lit import is_lit

_LIT = Style(bold=True, reverse=True)
_MARK_CELLS = _BOX_CELLS = 2  # for the highlight's mark, and for a box


class Rows(ScrollView, can_focus=True):
    """The rows, one highlighted and some marked; the widget itself changes no answer."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--label",
        "rows--detail",
        "rows--tag",
        "rows--mark",
        "rows--highlight",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "take", "Take", show=False),
        Binding("space", "mark", "Mark", show=False),
    ]

    class Moved(Message):
        """Another row is highlighted."""

    class Submitted(Message):
        """Enter or a click on a row; a later key may have moved the highlight when this is handled."""

        def __init__(self, choice: Choice | None) -> None:
            self.choice = choice
            super().__init__()

    class Marked(Submitted):
        """Space on a row, or a click where several can be marked."""

    def __init__(self, *, many: bool, boxes: bool = True) -> None:
        """Without `boxes`, Enter does something at once: no row stays marked."""
        super().__init__()
        self._many = many
        self._boxes = boxes
        self._shown: Sequence[Choice] = ()
        self._columns = Columns(())
        self._typed: Choice | None = None
        self.marked: frozenset[str] = frozenset()
        self.at: int | None = None
        self.is_moved = False  # whether the highlight is where the user put it

    # --- what is shown -------------------------------------------------------------------------------------------

    def measure(self, choices: Sequence[Choice]) -> None:
        """Take the columns from all choices, so that they stay in place while a filter hides some."""
        self._columns = Columns(choices)

    def show(self, choices: Sequence[Choice], at: int | None = 0, typed: Choice | None = None) -> None:
        """Show the choices, with the one at `at` highlighted; None highlights none until the user moves.

        `typed` is the choice that isn't listed, so the columns weren't measured for it.
        """
        self._typed = typed
        self._shown = choices
        self.is_moved = False
        self.at = None if at is None or not choices else max(0, min(at, len(choices) - 1))
        self._fit()
        self._see_highlight()
        self.refresh()
        self.post_message(self.Moved())

    def mark(self, values: frozenset[str]) -> None:
        if values != self.marked:
            self.marked = values
            self.refresh()

    @property
    def highlighted(self) -> Choice | None:
        return self._shown[self.at] if self.at is not None and self._shown else None

    @property
    def fits(self) -> bool:
        """Return whether every row is in view."""
        return len(self._shown) <= self.scrollable_content_region.height

    @property
    def natural_height(self) -> int:
        """Return the height of all rows together, in cells."""
        return int(self.styles.height.value) if self.styles.height is not None else len(self._shown)

    @property
    def highlight(self) -> Region:
        """Return the region of the highlighted row, else of the first one, within the list's parent."""
        return Region(0, (self.at or 0) - self.scroll_offset.y, self.size.width, 1).translate(
            self.virtual_region.offset
        )

    def can_page(self, by: int) -> bool:
        """Return whether a page key moves in the list. With all rows in view it doesn't: the key is the page's."""
        return not self.fits and self.at != (len(self._shown) - 1 if by > 0 else 0)

    def on_resize(self) -> None:
        self._fit()
        self._see_highlight()

    def _fit(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._shown))

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.go_to(self._next_to_nothing(by) if self.at is None else self.at + by)

    def _next_to_nothing(self, by: int) -> int:
        return 0 if by > 0 else len(self._shown) - 1

    def action_page(self, by: int) -> None:
        """Move by a page, or leave the key to the page around the list."""
        if not self.can_page(by):
            raise SkipAction
        self.go_to_page(by)

    def action_first(self) -> None:
        self.go_to(0)

    def action_last(self) -> None:
        self.go_to(len(self._shown) - 1)

    def action_take(self) -> None:
        self.post_message(self.Submitted(self.highlighted))

    def action_mark(self) -> None:
        """Mark the highlighted row; where none is, highlight the first one: nobody selects what isn't shown as lit."""
        if self._many and self.at is None:
            self.action_first()
        else:
            self.post_message((self.Marked if self._many else self.Submitted)(self.highlighted))

    def go_to_page(self, by: int) -> None:
        self.go_to((self.at or 0) + by * max(1, self.scrollable_content_region.height - 1))

    def go_to(self, index: int) -> None:
        at = max(0, min(index, len(self._shown) - 1))
        if at != self.at and self._shown:
            self.at, self.is_moved = at, True
            self._see_highlight()
            self.refresh()
            self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._shown):
            self.focus()
            self.go_to(index)
            self.action_mark()

    def on_mouse_scroll_down(self) -> None:
        self.call_after_refresh(self._keep_highlight_in_view)

    def on_mouse_scroll_up(self) -> None:
        self.call_after_refresh(self._keep_highlight_in_view)

    def on_scroll_to(self) -> None:
        self.call_after_refresh(self._keep_highlight_in_view)  # the scrollbar was dragged

    def _keep_highlight_in_view(self) -> None:
        """Move the highlight with the rows: Enter must not take a row that is out of sight."""
        first = self.scroll_offset.y
        last = first + self.scrollable_content_region.height - 1
        if self.at is not None and not first <= self.at <= last:
            self.go_to(max(first, min(self.at, last)))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _see_highlight(self) -> None:
        self.scroll_to_region(Region(0, self.at or 0, 1, 1), animate=False, force=True)

    # --- drawing -------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width, plain = self.scrollable_content_region.width, self.rich_style
        if not 0 <= index < len(self._shown):
            return Strip.blank(width, plain)
        highlighted = index == self.at
        under = Style(bgcolor=self.get_component_rich_style("rows--highlight").bgcolor) if highlighted else Style()
        segments = [Segment(text, plain + style + under) for text, style in self._parts(index, width, highlighted)]
        return Strip(segments).adjust_cell_length(width, plain + under)

    def _parts(self, index: int, width: int, highlighted: bool) -> list[tuple[str, Style]]:
        choice = self._shown[index]
        box = "rows--mark" if choice.value in self.marked else "rows--detail"
        lit = self._style("rows--mark") + _LIT
        columns = self._columns if choice is not self._typed else Columns((choice,))
        label, details, tag = columns.of(choice, width - _MARK_CELLS - _BOX_CELLS * self._boxes)
        return [
            ("▸ " if highlighted else "  ", self._style("rows--mark")),
            (f"{self._box(choice)} " * self._boxes, self._style(box)),
            (label.rstrip(), lit if highlighted and is_lit(self) else self._style("rows--label")),
            (" " * (len(label) - len(label.rstrip())), Style()),
            (details, self._style("rows--detail")),
            (tag, self._style("rows--tag")),
        ]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _box(self, choice: Choice) -> str:
        marked = choice.value in self.marked
        if self._many:
            return "■" if marked else "□"
        return "●" if marked else "○"
