"""The findings of a step, one row each."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Vertical

from wizard.domain.findings import Finding
from wizard.ui.widgets.finding_row import FindingRow


class FindingRows(Vertical):
    """The rows; the focused row keeps the focus when a poll changes its text.

    `leave` focuses something else before the focused row is removed: Textual would focus any widget next to it.
    """

    def __init__(self, *, with_causes: bool, leave: Callable[[], None]) -> None:
        super().__init__(classes="findings")
        self._with_causes = with_causes
        self._leave = leave
        self.shown: tuple[FindingRow, ...] = ()
        self._shows: tuple[tuple[Finding, ...], tuple[str, ...]] = ((), ())

    def show(self, findings: tuple[Finding, ...], repairs: tuple[str, ...]) -> None:
        """Show the findings, each with the label of its repair; empty where there is none."""
        before, now = self._shows, (findings, repairs)
        if now == before:
            return
        self._shows = now
        if [finding.id for finding in before[0]] == [finding.id for finding in findings]:
            for row, finding, repair in zip(self.shown, findings, repairs, strict=True):
                row.take(finding, repair)
        else:
            self._replace(findings, repairs)

    def _replace(self, findings: tuple[Finding, ...], repairs: tuple[str, ...]) -> None:
        focused = self.screen.focused
        held = focused.finding.id if isinstance(focused, FindingRow) and focused in self.shown else ""
        self.shown = ()
        if held and held not in {finding.id for finding in findings}:
            self._leave()
        self.remove_children()
        self.shown = tuple(
            FindingRow(finding, repair, with_cause=self._with_causes)
            for finding, repair in zip(findings, repairs, strict=True)
        )
        self.mount_all(self.shown)
        for row in [row for row in self.shown if row.finding.id == held][:1]:
            self.call_after_refresh(row.focus, scroll_visible=False)
