"""Opens the full screen; the one thing that the front door calls."""

from __future__ import annotations

from collections.abc import Callable

from wizard.flow.walk import Walk
from wizard.ui.app import AudienceWizard


def run_wizard(load: Callable[[], Walk]) -> int:
    """Runs until the user leaves; the exit code."""
    app = AudienceWizard(load)
    app.run()
    return app.return_code or 0
