"""Leaving the full screen: when the app asks first, and what it prints once the screen has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.ui.safe_app import SafeApp
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.ui.panes.first_sync import FirstSyncPane
    from wizard.ui.walk.screen import WalkScreen


class LeavingApp(SafeApp[int]):
    """The app's ways out."""

    walk_screen: WalkScreen
    command: str

    @property
    def is_applying(self) -> bool:
        """Return whether changes are being made."""
        raise NotImplementedError

    def on_first_sync_pane_finished(self, event: FirstSyncPane.Finished) -> None:
        """Quit; in the sandbox, which saves nothing, show the home page that a finished setup would open on."""
        event.stop()
        walk = self.walk_screen.walk
        if walk is not None and walk.state.sandbox:
            work(self, self.walk_screen.go_home(walk), group="keep", description="opening the home page")
        else:
            self.exit(0)

    def action_copy_or_quit(self) -> None:
        """Copy what the mouse selected; quit when nothing is selected."""
        if not self.copy_selection():
            self.action_leave()

    def action_ask_quit(self) -> None:
        """Quit by F10 or a button: ask first, because both are pressed by mistake; the second F10 quits."""
        from wizard.ui.farewell import what_stays
        from wizard.ui.screens.dialogs.quit import QuitScreen

        walk = self.walk_screen.walk
        if walk is None or isinstance(self.screen, QuitScreen):
            self.exit(0)
        else:
            self._ask_before_leaving(self._would_be_lost() or what_stays(walk))

    def action_leave(self) -> None:
        """Quit by Ctrl+C or Ctrl+Q: ask only when something would be lost."""
        from wizard.ui.screens.dialogs.quit import QuitScreen

        lost = self._would_be_lost()
        if not lost or isinstance(self.screen, QuitScreen):
            self.exit(0)
        else:
            self._ask_before_leaving(lost)

    def _ask_before_leaving(self, what_happens: str) -> None:
        from wizard.ui.screens.dialogs.quit import QuitScreen

        self.push_screen(QuitScreen(what_happens), lambda leave: self.exit(0) if leave else None)

    def _would_be_lost(self) -> str:
        from wizard.ui.farewell import IN_THE_SANDBOX

        if self.is_applying:
            return (
                "The wizard is making changes. If you leave now, it stops before the next one and keeps what it made."
            )
        pane = self.walk_screen.pane
        if pane is not None and pane.unsaved:
            return f"{pane.unsaved}: you haven't confirmed what you entered. Quitting now loses it."
        walk = self.walk_screen.walk
        return IN_THE_SANDBOX if walk is not None and walk.state.sandbox and walk.accepted else ""

    def farewell(self) -> tuple[str, ...]:
        """Return the lines that stay in the terminal once the screen has closed."""
        if self.walk_screen.walk is None:
            return ()
        from wizard.ui.farewell import farewell

        return farewell(self.walk_screen, self.command, self.size.width or 80)
