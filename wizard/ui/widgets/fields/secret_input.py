"""A hidden field for a secret: no copying, no message with its text, empty once the text was taken."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets import Input

from wizard.ui.widgets.steady_input import SteadyInput

_ENTERS = {"enter", "ctrl+j"}  # a terminal that doesn't mark a paste sends its line breaks as either


class SecretInput(SteadyInput):
    """A hidden field. Its owner learns that something happened, never what was typed.

    `take` returns whether the owner took the text. Enter offers the text at once and drops what was typed after it:
    that would be sent with the secret, or be readable elsewhere on the screen.
    """

    class Pasted(Message):
        """A paste replaced the text."""

    class Edited(Message):
        """The user changed the text by hand."""

    class Accepted(Message):
        """Enter was pressed, and the owner took the text."""

    def __init__(self, take: Callable[[str], bool], placeholder: str = "") -> None:
        super().__init__(password=True, placeholder=placeholder, compact=True)
        self.disable_messages(Input.Changed, Input.Blurred)  # these messages would carry the text
        self._take = take
        self._is_taken = False  # until the field has the focus again
        self.is_refused = False  # until the text changes

    def offer(self) -> bool:
        """Offer the text to the owner; refused text is replaced by the next typing, not extended."""
        self._is_taken = self._take(self.value)
        if self._is_taken:
            with self.prevent(self.Edited):
                self.value = ""
        else:
            self.is_refused = True
            self.select_all()
        return self._is_taken

    async def action_submit(self) -> None:
        if self.offer():
            self.post_message(self.Accepted())

    async def _on_key(self, event: events.Key) -> None:
        """Handle Enter in order with the other keys; a binding would run after keys typed ahead."""
        if event.key not in _ENTERS and not (self._is_taken and event.is_printable):
            return
        event.stop()
        event.prevent_default()
        if not self._is_taken:
            await self.action_submit()

    def _on_paste(self, event: events.Paste) -> None:
        """Take all lines of a paste, so that two tokens in one paste are recognized."""
        event.prevent_default()
        event.stop()
        if self._is_taken:
            return
        with self.prevent(self.Edited):
            self.value = event.text.strip()
        self.cursor_position = len(self.value)
        self.post_message(self.Pasted())

    def on_focus(self) -> None:
        self._is_taken = False

    def action_copy(self) -> None:
        """Do nothing: a secret can't be copied from here."""

    def action_cut(self) -> None:
        self.delete_selection()

    def _watch_value(self, value: str) -> None:
        """Announce a change without its value."""
        super()._watch_value(value)
        self.is_refused = False
        self.post_message(self.Edited())
