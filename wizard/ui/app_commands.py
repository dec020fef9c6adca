"""The commands that work on every screen, in words that users type.

Textual's own commands aren't among them: a screenshot would write the screen to a file, and other themes are untested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.ui.appearance import scheme
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.dialogs.commands import Command

if TYPE_CHECKING:
    from wizard.ui.app import AudienceWizard


def commands_of(app: AudienceWizard) -> Iterator[Command]:
    """Yield the commands of the screen that is shown, then the app's."""
    now = "off" if app.attention.wanted else "on"
    if isinstance(app.screen, KeyedScreen):
        yield from app.screen.commands()
    yield Command("Troubleshoot", "find the cause of what you see", app.action_troubleshoot, "F2")
    yield Command("Save setup.toml", "the setup as a file for the commands", app.action_save_setup, "Ctrl+S")
    yield Command("Export as Terraform", "HCL code for Segment's side, to import", app.home_actions.export_terraform)
    yield Command("Export a dated report", "today's state, to compare later", app.home_actions.export_report)
    yield Command("Inventory", "every synced segment, and its state", app.home_actions.inventory)
    yield Command("Add environments", "set up others with the same answers", app.home_actions.add_environments)
    yield Command("Undo", "take back what the wizard made", app.home_actions.undo)
    yield Command("Rotate the token", "a new service token, without a gap", app.home_actions.rotate)
    yield Command("Light theme", "colors for a light terminal", lambda: app.use_scheme(scheme.LIGHT))
    yield Command("Dark theme", "colors for a dark terminal", lambda: app.use_scheme(scheme.DARK))
    yield Command("Automatic theme", "follow your terminal's background", lambda: app.use_scheme(""))
    yield Command(f"Notices {now}", "bell, title and desktop notice", app.attention.switch)
    yield Command("Quit", "leave the wizard, exit", app.action_ask_quit, "F10")
