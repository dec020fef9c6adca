"""The dialog for the name of a new profile, which gets this profile's tokens, space and mapping."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.open_input import OpenInput


class NameInput(OpenInput):
    """The field for the name."""

    enter_does = "make the profile"


class NewProfileScreen(Dialog[str | None]):
    """The question; closes with the name, or with None."""

    AUTO_FOCUS = "Input"

    def __init__(self, mistake: Callable[[str], str]) -> None:
        super().__init__()
        self._mistake = mistake
        self._field = NameInput(placeholder="staging", id="profile-name")
        self._said = Static("", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Make a new profile", markup=False, classes="title")
            yield Static(
                "A profile has its own tokens and journal. The new one gets this profile's answers, and you choose the "
                "environment next. Name it.",
                markup=False,
            )
            yield self._field
            yield self._said
            with Actions():
                yield Button("Make the profile", id="make", variant="primary")
                yield Button("Close", id="close")
            yield self.hints

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._make()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "make":
            self._make()
        else:
            self.dismiss(None)

    def _make(self) -> None:
        name = self._field.value.strip()
        if mistake := self._mistake(name):
            self._said.update(Content.styled(f"✗ {mistake}", "$error"))
        else:
            self.dismiss(name)
