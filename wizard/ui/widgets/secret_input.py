"""A hidden field: pasted in one go, never copied from, never in a message, empty once its text was taken."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


class SecretInput(Input):
    """Holds a secret only until `take`. Its owner is told that something happened, never what was typed."""

    class Pasted(Message):
        """A paste replaced the text."""

    class Edited(Message):
        """The text was changed by hand."""

    class Offered(Message):
        """Enter: the owner may `take` the text now."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(password=True, placeholder=placeholder, compact=True)

    def peek(self) -> str:
        """The text as it stands, to name a mistake in it at once."""
        return self.value

    def take(self) -> str:
        """The text; the field is empty afterwards."""
        text = self.value
        with self.prevent(self.Edited):
            self.value = ""
        return text

    def _on_paste(self, event: events.Paste) -> None:
        """Takes the whole paste, all its lines: two tokens in one paste are to be recognised."""
        event.prevent_default()
        event.stop()
        with self.prevent(self.Edited):
            self.value = event.text.strip()
        self.cursor_position = len(self.value)
        self.post_message(self.Pasted())

    async def action_submit(self) -> None:
        self.post_message(self.Offered())

    def action_copy(self) -> None:
        """Nothing: a secret is not copied from here."""

    def action_cut(self) -> None:
        self.delete_selection()

    def _watch_value(self, value: str) -> None:
        """Announces a change without the value, which `Input.Changed` would carry."""
        with self.prevent(Input.Changed):
            super()._watch_value(value)
        self.post_message(self.Edited())
