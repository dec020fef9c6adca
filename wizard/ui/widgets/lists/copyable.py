"""Values to paste elsewhere, copied by Enter, a click or a number. A secret is copied without being drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from wizard.text import plain
from wizard.ui.widgets.lists.numbered import Numbered

if TYPE_CHECKING:
    from wizard.flow.by_hand.step import HandValue

_LABEL_CELLS = 29


class CopyRows(Numbered):
    """The rows of values; the owner copies them. After the last value to paste, the focus moves on."""

    def __init__(self) -> None:
        super().__init__(classes="values")
        self.values: tuple[HandValue, ...] = ()
        self._copied: set[int] = set()

    def show(self, values: tuple[HandValue, ...]) -> None:
        if values != self.values:
            self.values, self._copied = values, set()
            self.at = next((index for index, value in enumerate(values) if value.typed), 0)
            self.refresh(layout=True)
        self.display = bool(values)

    @property
    def enter_does(self) -> str:
        return "copy"

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def has_something_to_paste(self) -> bool:
        return any(value.typed for value in self.values)

    def copied(self, index: int) -> None:
        """Mark the row as copied, and move to the next one to paste."""
        self._copied.add(index)
        later = (at for at in range(index + 1, self.rows) if self.values[at].typed)
        self.at = next(later, index)
        if self.at == index and self.has_focus:
            self.app.action_focus_next()
        self.refresh(layout=True)

    def entry(self, index: int, width: int) -> list[Content]:
        """Return the label, and the text that wraps beside it."""
        column = min(_LABEL_CELLS, max(len(each.label) for each in self.values) + 2)
        label = plain(self.values[index].label).ljust(column)
        first, *rest = self._text(index).wrap(max(8, width - column))
        head = Content.styled(label, "" if self.is_at(index) else "$muted")
        return [head + first, *(Content(" " * column) + line for line in rest)]

    def _text(self, index: int) -> Content:
        value = self.values[index]
        copied = ("  ✓ copied", "$success") if index in self._copied else ""
        if value.secret:
            return Content.assemble(value.shown, ("  to copy, never shown" if not copied else "", "$muted"), copied)
        before = (f"{plain(value.before)} → " if value.before else "", "$muted")
        return Content.assemble(before, (value.shown, "bold"), copied)
