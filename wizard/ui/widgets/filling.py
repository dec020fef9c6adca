"""Lines for the room that a page leaves: as many as fit, then how many more lines the same list has."""

from __future__ import annotations

from itertools import takewhile

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.shrinking import fills

LEAST = 6  # rows: fewer would say too little


class Filling(Aligned):
    """The lines, each on one row. `more` is the last row if not all fit, with their number in place of `{}`.

    An empty line ends a list. The number counts only the rest of the list above it.
    """

    def __init__(self, *, column: int, indent: int = 0) -> None:
        super().__init__(column=column, indent=indent, classes="filling")
        self.more = "…"
        self.most: int | None = None  # the most rows, however much room there is

    def render(self) -> Content:
        rows, room = self._laid_out(self.content_size.width), self.content_size.height
        height = min(room, self.most or room)
        if len(rows) > height:
            rows[height - 1 :] = self._last(rows, height - 1)
        return Content("\n").join(rows)

    def _last(self, rows: list[Content], at: int) -> list[Content]:
        """Return the last row: how many are left, or the line itself; nothing after a heading, which has the number."""
        if at > 1 and not rows[at - 2].plain.strip():
            return []
        left = list(takewhile(lambda row: row.plain.strip(), rows[at:]))
        if len(left) < 2 or (at and not rows[at - 1].plain.strip()):
            return left[:1]
        return [Content.styled(f"{self._indent}{' ' * self.column}{self.more.format(len(left))}", "$muted")]


def page_with(*parts: Widget, filling: Filling) -> VerticalScroll:
    """Return a page that scrolls, with `filling` below its parts where there is room."""
    page = VerticalScroll(*parts, filling, can_focus=False, classes="body")
    fills(page, filling, LEAST)
    return page
