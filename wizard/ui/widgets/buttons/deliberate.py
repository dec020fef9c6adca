"""A button for changes that no key can take back: Enter counts only once the user could see the button lit."""

from __future__ import annotations

import math

from textual import events
from textual.message import Message

from wizard.ui.widgets.buttons.next_button import NextButton


class DeliberateButton(NextButton):
    """The button; keys that arrive in one burst, such as a paste without brackets, don't press it."""

    is_lit = False  # focused, or about to be
    _seen_at = math.inf  # event time in seconds since which the user can see it lit

    class PressedTooSoon(Message):
        """Enter was typed before anyone could see the button lit, so it's no answer."""

    def light(self) -> None:
        """Focus the button."""
        self.is_lit, self._seen_at = True, math.inf
        self.focus()
        self.call_after_refresh(self._see)

    def unlight(self) -> None:
        """Unlight the button, because its meaning changed or the focus left it."""
        self.is_lit, self._seen_at = False, math.inf

    def on_focus(self) -> None:
        self.is_lit = True
        self.call_after_refresh(self._see)

    def on_blur(self) -> None:
        self.unlight()

    def _see(self) -> None:
        is_seen = self.is_lit and self.has_focus
        self._seen_at = min(self._seen_at, Message().time) if is_seen else math.inf

    def on_key(self, event: events.Key) -> None:
        """Press on Enter, if it was typed after the button was drawn with the focus.

        A key has the time at which it arrived. All keys of a burst arrive before the draw that follows the first one,
        so a paste can't press even a button that was lit before.
        """
        if event.key != "enter":
            self._seen_at = math.inf
            self.call_after_refresh(self._see)
            return
        event.stop()
        if event.time > self._seen_at:
            super().action_press()
        else:
            self.unlight()
            self.post_message(self.PressedTooSoon())

    def action_press(self) -> None:
        """Do nothing: a binding would also take an Enter that was typed before the focus moved here."""
