"""Opens the full screen; the one thing that the front door calls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from wizard.ui.app import AudienceWizard
from wizard.ui.early_frame import INTERRUPTED, is_gone

if TYPE_CHECKING:
    from wizard.flow.walk import Walk
    from wizard.ui.early_frame import EarlyFrame

_PATIENCE_S = 5


async def _run(app: AudienceWizard) -> None:
    """To be ended by somebody else is met as a wish to leave: the terminal is given back as it was."""
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(each, lambda: app.exit(return_code=INTERRUPTED))
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: _hung_up(app, loop))
    await app.run_async()


def _hung_up(app: AudienceWizard, loop: asyncio.AbstractEventLoop) -> None:
    """Nobody waits for a terminal that is gone: what is saved is saved. Not asyncio's way to be told of a signal,
    for the loop may be the one that waits.
    """
    if is_gone() or sys.platform == "win32":
        os._exit(INTERRUPTED)
    signal.alarm(_PATIENCE_S)  # it may go while it is given back; this ends the process then
    loop.call_soon_threadsafe(partial(app.exit, return_code=INTERRUPTED))


def run_wizard(load: Callable[[], Walk], frame: EarlyFrame) -> int:
    """Runs until the user leaves, then says in the scrollback how things stand; the exit code.

    Afterwards the process is to end at once: threads that nobody needs any more are not waited for.
    """
    app = AudienceWizard(load)
    if sys.platform != "win32":
        from wizard.ui.driver import WizardDriver

        WizardDriver.frame = frame
        app.driver_class = WizardDriver
    asyncio.Runner().run(_run(app))
    if not app.return_code or app.return_code == INTERRUPTED:
        with contextlib.suppress(OSError):  # the terminal is gone
            sys.stdout.writelines(f"{line}\n" for line in app.farewell())
    return app.return_code or 0
