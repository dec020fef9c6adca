"""Opens the full screen; the one thing that the front door calls."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.ui.app import AudienceWizard

if TYPE_CHECKING:
    from wizard.flow.walk import Walk
    from wizard.ui.early_frame import EarlyFrame


def run_wizard(load: Callable[[], Walk], frame: EarlyFrame) -> int:
    """Runs until the user leaves, then says in the scrollback how things stand; the exit code.

    Afterwards the process is to end at once: threads that nobody needs any more are not waited for.
    """
    app = AudienceWizard(load)
    if sys.platform != "win32":
        from wizard.ui.driver import WizardDriver

        WizardDriver.frame = frame
        app.driver_class = WizardDriver
    asyncio.Runner().run(app.run_async())
    if not app.return_code:
        sys.stdout.writelines(f"{line}\n" for line in app.farewell())
    return app.return_code or 0
