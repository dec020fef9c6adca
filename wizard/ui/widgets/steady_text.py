"""A text that is set again with each poll, and laid out again only when it changes."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class SteadyText(Static):
    """A paragraph; Textual's own widget would lay out the screen again for the same text too."""

    def __init__(self, *, classes: str) -> None:
        super().__init__("", markup=False, classes=classes)
        self._text = Content("")

    def say(self, text: Content | str) -> None:
        said = text if isinstance(text, Content) else Content(text)
        if not said.is_same(self._text):
            self._text = said
            self.update(said)
