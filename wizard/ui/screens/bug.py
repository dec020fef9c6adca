"""A programming error, said plainly. Never shows values: a traceback's locals may hold a secret."""

from __future__ import annotations

import traceback

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from wizard.ui.screens.dialog import Dialog


class BugScreen(Dialog[None]):
    def __init__(self, doing: str, error: BaseException) -> None:
        super().__init__()
        self._doing = doing
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Something in the wizard itself went wrong", markup=False, classes="title")
            yield Static(f"While {self._doing}: {type(self._error).__name__} at {_place(self._error)}.", markup=False)
            yield Static(
                "This is not your doing. Your answers are kept; you can close this and try again.", markup=False
            )
            with Horizontal(classes="actions"):
                yield Button("Close", id="close", compact=True, variant="primary")
            yield self.hints

    def on_button_pressed(self) -> None:
        self.dismiss(None)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('wizard/')[2]}:{frames[-1].lineno}" if frames else "an unknown place"
