"""The two colour themes, with one accent; no meaning depends on colour alone (see `wizard.ui.signs`)."""

from __future__ import annotations

from textual.theme import Theme

from wizard.ui.palette import BACKGROUND, FOREGROUND, HAIRLINE, MUTED

DARK = Theme(
    name="wizard-dark",
    primary="#7fb8e6",
    accent="#7fb8e6",
    success="#86c58f",
    warning="#e0b96a",
    error="#f08a84",
    foreground=FOREGROUND,
    background=BACKGROUND,
    surface=BACKGROUND,
    panel="#1a2027",
    dark=True,
    variables={
        "muted": MUTED,
        "hairline": HAIRLINE,
        "edge": "#68747f",
        "raised": "#222a33",
        "block-cursor-background": "#7fb8e6",
        "block-cursor-foreground": BACKGROUND,
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
    foreground="#1c2228",
    background="#fbfbf9",
    surface="#fbfbf9",
    panel="#f1f1ed",
    dark=False,
    variables={
        "muted": "#56606b",
        "hairline": "#b9c0c7",
        "edge": "#6f7983",
        "raised": "#e6e9ec",
        "block-cursor-background": "#0f5c94",
        "block-cursor-foreground": "#ffffff",
        "input-selection-background": "#0f5c94 30%",
    },
)
