"""The walk's commands by name, for terminals and desktops that use the function keys themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from wizard.domain.step_id import StepId
from wizard.flow.marks import mark_of
from wizard.flow.observing import OFFER
from wizard.flow.writing.send_again import can_be_sent_again, set_resync
from wizard.ui.appearance import signs
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.screens.dialogs.commands import Command

if TYPE_CHECKING:
    from wizard.flow.walk import Walk
    from wizard.ui.walk.screen import WalkScreen

_WHERE_SENT_AGAIN = {StepId.REVIEW, StepId.FIRST_SYNC}
_WHERE_KEYS_MATTER = {StepId.MAPPING, StepId.AUDIENCES, StepId.REVIEW, StepId.FIRST_SYNC}


def commands_of(screen: WalkScreen) -> Iterator[Command]:
    """Yield the commands that work in the step on the screen."""
    yield Command("Help", "about this question, and all keys", partial(screen.app.run_action, "help"), "F1")
    pane = screen.pane
    if pane is None or screen.walk is None:
        return
    yield Command("Check again", "read this step again from both services", screen.action_check_again, "F5")
    if pane.can_repair:
        yield Command("Repair it", "fix what this step found", pane.action_repair, "Ctrl+R")
    yield Command("Steps", "go to another step", screen.action_rail, "F6")
    if screen.is_home:
        yield Command("Home page", "start page: how the setup stands", screen.begin_at_home)
    if pane.request_card:
        yield Command("Request card", "ask an admin: a text to send", screen.action_request_card, "F4")
    if screen.at in _WHERE_KEYS_MATTER:
        yield Command("Count members", "how many each context key reaches", screen.action_count_members, "F7")
    if isinstance(pane, FirstSyncPane) and pane.can_target:
        yield Command("Rule", "what a flag needs to use the segment", pane.action_show_rule, "A")
    if isinstance(pane, FirstSyncPane) and pane.can_observe:
        yield Command(OFFER, "a page to save, after a yes", pane.action_observe, "W")
    if screen.at in _WHERE_SENT_AGAIN and can_be_sent_again(screen.walk):
        yield _sent_again(screen, screen.walk)
    if pane.page:
        yield Command("Open the page", "the vendor's page about this question", pane.action_open_page, "Ctrl+O")


def _sent_again(screen: WalkScreen, walk: Walk) -> Command:
    """Return the command that adds "send all members again" to Review, or takes it out."""

    def change(*, yes: bool) -> None:
        set_resync(walk, yes=yes)
        screen.jump(StepId.REVIEW)

    if walk.resync:
        return Command("Don't send all members again", "take it out of Review", partial(change, yes=False))
    return Command("Send all members again", "review it first", partial(change, yes=True))


def steps_to_go_to(walk: Walk, go: Callable[[str], object]) -> tuple[Command, ...]:
    """Return the steps as commands, each with its state."""
    return tuple(
        Command(f"{number} {step.title}", signs.of_mark(mark_of(step, walk)).word, partial(go, step.id))
        for number, step in enumerate(walk.steps, 1)
    )
