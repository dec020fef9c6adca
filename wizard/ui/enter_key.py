"""What Enter does, asked of the focused widget, so that the key bar is always right."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.widget import Widget
from textual.widgets import Button

from wizard.ui.widgets.frame import Hint


@runtime_checkable
class TakesEnter(Protocol):
    """A widget that says what Enter does while it, or something in it, has the focus."""

    @property
    def enter_does(self) -> str:
        """Return a verb in lower case; empty when Enter does nothing."""


def enter_hint(focused: Widget | None) -> tuple[Hint, ...]:
    """Return the hint for Enter; nothing where Enter does nothing."""
    word = _word(focused)
    return (Hint("Enter", word, "app.simulate_key('enter')"),) if word else ()


def _word(focused: Widget | None) -> str:
    if isinstance(focused, Button):
        return focused.enter_does if isinstance(focused, TakesEnter) else as_word(str(focused.label))
    around = focused.ancestors_with_self if focused is not None else ()
    return next((node.enter_does for node in around if isinstance(node, TakesEnter)), "")


def as_word(label: str) -> str:
    """Return a button's label in lower case without its key and details; empty for a label that reports progress."""
    name = label.partition(" (")[0].partition(":")[0]
    return "" if name.endswith("…") else name[:1].lower() + name[1:]
