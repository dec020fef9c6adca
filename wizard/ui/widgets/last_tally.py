"""The count of a plan's changes, said once more below a long plan."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from wizard.ui.widgets.steady_text import SteadyText


class LastTally(SteadyText):
    """The last line of a plan that is longer than the page, so that the count above it may be out of view."""

    def __init__(self, page: Widget) -> None:
        """`page` is what scrolls."""
        super().__init__(classes="tally again")
        self._page = page
        self.display = False

    def say(self, text: Content | str) -> None:
        super().say(text)
        self.call_after_refresh(self.fit)

    def fit(self) -> None:
        """Show the line only if the rest of the page is too long to be seen at once."""
        own = self.virtual_region_with_margin.height if self.display else 0
        self.display = bool(self._text) and self._page.virtual_size.height - own > self._page.size.height
