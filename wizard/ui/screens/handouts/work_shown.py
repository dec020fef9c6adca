"""The requests behind a finding, as shell lines to copy and repeat."""

from __future__ import annotations

from textual.app import App

from wizard.domain.findings import Finding
from wizard.flow.handouts.requests_shown import as_text, work_behind
from wizard.flow.walk import Walk
from wizard.ui.screens.handouts.plain_text import PlainTextScreen

_NOTHING = "Nothing was asked for this: it follows from what you answered, or from what this machine has."
_NOTE = "Tokens are left out. Each line works once its variable is set."


def show_work(app: App[object], walk: Walk, finding: Finding) -> None:
    text = as_text(work_behind(finding, walk.ports.requests))
    title = f"The requests behind: {finding.title}"
    app.push_screen(PlainTextScreen(title, text or _NOTHING, _NOTE if text else ""))
