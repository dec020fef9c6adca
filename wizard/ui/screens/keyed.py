"""A screen with a line of keys that follows the focus."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.screen import Screen

from wizard.ui.enter_key import enter_hint
from wizard.ui.widgets.frame import Hint, HintBar
from wizard.ui.widgets.lit import UNDER

Answer = TypeVar("Answer")


class KeyedScreen(Screen[Answer]):
    """Says what Enter does on the widget that has the focus, then the screen's own keys. A subclass mounts `hints`."""

    WRAPS: ClassVar[bool] = False  # whether the line becomes several where not all keys fit on one

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self.hints = HintBar(wraps=self.WRAPS)

    def keys(self) -> tuple[Hint, ...]:
        """Return the keys besides Enter that work now."""
        raise NotImplementedError

    def show_keys(self) -> None:
        """Draw the line; it is empty while another screen lies on top, whose keys are the ones that work."""
        self.hints.show((*enter_hint(self.focused), *self.keys()) if self.is_active else ())

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def on_descendant_blur(self) -> None:
        self.show_keys()

    def on_screen_suspend(self) -> None:
        self._lie_under(True)

    def on_screen_resume(self) -> None:
        self._lie_under(False)

    def _lie_under(self, under: bool) -> None:
        """What has the focus below a dialog is not lit: the dialog's keys are the ones that work."""
        self.set_class(under, UNDER)
        if self.focused is not None:
            self.focused.refresh()
        self.show_keys()
