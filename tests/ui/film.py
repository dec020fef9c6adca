"""A recording as one animated SVG, without scripts or fonts from elsewhere, so that it plays as a picture on a page.

The frames stand side by side, and a style sheet shows one after the other. A row that is drawn in several frames is
kept once. Box lines are drawn as SVG lines, because a font's own would have gaps between the rows.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI
from textual.app import App

CELL, ROW, FONT, MARGIN = 9.6, 20, 16, 12
Rows: TypeAlias = tuple[tuple[Segment, ...], ...]
_FAMILY = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
_H, _V = f"h{CELL:g}", f"v{ROW}"
_TO_RIGHT, _DOWN = f"m{CELL / 2:g},0h{CELL / 2:g}", f"m0,{ROW / 2:g}v{ROW / 2:g}"
_STROKES = {  # from the left edge of the cell at half its height, or from the middle of its top
    "─": (_H, ""),
    "│": ("", _V),
    "┬": (_H, _DOWN),
    "┴": (_H, f"v{ROW / 2:g}"),
    "├": (_TO_RIGHT, _V),
    "┤": (f"h{CELL / 2:g}", _V),
    "╭": (_TO_RIGHT, _DOWN),
    "╰": (_TO_RIGHT, f"v{ROW / 2:g}"),
    "╮": (f"h{CELL / 2:g}", _DOWN),
    "╯": (f"h{CELL / 2:g}", f"v{ROW / 2:g}"),
}


@dataclass(frozen=True)
class Frame:
    rows: Rows
    seconds: float


def rows_of(app: App[Any]) -> Rows:
    """Return the rows that the screen shows now."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True))
    drawn = Segment.filter_control(console._record_buffer)
    lines = list(Segment.split_and_crop_lines(drawn, length=width))[:height]
    return tuple(tuple(Segment.simplify(line)) for line in lines)


def film_of(frames: Iterable[Frame], title: str, *, final_frame: int = -1) -> str:
    """Return the recording; `final_frame` is the index of the frame for readers who don't want movement."""
    shown = list(frames)
    film = _Film(ground=_ground(shown[0].rows))
    strip = [film.frame(frame.rows, at) for at, frame in enumerate(shown)]
    columns, rows = _cells(shown[0].rows), len(shown[0].rows)
    width, height = columns * CELL, rows * ROW
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 2 * MARGIN:g} {height + 2 * MARGIN:g}" '
            f'role="img" aria-label="{escape(title)}">',
            f"<title>{escape(title)}</title>",
            "<style>",
            f"text{{font:{FONT}px {_FAMILY};white-space:pre}}path{{fill:none;stroke-width:1}}",
            *film.styles(),
            *_movement(shown, width, final_frame % len(shown)),
            "</style>",
            f'<rect width="100%" height="100%" rx="8" fill="{film.ground}"/>',
            f'<svg x="{MARGIN}" y="{MARGIN}" width="{width:g}" height="{height:g}">',
            "<defs>",
            *film.rows(),
            "</defs>",
            '<g class="film">',
            *strip,
            "</g>",
            "</svg>",
            "</svg>",
            "",
        )
    )


def _movement(frames: list[Frame], width: float, final_frame: int) -> Iterator[str]:
    total = sum(frame.seconds for frame in frames)
    yield f".film{{animation:film {total:g}s step-end infinite}}"
    yield "@keyframes film{"
    before = 0.0
    for at, frame in enumerate(frames):
        yield f"{before / total:.3%}{{transform:translateX({-at * width:g}px)}}"
        before += frame.seconds
    yield "}"
    yield (
        "@media(prefers-reduced-motion:reduce){"
        f".film{{animation:none;transform:translateX({-final_frame * width:g}px)}}}}"
    )


@dataclass
class _Film:
    """Builds the SVG; each distinct row and style gets a short name."""

    ground: str
    _rows: dict[str, str] = field(default_factory=dict)
    _styles: dict[str, str] = field(default_factory=dict)

    def frame(self, rows: Rows, at: int) -> str:
        x = at * _cells(rows) * CELL
        drawn = ((y, "".join(self._drawn(row))) for y, row in enumerate(rows))
        uses = (f'<use href="#{self._named(self._rows, svg, "w")}" y="{y * ROW}"/>' for y, svg in drawn if svg)
        return f'<g transform="translate({x:g})">{"".join(uses)}</g>'

    def rows(self) -> Iterator[str]:
        return (f'<g id="{name}">{svg}</g>' for svg, name in self._rows.items())

    def styles(self) -> Iterator[str]:
        return (f".{name}{{{css}}}" for css, name in self._styles.items())

    def _drawn(self, row: tuple[Segment, ...]) -> Iterator[str]:
        column = 0
        for text, style, _ in row:
            yield from self._drawn_text(text, style or Style(), column * CELL)
            column += cell_len(text)

    def _drawn_text(self, text: str, style: Style, x: float) -> Iterator[str]:
        fore, back = _colors(style)
        if back != self.ground:
            yield f'<rect x="{x:g}" width="{cell_len(text) * CELL:g}" height="{ROW}" fill="{back}"/>'
        if lines := "".join(_strokes(text, x)):
            yield f'<path stroke="{fore}" d="{lines}"/>'
        letters = "".join(" " if letter in _STROKES else letter for letter in text)
        if letters.strip():
            left = x + (len(letters) - len(letters.lstrip())) * CELL
            yield self._letters(letters.strip(), self._named(self._styles, _css(fore, style), "s"), left)

    def _letters(self, text: str, style: str, x: float) -> str:
        wide = f' textLength="{cell_len(text) * CELL:g}"' if len(text) > 1 else ""
        unbroken = escape(text, quote=False).replace(" ", "\xa0")
        return f'<text class="{style}" x="{x:g}" y="{FONT - 1}"{wide}>{unbroken}</text>'

    @staticmethod
    def _named(names: dict[str, str], what: str, letter: str) -> str:
        return names.setdefault(what, f"{letter}{len(names)}")


def _strokes(text: str, x: float) -> Iterator[str]:
    for at, letter in enumerate(text):
        across, down = _STROKES.get(letter, ("", ""))
        left = x + at * CELL
        if across:
            yield f"M{left:g},{ROW / 2:g}{across}"
        if down:
            yield f"M{left + CELL / 2:g},0{down}"


def _css(fore: str, style: Style) -> str:
    return (
        f"fill:{fore}"
        + (";font-weight:bold" if style.bold else "")
        + (";text-decoration:underline" if style.underline else "")
    )


def _colors(style: Style) -> tuple[str, str]:
    fore = style.color.get_truecolor(DIMMED_MONOKAI).hex if style.color else "#ffffff"
    back = style.bgcolor.get_truecolor(DIMMED_MONOKAI, foreground=False).hex if style.bgcolor else "#000000"
    return (back, fore) if style.reverse else (fore, back)


def _ground(rows: Rows) -> str:
    """Return the background that most cells have."""
    cells: Counter[str] = Counter()
    for row in rows:
        for text, style, _ in row:
            cells[_colors(style or Style())[1]] += cell_len(text)
    return cells.most_common(1)[0][0]


def _cells(rows: Rows) -> int:
    return max(sum(cell_len(text) for text, *_ in row) for row in rows)
