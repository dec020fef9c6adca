"""Every finding of the whole walk, root causes first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from wizard.domain.findings import Finding, root_causes_first
from wizard.ui.screens.dialog import Dialog
from wizard.ui.widgets.finding_row import FindingRow, counted, worth_reading


class TroubleshootScreen(Dialog[Finding | None]):
    """Closes with the finding that the user wants to read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "dismiss", "Close", show=False)]

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self._findings = root_causes_first(findings)

    def compose(self) -> ComposeResult:
        rows = worth_reading(self._findings)
        with Vertical(classes="dialog"):
            yield Static("What is in the way", markup=False, classes="title")
            with VerticalScroll(can_focus=False, classes="body"):
                if not rows:
                    yield Static("Nothing that was checked so far is wrong.", markup=False)
                yield from (FindingRow(finding) for finding in rows)
                yield Static(counted(self._findings), markup=False, classes="counted")
            with Horizontal(classes="actions"):
                yield Button("Close", id="close", compact=True)

    def on_finding_row_opened(self, event: FindingRow.Opened) -> None:
        event.stop()
        self.dismiss(event.finding)

    def on_button_pressed(self) -> None:
        self.dismiss(None)
