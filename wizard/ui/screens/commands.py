"""Textual's command palette, which runs what was chosen once, however often Enter was pressed."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from wizard.ui.screens.on_top import OnTop


class Commands(CommandPalette, OnTop[None]):
    """What is pressed while it closes is not meant for it any more."""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._leave_alone(event)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._leave_alone(event)

    def _leave_alone(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        if self.app.screen is not self:
            event.stop()
            event.prevent_default()
