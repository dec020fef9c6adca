"""A button for what no key can take back: Enter counts only once the user could see the button lit."""

from __future__ import annotations

from textual import events

from wizard.ui.widgets.buttons.next_button import NextButton


class DeliberateButton(NextButton):
    """The button; keys that arrive in one burst, such as a paste without brackets, light it but don't press it."""

    is_lit = False  # focused, or about to be
    _is_seen = False

    def light(self) -> None:
        """Focus the button."""
        self.is_lit = True
        self.focus()
        self.call_after_refresh(self._see)

    def unlight(self) -> None:
        """Unlight the button, because its meaning changed or the focus left it."""
        self.is_lit = self._is_seen = False

    def on_focus(self) -> None:
        self.is_lit = True
        self.call_after_refresh(self._see)

    def on_blur(self) -> None:
        self.unlight()

    def _see(self) -> None:
        self._is_seen = self.is_lit and self.has_focus

    def on_key(self, event: events.Key) -> None:
        """Press on Enter, if it was typed while the button had the focus."""
        if event.key == "enter":
            event.stop()
            if self._is_seen:
                super().action_press()

    def action_press(self) -> None:
        """Do nothing: a binding would also take an Enter that was typed before the focus moved here."""
