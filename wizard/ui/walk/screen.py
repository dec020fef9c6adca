"""The walk's only screen: the rail at the left, the pane of the current step beside it.

Modules that only the walk needs are imported late, because Welcome is drawn before they are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from wizard.domain.step_id import StepId
from wizard.ui.panes.welcome import WelcomePane
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.walk.key_bar import keys_in_the_rail, keys_of
from wizard.ui.walk.pages import Pages, PaneMaker, Then
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine, place_line
from wizard.ui.widgets.rail import Rail, RailStep
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.domain.answers import AskId
    from wizard.flow.steps.step import Step
    from wizard.flow.walk import Walk
    from wizard.ui.panes.changes.review import ReviewPane
    from wizard.ui.panes.step import StepPane
    from wizard.ui.screens.dialogs.commands import Command
    from wizard.ui.terminal.held_keys import HeldKeys
    from wizard.ui.walk.finding_actions import FindingActions
    from wizard.ui.widgets.finding_row import FindingRow

WELCOME = "welcome"
_AUDIENCES = str(StepId.AUDIENCES)
_RAIL_FROM = (75, 18)  # the fewest columns and rows of a terminal that shows it


class WalkScreen(KeyedScreen[None]):
    """The screen of the walk: the current step, and how to get to the next one."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("f4", "request_card", "Request card", show=False),
        Binding("f5", "check_again", "Check again", show=False),
        Binding("f6", "rail", "Steps", show=False),
        Binding("f7", "count_members", "Count members", show=False),
    ]

    def __init__(self, keys: HeldKeys) -> None:
        """`keys` holds what is typed while a requested page isn't mounted yet."""
        super().__init__()
        self._typed = keys
        self.walk: Walk | None = None
        self.at = WELCOME
        self._from_home = False  # whether the step was opened from the home page, so that Back leads there
        self._watches_audiences = False  # whether an empty space is polled for its first audience
        self.title_line = TitleLine()
        self.rail = Rail()  # mounted with the first page
        self.rail.display = False
        self.welcome = WelcomePane()
        self._middle = Horizontal(self.welcome, id="middle")
        self.pages = Pages(self._middle, self.go)
        self._top, self._bottom = Hairline("┬"), Hairline("┴")

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self._top
        yield self._middle
        yield self._bottom
        yield self.hints

    def on_mount(self) -> None:
        self.follow(self.welcome.body)
        self.show_keys()
        self.welcome.enter()

    async def take(self, walk: Walk, make_pane: PaneMaker) -> None:
        """Mount the first page that a loaded walk shows; `mount_ahead` mounts the others, each in time."""
        from wizard.flow.home import is_finished

        accepted = walk.session.saved.accepted
        begun_with = next((step for step in walk.steps if step.id not in accepted), walk.steps[-1])
        await self._middle.mount(self.rail, before=0)
        await self.pages.begin(walk, make_pane, begun_with)
        self.walk = walk
        if is_finished(walk):
            walk.resume()
            await self._open_home(walk)
        self.show_walk()

    async def go_home(self, walk: Walk) -> None:
        """Show the home page of a setup that has just been finished."""
        if not self.is_home:
            await self._open_home(walk)
        self.begin_at_home()

    def begin_at_home(self) -> None:
        self.go(WELCOME)

    async def _open_home(self, walk: Walk) -> None:
        """Show the home page of a finished setup in the place of Welcome."""
        from wizard.ui.panes.home import HomePane

        await self.welcome.remove()
        self.welcome = HomePane(walk)
        await self._middle.mount(self.welcome, after=self.rail)
        self.follow(self.welcome.body)
        self.welcome.enter()

    @cached_property
    def finding_actions(self) -> FindingActions:
        from wizard.ui.walk.finding_actions import FindingActions

        return FindingActions(self)

    def mount_ahead(self) -> None:
        self.pages.mount_ahead(self.at)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Do nothing: there is no screen below the walk."""
        del result
        return AwaitComplete()

    # --- navigation --------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> StepPane | None:
        return self.pages.of(self.at)

    def go(self, step_id: str, then: Then = None) -> None:
        """Show a step and focus it, as soon as its page is mounted; `then` does something with the page."""
        if self.walk is None or (step_id != WELCOME and self.pages.of(step_id) is None):
            self._go_when_mounted(step_id, then)
            return
        self.pages.wait_no_longer()
        self.workers.cancel_group(self, "next")
        if self.pane is not None and step_id != self.at:
            self.pane.leave()
        self._show_page(step_id)
        if self.pane is None:
            self._enter_welcome(self.walk)
        else:
            self.pane.enter()
            self.read()
            self.mount_ahead()
            if then is not None:
                then(self.pane)
        self._typed.release()

    def jump(self, step_id: str) -> None:
        """Go to the step that the user chose. Going ahead from a complete step marks it done, as Next does."""
        from wizard.flow.guide import leave_ahead

        walk, pane = self.walk, self.pane
        if walk is not None and pane is not None and step_id not in self.ids_up_to(pane.step):
            work(self, leave_ahead(walk, pane.step), group="keep", description="continuing from a step")
        self.go(step_id)

    def _go_when_mounted(self, step_id: str, then: Then) -> None:
        """Wait for a page, and hold the keys typed until then, which are for it."""
        self.pages.wait_for(step_id, then)
        if self.walk is not None:
            self._typed.hold()
            self.mount_ahead()

    def _show_page(self, step_id: str) -> None:
        if step_id != self.at:
            self._from_home = self.is_home and self.at == WELCOME
        self.at = step_id
        self.welcome.display = step_id == WELCOME
        self.workers.cancel_group(self, _AUDIENCES)
        self._watches_audiences = False
        for pane in self.pages.all:
            pane.display = pane.step.id == step_id
            pane.going_on = False
        self.show_walk()

    def _enter_welcome(self, walk: Walk) -> None:
        walk.call_off_start_over()
        self.welcome.enter()
        if self.is_home:
            work(self, walk.read(), group="read", description="reading both services")

    @property
    def is_home(self) -> bool:
        """Return whether a finished setup's home page is shown in the place of Welcome."""
        return self.welcome.is_home

    def open_question(self, step_id: str, ask_id: AskId) -> None:
        """Show a step with one of its questions open, whether it is answered or not."""
        self.go(step_id, lambda pane: pane.open_ask(ask_id))

    def begin(self) -> None:
        """Go to the first step that isn't done, at the start and when a saved setup goes on."""
        from wizard.flow.guide import first_open_step

        if self.walk is not None:
            self.go(first_open_step(self.walk).id)

    def read(self) -> None:
        """Read what can be read now, for this step and those before it."""
        if self.walk is not None and self.pane is not None:
            ids = self.ids_up_to(self.pane.step)
            work(self, self.walk.read(*ids), group="read", description="reading both services")

    def ids_up_to(self, step: Step) -> tuple[StepId, ...]:
        """Return the step and those before it."""
        steps = self.walk.steps if self.walk else ()
        return tuple(each.id for each in steps[: steps.index(step) + 1])

    def action_back(self) -> None:
        """Leave the list of steps, else clear the filter, else close a reopened question, else leave the step."""
        pane = self.pane
        if self.rail.has_focus:
            (pane or self.welcome).enter()
        elif pane is not None and not pane.close_first():
            self._leave_backwards(pane)

    def _leave_backwards(self, pane: StepPane) -> None:
        if pane.going_on:
            self.workers.cancel_group(self, "next")
        elif pane.is_repair:
            self.finding_actions.go_back()
        else:
            self.go(WELCOME if self._from_home else self._neighbor(pane.step, -1))

    def action_more(self) -> None:
        (self.pane or self.welcome).action_page(1)

    def action_open_page(self) -> None:
        if self.pane is not None:
            self.pane.action_open_page()

    def action_select(self) -> None:
        if self.pane is not None and self.pane.current is not None:
            self.pane.current.select()

    def go_on(self) -> None:
        """Go to the next step if this one is complete; otherwise show what is missing or wrong."""
        pane = self.pane
        if self.walk is None or pane is None:
            return
        question = pane.first_missing()
        if question is not None and not question.waits_for:
            pane.ask_for(question)
        else:
            work(self, self._go_on(self.walk, pane), group="next", exclusive=True, description="continuing")

    async def _go_on(self, walk: Walk, pane: StepPane) -> None:
        pane.going_on = True
        pane.show()
        try:
            await walk.read(*self.ids_up_to(pane.step))
        finally:
            pane.going_on = False
            pane.show()
        if not self._is_stopped(walk, pane):
            self.accept(walk, pane)

    def _is_stopped(self, walk: Walk, pane: StepPane) -> bool:
        """Return whether anything stops the user here, and show it: an unanswered question or a failure."""
        from wizard.flow.blocking import blocking_finding
        from wizard.flow.guide import answered_first, why_it_waits

        question = pane.first_missing()
        if question is not None and (first := answered_first(walk, question.ask)):
            self.open_question(first[0].id, first[1].id)
            return True
        waits = question is not None and bool(question.waits_for)
        failed = why_it_waits(walk, pane.step) if waits else blocking_finding(walk, pane.step)
        if question is not None and not (waits and failed):
            pane.ask_for(question)
        elif failed:
            self.finding_actions.open(failed, going_on=question is None)
        return question is not None or failed is not None

    def accept(self, walk: Walk, pane: StepPane) -> None:
        """Go on to the next step, and record that the user did."""
        from wizard.flow.guide import leave

        work(self, leave(walk, pane.step), group="keep", description="continuing from a step")
        self.go(self._neighbor(pane.step, 1))

    def _neighbor(self, step: Step, by: int) -> str:
        steps = self.walk.steps if self.walk else ()
        index = steps.index(step) + by
        return WELCOME if index < 0 else steps[min(index, len(steps) - 1)].id

    # --- findings ------------------------------------------------------------------------------------------------

    def action_check_again(self) -> None:
        self.finding_actions.check_again()

    def action_request_card(self) -> None:
        """Show the request card of a step that needs rights which the user may not have."""
        if self.pane is not None and (card := self.pane.request_card):
            from wizard.ui.screens.handouts.plain_text import show_request_card

            show_request_card(self.app, card)
        else:
            self.app.notify("You don't need to ask anyone for anything here.")

    def action_count_members(self) -> None:
        """Ask before members are counted: counting uses part of Segment's monthly limit."""
        from wizard.ui.screens.dialogs.count_members import CountMembersScreen

        if self.walk is not None:
            dialog = CountMembersScreen(self.walk)
            self.app.push_screen(dialog, lambda choose: self.jump(StepId.AUDIENCES) if choose else None)

    # --- drawing -------------------------------------------------------------------------------------------------

    def show_walk(self) -> None:
        """Draw the walk again."""
        from wizard.flow.marks import mark_of

        walk, pane = self.walk, self.pane
        if walk is None:
            return
        steps = tuple(RailStep(step.id, step.title, mark_of(step, walk)) for step in walk.steps)
        self.rail.show(steps, self.at)
        self.title_line.show(place_line(walk))
        self._show_rail()
        if pane is not None:
            pane.show()
            self._watch_for_audiences(walk, pane)
        else:
            self.welcome.draw()
        self.call_after_refresh(self.show_keys)

    def _watch_for_audiences(self, walk: Walk, pane: StepPane) -> None:
        """Poll an empty space until it has an audience, while the audiences' step is shown."""
        from wizard.flow.audience_list import waits_for_an_audience, watch_for_audiences

        is_empty = pane.step.id == _AUDIENCES and waits_for_an_audience(walk.state)
        if is_empty and not self._watches_audiences:
            looking = watch_for_audiences(walk)
            work(self, looking, group=_AUDIENCES, exclusive=True, description="looking for the space's first audience")
        self._watches_audiences = is_empty

    def _show_rail(self) -> None:
        """Show the rail, or, where it would take too much room, the step's number in the step's title."""
        folded = self.size.width < _RAIL_FROM[0] or self.size.height < _RAIL_FROM[1]
        self.rail.display = self.pane is not None and not folded
        width = 30 if self.size.width >= 110 else 21
        self.rail.styles.width = width
        for line in (self._top, self._bottom):
            line.move_joint(width - 1 if self.rail.display else 0)
        if self.walk is not None and self.pane is not None:
            number = self.walk.steps.index(self.pane.step) + 1
            self.pane.show_place(f"Step {number} of {len(self.walk.steps)}" if folded else "")

    def on_resize(self) -> None:
        super().on_resize()
        self._show_rail()

    def keys(self) -> tuple[Hint, ...]:
        return keys_in_the_rail() if self.rail.has_focus else keys_of(self.pane, self.welcome)

    def commands(self) -> Iterable[Command]:
        from wizard.ui.walk.commands import commands_of

        return commands_of(self)

    # --- messages from panes -----------------------------------------------------------------------------------------

    def on_step_pane_next_pressed(self, event: StepPane.NextPressed) -> None:
        event.stop()
        self.go_on()

    def on_step_pane_back_pressed(self, event: StepPane.BackPressed) -> None:
        event.stop()
        if self.pane is not None:
            self._leave_backwards(self.pane)

    def on_step_pane_touched(self, event: StepPane.Touched) -> None:
        event.stop()
        self.read()

    def on_review_pane_block_read(self, event: ReviewPane.BlockRead) -> None:
        from wizard.domain.findings import root_causes_first
        from wizard.domain.planning.plan import can_be_waived

        event.stop()
        found = [finding for finding in event.walk.findings if finding.id == event.check_id]
        if found and event.walk is self.walk:
            first = root_causes_first(found)[0]
            self.finding_actions.open(first, going_on=can_be_waived(first))
        elif found:
            self.finding_actions.open_beside(event.walk, root_causes_first(found)[0])

    def on_review_pane_question_wanted(self, event: ReviewPane.QuestionWanted) -> None:
        event.stop()
        self.open_question(event.wanted.step.id, event.wanted.ask.id)

    def on_review_pane_repaired(self, event: ReviewPane.Repaired) -> None:
        event.stop()
        self.finding_actions.go_back()

    def on_rail_chosen(self, event: Rail.Chosen) -> None:
        event.stop()
        self.jump(event.step_id)

    def on_finding_row_repaired(self, event: FindingRow.Repaired) -> None:
        event.stop()
        self.finding_actions.repair(event.finding)

    def on_finding_row_opened(self, event: FindingRow.Opened) -> None:
        event.stop()
        self.finding_actions.open(event.finding)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "quit":
            event.stop()
            self.call_later(self.app.run_action, "ask_quit")

    def action_rail(self) -> None:
        """Go to the list of steps, which is a dialog where the terminal has no room for the rail."""
        if self.rail.display:
            self.rail.focus()
        elif self.walk is not None and self.pane is not None:
            from wizard.ui.screens.dialogs.commands import CommandsScreen
            from wizard.ui.walk.commands import steps_to_go_to

            screen = CommandsScreen(steps_to_go_to(self.walk, self.jump), "Steps", verb="go to")
            self.app.push_screen(screen, lambda chosen: chosen.run() if chosen else None)
