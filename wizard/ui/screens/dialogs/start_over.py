"""The question before starting over: the answers of a setup took someone's time."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button


class StartOverScreen(Dialog[bool]):
    """The question; closes with True when the user starts over. Enter stays."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Start over with new answers?", markup=False, classes="title")
            yield Static(
                "The saved answers stay until you finish the first step. What the wizard made stays too, and you "
                "can undo it later.",
                markup=False,
            )
            with Actions():
                yield Button("Keep the setup", id="stay", variant="primary")
                yield Button("Start over", id="sure")
            yield self.hints

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "sure")
