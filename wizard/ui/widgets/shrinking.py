"""A vertical layout in which one child shrinks, so that what is below stays in view. A foot takes spare room only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from textual.geometry import Offset, Size
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

AS_MUCH_AS_IT_TAKES = 1_000_000


Gives: TypeAlias = Callable[[int], tuple[Widget | None, int]]


def shrinks(container: Widget, gives: Gives, foot: Widget | None = None) -> None:
    """Give a container this layout. It's set as a rule, because Textual's own property takes only a layout's name.

    `foot`, the last child, is placed at the bottom, and shown only if all of it fits below the others.
    """
    container.styles.set_rule("layout", Shrinking(gives, foot))


def fills(container: Widget, last: Widget, least: int) -> None:
    """Give the last child the room that the others leave, if that is enough for it or for `least` rows of it."""
    container.styles.set_rule("layout", Shrinking(lambda _: (None, 0), last, least))


class Shrinking(VerticalLayout):
    """The layout. `gives` returns, for a height, the child that shrinks and by how many rows at most; one row stays.

    With `least`, the foot may be cut to that many rows, and its place is right below the others.
    """

    def __init__(self, gives: Gives, foot: Widget | None = None, least: int | None = None) -> None:
        self._gives = gives
        self._foot = foot
        self._least = least

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placed = super().arrange(parent, children, size, greedy)
        above = self._with_one_giving_way([one for one in placed if one.widget is not self._foot], size)
        feet = (one for one in placed if one.widget is self._foot)
        return [*above, *(foot for one in feet for foot in self._in_the_room(one, size.height - _bottom(above), size))]

    def _in_the_room(self, foot: WidgetPlacement, spare: int, size: Size) -> ArrangeResult:
        height, room = foot.region.height, spare - foot.margin.top
        if self._least is None:
            return [_at_the_bottom(foot, size.height)] if height <= room else []
        if room < min(self._least, height):
            return []
        return [foot._replace(region=foot.region.shrink((0, 0, max(0, height - room), 0)))]

    def _with_one_giving_way(self, placed: ArrangeResult, size: Size) -> ArrangeResult:
        widget, most = self._gives(size.height)
        over = _bottom(placed) - size.height
        index = next((at for at, one in enumerate(placed) if one.widget is widget), None)
        if index is None or over <= 0 or not size.height:  # height 0: Textual asks for the natural height
            return placed
        region = placed[index].region
        if over > most:  # the user has to scroll to the rest in any case
            over = max(0, region.bottom - size.height)
        given = min(over, most, max(0, region.height - 1))
        shrunk = placed[index]._replace(region=region.shrink((0, 0, given, 0)))
        below = [one._replace(region=one.region.translate(Offset(0, -given))) for one in placed[index + 1 :]]
        return [*placed[:index], shrunk, *below]

    def get_content_height(self, widget: Widget, container: Size, viewport: Size, width: int) -> int:
        """Return the natural height, before shrinking, whatever room the container has."""
        del container, viewport
        return widget.arrange(Size(width, 0)).total_region.height


def _bottom(placed: ArrangeResult) -> int:
    return max((one.region.bottom + one.margin.bottom for one in placed), default=0)


def _at_the_bottom(one: WidgetPlacement, height: int) -> WidgetPlacement:
    return one._replace(region=one.region.translate(Offset(0, height - one.region.bottom)))
