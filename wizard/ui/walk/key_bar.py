"""The last line of the walk: the keys that work now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.step_id import StepId
from wizard.ui.widgets.frame import Hint

if TYPE_CHECKING:
    from wizard.ui.panes.step import StepPane
    from wizard.ui.panes.welcome import WelcomePane


_COUNTED = {StepId.MAPPING, StepId.AUDIENCES}  # where the number of members who land matters
_EVERYWHERE = (
    Hint("F1", "help", "app.help"),  # which names the keys that are left out
    Hint("F2", "troubleshoot", "app.troubleshoot", spare=1, tight="debug"),
    Hint("F10", "quit", "app.ask_quit"),
)


def keys_in_the_rail() -> tuple[Hint, ...]:
    """Return the keys besides Enter that work in the list of steps; those of the page don't."""
    choose, back = Hint("↑↓", "choose", "app.simulate_key('down')"), Hint("Esc", "back", "screen.back")
    return (choose, back, *_EVERYWHERE)


def keys_of(pane: StepPane | None, welcome: WelcomePane) -> tuple[Hint, ...]:
    """Return the keys besides Enter that work now; without a pane, Welcome's."""
    if pane is None:
        return (*welcome.more("screen.more"), *_EVERYWHERE)
    from wizard.flow import counting  # the first frame has no page of a step

    keys = [*pane.keys(), *pane.more("screen.more")]
    if pane.can_be_saved and not pane.walk.state.sandbox:  # a simulated setup isn't saved
        keys.append(Hint("Ctrl+S", "save", "app.save_setup", spare=3))
    if pane.step.id in _COUNTED and not counting.why_not(pane.walk):
        keys.append(Hint("F7", "count members", "screen.count_members", spare=2, tight="count"))
    if pane.request_card:
        keys.append(Hint("F4", "ask an admin", "screen.request_card", spare=4))
    if pane.finding_rows or pane.step.id is StepId.FIRST_SYNC:  # F2 finds the cause of these
        return (*keys, *(hint._replace(spare=0) for hint in _EVERYWHERE))
    return (*keys, *_EVERYWHERE)
