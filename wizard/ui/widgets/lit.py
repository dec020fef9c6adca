"""How what has the focus looks on a line: its first words in reverse, which shows without any colour too."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

LIT = "bold reverse $accent"
UNDER = "-under"  # class of a screen that another one lies on


def is_lit(widget: Widget) -> bool:
    """Return whether the widget is what the keys act on."""
    return widget.has_focus and not widget.screen.has_class(UNDER)


def lit(line: Content, cells: int) -> Content:
    """Return the line with its first column lit, without the blanks that fill the column."""
    return line.stylize(LIT, 0, len(line.plain[:cells].rstrip()))
