"""How the screen takes the terminal over from the early frame, and leaves it without waiting."""

from __future__ import annotations

from typing import ClassVar

from textual.drivers.linux_driver import LinuxDriver

from wizard.ui.early_frame import EarlyFrame


class WizardDriver(LinuxDriver):
    """`frame` is what was painted before: it knows how the terminal was."""

    frame: ClassVar[EarlyFrame | None] = None

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        before = self.frame.hand_over() if self.frame else None
        self.attrs_before = before or self.attrs_before

    def disable_input(self) -> None:
        """In the end nobody waits for the thread that reads keys: it looks up only every tenth of a second."""
        leaving = self._app.return_code is not None
        if leaving:
            self._key_thread = None
        super().disable_input()
        if leaving:
            self.exit_event.set()  # so that it ends, in its own time
