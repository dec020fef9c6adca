"""The environments that get this setup's answers too: pick one or several, or make a new profile instead."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from wizard.flow.steps.ask import Choice
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.lists.picker import Picker

NEW_PROFILE = "a new profile"
_SAID = (
    "Each environment gets its own destination, and shares this setup's other answers. Review shows a group for "
    "each environment, and one yes makes all changes. If more differs, use [[targets]] in setup.toml."
)


class AddEnvironmentsScreen(Dialog[tuple[str, ...] | None]):
    """Closes with the names of the environments that were picked, with NEW_PROFILE alone, or with None."""

    def __init__(self, choices: tuple[Choice, ...], *, has_profiles: bool) -> None:
        super().__init__()
        self._choices = choices
        self._has_profiles = has_profiles
        self._picker = Picker(many=True, filtered=True, unlisted=lambda _: None, verb="add")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Add environments", markup=False, classes="title")
            yield Static(_SAID, markup=False)
            yield self._picker
            with Actions():
                yield Button("Add", id="add", variant="primary")
                if self._has_profiles:
                    yield Button("A new profile instead", id="profile")
                yield Button("Close", id="close")
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._picker.offer(self._choices)
        self._picker.take_focus()

    @property
    def scrolled(self) -> Widget:
        return self._picker

    @property
    def picker(self) -> Picker:
        return self._picker

    def keys(self) -> tuple[Hint, ...]:
        select = (Hint("Space", "select", "app.simulate_key('space')"),) if self._picker.can_select else ()
        return (*select, *super().keys())

    def on_picker_highlighted(self, event: Picker.Highlighted) -> None:
        event.stop()
        self.show_keys()

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        self._add(event.values)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        match event.button.id:
            case "add":
                self._add(self._picker.chosen)
            case "profile":
                self.dismiss((NEW_PROFILE,))
            case _:
                self.dismiss(None)

    def _add(self, values: tuple[str, ...]) -> None:
        if values:
            self.dismiss(values)
