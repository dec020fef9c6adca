"""Open the full screen. Only `wizard.cli` calls this."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from wizard.exit_codes import ExitCode
from wizard.terminal import in_browser
from wizard.ui.app import AudienceWizard
from wizard.ui.appearance.theme_choice import ThemeChoice
from wizard.ui.failure import crash_lines
from wizard.ui.safe_app import SafeApp
from wizard.ui.terminal.early_frame import is_gone

if TYPE_CHECKING:
    from wizard.flow.walk import Walk
    from wizard.ui.terminal.early_frame import EarlyFrame

_PATIENCE_S = 5


async def _run(app: SafeApp[Any]) -> None:
    """Run the app; SIGTERM and SIGINT quit it, so that the terminal is restored. For SIGHUP, see `_hung_up`."""
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(each, lambda: app.exit(return_code=ExitCode.INTERRUPTED))
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: _hung_up(app, loop))
    await app.run_async()


def _hung_up(app: SafeApp[Any], loop: asyncio.AbstractEventLoop) -> None:
    """End the process at once if the terminal was closed, else quit the app.

    This isn't one of asyncio's signal handlers, because the loop itself may be blocked.
    """
    if is_gone() or sys.platform == "win32":
        app.end_unseen()
    signal.alarm(_PATIENCE_S)  # the terminal may close while it is restored; the alarm ends the process then
    loop.call_soon_threadsafe(partial(app.exit, return_code=ExitCode.INTERRUPTED))


def run_wizard(
    load: Callable[[], Walk],
    frame: EarlyFrame,
    *,
    command: str = "audience-wizard",
    report: Callable[[BaseException], str] = lambda _: "",
    keep_scheme: Callable[[str], None] = lambda _: None,
    choose: Callable[[str], None] | None = None,
    open_profile: Callable[[str], Walk] | None = None,
    start_with: Callable[[tuple[str, ...]], None] = lambda _: None,
) -> int:
    """Run until the user leaves, print how things stand, and return the exit code.

    `command` starts the wizard again with the same profile. `report` logs an unexpected error and says where.
    `keep_scheme` keeps a choice of light or dark for the next runs. `choose` is called with the sandbox world that
    the user picks first. `open_profile` builds the walk of another profile, and `start_with` replaces this process
    with a wizard with other options. End the process right after this: threads may still be waiting.
    """
    while True:
        app = AudienceWizard(load, theme_choice=ThemeChoice(frame.chosen, frame.reported, keep_scheme), choose=choose)
        app.command, app.open_profile = command, open_profile
        error = _run_to_the_end(app, frame)
        if error is None:
            break
        said = crash_lines(error, app.walk_screen.walk, command, report(error))
        if not _starts_again(said, frame, app.theme):
            _say(sys.stderr, said)
            return ExitCode.PROBLEM
    if in_browser(os.environ):
        return app.return_code or 0  # nobody reads what follows on the server's pipe
    if not app.return_code or app.return_code == ExitCode.INTERRUPTED:
        _say(sys.stdout, app.farewell())
    if app.next_options:
        start_with(app.next_options)
    return app.return_code or 0


def _starts_again(said: tuple[str, ...], frame: EarlyFrame, theme: str) -> bool:
    """Show what went wrong on a screen of its own, and return whether the user starts the wizard again."""
    from wizard.ui.crash_app import CrashApp

    sorry = CrashApp(said, theme)
    return _run_to_the_end(sorry, frame) is None and sorry.return_code == 0 and bool(sorry.return_value)


def _run_to_the_end(app: SafeApp[Any], frame: EarlyFrame) -> Exception | None:
    """Run the app and return the error that ended it, if one did; the terminal is always restored."""
    if sys.platform != "win32" and not in_browser(os.environ):
        from wizard.ui.terminal.driver import WizardDriver

        WizardDriver.frame = frame
        app.driver_class = WizardDriver
    try:
        asyncio.Runner().run(_run(app))
    except Exception as error:  # noqa: BLE001 - the last place that can report it in words
        if app._driver is not None:
            app._driver.close()  # writes the output that restores the terminal
        return app._exception or error
    return app._exception


def _say(stream: TextIO, lines: Iterable[str]) -> None:
    with contextlib.suppress(OSError):  # the terminal was closed
        stream.writelines(f"{line}\n" for line in lines if line)
        stream.flush()
