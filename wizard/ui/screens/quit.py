"""The question before leaving, asked only when something would be lost."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from wizard.ui.screens.dialog import Dialog


class QuitScreen(Dialog[bool]):
    def __init__(self, lost: str) -> None:
        super().__init__()
        self._lost = lost

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Leave the wizard?", markup=False, classes="title")
            yield Static(self._lost, markup=False)
            with Horizontal(classes="actions"):
                yield Button("Stay", id="stay", compact=True, variant="primary")
                yield Button("Leave", id="leave", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")
