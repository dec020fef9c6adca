"""The text of a screen, from the SVG of `export_screenshot`: what a reviewer reads in a diff."""

from __future__ import annotations

import html
import re

_ROW = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="[\d.]+"[^>]*clip-path="url\(#[^"]*-line-(\d+)\)">(.*?)</text>')
_CELL = 12.2


def text_of(svg: str) -> str:
    """Return each text of the picture at its cell, one line per row, without trailing blanks."""
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
