"""Lines for the room that a page leaves: as many as fit, and at the end how many more there are of the same list."""

from __future__ import annotations

from itertools import takewhile

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.shrinking import fills

LEAST = 6  # rows: fewer would say too little


class Filling(Aligned):
    """The lines, each on one row; `more` stands for those that don't fit, with their number where it has `{}`.

    An empty line ends a list. A number counts what is left of the list that it stands under.
    """

    def __init__(self, *, column: int, indent: int = 0) -> None:
        super().__init__(column=column, indent=indent, classes="filling")
        self.more = "…"
        self.most: int | None = None  # rows, however much room there is

    def render(self) -> Content:
        rows, room = self._laid_out(self.content_size.width), self.content_size.height
        height = min(room, self.most or room)
        if len(rows) > height:
            rows[height - 1 :] = self._last(rows, height - 1)
        return Content("\n").join(rows)

    def _last(self, rows: list[Content], at: int) -> list[Content]:
        """Return the last row that is shown: how many are left, where no heading says so itself just above or here."""
        if at > 1 and not rows[at - 2].plain.strip():
            return []
        left = list(takewhile(lambda row: row.plain.strip(), rows[at:]))
        if len(left) < 2 or (at and not rows[at - 1].plain.strip()):
            return left[:1]
        return [Content.styled(f"{self._indent}{' ' * self.column}{self.more.format(len(left))}", "$muted")]


def page_with(*parts: Widget, filling: Filling) -> VerticalScroll:
    """Return a page that scrolls, with the lines below its parts where it has the room."""
    page = VerticalScroll(*parts, filling, can_focus=False, classes="body")
    fills(page, filling, LEAST)
    return page
