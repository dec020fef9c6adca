"""The actions of the home page of a finished setup; the list of commands offers some of them too."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, assert_never

from wizard.domain.step_id import StepId
from wizard.ui.panes.welcome import WelcomePane
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.flow.handouts.exports import Export
    from wizard.flow.targets.targets import Target
    from wizard.flow.walk import Walk
    from wizard.ui.app import AudienceWizard
    from wizard.ui.panes.home import HomeAction


class HomeActions:
    """The actions, each of which opens a step, a dialog or another profile."""

    def __init__(self, app: AudienceWizard) -> None:
        self._app = app

    def take(self, action: HomeAction) -> None:
        """Do what the user picked on the home page."""
        from wizard.ui.panes.home import HomeAction

        screen = self._app.walk_screen
        match action:
            case HomeAction.REVIEW:
                screen.go(StepId.REVIEW)
            case HomeAction.SYNC:
                screen.go(StepId.FIRST_SYNC)
            case HomeAction.ADD_AUDIENCE:
                screen.open_question(StepId.AUDIENCES, "audiences")
            case HomeAction.ADD_ENVIRONMENT:
                self.add_environments()
            case HomeAction.TROUBLESHOOT:
                self._app.action_troubleshoot()
            case HomeAction.INVENTORY:
                self.inventory()
            case HomeAction.EXPORT:
                self.export()
            case HomeAction.UNDO:
                self.undo()
            case HomeAction.ROTATE:
                self.rotate()
            case HomeAction.STEPS:
                screen.go(StepId.PREREQUISITES)
            case HomeAction.START_OVER:
                self._app.post_message(WelcomePane.StartedOver())
            case _:
                assert_never(action)

    # --- inventory -----------------------------------------------------------------------------------------------

    def inventory(self) -> None:
        """List every synced segment of the project."""
        from wizard.ui.screens.inventory import InventoryScreen

        app, walk = self._app, self._app.walk_screen.walk
        if walk is not None and not any(isinstance(screen, InventoryScreen) for screen in app.screen_stack):
            app.push_screen(InventoryScreen(walk))

    # --- export --------------------------------------------------------------------------------------------------

    def export(self) -> None:
        """Let the user pick what to save: setup.toml, Terraform or a dated report."""
        from wizard.ui.screens.dialogs.commands import Command, CommandsScreen

        commands = (
            Command("setup.toml", "the setup as a file for the commands", lambda: self._export("setup")),
            Command("Terraform", "Segment's side as code, to import", self.export_terraform),
            Command("Dated report", "today's state, to compare later", self.export_report),
        )
        self._app.push_screen(CommandsScreen(commands, "Export", "save"), lambda one: one.run() if one else None)

    def export_terraform(self) -> None:
        self._export("terraform")

    def export_report(self) -> None:
        self._export("report")

    def _export(self, name: str) -> None:
        """Save an export: the setup of this environment, Terraform for all that are set up, or a report on one."""
        from wizard.flow.handouts.exports import Export
        from wizard.flow.targets.existing_targets import targets_set_up
        from wizard.ui.screens.dialogs.which_environment import ask_which

        walk, what = self._app.walk_screen.walk, Export(name)
        if walk is None:
            return
        match what:
            case Export.SETUP:
                self._save(what, walk)
            case Export.TERRAFORM:
                self._read_and_save(what, *(target.walk for target in targets_set_up(walk)))
            case Export.REPORT:
                targets, question = [(one, "") for one in targets_set_up(walk)], "Report on which environment?"
                ask_which(self._app, targets, question, lambda one: self._read_and_save(what, one.walk))
            case _:
                assert_never(what)

    def _read_and_save(self, what: Export, walk: Walk, *others: Walk) -> None:
        """Read the other environments, then save; the walk's own environment has been read already."""
        unread = [one for one in (walk, *others) if one is not self._app.walk_screen.walk]

        async def read() -> None:
            await asyncio.gather(*(one.read() for one in unread))
            self._save(what, walk, *others)

        if unread:
            work(self._app, read(), group="read", description="reading what is exported")
        else:
            self._save(what, walk)

    def _save(self, what: Export, walk: Walk, *others: Walk) -> None:
        """Ask where to save the export, or say why there is nothing to save."""
        from wizard.flow.handouts.exports import NothingToExport, export
        from wizard.ui.screens.handouts.export import ExportScreen

        app, text = self._app, export(walk, what, *others)
        if isinstance(text, NothingToExport):
            app.notify(f"Nothing to save. {text.why}")
        else:
            app.push_screen(ExportScreen(walk, what, text), lambda said: app.notify(said) if said else None)

    # --- undo ----------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Show what can be taken back, and do so after a yes; with several environments, ask which one first."""
        from wizard.flow.targets.existing_targets import targets_to_undo
        from wizard.ui.screens.changes.undo import UndoScreen
        from wizard.ui.screens.dialogs.commands import Command, CommandsScreen

        app, walk = self._app, self._app.walk_screen.walk
        if walk is None or any(isinstance(screen, UndoScreen) for screen in app.screen_stack):
            return
        if app.is_applying:
            app.notify("The wizard is making changes. You can undo once it's done.")
            return
        targets = targets_to_undo(walk)
        if len(targets) > 1:
            every = Command("All environments", "what the wizard made in each", lambda: self._undo_in(targets))
            one = (Command(it.title, "only there", partial(self._undo_in, (it,))) for it in targets)
            screen = CommandsScreen((every, *one), "Undo what the wizard made", "show")
            app.push_screen(screen, lambda chosen: chosen.run() if chosen else None)
        else:
            self._undo_in(targets)

    def _undo_in(self, targets: tuple[Target, ...]) -> None:
        from wizard.ui.screens.changes.undo import UndoScreen

        self._app.push_screen(UndoScreen(targets), lambda undone: self._show_what_is_open() if undone else None)

    def _show_what_is_open(self) -> None:
        """Show the home page as it is after an undo; in a walk, show Review, whose changes can be made again."""
        screen = self._app.walk_screen
        if screen.is_home:
            screen.begin_at_home()
        else:
            screen.go(StepId.REVIEW)

    # --- rotation ------------------------------------------------------------------------------------------------

    def rotate(self) -> None:
        """Show how the token is rotated, and do it after a yes; with several environments, ask which one first."""
        from wizard.flow.targets.existing_targets import targets_set_up
        from wizard.ui.screens.changes.rotate import RotateScreen
        from wizard.ui.screens.dialogs.which_environment import ask_which

        app, walk = self._app, self._app.walk_screen.walk
        if walk is None or any(isinstance(screen, RotateScreen) for screen in app.screen_stack):
            return
        if app.is_applying:
            app.notify("The wizard is making changes. You can rotate the token once it's done.")
        else:
            targets = [(target, "") for target in targets_set_up(walk)]
            question = "Rotate the token of which environment?"
            ask_which(app, targets, question, self._rotate_in)

    def _rotate_in(self, target: Target) -> None:
        from wizard.ui.screens.changes.rotate import RotateScreen

        self._app.push_screen(RotateScreen(target.walk))

    # --- another environment -------------------------------------------------------------------------------------

    def add_environments(self) -> None:
        """Let the user pick environments that get this setup's answers; if Review was reached, show their changes."""
        from wizard.flow.targets.environments import to_add, why_not
        from wizard.ui.screens.dialogs.add_environments import AddEnvironmentsScreen

        walk = self._app.walk_screen.walk
        if walk is None:
            return
        if why := why_not(walk):
            self._app.notify(why)
        else:
            dialog = AddEnvironmentsScreen(to_add(walk), has_profiles=self._app.open_profile is not None)
            self._app.push_screen(dialog, self._take_environments)

    def _take_environments(self, picked: tuple[str, ...] | None) -> None:
        from wizard.flow.targets.environments import ADDED, add
        from wizard.ui.screens.dialogs.add_environments import NEW_PROFILE

        walk, screen = self._app.walk_screen.walk, self._app.walk_screen
        if picked == (NEW_PROFILE,):
            self._name_profile()
        elif picked and walk is not None:
            add(walk, picked)
            if StepId.REVIEW in walk.accepted:
                screen.go(StepId.REVIEW)
            else:
                self._app.notify(ADDED)

    def _start_with(self, *options: str) -> None:
        """Close this wizard, and have another one start in its place with these options."""
        self._app.next_options = options
        self._app.exit(0)

    def _name_profile(self) -> None:
        """Ask for the name of a new profile, make it from this one and start the wizard in it."""
        from wizard.ui.screens.dialogs.new_profile import NewProfileScreen

        self._app.push_screen(NewProfileScreen(self._profile_mistake), self._make_profile)

    def _profile_mistake(self, name: str) -> str:
        from wizard.command_line.settings import PROFILE_NAME

        walk = self._app.walk_screen.walk
        if not PROFILE_NAME.fullmatch(name):
            return "Use letters, digits, dots, dashes and underscores, and no dot at the start."
        return f"The profile {name} already exists." if walk and walk.session.has_sibling(name) else ""

    def _make_profile(self, name: str | None) -> None:
        if name:
            work(self._app, self._leave_for(name), group="keep", description="making the new profile")

    async def _leave_for(self, name: str) -> None:
        from wizard.flow.home import fill_from

        app, walk = self._app, self._app.walk_screen.walk
        if walk is not None and app.open_profile is not None:
            await fill_from(walk, await asyncio.to_thread(app.open_profile, name))
            self._start_with("--profile", name, "--target", "")
