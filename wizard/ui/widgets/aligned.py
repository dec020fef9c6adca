"""Lines with a head column and a text that wraps beside it, on one left edge."""

from __future__ import annotations

import re
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

_BETWEEN = " ·"  # between a text and its `beside`
_WORD_OF_AN_ADDRESS = re.compile(r"[^/?&=#]*[/?&=#]+|[^/?&=#]+")


class Line(NamedTuple):
    """One entry; `head` and `text` are clean text or content, never markup."""

    head: Content | str = ""
    text: Content | str = ""
    wide: bool = False  # ignores the column, and the indent where it wraps
    short: bool = False  # cut to one line; for a text that is said in full elsewhere
    beside: Content | str = ""  # drawn after the text if all fits; else below it, or, for a short line, left out


class Aligned(Widget):
    """Lines whose heads take `column` cells; `indent` is the number of blank cells on both sides."""

    DEFAULT_CSS = "Aligned { height: auto; width: 1fr; }"

    def __init__(
        self,
        lines: tuple[Line, ...] = (),
        *,
        column: int,
        indent: int = 0,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        super().__init__(id=id, classes=classes or None)
        self._lines = lines
        self.column = column
        self._indent = " " * indent
        self.display = bool(lines)
        self._rows: tuple[int, tuple[Line, ...], list[Content]] = (0, (), [])  # the last layout: width, lines, rows

    def show(self, lines: tuple[Line, ...]) -> None:
        if lines != self._lines:
            self._lines = lines
            self.display = bool(lines)
            self.refresh(layout=True)

    @property
    def plain(self) -> str:
        """The lines as text, for tests and for copying."""
        return "\n".join(f"{line.head} {line.text}".strip() for line in self._lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(self._laid_out(width))

    def height_of(self, lines: tuple[Line, ...], width: int) -> int:
        """Return the rows that these lines would take."""
        return len(self._rows_of(lines, width))

    def render(self) -> Content:
        return Content("\n").join(self._laid_out(self.content_size.width))

    def _laid_out(self, width: int) -> list[Content]:
        """Return the rows, kept from the last call: Textual asks for them several times in one layout."""
        if self._rows[0] != width or self._rows[1] is not self._lines:
            self._rows = width, self._lines, self._rows_of(self._lines, width)
        return self._rows[2].copy()

    def _rows_of(self, lines: tuple[Line, ...], width: int) -> list[Content]:
        width = max(1, width)  # a window may be narrower than the column and the indents
        inside = max(1, width - 2 * len(self._indent))
        rows: list[Content] = []
        for line in lines:
            if line.wide and _content(line.text).cell_length > inside:
                rows.extend(_address(_content(line.text), width))
            elif self._is_long_address(line, inside):
                head = (Content(self._indent) + _content(line.head),) if line.head else ()
                rows.extend((*head, *_address(_content(line.text), width)))
            else:
                drawn = _content(line.text).wrap(inside) if line.wide else self._entry(line, inside)
                rows.extend(Content(self._indent) + row for row in drawn)
        return rows

    def _is_long_address(self, line: Line, inside: int) -> bool:
        """Return whether an address needs rows without indent: a copy would include the blanks."""
        text = _content(line.text)
        is_address = "://" in text.plain and " " not in text.plain
        return is_address and not (line.wide or line.short) and text.cell_length > inside - self.column

    def _entry(self, line: Line, inside: int) -> list[Content]:
        beside = max(8, inside - self.column)
        head, text = _content(line.head), _content(line.text)
        more = _content(line.beside)
        lines = [_with_what_fits(text, more, beside)] if line.short else _with_below(text, more, beside)
        wrapped = lines if text else [Content("")]
        spare = max(1, self.column - cell_len(head.plain))
        first = head.extend_right(spare) + wrapped[0]
        return [first, *(Content(" " * self.column) + rest for rest in wrapped[1:])]


def _with_what_fits(text: Content, more: Content, width: int) -> Content:
    whole = text + more
    return whole if whole.cell_length <= width else text.truncate(width, ellipsis=True)


def _with_below(text: Content, more: Content, width: int) -> list[Content]:
    """Return the lines of a text followed by `more`, which begins a line of its own if it doesn't fit."""
    whole = text + more
    if not more or whole.cell_length <= width:
        return whole.wrap(width)
    blanks = len(more.plain) - len(more.plain.lstrip(_BETWEEN))
    return [*text.wrap(width), *more[blanks:].wrap(width)]


def _address(text: Content, width: int) -> list[Content]:
    """Wrap an address at its slashes; without blanks, so that it can be marked and copied whole."""
    if " " in text.plain.strip():
        return text.wrap(width)
    rows, start, end = [], 0, 0
    for word in _WORD_OF_AN_ADDRESS.finditer(text.plain):
        if word.end() - start > width and end > start:
            rows.append(text[start:end])
            start = end
        end = word.end()
    return [part for row in (*rows, text[start:]) for part in (row.wrap(width) if row.cell_length > width else [row])]


def _content(part: Content | str) -> Content:
    return part if isinstance(part, Content) else Content(part)
