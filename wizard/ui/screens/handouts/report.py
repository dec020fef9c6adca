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
            "It has what the wizard found and did, the requests with their IDs, and versions. It has no tokens: the "
            "wizard searches the text for them first. The wizard sends nothing.",
            f"audience-wizard-report-{walk.ports.clock.now():%Y%m%d-%H%M%S}.md",
        )
        self._walk = walk

    def save_to(self, place: str) -> Path:
        return save_at(place, report(self._walk, versions()), self._walk)
