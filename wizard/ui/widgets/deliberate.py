"""A button for what can't be taken back with a key: Enter counts only once the user could see the button lit."""

from __future__ import annotations

from textual import events
from textual.widgets import Button


class DeliberateButton(Button):
    """Keys that come in one burst, as a paste without brackets does, light the button but don't press it."""

    is_lit = False  # has the focus, or is about to
    _is_seen = False

    def light(self) -> None:
        """Moves the focus here."""
        self.is_lit = True
        self.focus()
        self.call_after_refresh(self._see)

    def put_out(self) -> None:
        """The button means something else now, or was left: it has to be lit anew."""
        self.is_lit = self._is_seen = False

    def on_focus(self) -> None:
        self.is_lit = True
        self.call_after_refresh(self._see)

    def on_blur(self) -> None:
        self.put_out()

    def _see(self) -> None:
        self._is_seen = self.is_lit and self.has_focus

    def on_key(self, event: events.Key) -> None:
        """Enter that was pressed while the button had the focus."""
        if event.key == "enter":
            event.stop()
            if self._is_seen:
                super().action_press()

    def action_press(self) -> None:
        """Nothing: a binding also gets an Enter that was pressed before the focus came here."""
