"""What Enter does now, for the line of keys: asked of the widget that has the focus, so that the line can't lie."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.widget import Widget
from textual.widgets import Button

from wizard.ui.widgets.frame import Hint


@runtime_checkable
class TakesEnter(Protocol):
    """A widget that says what Enter does while the widget, or something in it, has the focus."""

    @property
    def enter_does(self) -> str:
        """Return a verb in lower case, or nothing when Enter does nothing."""


def enter_hint(focused: Widget | None) -> tuple[Hint, ...]:
    """Return the key and its word; nothing where Enter does nothing."""
    word = _word(focused)
    return (Hint("Enter", word, "app.simulate_key('enter')"),) if word else ()


def _word(focused: Widget | None) -> str:
    if isinstance(focused, Button):
        return _as_word(str(focused.label))
    around = focused.ancestors_with_self if focused is not None else ()
    return next((node.enter_does for node in around if isinstance(node, TakesEnter)), "")


def _as_word(label: str) -> str:
    """A button's label without its key and its details, in lower case; one that ends in dots names what goes on."""
    name = label.partition(" (")[0].partition(":")[0]
    return "" if name.endswith("…") else name[:1].lower() + name[1:]
