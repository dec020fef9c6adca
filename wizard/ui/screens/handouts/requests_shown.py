"""The requests behind a finding, as shell lines to copy and repeat."""

from __future__ import annotations

from textual.app import App

from wizard.domain.findings import Finding
from wizard.flow.handouts.requests_shown import as_text, requests_behind
from wizard.flow.walk import Walk
from wizard.ui.screens.handouts.plain_text import PlainTextScreen

_NOTE = "Tokens are left out. Set a line's variables before you run it."


def has_requests(walk: Walk, finding: Finding) -> bool:
    """Return whether there are requests behind the finding; a check of this machine or a token's form makes none."""
    return bool(requests_behind(finding, walk.ports.requests))


def show_requests(app: App[object], walk: Walk, finding: Finding) -> None:
    """Show the requests, where there are any."""
    if text := as_text(requests_behind(finding, walk.ports.requests)):
        app.push_screen(PlainTextScreen(f"API calls for: {finding.title}", text, _NOTE))
