"""The base of all screens: a click never ends the wizard."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

Answer = TypeVar("Answer")


class SafeScreen(Screen[Answer], Generic[Answer]):
    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return (None, None) for a widget that was removed but is still drawn: Textual needs its parent."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        is_gone = widget is not None and widget is not self and widget.parent is None
        return (None, None) if is_gone else (widget, offset)
