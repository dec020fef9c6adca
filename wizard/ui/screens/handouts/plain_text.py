"""A text on the bare screen, where the mouse can select it, and one key to copy it: a request card, a report."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.frame import Hairline, Hint, HintBar
from wizard.ui.work import work


class PlainTextScreen(SelfClosingScreen[None]):
    """A text for a chat or a mail."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,r,w,f4", "dismiss", "Close", show=False),
        Binding("enter,c", "copy", "Copy it all", show=False),
    ]

    def __init__(self, title: str, text: str, note: str) -> None:
        """Show a text; `note` is one line on what the text is good for."""
        super().__init__()
        self._about = title
        self._text = text
        self._note = note
        self._said = Static("", markup=False, classes="said-of-copying")
        self._body = VerticalScroll(Aligned(_drawn(text), column=0, classes="card"), classes="body")
        self._hints = HintBar()

    def compose(self) -> ComposeResult:
        yield Static(self._about, markup=False, classes="title bar")
        yield Hairline()
        yield self._body
        yield self._said
        yield Hairline()
        yield self._hints

    def on_mount(self) -> None:
        self._say("", self._note)
        self._hints.show(
            (
                Hint("Enter", "copy it all", "screen.copy"),
                Hint("↑↓", "scroll", "app.simulate_key('pagedown')"),
                Hint("Esc", "close", "screen.dismiss"),
                Hint("F10", "quit", "app.ask_quit"),
            )
        )

    def action_copy(self) -> None:
        work(self, self._copy(), group="copy", description="copying the text")

    async def _copy(self) -> None:
        self._say("✓ ", f"The whole text: {await copy(self.app, self._text)}")

    def _say(self, mark: str, text: str) -> None:
        self._said.update(Content.assemble((mark, "$success"), (text, "" if mark else "$muted")))


def show_request_card(app: App[Any], card: str) -> None:
    """Show a request for a colleague."""
    if isinstance(app.screen, PlainTextScreen):
        return  # the button was pressed twice
    note = "It holds no secret, and the wizard doesn't send it."
    app.push_screen(PlainTextScreen("Request card, for a colleague who has the rights", card, note))


def _drawn(text: str) -> tuple[Line, ...]:
    """Return the text unchanged; lines that begin like a shell comment are muted, and addresses break at slashes."""
    lines = (Content.styled(line, "$muted") if line.startswith("# ") else Content(line) for line in text.split("\n"))
    return tuple(Line(text=line, wide=True) for line in lines)
