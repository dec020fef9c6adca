"""Every command by name, filtered as the user types. Textual's own palette isn't used: fast keys make it fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from wizard.flow.steps.ask import Choice
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.lists.picker import Picker


@dataclass(frozen=True)
class Command:
    """A command; `title` is a noun or a verb, and `why` says what it is good for, in words that users type.

    `state` is a last column, for a list of things that are on or off.
    """

    title: str
    why: str
    run: Callable[[], object]
    key: str = ""
    state: str = ""


class CommandsScreen(Dialog[Command]):
    """The list of commands; closes with the chosen one, for its owner to run."""

    def __init__(self, commands: tuple[Command, ...], title: str = "Commands", verb: str = "run") -> None:
        super().__init__()
        self._commands = commands
        self._about = title
        self._picker = Picker(many=False, filtered=True, unlisted=lambda _: None, verb=verb, boxes=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._about, markup=False, classes="title")
            yield self._picker
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._picker.offer(tuple(_choice(index, command) for index, command in enumerate(self._commands)))
        self._picker.take_focus()

    @property
    def scrolled(self) -> Widget:
        return self._picker

    @property
    def picker(self) -> Picker:
        return self._picker

    def on_picker_highlighted(self, event: Picker.Highlighted) -> None:
        event.stop()
        self.show_keys()

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        for index in event.values:
            self.take(int(index))

    def take(self, index: int) -> None:
        self.dismiss(self._commands[index])


def _choice(index: int, command: Command) -> Choice:
    key = f" ({command.key})" if command.key else ""
    return Choice(str(index), f"{command.title}{key}", (command.why, command.state))
