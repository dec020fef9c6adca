"""What the user reads on leaving: before, what stays; in the terminal afterwards, how to go on."""

from __future__ import annotations

from wizard.flow.walk import Walk
from wizard.text import plain
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.screens.walk import WalkScreen


def what_stays(walk: Walk | None) -> str:
    """Return what happens to the set-up when the user quits now."""
    if walk is None or not walk.accepted:
        return "You can start again at any time."
    if walk.state.sandbox:
        return "This is the sandbox: nothing is stored."
    if walk.session.saved.applied_at:
        return "The sync goes on without the wizard. To follow it, run: audience-wizard watch"
    return "Your answers are saved."


def farewell(screen: WalkScreen) -> tuple[str, ...]:
    walk = screen.walk
    if walk is None or not walk.accepted:
        return ()
    if walk.state.sandbox:
        return ("This was the sandbox: nothing was stored. With your own accounts: audience-wizard",)
    appeared = [
        f"The segment “{plain(audience.segment.name)}” is in LaunchDarkly: {audience.url}"
        for pane in screen.panes
        if isinstance(pane, FirstSyncPane)
        for audience in pane.audiences
        if audience.segment is not None
    ]
    if appeared:
        return tuple(appeared)
    if walk.session.saved.applied_at:
        return ("The sync goes on without the wizard. See how far it is: audience-wizard watch",)
    return ("Your answers are saved. Go on with: audience-wizard",)
