"""The question before leaving, asked only when something would be lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class QuitScreen(ModalScreen[bool]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Stay", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

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
