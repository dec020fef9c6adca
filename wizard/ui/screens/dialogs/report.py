"""The support report, saved after a yes to a place that is shown before and after."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from wizard.flow.handouts.report import NOT_SAVED, report, save_at, versions
from wizard.flow.walk import Walk
from wizard.ui.screens.dialogs.dialog import Dialog
from wizard.ui.widgets.actions import Actions
from wizard.ui.widgets.button import Button
from wizard.ui.widgets.fields.open_input import OpenInput
from wizard.ui.work import work


class ReportScreen(Dialog[str]):
    """The report's screen; closes with a line that says where the report was saved. Nothing is sent."""

    AUTO_FOCUS = "#save"

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        name = f"audience-wizard-report-{walk.ports.clock.now():%Y%m%d-%H%M%S}.md"
        self._path = OpenInput(str(Path.cwd() / name), compact=True)
        self._trouble = Static("", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Save a report for the vendors' support?", markup=False, classes="title")
            yield Static(
                "It holds what was found, when what was done, the requests with their ids, and versions. No token is "
                "in it: the file is read back and kept only if none is found. Nothing is sent.",
                markup=False,
            )
            yield self._path
            yield self._trouble
            with Actions():
                yield Button("Save it", id="save", variant="primary")
                yield Button("Do not save", id="close")
            yield self.hints

    def on_mount(self) -> None:
        self._trouble.display = False

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            work(self, self._save(), group="report", description="saving the report")
        else:
            self.dismiss("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        work(self, self._save(), group="report", description="saving the report")

    async def _save(self) -> None:
        text = report(self._walk, versions())
        try:
            path = await asyncio.to_thread(save_at, self._path.value.strip(), text, self._walk)
        except NOT_SAVED as error:
            self._trouble.update(f"! Not saved. {error}")
            self._trouble.display = True
        else:
            self.dismiss(f"Saved: {path}")
