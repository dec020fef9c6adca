"""One finding with its fix; Enter or a click opens it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from wizard.domain.findings import Finding
from wizard.flow.words import passed_and_waiting
from wizard.ui.appearance import signs
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.lit import is_lit, lit

_COLUMN = 11


class FindingRow(Aligned, can_focus=True):
    """The row shows the finding in full, with its fix; the page scrolls to what doesn't fit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Read", show=False),
        Binding("r,R", "repair", "Repair it", show=False),
        Binding("up", "app.focus_previous", "Up", show=False),
        Binding("down", "app.focus_next", "Down", show=False),
    ]

    class Opened(Message):
        def __init__(self, finding: Finding) -> None:
            self.finding = finding
            super().__init__()

    class Repaired(Message):
        """The user wants the repair of this finding."""

        def __init__(self, finding: Finding) -> None:
            self.finding = finding
            super().__init__()

    def __init__(self, finding: Finding, repair: str = "", *, with_cause: bool = False) -> None:
        """`repair` says what Ctrl+R does; empty when only a person can fix it."""
        super().__init__(_lines(finding, repair, with_cause=with_cause), column=_COLUMN)
        self.finding = finding
        self.repair = repair
        self._with_cause = with_cause

    def take(self, finding: Finding, repair: str) -> None:
        """Show the finding's new version, without moving the focus."""
        self.finding, self.repair = finding, repair
        self.show(_lines(finding, repair, with_cause=self._with_cause))

    @property
    def enter_does(self) -> str:
        return "read"

    def render(self) -> Content:
        drawn = super().render()
        return lit(drawn, _COLUMN) if is_lit(self) else drawn

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_open(self) -> None:
        self.post_message(self.Opened(self.finding))

    def action_repair(self) -> None:
        if self.repair:
            self.post_message(self.Repaired(self.finding))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()


def _lines(finding: Finding, repair: str, *, with_cause: bool) -> tuple[Line, ...]:
    sign = signs.of_status(finding.status)
    head = Content.styled(f"{sign.glyph} {sign.word}", sign.style)
    lines = [Line(head, finding.summary or finding.title)]
    if with_cause and finding.cause:
        lines.append(Line(Content.styled("  Cause", "$muted"), finding.cause))
    if finding.fix:
        lines.append(Line(Content.styled("  Fix", "$muted"), finding.fix))
    if finding.policy:
        lines.append(Line(Content.styled("  Policy", "$muted"), "Open this finding to read and copy it."))
    if repair:
        lines.append(Line(Content.styled("  Ctrl+R", "bold $accent"), repair))
    return tuple(lines)


def counted(findings: tuple[Finding, ...]) -> Content:
    """Return "✓ 9 checks passed · 2 wait for others"; empty when there is nothing to count."""
    passed, waiting = passed_and_waiting(findings)
    parts = [Content.assemble(("✓ ", "$success"), passed)] if passed else []
    return Content("  ").join([*parts, Content.styled(f"· {waiting}", "$muted")] if waiting else parts)
