"""The last screen after a programming error in the message loop, which ends all the wizard's own screens."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from wizard.ui.appearance.theme import DARK
from wizard.ui.safe_app import SafeApp
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint, HintBar


class CrashApp(SafeApp[bool]):
    """An app that says what happened and how to go on; returns True when the user starts the wizard again."""

    CSS_PATH = Path(__file__).with_name("welcome.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q,f10,escape,q", "leave", "Quit", show=False, priority=True),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, said: tuple[str, ...], theme: str = DARK.name) -> None:
        """`said`: the title, then the lines. If the user quits, they are printed to the terminal too."""
        super().__init__()
        self._said = said
        self._hints = HintBar(wraps=True)
        self.theme = theme

    def compose(self) -> ComposeResult:
        with Vertical(classes="pane"):
            yield Static(f"✗ {self._said[0]}", markup=False, classes="title")
            with VerticalScroll(can_focus=False, classes="body"):
                for line in self._said[1:]:
                    yield Static(line, markup=False)
            with Horizontal(classes="actions"):
                yield Button("Start again", id="again", variant="primary")
                yield Button("Quit", id="leave")
        yield self._hints

    def on_mount(self) -> None:
        self.query_one("#again", Button).focus()

    def on_descendant_focus(self) -> None:
        focused = self.screen.focused
        again = focused is not None and focused.id == "again"
        enter = Hint("Enter", "start again" if again else "quit", "app.simulate_key('enter')")
        self._hints.show((enter, Hint("F10", "quit", "app.leave")))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.exit(event.button.id == "again")

    def action_leave(self) -> None:
        self.exit(False)
