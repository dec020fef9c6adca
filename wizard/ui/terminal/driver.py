"""The driver: takes the terminal over from the early frame, reads from it, and gives it back without waiting."""

from __future__ import annotations

import os
import signal
import sys
from selectors import EVENT_READ, SelectSelector
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from wizard.exit_codes import ExitCode
from wizard.terminal import canvas
from wizard.ui.terminal.early_frame import EarlyFrame, is_gone
from wizard.ui.terminal.fallback_glyphs import fallback_glyphs
from wizard.ui.terminal.terminal_input import TerminalInput

if TYPE_CHECKING:
    from wizard.ui.safe_app import SafeApp

Size: TypeAlias = tuple[int, int]
_TICK_S = 0.1


class WizardDriver(LinuxDriver):
    """A driver that restores the terminal from what `frame` remembers."""

    frame: ClassVar[EarlyFrame | None] = None

    def __init__(self, app: SafeApp[Any], *, debug: bool = False, mouse: bool = True, size: Size | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._safe_app = app
        self._file = canvas()
        if self._file:
            self._file.reconfigure(encoding="utf-8", errors="replace")  # PYTHONIOENCODING may have named another one
        self._fallback_glyphs = fallback_glyphs(os.environ)

    def write(self, data: str) -> None:
        super().write(data.translate(self._fallback_glyphs) if self._fallback_glyphs else data)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        before = self.frame.hand_over() if self.frame else None
        self.attrs_before = before or self.attrs_before

    def stop_application_mode(self) -> None:
        """Clear the screen first: after a resize, tmux would leave parts of it above the shell's next line."""
        self.write("\x1b[H\x1b[2J")
        super().stop_application_mode()

    @property
    def can_suspend(self) -> bool:
        """Return whether the wizard runs under a shell with job control, which can wake it again."""
        return sys.platform != "win32" and os.getpgrp() != os.getsid(0)

    def _sigtstp_application(self, *_: object) -> None:
        """Stop the processes between the shell and the wizard too, such as a script or `uv run`.

        The shell waits for those, and wakes them all.
        """
        if sys.platform != "win32" and self.can_suspend:
            self.suspend_application_mode()
            self._must_signal_resume = True
            os.killpg(os.getpgrp(), signal.SIGSTOP)

    def _run_input_thread(self) -> None:
        """Run the input thread; report an error in it like one in the message loop."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read until the wizard ends; quit when the terminal is closed."""
        typed = TerminalInput(monotonic, self.frame.replies if self.frame else None)
        if self.frame:
            self._send(typed.feed(self.frame.take_typed()))
        with SelectSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while True:
                is_typed = selector.select(_TICK_S)
                if self.exit_event.is_set():
                    return  # keys typed from now on are for whatever reads the terminal next
                if is_typed and not self._read(typed):
                    if is_gone():
                        self._safe_app.end_unseen()
                    self._app.call_later(self._app.exit, return_code=ExitCode.INTERRUPTED)
                    return
                self._send(typed.tick())

    def _read(self, typed: TerminalInput) -> bool:
        """Read and send the bytes that arrived; return False when there are none, because the terminal was closed."""
        try:
            data = os.read(self.fileno, 4_096)
        except OSError:
            return False
        self._send(typed.feed(data))
        return bool(data)

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def disable_input(self) -> None:
        """Stop reading without waiting for the thread, which checks only every tenth of a second."""
        leaving = self._app.return_code is not None
        if leaving:
            self._key_thread = None
        super().disable_input()
        if leaving:
            self.exit_event.set()  # the thread ends on its own
