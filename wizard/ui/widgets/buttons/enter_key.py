"""What Enter does now, as the focused widget says, so that the key bar is always right."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.widget import Widget

from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint


@runtime_checkable
class TakesEnter(Protocol):
    """A widget that says what Enter does while it, or something in it, has the focus."""

    @property
    def enter_does(self) -> str:
        """Return a verb in lower case; empty when Enter does nothing."""


@runtime_checkable
class HasEnterVerb(TakesEnter, Protocol):
    """A widget whose `enter_does` may be too long for a key bar."""

    @property
    def enter_verb(self) -> str:
        """Return the verb alone."""


def enter_hint(focused: Widget | None) -> tuple[Hint, ...]:
    """Return the hint for Enter; nothing where Enter does nothing."""
    word, short = _words(focused)
    tight = word.partition(" ")[0] if short else ""
    return (Hint("Enter", word, "app.simulate_key('enter')", short=short, tight=tight),) if word else ()


def _words(focused: Widget | None) -> tuple[str, str]:
    """Return the verb with its object, and the verb alone from a widget whose object may be long (else empty)."""
    if isinstance(focused, Button):
        return focused.enter_does if isinstance(focused, TakesEnter) else label_as_verb(str(focused.label)), ""
    around = focused.ancestors_with_self if focused is not None else ()
    taker = next((node for node in around if isinstance(node, TakesEnter)), None)
    verb = taker.enter_verb if isinstance(taker, HasEnterVerb) else ""
    return taker.enter_does if taker is not None else "", verb


def label_as_verb(label: str) -> str:
    """Return a button's label in lower case without its key and details; empty for a label that reports progress."""
    name = label.partition(" (")[0].partition(":")[0]
    return "" if name.endswith("…") else name[:1].lower() + name[1:]
