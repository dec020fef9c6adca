"""Commands that are always available and have no key. Textual's own palette isn't used: fast keys make it fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from wizard.ui.screens.dialog import Dialog
from wizard.ui.widgets.numbered import Numbered, NumberedChoices


@dataclass(frozen=True)
class Command:
    """A command; `title` is a noun or a verb, and `why` says what it is good for."""

    title: str
    why: str
    run: Callable[[], object]


class CommandsScreen(Dialog[Command]):
    """The list of commands; closes with the chosen one, for its owner to run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)
    ]

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._commands = commands
        self._choices = NumberedChoices()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Commands", markup=False, classes="title")
            yield self._choices
            yield self.hints

    def on_mount(self) -> None:
        column = max(len(command.title) for command in self._commands) + 2
        labels = tuple(command.title.ljust(column) + command.why for command in self._commands)
        self._choices.show(labels, enter_does="run")
        self._choices.focus()

    def on_numbered_wanted(self, event: Numbered.Wanted) -> None:
        event.stop()
        self.action_take(event.index)

    def action_take(self, index: int) -> None:
        if index < len(self._commands):
            self.dismiss(self._commands[index])
