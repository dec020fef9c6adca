"""What a user does about a finding: read it, check again, change the answer, repair it, and come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from wizard.domain.findings import Status
from wizard.domain.step_id import StepId
from wizard.flow.words import CHECKED, DONE_BY_A_COLLEAGUE, OUTSIDE_THE_SETUP, SAME_RESULT
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.domain.answers import Answers
    from wizard.domain.findings import Finding
    from wizard.flow.steps.ask import Ask
    from wizard.flow.targets.targets import Target
    from wizard.flow.walk import Walk
    from wizard.flow.writing.repair import Repair
    from wizard.ui.panes.step import StepPane
    from wizard.ui.screens.dialogs.finding import Verdict
    from wizard.ui.screens.troubleshoot import FollowUp
    from wizard.ui.walk.screen import WalkScreen

_STANDS = {Status.FAIL, Status.UNKNOWN}


class FindingActions:
    """The actions on a finding, for the walk's screen."""

    def __init__(self, screen: WalkScreen) -> None:
        self._screen = screen
        self._back: Callable[[], None] = lambda: None  # to where the user asked for the repair under review

    # --- the dialog of a finding ---------------------------------------------------------------------------------

    def open(self, finding: Finding, *, going_on: bool = False, news: str = "") -> None:
        """Show a finding in full; with `going_on`, it stopped the user on the way to the next step."""
        from wizard.ui.screens.dialogs.finding import FindingScreen

        walk, app = self._screen.walk, self._screen.app
        if walk is not None and not isinstance(app.screen, FindingScreen):
            dialog = FindingScreen(walk, finding, going_on=going_on, news=news)
            app.push_screen(dialog, partial(self._after, finding, going_on))

    def _after(self, finding: Finding, going_on: bool, verdict: Verdict | None) -> None:
        from wizard.flow.by_hand.colleague import fix
        from wizard.ui.screens.dialogs.finding import Verdict

        pane, walk = self._screen.pane, self._screen.walk
        if pane is None or walk is None or verdict is None:
            return
        if verdict is Verdict.AGAIN:
            self._check(walk, pane, finding, going_on=going_on)
        elif verdict is Verdict.CHANGE:
            self._change(walk, finding)
        elif verdict is Verdict.ANYWAY:
            self._go_on_with(walk, pane, finding)
        elif verdict is Verdict.REPAIR:
            self.repair(finding)
        elif verdict is Verdict.COLLEAGUE:
            fix(walk, finding)
            self._check(walk, pane, finding, going_on=going_on, said=DONE_BY_A_COLLEAGUE)

    def _go_on_with(self, walk: Walk, pane: StepPane, finding: Finding) -> None:
        walk.waive(finding)
        if pane.step.id != StepId.REVIEW:  # in Review it unblocks the plan, which still needs a yes
            self._screen.accept(walk, pane)

    def _change(self, walk: Walk, finding: Finding) -> None:
        """Open the question that the finding is about, in whichever step it is."""
        if (ask := walk.ask_of(finding)) is not None:
            self._answer(walk, ask)

    def _answer(self, walk: Walk, ask: Ask) -> None:
        step = next((step for step in walk.steps if ask in step.asks), None)
        if step is not None:
            self._screen.open_question(step.id, ask.id)

    # --- check again ---------------------------------------------------------------------------------------------

    def check_again(self) -> None:
        """Read the step on the screen again."""
        if self._screen.walk is not None and self._screen.pane is not None:
            self._check(self._screen.walk, self._screen.pane)

    def _check(
        self, walk: Walk, pane: StepPane, finding: Finding | None = None, *, going_on: bool = False, said: str = ""
    ) -> None:
        again = self._check_again(walk, pane, finding, going_on=going_on, said=said)
        work(self._screen, again, group="read", description="reading again")

    async def _check_again(
        self, walk: Walk, pane: StepPane, finding: Finding | None, *, going_on: bool, said: str
    ) -> None:
        """Read again, and say so: in the finding's dialog while the finding is still there, else in a notice."""
        before = pane.result
        await walk.read_again(*self._screen.ids_up_to(pane.step))
        await pane.look_again()
        if self._screen.pane is not pane or self._screen.app.screen is not self._screen:
            return
        said = said or (SAME_RESULT if pane.result == before else CHECKED)
        stands = next(
            (one for one in walk.findings if finding and one.id == finding.id and one.status in _STANDS), None
        )
        if stands is None:
            self._screen.app.notify(said)
        else:
            self.open(stands, going_on=going_on, news=said)

    # --- repair --------------------------------------------------------------------------------------------------

    def repair(self, finding: Finding) -> None:
        """Review exactly the changes that fix the finding, or take the answer that fixes it."""
        from wizard.flow.writing.repair import repair_of

        walk, pane = self._screen.walk, self._screen.pane
        repair = repair_of(walk, finding) if walk is not None else None
        if walk is None or pane is None or repair is None:
            return
        if repair.changes:
            self._review(walk, repair.changes)
        else:
            taking = self._take_answer(walk, pane, repair)
            work(self._screen, taking, group="read", description="reading what the repair changed")

    async def _take_answer(self, walk: Walk, pane: StepPane, repair: Repair) -> None:
        """Take the answer, then review the change that it needs, or show the failure that is left.

        The new answer may make another step fail.
        """
        from wizard.flow.blocking import first_blocking_finding
        from wizard.flow.writing.repair import repair_of, take_answer

        before = walk.state.answers
        take_answer(walk, repair)
        await walk.read(*self._screen.ids_up_to(pane.step))
        left = first_blocking_finding(walk, pane.step)
        if left is None:
            self._screen.app.notify("Repaired.")
        elif self._screen.app.screen is not self._screen:
            return
        elif (then := repair_of(walk, left)) is not None and then.changes:
            self._review(walk, then.changes, before)
        else:
            self.open(left, news="The answer is changed, but this problem is still there.")

    def _review(self, walk: Walk, changes: tuple[str, ...], before: Answers | None = None) -> None:
        """Review a repair, which leads back to the step on the screen. `before`: see `ReviewPane.repair`."""
        screen = self._screen
        at = screen.at if screen.pane is not None and screen.at != StepId.REVIEW else StepId.FIRST_SYNC
        self._review_only(changes, walk.step(StepId(at)).title, lambda: screen.go(at), before=before)

    def _review_only(
        self,
        changes: tuple[str, ...],
        back_to: str,
        back: Callable[[], None],
        beside: Target | None = None,
        before: Answers | None = None,
    ) -> None:
        from wizard.ui.panes.changes.review import ReviewPane

        self._back = back

        def repair(pane: StepPane) -> None:
            if isinstance(pane, ReviewPane):
                pane.repair(changes, back_to, beside, before)

        self._screen.go(StepId.REVIEW, repair)

    def go_back(self) -> None:
        """Go back to where the user asked for the repair; Review would then show the whole plan."""
        if self._screen.pane is not None:
            self._screen.pane.leave()
        self._back()

    # --- from troubleshooting ------------------------------------------------------------------------------------

    def follow_up(self, wanted: FollowUp | None) -> None:
        """Do what the user picked in troubleshooting: read a finding, review a repair, or change an answer."""
        if wanted is not None:
            self._screen.call_later(self._fulfil, wanted)

    def follow_up_in(self, target: Target, wanted: FollowUp | None) -> None:
        """Do what the user picked for another environment; its answers can't be changed on this screen."""
        from wizard.ui.screens.troubleshoot import Change, Repair

        if isinstance(wanted, Repair):
            again = partial(self._troubleshoot_again, self._screen.at, wanted.symptom, target.name)
            self._screen.call_later(self._review_only, wanted.changes, "Troubleshooting", again, target)
        elif isinstance(wanted, Change):
            self._screen.app.notify(OUTSIDE_THE_SETUP)
        elif wanted is not None:
            self.open_beside(target.walk, wanted)

    def open_beside(self, walk: Walk, finding: Finding) -> None:
        """Show a finding of another environment in full."""
        from wizard.ui.screens.dialogs.finding import FindingScreen, Verdict

        def after(verdict: Verdict | None) -> None:
            if verdict is not None and verdict is not Verdict.AGAIN:
                self._screen.app.notify(OUTSIDE_THE_SETUP)
            elif verdict is not None:
                work(self._screen, self._look_beside(walk, finding), group="read", description="reading again")

        self._screen.app.push_screen(FindingScreen(walk, finding), after)

    async def _look_beside(self, walk: Walk, finding: Finding) -> None:
        await walk.read_again()
        stands = next((one for one in walk.findings if one.id == finding.id and one.status in _STANDS), None)
        if stands is None:
            self._screen.app.notify(CHECKED)
        else:
            self.open_beside(walk, stands)

    def _fulfil(self, wanted: FollowUp) -> None:
        from wizard.ui.screens.troubleshoot import Change, Repair

        app, at = self._screen.app, self._screen.at
        while app.screen is not self._screen:
            app.pop_screen()
        if isinstance(wanted, Change) and self._screen.walk is not None:
            self._answer(self._screen.walk, wanted.ask)
        elif isinstance(wanted, Repair):
            self._review_only(wanted.changes, "Troubleshooting", partial(self._troubleshoot_again, at, wanted.symptom))
        elif not isinstance(wanted, Change):
            self.open(wanted)

    def _troubleshoot_again(self, at: str, symptom: str, environment: str = "") -> None:
        """Show the step from which troubleshooting was opened, and troubleshooting over it."""
        self._screen.go(at)
        self._screen.call_later(self._screen.app.run_action, f"troubleshoot({str(symptom)!r}, {environment!r})")
