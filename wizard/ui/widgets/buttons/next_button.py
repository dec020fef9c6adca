"""The primary button of a step, whose key hint says what pressing it leads to."""

from __future__ import annotations

from textual.content import Content

from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.buttons.enter_key import label_as_verb


class NextButton(Button):
    """`leads_to` replaces the label in the key bar, where the button leads elsewhere than the label says."""

    def __init__(self) -> None:
        super().__init__("Next", id="next", variant="primary")
        self.leads_to = ""

    @property
    def enter_does(self) -> str:
        return self.leads_to or label_as_verb(str(self.label))

    def relabel(self, label: str) -> None:
        """Set the label; the width follows."""
        if str(self.label) != label:
            self.label = Content(label)
            self.refresh(layout=True)
