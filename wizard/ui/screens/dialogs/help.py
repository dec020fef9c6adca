"""Help: what a question asks for, where to find the answer, the vendor's page about it, and the keys."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.flow.steps.ask import Ask
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.terminal.clipboard import copy
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work


@runtime_checkable
class MaySave(Protocol):
    """An app whose setup can be saved; `can_save_setup` is False while it's loaded, and for a simulated one."""

    @property
    def can_save_setup(self) -> bool: ...


class HelpScreen(Dialog[None]):
    """Help on one question, or the keys when no question is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "dismiss", "Close", show=False),
        Binding("o,O", "open_page", "Open the page", show=False),
        Binding("c,C", "copy_link", "Copy the link", show=False),
    ]

    def __init__(self, title: str, ask: Ask | None, keys: tuple[Line, ...] = ()) -> None:
        super().__init__()
        self._about = title
        self._ask = ask
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._about, markup=False, classes="title")
            with VerticalScroll(can_focus=False, classes="body"):
                if self._ask is not None:
                    yield Aligned(_about(self._ask), column=10, classes="said")
                yield Aligned(self._that_work(), column=14, classes="keys")
            with Actions():
                yield Button("Close", id="close", variant="primary")
                if self._ask is not None and self._ask.help.link:
                    yield Button("Open the page (o)", id="page")
            yield self.hints

    def _that_work(self) -> tuple[Line, ...]:
        can_save = isinstance(self.app, MaySave) and self.app.can_save_setup
        return tuple(line for line in self._keys if can_save or line.head != "Ctrl+S")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "page":
            self.action_open_page()
        else:
            self.dismiss(None)

    def keys(self) -> tuple[Hint, ...]:
        link = (Hint("C", "copy link", "screen.copy_link"),) if self._ask is not None and self._ask.help.link else ()
        return (*link, *super().keys())

    def action_copy_link(self) -> None:
        if self._ask is not None and self._ask.help.link:
            work(self, self._copy(self._ask.help.link), group="copy", description="copying the link")

    async def _copy(self, link: str) -> None:
        self.app.notify(f"The link: {await copy(self.app, link)}")

    def action_open_page(self) -> None:
        if self._ask is not None and self._ask.help.link:
            self.app.open_url(self._ask.help.link)


def _about(ask: Ask) -> tuple[Line, ...]:
    said = [Line(Content.styled("What", "$muted"), ask.help.what), Line()]
    if ask.help.where:
        said += [Line(Content.styled("Where", "$muted"), ask.help.where), Line()]
    if ask.variable:
        said += [Line(Content.styled("Variable", "$muted"), f"{ask.variable} gives it without asking."), Line()]
    if ask.help.link:
        said += [Line(text=link(ask.help.link), wide=True), Line()]
    return tuple(said)
