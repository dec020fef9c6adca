"""The texts on leaving: what is kept, before the user quits; how to go on, in the terminal afterwards."""

from __future__ import annotations

from wizard.domain.commands import of_this_run
from wizard.flow.handouts.summary import summary
from wizard.flow.walk import Walk
from wizard.ui.walk.screen import WalkScreen

IN_THE_SANDBOX = "This is the sandbox: it stores nothing."


def what_stays(walk: Walk | None) -> str:
    """Return what happens to the setup when the user quits now."""
    if walk is None or not walk.accepted:
        return "You can start again at any time."
    if walk.state.sandbox:
        return IN_THE_SANDBOX
    if walk.session.saved.applied_at:
        said = "The sync continues without the wizard. To follow it, run: audience-wizard watch"
        return of_this_run(said, walk.ports.options)
    return "Your answers are saved."


def farewell(screen: WalkScreen, command: str, width: int) -> tuple[str, ...]:
    return summary(screen.walk, command, width) if screen.walk is not None else ()
