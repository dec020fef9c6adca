"""Colors stand out from their background: texts by 4.5 to 1, edges and marks by 3 to 1."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.color import Color as Shade
from textual.theme import Theme

from wizard.ui.appearance.theme import DARK, LIGHT

TEXTS = ("foreground", "muted", "accent", "success", "warning", "error")
BEHIND = ("background", "panel", "raised")
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
# as xterm draws the sixteen colors
SIXTEEN = (
    *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"),
    *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
)


def color(theme: Theme, name: str) -> str:
    return theme.variables.get(name) or str(getattr(theme, name))


def of_sixteen(shade: str) -> str:
    """Return the nearest color of a terminal with sixteen colors, as xterm draws it."""
    number = Color.parse(shade).downgrade(ColorSystem.STANDARD).number
    assert number is not None
    return SIXTEEN[number]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(shade: str) -> float:
    """Return the relative luminance, as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in Shade.parse(shade).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@THEMES
def test_texts_can_be_read_and_edges_be_seen(theme: Theme) -> None:
    for behind in BEHIND:
        for text in TEXTS:
            assert contrast(color(theme, text), color(theme, behind)) >= 4.5, (text, behind)
        assert contrast(color(theme, "edge"), color(theme, behind)) >= 3, behind


@THEMES
def test_what_is_lit_can_be_seen_and_read(theme: Theme) -> None:
    """The lit words are in reverse: the page's color on the accent."""
    for page in ("background", "raised"):
        assert contrast(color(theme, "accent"), color(theme, page)) >= 4.5


@THEMES
@pytest.mark.parametrize("front", ["foreground", "muted", "accent", "success", "warning", "edge"])
def test_with_sixteen_colors_too(theme: Theme, front: str) -> None:
    """Placeholders are muted on raised fields; edges are drawn on the page."""
    for behind in ("background",) if front == "edge" else ("background", "raised"):
        assert contrast(of_sixteen(color(theme, front)), of_sixteen(color(theme, behind))) >= 3, behind
