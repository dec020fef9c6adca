"""A programming error that ended only the current action, in plain words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from wizard.ui.failure import SORRY, place_of
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button


class BugScreen(Dialog[None]):
    def __init__(self, doing: str, error: BaseException) -> None:
        super().__init__()
        self._doing = doing
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(SORRY, markup=False, classes="title")
            yield Static(f"While {self._doing}: {type(self._error).__name__} at {place_of(self._error)}.", markup=False)
            yield Static("This isn't your fault. Your answers are kept. Close this and try again.", markup=False)
            with Actions():
                yield Button("Close", id="close", variant="primary")
            yield self.hints

    def on_button_pressed(self) -> None:
        self.dismiss(None)
