"""What every screen that lies on top of another has in common: it closes itself, once."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Answer = TypeVar("Answer")


class OnTop(Screen[Answer], Generic[Answer]):
    """Textual's `dismiss` takes away whatever screen is uppermost. A second Enter that comes while this screen goes, or
    work that ends while another screen lies over it, must not close that other one.
    """

    _late: tuple[Answer | None, ...] = ()  # the answer to close with, once nothing lies on top any more

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        if self.app.screen is self:
            return super().dismiss(result)
        self._late = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._late:
            self.dismiss(*self._late)
