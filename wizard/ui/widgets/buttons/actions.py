"""A row of buttons, which wraps into more rows where they don't fit beside each other."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.geometry import Offset, Region, Size
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layouts.horizontal import HorizontalLayout
from textual.widget import Widget

_WIDE = 10_000


class Wrapping(HorizontalLayout):
    """Places the children from the left, line by line; the last one stands at the right edge if `parts` says so."""

    def __init__(self, *, parts: bool) -> None:
        self._parts = parts

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placed: list[WidgetPlacement] = []
        at = Offset(0, 0)
        for one in super().arrange(parent, children, Size(_WIDE, size.height or 1), greedy):
            width = one.region.width
            if at.x and at.x + width > size.width:
                at = Offset(0, at.y + 1)
            placed.append(one._replace(region=Region(at.x, at.y, width, one.region.height)))
            at += Offset(width + one.margin.right, 0)
        if self._parts and placed:
            last = placed[-1].region
            placed[-1] = placed[-1]._replace(region=last.at_offset(Offset(max(0, size.width - last.width), last.y)))
        return placed


class Actions(Horizontal):
    """Buttons; with `parts`, the last one is set apart at the right edge."""

    DEFAULT_CSS = "Actions { height: auto; }"

    def __init__(self, *buttons: Widget, parts: bool = False) -> None:
        super().__init__(*buttons, classes="actions")
        self.styles.set_rule("layout", Wrapping(parts=parts))
