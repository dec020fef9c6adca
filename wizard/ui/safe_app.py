"""Textual's app without its risks: no traceback, no markup in a toast, and no waiting for a browser."""

from __future__ import annotations

import math
import os
from typing import NoReturn

from textual import events
from textual.app import App, ReturnType
from textual.dom import DOMNode
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.widgets._toast import ToastHolder

from wizard.exit_codes import ExitCode
from wizard.ui.appearance.theme import DARK, LIGHT
from wizard.ui.work import WorkFailed, work

SEEN_AFTER_S = 0.5  # a key that is typed sooner after a notice isn't an answer to it


class SafeApp(App[ReturnType]):
    """An app in the two themes; `calm` turns off everything that moves."""

    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 10  # seconds; it covers nothing that is read, and the next key removes it

    def __init__(self, *, calm: bool = False) -> None:
        super().__init__()
        self._notified_at = math.inf  # event time in seconds
        self.calm = calm
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        if calm:
            self.animation_level = "none"

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Apply the style sheet without looking for transitions: it has none, and the search takes as long again."""
        del animate
        super().update_styles(node, animate=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show one toast, replacing the last, without markup: the message may hold a name from a service.

        It's drawn over the title line, so write at most two lines.
        """
        del markup
        self.clear_notifications()
        self._notified_at = Message().time
        stays = 3600.0 if self.calm else timeout
        super().notify(message, title=title, severity=severity, timeout=stays, markup=False)

    def clear_notifications(self) -> None:
        """Remove the toast with its holder, also on the screens below a dialog.

        Textual leaves the holder, which takes a row above the next toast, and the toasts of the other screens.
        """
        super().clear_notifications()
        for screen in self.screen_stack:
            screen.query(ToastHolder).remove()

    async def on_event(self, event: events.Event) -> None:
        """Remove a notice at the next key."""
        is_typed = isinstance(event, events.Key) and not event.is_forwarded
        if is_typed and event.time - self._notified_at > SEEN_AFTER_S:
            self._notified_at = math.inf
            self.clear_notifications()
        await super().on_event(event)

    def on_work_failed(self, event: WorkFailed) -> None:
        from wizard.ui.screens.dialogs.bug import BugScreen

        self.push_screen(BugScreen(event.description, event.error))

    def end_unseen(self) -> NoReturn:
        """End the process at once: the terminal was closed, so nothing can be drawn or restored anymore.

        Called by a signal handler or by the thread that reads the terminal, while the loop may wait for its output.
        """
        os._exit(ExitCode.INTERRUPTED)

    # --- beside the screen ----------------------------------------------------------------------------------------

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a page without waiting. Textual would wait for the browser, and let a text browser draw here."""
        if self.is_web:
            super().open_url(url, new_tab=new_tab)
        else:
            work(self, self._open_page(url), group="page", description="opening the page")

    async def _open_page(self, url: str) -> None:
        from wizard.ui.terminal.browser import open_page

        if await open_page(os.environ, url):
            self.notify("The page opens in your browser.")
        else:
            from wizard.ui.terminal.clipboard import copy

            self.notify(f"No browser here: link {await copy(self, url)}\n{url}")

    def copy_selection(self) -> bool:
        """Copy what the mouse selected; return False when nothing is selected."""
        selected = self.screen.get_selected_text()
        if not selected:
            return False
        self.screen.clear_selection()
        work(self, self._copy("The selection", selected), group="copy", description="copying the selection")
        return True

    async def _copy(self, what: str, text: str) -> None:
        from wizard.ui.terminal.clipboard import copy

        self.notify(f"{what}: {await copy(self, text)}")

    def write_to_terminal(self, sequence: str) -> None:
        """Write the terminal's title, or a desktop notice, which no widget can show."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    # --- errors ---------------------------------------------------------------------------------------------------

    @property
    def error(self) -> Exception | None:
        """The exception that ended the app, if one did."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without output; `wizard.cli` says what happened.

        A traceback helps no user, and its variables may hold a token.
        """
        self.bell()
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End without output, as for a fatal error: Textual's own errors would print a traceback."""
        del renderables
        self._fatal_error()
