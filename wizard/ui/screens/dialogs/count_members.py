"""The question before members are counted, since it takes a part of Segment's monthly limit."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint


class CountMembersScreen(Dialog[bool]):
    """Closes with True when the user lets the wizard count. `why_not`: why nothing can be counted."""

    def __init__(self, what_it_takes: str, why_not: str) -> None:
        super().__init__()
        self._said = why_not or what_it_takes
        self._can_count = not why_not

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Count members for each context key", markup=False, classes="title")
            yield Static(self._said, markup=False)
            with Actions():
                yield Button("Cancel", id="leave", variant="primary")
                if self._can_count:
                    yield Button("Count members", id="count")
            yield self.hints

    def keys(self) -> tuple[Hint, ...]:
        return (Hint("Esc", "leave it", "screen.dismiss"),)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "count")
