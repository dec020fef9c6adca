"""The list to pick one of several environments from, shown where there is more than one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App

from wizard.flow.targets.targets import Target
from wizard.ui.screens.dialogs.commands import Command, CommandsScreen


class WhichEnvironmentScreen(CommandsScreen):
    """The dialog."""


def ask_which(
    app: App[Any], targets: Sequence[tuple[Target, str]], question: str, take: Callable[[Target], None]
) -> None:
    """Call `take` with the environment that the user picks, or with the only one; each comes with a remark."""
    if len(targets) == 1:
        take(targets[0][0])
    elif not any(isinstance(screen, WhichEnvironmentScreen) for screen in app.screen_stack):
        commands = tuple(Command(target.title, is_so, partial(take, target)) for target, is_so in targets)
        screen = WhichEnvironmentScreen(commands, question, "choose")
        app.push_screen(screen, lambda chosen: chosen.run() if chosen else None)
