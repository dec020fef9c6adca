"""A hidden field: pasted in one go, never copied from, never in a message, empty once its text was taken."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets import Input

_ENTERS = {"enter", "ctrl+j"}  # a terminal that does not mark a paste sends its line breaks as either


class SecretInput(Input):
    """Holds a secret only until it is offered. Its owner is told that something happened, never what was typed.

    `take` says whether the owner took the text. Enter offers it at once, and what was typed ahead of the next field is
    dropped: added to the text it would be sent along with it, and elsewhere on the screen it could be read.
    """

    class Pasted(Message):
        """A paste replaced the text."""

    class Edited(Message):
        """The text was changed by hand."""

    class Taken(Message):
        """Enter, and the owner took the text."""

    def __init__(self, take: Callable[[str], bool], placeholder: str = "") -> None:
        super().__init__(password=True, placeholder=placeholder, compact=True)
        self.disable_messages(Input.Changed, Input.Blurred)  # they would carry the text
        self._take = take
        self._is_taken = False  # until it has the focus again
        self.is_refused = False  # until it is changed

    def peek(self) -> str:
        """The text as it stands, to name a mistake in it at once."""
        return self.value

    def offer(self) -> bool:
        """Hand the text over; a refused one is replaced by what is typed next, not added to."""
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
            self.post_message(self.Taken())

    async def _on_key(self, event: events.Key) -> None:
        """Meets Enter in turn with the other keys; as a binding it would come after those that were typed ahead."""
        if event.key not in _ENTERS and not (self._is_taken and event.is_printable):
            return
        event.stop()
        event.prevent_default()
        if not self._is_taken:
            await self.action_submit()

    def _on_paste(self, event: events.Paste) -> None:
        """Takes the whole paste, all its lines: two tokens in one paste are to be recognised."""
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
        """Nothing: a secret is not copied from here."""

    def action_cut(self) -> None:
        self.delete_selection()

    def _watch_value(self, value: str) -> None:
        """Announces a change without the value."""
        super()._watch_value(value)
        self.is_refused = False
        self.post_message(self.Edited())
