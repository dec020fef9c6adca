"""The text of a screen, for reviewers to read in a diff and for tests to search."""

from __future__ import annotations

import html
import re
from typing import Any

from textual._compositor import LayoutUpdate
from textual.app import App

_ROW = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="[\d.]+"[^>]*clip-path="url\(#[^"]*-line-(\d+)\)">(.*?)</text>')
_CELL = 12.2


def text_on(app: App[Any]) -> str:
    """Return the screen's current lines, without trailing blanks; a picture would take several times as long."""
    drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(drawn, LayoutUpdate)
    return "".join("".join(strip.text for strip in line).rstrip() + "\n" for line in drawn.strips)


def text_of(svg: str) -> str:
    """Return the text of a picture from `export_screenshot`, one line per row, without trailing blanks."""
    rows: dict[int, dict[int, str]] = {}
    for x, row, text in _ROW.findall(svg):
        rows.setdefault(int(row), {})[round(float(x) / _CELL)] = html.unescape(text).replace("\xa0", " ")
    lines = []
    for row in range(max(rows, default=-1) + 1):
        line = ""
        for column, text in sorted(rows.get(row, {}).items()):
            line = line.ljust(column) + text
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


_LEADING_BLANKS = re.compile(
    r'(<text [^>]*?\bx=")([\d.]+)("[^>]*?\btextLength=")([\d.]+)("[^>]*>)((?:&#160;)+)(?=[^<])'
)


def steady(svg: str) -> str:
    """Return the same picture for viewers that drop blanks at the beginning of a text."""

    def moved(found: re.Match[str]) -> str:
        start, x, middle, length, rest, blanks = found.groups()
        width = len(blanks) // len("&#160;") * _CELL
        return f"{start}{float(x) + width:.1f}{middle}{float(length) - width:.1f}{rest}"

    return _LEADING_BLANKS.sub(moved, svg)
