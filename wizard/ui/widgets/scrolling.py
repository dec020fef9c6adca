"""The keys that scroll a page by hand, wherever the focus is on it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from wizard.ui.widgets.frame import Hint

SCROLLING: Sequence[Binding] = (
    Binding("up", "scroll(-1)", show=False),
    Binding("down", "scroll(1)", show=False),
    Binding("pageup", "page(-1)", show=False),
    Binding("pagedown", "page(1)", show=False),
    Binding("home", "edge(-1)", show=False),
    Binding("end", "edge(1)", show=False),
)


def is_more_below(scrolled: Widget) -> bool:
    return scrolled.scroll_offset.y < scrolled.max_scroll_y


class Scrolls:
    """The actions of a widget or a screen that binds `SCROLLING`."""

    @property
    def scrolled(self) -> Widget | None:
        """Return the widget that scrolls; None where there is none."""
        raise NotImplementedError

    @property
    def has_more(self) -> bool:
        return self.scrolled is not None and is_more_below(self.scrolled)

    def more(self, action: str) -> tuple[Hint, ...]:
        """Return the key that shows more, while something is below."""
        return (Hint("PgDn", "more", action),) if self.has_more else ()

    def action_scroll(self, by: int) -> None:
        if self.scrolled is not None:
            self.scrolled.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        if self.scrolled is not None:
            self.action_scroll(by * max(1, self.scrolled.size.height - 1))

    def action_edge(self, by: int) -> None:
        if self.scrolled is not None:
            self.action_scroll(by * self.scrolled.max_scroll_y)
