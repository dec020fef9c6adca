"""Rows of choices by the Line API, which draws only what is in view: a hundred thousand cost as much as twenty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
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
from wizard.text import cut

_TAG = "recommended"


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

    class Taken(Message):
        """Enter or a click on the highlighted row."""

    class Marked(Message):
        """Space on the highlighted row, or a click where several can be marked."""

    def __init__(self, *, many: bool) -> None:
        super().__init__()
        self._many = many
        self._shown: Sequence[Choice] = ()
        self._label_width = 0
        self.marked: frozenset[str] = frozenset()
        self.at = 0

    # --- what is shown -------------------------------------------------------------------------------------------

    def show(self, choices: Sequence[Choice], at: int = 0) -> None:
        self._shown = choices
        self.at = max(0, min(at, len(choices) - 1))
        self._label_width = max((len(choice.label) for choice in choices), default=0)
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
        return self._shown[self.at] if self._shown else None

    @property
    def fits(self) -> bool:
        """Whether every row is in view."""
        return len(self._shown) <= self.scrollable_content_region.height

    def on_resize(self) -> None:
        self._fit()
        self._see_highlight()

    def _fit(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._shown))

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.go_to(self.at + by)

    def action_page(self, by: int) -> None:
        """Move by a page; with every row in view, leave the key to the page, so that the highlight stays."""
        if self.fits:
            raise SkipAction
        self.go_to_page(by)

    def action_first(self) -> None:
        self.go_to(0)

    def action_last(self) -> None:
        self.go_to(len(self._shown) - 1)

    def action_take(self) -> None:
        self.post_message(self.Taken())

    def action_mark(self) -> None:
        self.post_message(self.Marked() if self._many else self.Taken())

    def go_to_page(self, by: int) -> None:
        self.go_to(self.at + by * max(1, self.scrollable_content_region.height - 1))

    def go_to(self, index: int) -> None:
        at = max(0, min(index, len(self._shown) - 1))
        if at != self.at:
            self.at = at
            self._see_highlight()
            self.refresh()
            self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._shown):
            self.focus()
            self.go_to(index)
            self.action_mark()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _see_highlight(self) -> None:
        self.scroll_to_region(Region(0, self.at, 1, 1), animate=False, force=True)

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
        tag = f" {_TAG}" if choice.recommended else ""
        room = width - 6 - len(tag)
        label_width = min(self._label_width, room if not choice.detail else max(room * 11 // 20, 12))
        label = set_cell_size(cut(choice.label, label_width), label_width) if choice.detail else cut(choice.label, room)
        detail = cut(choice.detail, room - cell_len(label) - 2) if choice.detail else ""
        box = "rows--mark" if choice.value in self.marked else "rows--detail"
        rest = room - cell_len(label) - (cell_len(detail) + 2 if detail else 0)
        return [
            ("▸ " if highlighted else "  ", self.get_component_rich_style("rows--mark", partial=True)),
            (f"{self._box(choice)} ", self.get_component_rich_style(box, partial=True)),
            (f"{label}  " if detail else label, self.get_component_rich_style("rows--label", partial=True)),
            (detail, self.get_component_rich_style("rows--detail", partial=True)),
            (" " * max(0, rest), Style()),
            (tag, self.get_component_rich_style("rows--tag", partial=True)),
        ]

    def _box(self, choice: Choice) -> str:
        marked = choice.value in self.marked
        if self._many:
            return "■" if marked else "□"
        return "●" if marked else "○"
