"""A field that keeps the screen still: no blinking cursor in a calm app, no new layout as its text grows."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class SteadyInput(Input):
    """An input of a fixed size, whose cursor blinks only in an app that animates."""

    virtual_size = Reactive(Size(0, 0))  # Textual's own lays out the page again at each letter

    def on_mount(self) -> None:
        self.cursor_blink = self.app.animation_level != "none"
