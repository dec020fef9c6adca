"""The two color themes, with one accent; no meaning depends on color alone (see `wizard.ui.appearance.signs`)."""

from __future__ import annotations

from textual.theme import Theme

from wizard.ui.appearance import palette

DARK = Theme(
    name="wizard-dark",
    primary="#7fb8e6",
    accent="#7fb8e6",
    success="#86c58f",
    warning="#e0b96a",
    error="#f08a84",
    foreground=palette.DARK.foreground,
    background=palette.DARK.background,
    surface=palette.DARK.background,
    panel="#1a2027",
    dark=True,
    variables={
        "muted": palette.DARK.muted,
        "hairline": palette.DARK.hairline,
        "edge": "#68747f",
        "raised": "#222a33",
        "block-cursor-background": "#7fb8e6",
        "block-cursor-foreground": palette.DARK.background,
        "input-selection-background": "#7fb8e6 35%",
    },
)

LIGHT = Theme(
    name="wizard-light",
    primary="#0f5c94",
    accent="#0f5c94",
    success="#1f6b33",
    warning="#78502a",
    error="#a8221b",
    foreground=palette.LIGHT.foreground,
    background=palette.LIGHT.background,
    surface=palette.LIGHT.background,
    panel="#f1f1ed",
    dark=False,
    variables={
        "muted": palette.LIGHT.muted,
        "hairline": palette.LIGHT.hairline,
        "edge": "#6f7983",
        "raised": "#e6e9ec",
        "block-cursor-background": "#0f5c94",
        "block-cursor-foreground": "#ffffff",
        "input-selection-background": "#0f5c94 30%",
    },
)
