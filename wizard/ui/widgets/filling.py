"""Lines for the room that a page leaves: as many as fit, and at the end how many more there are."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.shrinking import fills

LEAST = 6  # rows: fewer would say too little


class Filling(Aligned):
    """The lines, each on one row; `more` stands for those that don't fit, with their number where it has `{}`."""

    def __init__(self, *, column: int, indent: int = 0) -> None:
        super().__init__(column=column, indent=indent, classes="filling")
        self.more = "…"
        self.most: int | None = None  # rows, however much room there is

    def render(self) -> Content:
        rows, room = self._laid_out(self.content_size.width), self.content_size.height
        height = min(room, self.most or room)
        if len(rows) > height:
            left = " " * self.column + self.more.format(len(rows) - height + 1)
            rows[height - 1 :] = [Content.styled(self._indent + left, "$muted")]
        return Content("\n").join(rows)


def page_with(*parts: Widget, filling: Filling) -> VerticalScroll:
    """Return a page that scrolls, with the lines below its parts where it has the room."""
    page = VerticalScroll(*parts, filling, can_focus=False, classes="body")
    fills(page, filling, LEAST)
    return page
