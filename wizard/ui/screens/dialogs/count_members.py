"""The question before members are counted, which uses part of Segment's monthly limit, and then the counts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from wizard.flow import counting
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.walk import Walk
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.work import work


class CountMembersScreen(Dialog[bool]):
    """Shows the counts until the user closes it. Closes with True when the user wants to choose audiences first."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._said = Static("", markup=False)
        self._close = Button("Cancel", id="leave", variant="primary")
        self._count = Button("Count members", id="count")
        self._choose = Button("Choose audiences", id="choose")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Members by context key", markup=False, classes="title")
            with VerticalScroll(can_focus=False, classes="body"):
                yield self._said
            yield Actions(self._close, self._count, self._choose)
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        why_not = counting.why_not(self._walk)
        self._count.display = not why_not
        self._choose.display = not chosen_audiences(self._walk.state)
        self._say(*((why_not, *counting.results(self._walk)) if why_not else (counting.budget(self._walk),)))

    def _say(self, *lines: str) -> None:
        self._said.update("\n".join(lines))
        self.show_keys_soon()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button is self._count:
            self._close.focus()
            self._count.display = False
            self._say("○ Counting …")
            work(self.app, self._count_and_tell(), group="count", description="counting members")
        else:
            self.dismiss(event.button is self._choose)

    async def _count_and_tell(self) -> None:
        """Count, and tell the user even if the dialog was closed: part of the limit is used in any case."""
        app = self.app
        await counting.count_members(self._walk)
        if self.is_attached:
            self._close.label = "Close"
            self._say(*counting.results(self._walk))
        else:
            app.notify("The members are counted. F7 shows the result.")
