"""The support report, saved after a yes."""

from __future__ import annotations

from pathlib import Path

from wizard.flow.handouts.report import report, save_at, versions
from wizard.flow.walk import Walk
from wizard.ui.screens.handouts.save import SaveScreen


class ReportScreen(SaveScreen):
    """Asks where to save the report."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(
            "Save a report for the vendors' support?",
            "It holds what was found, when what was done, the requests with their ids, and versions. No token is in "
            "it: the text is searched for them before it's written. Nothing is sent.",
            f"audience-wizard-report-{walk.ports.clock.now():%Y%m%d-%H%M%S}.md",
        )
        self._walk = walk

    def save_to(self, place: str) -> Path:
        return save_at(place, report(self._walk, versions()), self._walk)
