"""The parts that all dialogs share: a key bar, arrow keys between buttons, and scrolling."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget

from wizard.ui.screens.base.keyed import Answer, KeyedScreen
from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.lists.picker import Picker
from wizard.ui.widgets.scrolling import SCROLLING, Scrolls
from wizard.ui.widgets.shrinking import AS_MUCH_AS_IT_TAKES, shrinks


class Dialog(ModalScreen[Answer], SelfClosingScreen[Answer], KeyedScreen[Answer], Scrolls):
    """A dialog; a subclass ends its content with `hints`. ModalScreen comes first, to lend its styles."""

    WRAPS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        *SCROLLING,
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("f1", "app.help_of_dialog", "Help", show=False),
        Binding("f2", "app.troubleshoot", show=False),
    ]

    def on_mount(self) -> None:
        """Let the text shrink, so that title, buttons and keys stay in view at any height."""
        for box in self.query(".dialog"):
            shrinks(box, lambda _: (self.scrolled, AS_MUCH_AS_IT_TAKES))
        if self.scrolled is not None:
            self.follow(self.scrolled)
        self.call_after_refresh(self.show_keys)

    @property
    def scrolled(self) -> Widget | None:
        return next(iter(self.query(".body")), None)

    @property
    def picker(self) -> Picker | None:
        """Return the list to choose from, whose filter Esc clears first."""
        return None

    def action_leave(self) -> None:
        if self.picker is None or not self.picker.clear_filter():
            self.dismiss(None)

    def keys(self) -> tuple[Hint, ...]:
        escapes = "clear the filter" if self.picker is not None and self.picker.is_filtered else "close"
        return (*self.more("screen.page(1)"), Hint("Esc", escapes, "screen.leave"))
