"""A text that is saved after a yes, to a place that is shown before and after. Nothing is sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from wizard.flow.handouts.report import NOT_SAVED, why_not_saved
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.fields.place_input import PlaceInput
from wizard.ui.work import work
from wizard.working_folder import folder_to_save_in


class SaveScreen(Dialog[str]):
    """Closes with a line that says where the text was saved; empty when it wasn't."""

    AUTO_FOCUS = "#save"

    def __init__(self, title: str, what: str, name: str) -> None:
        super().__init__()
        self._title, self._what = title, what
        self._path = PlaceInput(str(folder_to_save_in() / name), compact=True)
        self._trouble = Static("", markup=False)

    def save_to(self, place: str) -> Path:
        """Save the text, and return where. Raises what `save_at` does. Called in a thread."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="title")
            yield Static(self._what, markup=False)
            yield self._path
            yield self._trouble
            with Actions():
                yield Button("Save it", id="save", variant="primary")
                yield Button("Don't save", id="close")
            yield self.hints

    def on_mount(self) -> None:
        self._trouble.display = False

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            work(self, self._save(), group="report", description="saving the file")
        else:
            self.dismiss("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        work(self, self._save(), group="report", description="saving the file")

    async def _save(self) -> None:
        place = self._path.value.strip()
        try:
            path = await asyncio.to_thread(self.save_to, place)
        except NOT_SAVED as error:
            self._trouble.update(f"! Not saved. {why_not_saved(place, error)}")
            self._trouble.display = True
        else:
            self.dismiss(f"Saved: {path}")
