"""A button without borders, and without the many rules that Textual's own button has for them."""

from __future__ import annotations

from textual import widgets


class Button(widgets.Button, inherit_css=False):  # noqa: TID251 - the only place that may
    """Textual's button, one line high; the app's style sheet has its colors.

    Textual reads the rules of a widget's class before it draws the first one. Its own 57 rules for a button, of which
    the wizard used four, took as long as all the wizard's.
    """

    DEFAULT_CSS = """
    Button {
        width: auto;
        height: auto;
        line-pad: 1;
        text-align: center;
        content-align: center middle;
        pointer: pointer;
        &.-active { tint: $background 30%; }
        &:disabled { text-opacity: 0.6; pointer: not-allowed; }
    }
    """
