"""How the focused line looks: its first words in reverse, which shows without colors too."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

LIT = "bold reverse $accent"
UNDER = "-under"  # class of a focused widget on a screen under another one


def is_lit(widget: Widget) -> bool:
    """Return whether keys go to this widget."""
    return widget.has_focus and not widget.has_class(UNDER)


def lit(line: Content, cells: int) -> Content:
    """Return the line with its first column in reverse, without the blanks that fill the column."""
    return line.stylize(LIT, 0, len(line.plain[:cells].rstrip()))
