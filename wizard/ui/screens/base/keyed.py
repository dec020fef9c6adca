"""A screen with a key bar that follows the focus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.widget import Widget

from wizard.ui.screens.base.safe import SafeScreen
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.buttons.enter_key import enter_hint
from wizard.ui.widgets.frame import Hint, HintBar
from wizard.ui.widgets.lists.numbered import Numbered
from wizard.ui.widgets.lit import UNDER

if TYPE_CHECKING:
    from wizard.ui.screens.dialogs.commands import Command

Answer = TypeVar("Answer")
_MORE = Hint("PgDn", "more", "screen.page(1)")


class _ArrangedOnce(Compositor):
    """Textual's compositor without a second layout: after a reflow, it would arrange all widgets once more."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        result = super().reflow(parent, size)
        self._full_map_invalidated = False  # `reflow` has just made it
        return result


class KeyedScreen(SafeScreen[Answer]):
    """A screen whose key bar shows what Enter does in the focused widget, then the screen's own keys.

    A subclass mounts `hints`.
    """

    WRAPS: ClassVar[bool] = False  # whether the bar uses several lines when its keys don't fit on one

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor = _ArrangedOnce()
        self.hints = HintBar(wraps=self.WRAPS)

    def keys(self) -> tuple[Hint, ...]:
        """Return the keys besides Enter that work now."""
        raise NotImplementedError

    def commands(self) -> Iterable[Command]:
        """Return this screen's own commands, for terminals and desktops that use its function keys themselves."""
        return ()

    def show_keys(self) -> None:
        """Draw the key bar; it's empty under another screen, because only that screen's keys work."""
        keys = self.keys() if self.is_active else ()
        enter = enter_hint(self.focused) if self.is_active else ()
        self.hints.show((*enter, *keys), self._longest(self.keys()) if self.WRAPS else ())

    def _longest(self, keys: tuple[Hint, ...]) -> tuple[Hint, ...]:
        """Return the longest bar: Enter on the button with the longest label, all keys, and PgDn."""
        enter = max((enter_hint(button) for button in self.query(Button)), key=_length, default=())
        more = () if any(hint.key == _MORE.key for hint in keys) else (_MORE,)
        return (*enter, *keys, *more)

    def follow(self, scrolled: Widget) -> None:
        """Draw the key bar again when `scrolled` scrolls or gets a scrollbar: PgDn works only above the end."""
        self.watch(scrolled, "scroll_y", self.show_keys, init=False)
        self.watch(scrolled, "show_vertical_scrollbar", self.show_keys, init=False)

    def show_keys_soon(self) -> None:
        """Draw the key bar now, and again after the layout, which shows whether the whole page fits."""
        self.show_keys()
        self.call_after_refresh(self.show_keys)

    def on_compose(self) -> None:
        """Add the classes for the terminal's size while the screen is empty; later, they'd restyle every widget."""
        by_width, by_height = self.app.HORIZONTAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS
        for cells, breakpoints in ((self.app.size.width, by_width), (self.app.size.height, by_height)):
            self.add_class(*[name for least, name in breakpoints or () if least <= cells][-1:])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        event.widget.set_class(not self.is_active, UNDER)
        self.show_keys_soon()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        event.widget.set_class(False, UNDER)
        self.show_keys()

    def _screen_resized(self, size: Size) -> None:
        """Lay out for a new size only: Textual would lay out again for the same size."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    def on_resize(self) -> None:
        """Fit the key bar to the new size, and keep the row in view that Enter takes."""
        self.call_after_refresh(self._fit_to_size)

    def _fit_to_size(self) -> None:
        self.show_keys()
        if isinstance(self.focused, Numbered):
            self.focused.see_row()

    def on_screen_suspend(self) -> None:
        self._lie_under(True)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        if not self.stack_updates:
            event.refresh_styles = False  # the screen is new, and so are its widgets' styles
        self._lie_under(False)
        self.call_after_refresh(self._wake_pages_below)

    def _wake_pages_below(self) -> None:
        """Lay out pages below a dialog that changed while covered; Textual wakes only the top one."""
        for screen in self.app.screen_stack[:-1]:
            screen.check_idle()

    def _lie_under(self, under: bool) -> None:
        """Unlight the focused widget while a dialog is on top, because only the dialog's keys work then.

        The class is set on the widget: on the screen, it would restyle all widgets.
        """
        if self.focused is not None:
            self.focused.set_class(under, UNDER)
            self.focused.refresh()
        self.show_keys()


def _length(hints: tuple[Hint, ...]) -> int:
    return sum(len(hint.word) for hint in hints)
