"""A field whose text is shown, and which therefore takes no token."""

from __future__ import annotations

from textual import events

from wizard.domain.credentials import holds_a_token
from wizard.flow.walk import NOT_HERE
from wizard.ui.widgets.steady_input import SteadyInput


class OpenInput(SteadyInput):
    """An input that empties itself as soon as it holds a token.

    The token would be seen, saved in a file, and sent as a name.
    """

    def _on_paste(self, event: events.Paste) -> None:
        """Join the pasted lines into one: Textual would drop all but the first without a word."""
        event.text = " ".join(line.strip() for line in event.text.splitlines() if line.strip())

    def validate_value(self, value: str) -> str:
        if not holds_a_token(value):
            return value
        self.app.notify(NOT_HERE, severity="warning")
        return ""
