"""The question before quitting: always after F10 or the button, else only when something would be lost."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint


class QuitScreen(Dialog[bool]):
    """The question; closes with True when the user quits. Enter stays."""

    def __init__(self, what_happens: str) -> None:
        super().__init__()
        self._what_happens = what_happens

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Quit the wizard?", markup=False, classes="title")
            yield Static(self._what_happens, markup=False)
            with Actions():
                yield Button("Stay", id="stay", variant="primary")
                yield Button("Quit", id="leave")
            yield self.hints

    def keys(self) -> tuple[Hint, ...]:
        return (Hint("Esc", "stay", "screen.dismiss"), Hint("F10", "quit", "app.ask_quit"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")
