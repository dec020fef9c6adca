"""What is said in the terminal after the screen has closed: where things stand, and how to go on."""

from __future__ import annotations

from wizard.text import plain
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.screens.walk import WalkScreen


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
