"""Opens the full screen; the one thing that the front door calls."""

from __future__ import annotations

import sys
from collections.abc import Callable

from wizard.flow.walk import Walk
from wizard.ui.app import AudienceWizard


def run_wizard(load: Callable[[], Walk]) -> int:
    """Runs until the user leaves, then says in the scrollback how things stand; the exit code."""
    app = AudienceWizard(load)
    app.run()
    if not app.return_code:
        sys.stdout.writelines(f"{line}\n" for line in app.farewell())
    return app.return_code or 0
