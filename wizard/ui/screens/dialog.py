"""The parts that all dialogs share: a key bar, arrow keys between buttons, and scrolling."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import ModalScreen

from wizard.ui.screens.keyed import Answer, KeyedScreen
from wizard.ui.screens.on_top import OnTop
from wizard.ui.widgets.frame import Hint


class Dialog(ModalScreen[Answer], OnTop[Answer], KeyedScreen[Answer]):
    """A dialog; a subclass ends its content with `hints`. Textual takes styles from the first base class."""

    WRAPS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("f2", "app.troubleshoot", show=False),
    ]

    def keys(self) -> tuple[Hint, ...]:
        return (Hint("Esc", "close", "screen.dismiss"),)

    def action_scroll(self, by: int) -> None:
        try:
            body = self.query_one(".body")
        except NoMatches:
            return
        body.scroll_relative(y=by, animate=False)
