"""The full-screen app: it starts at once, loads the walk while the user reads, and owns what outlives a pane.

Modules that only the walk needs are imported late, so that the first frame doesn't wait for them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import cached_property, partial
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeGuard

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from wizard.text import without_controls
from wizard.ui.appearance.theme_choice import ThemeChoice
from wizard.ui.leaving import LeavingApp
from wizard.ui.panes.welcome import WelcomePane
from wizard.ui.terminal.held_keys import HeldKeys
from wizard.ui.walk.pages import PaneMaker
from wizard.ui.walk.screen import WalkScreen
from wizard.ui.work import work
from wizard.working_folder import folder_to_save_in

if TYPE_CHECKING:
    from wizard.flow.targets.targets import Target
    from wizard.flow.walk import Walk
    from wizard.ui.applying import Applying
    from wizard.ui.home_actions import HomeActions
    from wizard.ui.panes.changes.review import ReviewPane
    from wizard.ui.panes.first_sync import FirstSyncPane
    from wizard.ui.panes.home import HomePane
    from wizard.ui.screens.dialogs.commands import Command
    from wizard.ui.screens.troubleshoot import FollowUp
    from wizard.ui.terminal.attention import Attention
    from wizard.ui.terminal.terminal_input import BackgroundReported


_LEAVES = {"ctrl+c", "ctrl+q", "f10"}  # these keys work while the walk is loaded
_WORK_EVERYWHERE = {*_LEAVES, "ctrl+p", "ctrl+z"}
_STYLES_AFTER_WELCOME = Path(__file__).with_name("app.tcss")
LONGEST_PASTE = 10_000  # characters; every answer is shorter, and a field with a whole file takes seconds for each key


class AudienceWizard(LeavingApp):
    """The app. `load` builds the walk, in a thread after the first frame."""

    TITLE = "Audience Wizard"
    CSS_PATH = Path(__file__).with_name("welcome.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (75, "-normal"), (110, "-wide")]  # noqa: RUF012 - as App declares it
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-short"), (18, "-low"), (34, "-tall")]  # noqa: RUF012 - as above

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "ask_quit", "Quit", show=False, priority=True),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+c", "copy_or_quit", "Copy or quit", show=False, priority=True),
        Binding("ctrl+p", "commands", "Commands", show=False, priority=True),
        Binding("f1,question_mark", "help", "Help", show=False),
        Binding("f2", "troubleshoot", "Troubleshoot", show=False),
        Binding("ctrl+s", "save_setup", "Save setup.toml", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        load: Callable[[], Walk],
        *,
        calm: bool = False,
        theme_choice: ThemeChoice | None = None,
        choose: Callable[[str], None] | None = None,
    ) -> None:
        """`choose` is called with the sandbox world that the user picks, before `load`; None skips that menu."""
        super().__init__(calm=calm)
        self._load = load
        self._choose = choose
        self._begin_wanted = False
        self._is_loading = choose is None
        self.held = HeldKeys(super().on_event, self.call_after_refresh, self._must_wait, self._is_busy)
        if choose is not None:
            self.held.hold()  # for the menu of worlds
        self._draw_due = False
        self.walk_screen = WalkScreen(self.held)
        self.applying: Applying | None = None
        self.command = "audience-wizard"  # starts the wizard again with the same profile
        self.open_profile: Callable[[str], Walk] | None = None  # builds another profile's walk; None in the sandbox
        self.next_options: tuple[str, ...] = ()  # options to start the wizard with, once this one has closed
        self.theme_choice = theme_choice or ThemeChoice()
        self.theme = self.theme_choice.theme
        self.stylesheet.set_variables(self.get_css_variables())

    def refresh_css(self, animate: bool = True) -> None:
        """Skip the refresh while no screen exists: for the first theme, Textual would read all styles again."""
        if self.screen_stack:
            super().refresh_css(animate)

    def get_default_screen(self) -> Screen[None]:
        return self.walk_screen

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, lambda _: self._screen_changed())
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())
        self.call_after_refresh(self._start_loading)

    def _start_loading(self) -> None:
        self._read_the_other_styles()
        if self._choose is None:
            self._load_walk()
        else:
            from wizard.ui.screens.tour import TourScreen

            self.push_screen(TourScreen(), self._take_world)
            self.held.release()

    def _read_the_other_styles(self) -> None:
        """Read the styles that the first frame doesn't need, and apply them to any screen that an early key opened."""
        self.stylesheet.read(_STYLES_AFTER_WELCOME)
        self.stylesheet.parse()
        for screen in self.screen_stack[1:]:
            self.stylesheet.update(screen)

    def _take_world(self, name: str | None) -> None:
        if self._choose is not None and name:
            self._choose(name)
            self._load_walk()
            self._hold_keys()

    def _load_walk(self) -> None:
        self._is_loading = True
        work(self, self._take_walk(), group="load", description="loading the walk")

    async def _take_walk(self) -> None:
        try:
            walk, make_pane = await asyncio.to_thread(self._load_all)
            walk.changed = self._walk_changed
            walk.ports.notices.listen(lambda notice: self.notify(notice.text))
            await self.walk_screen.take(walk, make_pane)
            self.walk_screen.welcome.show_ready(walk, self.command)
            if self._begin_wanted and not self.walk_screen.is_home:
                self._begin()
        finally:
            self._is_loading = False
            self.held.release()
        from wizard.flow.kept_secrets import begin_to_load_secrets

        loading = await begin_to_load_secrets(walk)
        if self.walk_screen.is_home:
            from wizard.flow.home import check

            work(self, check(walk), group="read", description="checking the setup")
        self.walk_screen.read()
        if not loading.done():
            await loading
            walk.forget_slots("vault")  # the first read reported the keyring as slow
            self.walk_screen.read()

    def _load_all(self) -> tuple[Walk, PaneMaker]:
        """Load the walk and the modules that draw it."""
        from wizard.ui.panes.make import make_pane

        return self._load(), make_pane

    # --- the walk ------------------------------------------------------------------------------------------------

    def _walk_changed(self) -> None:
        """Schedule one redraw for all changes until the next frame."""
        if not self._draw_due and self.is_running:
            self._draw_due = True
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._draw_due:
            self._draw_due = False
            self.walk_screen.show_walk()

    def _screen_changed(self) -> None:
        """Schedule pending work again on the new screen: the earlier screen may never be drawn again."""
        self.held.release_on()
        if self._draw_due:
            self.call_after_refresh(self._draw)

    def on_welcome_pane_started(self, event: WelcomePane.Started) -> None:
        event.stop()
        if self.walk_screen.walk is None:
            self._begin_wanted = True
            self.walk_screen.welcome.show_pending()
            self.walk_screen.show_keys()  # without Enter, which would do nothing now
        else:
            self._begin()

    def _begin(self) -> None:
        walk = self.walk_screen.walk
        if walk is not None and walk.session.saved.is_begun and not walk.accepted:
            walk.resume()
        self.walk_screen.begin()

    def on_welcome_pane_started_over(self, event: WelcomePane.StartedOver) -> None:
        from wizard.ui.screens.dialogs.start_over import StartOverScreen

        event.stop()
        self.push_screen(StartOverScreen(), lambda sure: self._start_over() if sure else None)

    def _start_over(self) -> None:
        if self.walk_screen.walk is not None:
            self.walk_screen.walk.start_over()
            self.walk_screen.begin()

    @cached_property
    def home_actions(self) -> HomeActions:
        from wizard.ui.home_actions import HomeActions

        return HomeActions(self)

    def on_home_pane_picked(self, event: HomePane.Picked) -> None:
        event.stop()
        self.home_actions.take(event.action)

    def on_welcome_pane_browse_requested(self, event: WelcomePane.BrowseRequested) -> None:
        event.stop()
        walk = self.walk_screen.walk
        if walk is not None:
            walk.resume()
            self.walk_screen.go(walk.steps[0].id)

    @property
    def can_save_setup(self) -> bool:
        """Return whether the setup is loaded and real."""
        walk = self.walk_screen.walk
        return walk is not None and not walk.state.sandbox

    def action_save_setup(self) -> None:
        """Write the setup to a file, for the commands, a colleague or a pipeline."""
        from wizard.flow.handouts.setup_toml import save_setup

        walk = self.walk_screen.walk
        if walk is None:
            return
        if walk.state.sandbox:
            self.notify("Not saved: the setup in the sandbox is simulated.")
            return
        try:
            path = save_setup(folder_to_save_in(), walk.state.answers, walk.state.facts)
        except OSError as error:
            self.notify(f"Not written: {error.strerror or error}", severity="error")
        else:
            self.notify(f"Written without any token: {path}")

    # --- apply: owned by the app, so that it goes on whichever step is shown ------------------------------------------

    def on_review_pane_approved(self, event: ReviewPane.Approved) -> None:
        from wizard.ui.applying import Applying
        from wizard.ui.panes.changes.review import ReviewPane

        event.stop()
        walk, review = self.walk_screen.walk, self.walk_screen.pane
        if walk is None or not isinstance(review, ReviewPane) or self.is_applying:
            return
        self.applying = review.applying = Applying(walk, event.groups, self._walk_changed)
        work(self, self.applying.run(), group="apply", description="making the changes")

    @cached_property
    def attention(self) -> Attention:
        from wizard.ui.terminal.attention import Attention

        return Attention(os.environ, self.write_to_terminal, self.bell, lambda: self.app_focus)

    def on_first_sync_pane_polled(self, event: FirstSyncPane.Polled) -> None:
        event.stop()
        if event.progress is None:
            self.attention.end()
        else:
            self.attention.look(event.progress)

    @property
    def is_applying(self) -> bool:
        return self.applying is not None and not self.applying.ended

    # --- input from the terminal -------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Remove a paste's control characters, which a field would draw and the terminal obey; hold early keys.

        A forwarded key isn't held: a widget has already seen it, and it's on its way back up to the bindings.
        """
        if isinstance(event, events.Paste):
            event.text = without_controls(event.text[:LONGEST_PASTE])
        if self._may_be_held(event) and self.held.take(event):
            return
        if self._overtakes(event):
            self.held.hold(event)
            self.held.release()
            return
        answers = self._is_an_answer(event)
        await super().on_event(event)
        if answers and self.focused is self.walk_screen.welcome.begin:
            self._hold_keys()
        elif answers:
            self.held.hold()  # the keys that follow are for the question that opens next
            self.held.release()

    def _is_an_answer(self, event: events.Event) -> bool:
        """Return whether the event is an Enter typed on the walk's screen."""
        is_enter = isinstance(event, events.Key) and event.key == "enter" and not event.is_forwarded
        return is_enter and self.screen is self.walk_screen

    def _may_be_held(self, event: events.Event) -> TypeGuard[events.Key | events.Paste]:
        is_typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        return is_typed and getattr(event, "key", "") not in _LEAVES

    def _overtakes(self, event: events.Event) -> TypeGuard[events.Key]:
        """Return whether a key that works everywhere would be handled before the key typed right before it.

        Textual runs such a key at once. An Esc before F10 would then close what F10 opened.
        """
        works_everywhere = isinstance(event, events.Key) and event.key in _WORK_EVERYWHERE and not event.is_forwarded
        return works_everywhere and not self._must_wait() and self._is_busy()

    def _hold_keys(self, *first: events.Key) -> None:
        """Hold `first` and all typed keys until the walk is loaded; do nothing once it is."""
        if self._is_loading:
            self.held.hold(*first)

    def _must_wait(self) -> bool:
        return self._is_loading or self.walk_screen.pages.is_awaited

    def _is_busy(self) -> bool:
        """Return whether a message still waits for the app, the focused widget or its ancestors.

        Textual takes a message out of the queue to look at it, and keeps it beside.
        """
        focused = self.screen.focused
        nodes = (self, *(focused.ancestors_with_self if focused is not None else (self.screen,)))
        return any(node.message_queue_size or node._pending_message is not None for node in nodes)

    # --- keys that work everywhere -------------------------------------------------------------------------------

    def action_help(self) -> None:
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.dialogs.help import HelpScreen

        pane = self.walk_screen.pane
        if self.screen is not self.walk_screen:
            return
        if pane is None:
            self.push_screen(HelpScreen("Keys", None, key_lists.of_first_page(self.walk_screen.welcome)))
            return
        ask = pane.current.ask if pane.current else None
        self.push_screen(HelpScreen(ask.label if ask else pane.step.title, ask, key_lists.of_step(pane)))

    def action_help_of_dialog(self) -> None:
        """List the keys of the dialog on the screen."""
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.base.dialog import Dialog
        from wizard.ui.screens.dialogs.help import HelpScreen
        from wizard.ui.screens.troubleshoot import TroubleshootScreen
        from wizard.ui.widgets.buttons.enter_key import enter_hint

        dialog = self.screen
        if isinstance(dialog, Dialog):
            bar = (*enter_hint(dialog.focused), *dialog.keys())
            is_troubleshooting = any(isinstance(screen, TroubleshootScreen) for screen in self.screen_stack)
            keys = key_lists.of_dialog(bar, has_list=dialog.picker is not None, can_troubleshoot=not is_troubleshooting)
            self.push_screen(HelpScreen("Keys of this dialog", None, keys))

    def action_troubleshoot(self, symptom: str = "", environment: str = "") -> None:
        """Open troubleshooting over the current screen, and do in the walk what the user picks there.

        It begins with `symptom`, else with the symptom that the screen below shows. When several environments are
        followed, the user picks one first, unless `environment` names it.
        """
        from wizard.flow.diagnosing import shown_by
        from wizard.ui.panes.first_sync import FirstSyncPane
        from wizard.ui.screens.dialogs.finding import FindingScreen
        from wizard.ui.screens.troubleshoot import TroubleshootScreen
        from wizard.ui.widgets.finding_row import FindingRow

        walk, pane = self.walk_screen.walk, self.walk_screen.pane
        if walk is None:
            self._hold_keys(events.Key("f2", None))
        elif not any(isinstance(screen, TroubleshootScreen) for screen in self.screen_stack):
            lit = self.screen if isinstance(self.screen, FindingScreen) else self.screen.focused
            row = shown_by(walk, lit.finding) if isinstance(lit, FindingRow) else None
            of_finding = lit.symptom if isinstance(lit, FindingScreen) else row.id if row else ""
            if isinstance(pane, FirstSyncPane) and isinstance(lit, FindingScreen):
                environment = environment or pane.name_of(lit.walk)
            if isinstance(pane, FirstSyncPane) and (environment or not of_finding):
                self._ask_where(pane, symptom or of_finding, environment)
            else:
                shown = self.walk_screen.welcome.symptom if pane is None else ""
                self._troubleshoot(walk, symptom or of_finding or shown)

    def _ask_where(self, pane: FirstSyncPane, symptom: str, environment: str) -> None:
        """Ask which followed environment to troubleshoot, unless `environment` or `symptom` already decides it."""
        from wizard.ui.screens.dialogs.which_environment import ask_which

        named = [pair for pair in pane.environments if pair[0].name == environment]
        targets = named or (pane.environments[:1] if symptom else pane.environments)

        async def troubleshoot(target: Target) -> None:
            actions, is_own = self.walk_screen.finding_actions, target.walk is self.walk_screen.walk
            take = actions.follow_up if is_own else partial(actions.follow_up_in, target)
            if not is_own:  # nobody has opened its steps, so nothing was read yet
                await target.walk.read()
            self._troubleshoot(target.walk, symptom or pane.symptom_in(target.walk), take)

        def begin(target: Target) -> None:
            work(self, troubleshoot(target), group="read", description="reading for troubleshooting")

        ask_which(self, targets, "Troubleshoot which environment?", begin)

    def _troubleshoot(self, walk: Walk, symptom: str, take: Callable[[FollowUp | None], None] | None = None) -> None:
        from wizard.ui.screens.troubleshoot import TroubleshootScreen

        screen = TroubleshootScreen(walk, symptom=symptom, applying=self.is_applying)
        self.push_screen(screen, take or self.walk_screen.finding_actions.follow_up)

    def action_commands(self) -> None:
        """Open the list of commands over the current screen, once."""
        from wizard.ui.app_commands import commands_of
        from wizard.ui.screens.dialogs.commands import CommandsScreen

        if not any(isinstance(screen, CommandsScreen) for screen in self.screen_stack):
            self.push_screen(CommandsScreen(tuple(commands_of(self))), self._run_chosen)

    def _run_chosen(self, chosen: Command | None) -> None:
        if chosen is not None:
            self.held.hold()  # the keys after Enter are for what the command opens
            self.call_later(self._run_command, chosen)  # after the list has closed

    async def _run_command(self, chosen: Command) -> None:
        try:
            ran = chosen.run()
            if isawaitable(ran):
                await ran
        finally:
            self.held.release()

    async def on_unmount(self) -> None:
        self.attention.end()
        walk = self.walk_screen.walk
        if walk is None:
            return
        try:
            self._keep_answers()
            await walk.close()
        finally:
            walk.session.profile.unlock()

    def end_unseen(self) -> NoReturn:
        """Keep the answers first: closing the terminal's window is a way to quit."""
        try:
            self._keep_answers()
        finally:
            super().end_unseen()

    def _keep_answers(self) -> None:
        """Save the answers since the last step."""
        walk = self.walk_screen.walk
        if walk is not None and walk.accepted:
            walk.session.keep(walk.answers_to_save, walk.session.saved.accepted)

    # --- light or dark -------------------------------------------------------------------------------------------

    def use_scheme(self, chosen: str) -> None:
        """Use light or dark from now on; empty for the terminal's own."""
        self.theme_choice.choose(chosen)
        self.theme = self.theme_choice.theme

    def on_background_reported(self, event: BackgroundReported) -> None:
        event.stop()
        self.theme_choice.reported = event.scheme
        self.theme = self.theme_choice.theme
