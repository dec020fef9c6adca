"""A screen over another screen, which closes itself exactly once."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual import events
from textual.await_complete import AwaitComplete

from wizard.ui.screens.base.safe import SafeScreen

Answer = TypeVar("Answer")


class SelfClosingScreen(SafeScreen[Answer], Generic[Answer]):
    """A screen that closes only itself.

    Textual's `dismiss` closes whichever screen is uppermost. A second Enter during the closing, or work that ends under
    another screen, must not close that other screen.
    """

    _late: tuple[Answer | None, ...] = ()  # the answer to close with, once no screen is above this one

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        if self.app.screen is self:
            return super().dismiss(result)
        self._late = (result,)
        return AwaitComplete()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        del event
        if self._late:
            self.dismiss(*self._late)
