"""The dialog on how both services answered: the reads it needs, the page after a yes, a file after another yes."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from wizard.flow.handouts.report import NOT_SAVED, save_at, why_not_saved
from wizard.flow.observing import OFFER, WHAT_IT_TAKES, observe, page_of
from wizard.flow.walk import Walk
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.fields.place_input import PlaceInput
from wizard.ui.work import work
from wizard.working_folder import folder_to_save_in


class ObservationsScreen(Dialog[str]):
    """Closes with a line that says where the page was saved; empty when it wasn't. Nothing is sent."""

    AUTO_FOCUS = "#close"

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._text = ""
        self._said = Static(WHAT_IT_TAKES, markup=False)
        self._page = Static("", markup=False)
        self._body = VerticalScroll(self._page, can_focus=False, classes="body")
        name = f"audience-wizard-observations-{walk.ports.clock.now():%Y%m%d-%H%M%S}.md"
        self._path = PlaceInput(str(folder_to_save_in() / name), compact=True)
        self._trouble = Static("", markup=False)
        self._yes = Button("Make five reads", id="yes")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(OFFER, markup=False, classes="title")
            yield self._said
            yield self._body
            yield self._path
            yield self._trouble
            with Actions():
                yield Button("Cancel", id="close", variant="primary")
                yield self._yes
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        for later in (self._body, self._path, self._trouble):
            later.display = False

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "close":
            self.dismiss("")
        elif self._text:
            work(self, self._save(), group="report", exclusive=True, description="saving the page")
        else:
            work(self, self._look(), group="report", exclusive=True, description="reading how the services answered")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        work(self, self._save(), group="report", exclusive=True, description="saving the page")

    async def _look(self) -> None:
        """Make the reads and show the page; what is saved is exactly what was shown."""
        self._said.update("Reading from both services …")
        self._yes.display = False
        await observe(self._walk)
        self._text = page_of(self._walk)
        self._page.update(self._text)
        self._said.update("Save this page? Nothing is sent.")
        for shown in (self._body, self._path, self._yes):
            shown.display = True
        self._yes.label = "Save it"
        self.call_after_refresh(self.show_keys)

    async def _save(self) -> None:
        place = self._path.value.strip()
        try:
            path = await asyncio.to_thread(save_at, place, self._text, self._walk)
        except NOT_SAVED as error:
            self._trouble.update(f"! Not saved. {why_not_saved(place, error)}")
            self._trouble.display = True
        else:
            self.dismiss(f"Saved: {path}")
