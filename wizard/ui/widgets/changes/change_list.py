"""The changes of a plan, one row each; Enter unfolds the details of the highlighted one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.lit import is_lit, lit


@dataclass(frozen=True)
class Entry:
    """A change by its ID: the lines that are always shown, and those that Enter unfolds."""

    id: str
    shown: tuple[Line, ...]
    folded: tuple[Line, ...] = ()


class ChangeList(Aligned, can_focus=True):
    """The rows. Up and Down highlight one and scroll to it; past the ends they scroll the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "look(-1)", show=False),
        Binding("down", "look(1)", show=False),
        Binding("enter", "fold", show=False),
    ]

    class RowChanged(Message):
        """What Enter does may have changed: another row is highlighted, or this one is unfolded."""

    def __init__(self, *, column: int) -> None:
        super().__init__(column=column, classes="changes")
        self._entries: tuple[Entry, ...] = ()
        self._unfolded: set[str] = set()
        self._at = 0

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._at = min(self._stops(), key=lambda index: abs(index - self._at), default=0)
        self.show(tuple(line for entry in entries for line in self._lines_of(entry)))

    def _lines_of(self, entry: Entry) -> tuple[Line, ...]:
        return (*entry.shown, *entry.folded, Line()) if entry.id in self._unfolded else entry.shown

    @property
    def enter_does(self) -> str:
        entry = self._highlighted
        if entry is None or not entry.folded:
            return ""
        return "hide details" if self.is_unfolded else "show details"

    @property
    def enter_verb(self) -> str:
        """Return the verb for a key bar without room."""
        return self.enter_does and ("collapse" if self.is_unfolded else "expand")

    @property
    def has_details(self) -> bool:
        return any(entry.folded for entry in self._entries)

    @property
    def is_unfolded(self) -> bool:
        """Return whether the details of the highlighted change are shown."""
        return self._highlighted is not None and self._highlighted.id in self._unfolded

    @property
    def _highlighted(self) -> Entry | None:
        return self._entries[self._at] if self._entries else None

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def action_look(self, by: int) -> None:
        further = [index for index in self._stops() if (index - self._at) * by > 0]
        if not further:
            raise SkipAction  # the page scrolls instead
        self._at = further[0] if by > 0 else further[-1]
        self.refresh()
        self._see()

    def _stops(self) -> list[int]:
        """Return the indexes of the entries that can be unfolded; of all entries when none can."""
        stops = [index for index, entry in enumerate(self._entries) if entry.folded]
        return stops or list(range(len(self._entries)))

    def action_fold(self) -> None:
        """Show or hide the details of the highlighted change."""
        entry = self._highlighted
        if entry is not None and entry.folded:
            self._unfolded ^= {entry.id}
            self.show_entries(self._entries)
            self.call_after_refresh(self._see)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self._at = next((index for index, (top, height) in enumerate(self._places()) if event.y < top + height), 0)
        self.action_fold()
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # --- drawing -------------------------------------------------------------------------------------------------

    def _places(self) -> Iterator[tuple[int, int]]:
        """Yield the first row of each entry, and how many rows the entry takes."""
        top = 0
        for entry in self._entries:
            height = len(self._rows_of(self._lines_of(entry), self.content_size.width))
            yield top, height
            top += height

    def _see(self) -> None:
        """Scroll to the highlighted change."""
        self.post_message(self.RowChanged())
        places = list(self._places())
        if places and isinstance(self.parent, Widget):
            top, height = places[self._at]
            row = Region(0, self.virtual_region.y + top, max(1, self.size.width), height)
            self.parent.scroll_to_region(row, animate=False)

    def render(self) -> Content:
        rows = self._laid_out(self.content_size.width)
        places = list(self._places())
        if places and is_lit(self):
            top = places[self._at][0]
            rows[top] = lit(rows[top], self.column)
        return Content("\n").join(rows)
