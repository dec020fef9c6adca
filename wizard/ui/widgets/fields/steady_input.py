"""A field whose cursor holds still where nothing is to move."""

from __future__ import annotations

from textual.widgets import Input


class SteadyInput(Input):
    """An input whose cursor blinks only in an app that animates."""

    def on_mount(self) -> None:
        self.cursor_blink = self.app.animation_level != "none"
