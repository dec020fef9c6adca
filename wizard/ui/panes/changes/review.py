"""Review: each change with its value, reason and host; after a yes, the results."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from wizard.domain.answers import Answers
from wizard.domain.planning.change import Change
from wizard.domain.planning.plan import Plan
from wizard.flow.guide import OpenQuestion, accepted_failure, troubles_before, unanswered_before
from wizard.flow.picture import pictures
from wizard.flow.steps.step import Step
from wizard.flow.targets.picked_environments import Group, PickedEnvironments, left_out, review_for_display
from wizard.flow.targets.shared_answers import as_asked, shared_lines
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import ALL_MADE, AS_WANTED, SOME_FAILED
from wizard.flow.writing.plan_rows import (
    already_right_line,
    changes_already_right,
    tally,
    tally_of_results,
    why_by_hand,
)
from wizard.flow.writing.review import review, what_blocks
from wizard.text import count
from wizard.ui.applying import Applying, Part
from wizard.ui.panes.changes import group_lines
from wizard.ui.panes.changes.review_stage import Stage, label
from wizard.ui.panes.picture import PictureView
from wizard.ui.panes.step import StepPane
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.deliberate import DeliberateButton
from wizard.ui.widgets.changes import change_lines
from wizard.ui.widgets.changes.change_list import ChangeList, Entry
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.guidance import after_a_yes, back_to
from wizard.ui.widgets.last_tally import LastTally
from wizard.ui.widgets.steady_text import SteadyText
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.flow.by_hand.coach import Coach


_WITHIN_A_WORD_S = 1.0  # between two letters of a word that is typed


class ReviewPane(StepPane):
    """The plan, always up to date. Enter makes the changes only on the lit button; `y` or Tab lights it."""

    class Approved(Message):
        """The user said yes to exactly these plans: the walk's own environment first, then the others."""

        def __init__(self, groups: tuple[Group, ...]) -> None:
            self.groups = groups
            super().__init__()

    class Repaired(Message):
        """The repair is made, and the user goes back to where it was needed."""

    class BlockRead(Message):
        """The user wants to read the finding that blocks the plan."""

        def __init__(self, check_id: str, walk: Walk) -> None:
            self.check_id, self.walk = check_id, walk
            super().__init__()

    class QuestionWanted(Message):
        """The user wants to answer the question that Review waits for."""

        def __init__(self, wanted: OpenQuestion) -> None:
            self.wanted = wanted
            super().__init__()

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(walk, step)
        self.applying: Applying | None = None
        self._only: tuple[str, ...] = ()  # ids of the changes of a repair; empty for the whole plan
        self._back_to = ""  # title of the step that a repair came from
        self._beside: Target | None = None  # the other environment that a repair is for
        self._before: Answers | None = None  # the answers from before a repair changed one
        self._shown = Plan(())
        self._wanted: OpenQuestion | None = None  # what has to be answered before there is a plan
        self._picked = PickedEnvironments(walk)
        self._groups: tuple[Group, ...] = ()  # this environment and the others; empty where there is just one
        self._stage = Stage.READING
        self._tally = SteadyText(classes="tally")
        self._shared = SteadyText(classes="right")
        self.changes = ChangeList(column=change_lines.COLUMN)
        self._right = Aligned(column=2, classes="right")
        self._picture = PictureView(classes="picture")
        self._again = LastTally(self.body)
        self._verdict = SteadyText(classes="verdict")
        self._letter_at = -math.inf  # event time in seconds of the last letter that wasn't Y
        self.next = self.make = DeliberateButton()

    def compose_more(self) -> ComposeResult:
        yield self._verdict
        yield self._tally
        yield self._shared
        yield self.changes
        yield self._right
        yield self._picture
        yield self._again

    # --- yes -----------------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Focus the button only where Enter changes nothing in the services."""
        if self._stage in {Stage.DONE, Stage.UNANSWERED, Stage.BLOCKED, Stage.BY_HAND, Stage.FAILED}:
            self.make.light()
        else:
            resting = self.body if self.body.can_focus else self.changes
            resting.focus(scroll_visible=False)  # the count above the list stays in view

    def on_key(self, event: events.Key) -> None:
        """Light the button on `y`; unlight it on any other letter, and on an Enter typed before it had the focus.

        This isn't a binding, because bindings run after later keys. A `y` right after another letter, as in a pasted
        word, does nothing.
        """
        if self._stage is not Stage.TO_APPROVE:
            return
        if event.key.lower() != "y":
            self._letter_at = event.time if event.is_printable else -math.inf
            if self.make.is_lit and (event.is_printable or event.key == "enter"):
                self._put_out()
        elif event.time - self._letter_at < _WITHIN_A_WORD_S:
            self._letter_at = -math.inf
        else:
            self.make.light()

    def on_deliberate_button_pressed_too_soon(self, event: DeliberateButton.PressedTooSoon) -> None:
        event.stop()
        self.rest()

    def _put_out(self) -> None:
        self.make.unlight()
        self.rest()

    def _approve(self) -> None:
        """Approve the plans on the screen; if one changed since it was drawn, draw them again instead."""
        own, *others = self._picked.groups(review) if self._groups else self._alone()
        own = replace(own, reviewed=replace(own.reviewed, plan=self._restricted(own.plan)))
        groups = (own, *others)
        if tuple(group.plan for group in groups) == self._plans:
            self.post_message(self.Approved(groups))
        else:
            self.show()

    def _alone(self) -> tuple[Group]:
        """Return the plan of the only environment that is shown, as a group."""
        if self._beside is None:
            return self._picked.own_group(review)
        return (Group(self._beside, review(self._beside.walk)),)

    def repair(
        self, changes: tuple[str, ...], back_to: str, beside: Target | None = None, before: Answers | None = None
    ) -> None:
        """Show only these changes of the plan, until the user goes elsewhere; Next leads back to a step.

        `beside`: the other environment whose plan has the changes. `before`: the answers to restore if nothing is made.
        """
        if not self._is_under_way:
            self.applying, self._only, self._back_to, self._beside = None, changes, back_to, beside
            self._before = before
            self.show()

    @property
    def _planned(self) -> Walk:
        """Return the walk whose plan is shown."""
        return self._beside.walk if self._beside is not None else self.walk

    def leave(self) -> None:
        """Show the whole plan on the next visit."""
        if self._only and not self._is_under_way:
            given_up = self._before if self.applying is None or self.applying.refused else None
            self.applying, self._only, self._beside, self._before = None, (), None, None
            if given_up is not None:
                self.walk.take(given_up)

    @property
    def is_repair(self) -> bool:
        return bool(self._only)

    @property
    def _is_under_way(self) -> bool:
        return self.applying is not None and not self.applying.ended

    def _restricted(self, plan: Plan) -> Plan:
        """Return only the repair's changes of the plan; the whole plan without a repair, or if none of them writes."""
        kept = tuple(change for change in plan.changes if change.id in self._only)
        return replace(plan, changes=kept) if any(change.writes for change in kept) else plan

    @property
    def result(self) -> tuple[object, ...]:
        walk = self._planned
        drawn = pictures(walk.state, walk.session.history)
        return (*super().result, self._restricted(walk.plan()), drawn)

    def press_next(self) -> None:
        match self._stage:
            case Stage.READING | Stage.APPLYING:
                pass
            case Stage.UNANSWERED:
                if self._wanted:
                    self.post_message(self.QuestionWanted(self._wanted))
            case Stage.BLOCKED if self._shown.blocked_by:
                self.post_message(self.BlockRead(self._shown.blocked_by[0], self._planned))
            case Stage.BLOCKED:
                self.call_later(self.app.run_action, "screen.check_again")
            case Stage.TO_APPROVE:
                self._approve()
            case Stage.FAILED:
                self.applying = None
                self.call_later(self.app.run_action, "screen.check_again")
            case Stage.BY_HAND:
                self._open_by_hand()
            case Stage.DONE:
                self.post_message(self.Repaired() if self._only else self.NextPressed())
            case _:
                assert_never(self._stage)

    def keys(self) -> tuple[Hint, ...]:
        if self._stage is Stage.TO_APPROVE and not self.make.has_focus:
            does, short = change_lines.briefly(*self._to_do)
            yes = Hint("Y then Enter", does, "app.simulate_key('y')", short=short, tight=short.partition(" ")[0])
            return (yes, *super().keys())
        return super().keys()

    @property
    def more_spare(self) -> int:
        return 1  # the scrollbar says so too; how to make the changes is said nowhere else

    @property
    def keys_in_help(self) -> tuple[Line, ...]:
        yes = (Line("Y then Enter", "make the changes"),) if self._stage is Stage.TO_APPROVE else ()
        details = (Line("Enter", "show or hide a change's details; on a button, press it"),)
        signs = change_lines.legend(*([group.plan for group in self._groups] or [self._shown]))
        return (*yes, *(details if self.changes.has_details else ()), *signs)

    # --- steps by hand -----------------------------------------------------------------------------------------------

    @property
    def _at_hand(self) -> Part | None:
        return self.applying.at_hand if self.applying else None

    @property
    def _coach(self) -> Coach | None:
        return self._at_hand.coach if self._at_hand else None

    def _open_by_hand(self) -> None:
        from wizard.ui.screens.by_hand import ByHandScreen

        part = self._at_hand
        if part is not None and part.coach is not None:
            screen = ByHandScreen(part.walk, part.coach, self.request_card)
            self.app.push_screen(screen, lambda goes_on: self._leave_by_hand(part, goes_on))

    @property
    def request_card(self) -> str:
        from wizard.flow.by_hand.request_card import segment_request_card

        part = self._at_hand
        return segment_request_card(part.walk.state, part.plan, part.results.values()) if part is not None else ""

    def _leave_by_hand(self, part: Part, goes_on: bool | None) -> None:
        is_left = self._at_hand is not part  # the steps of another environment come next
        if part.coach is not None and part.coach.waiting and part.coach.is_done:
            self.applying = None  # what waited for the steps by hand is a new plan, which needs its own yes
            self.walk.forget_what_is_made()
            self.post_message(self.Touched())
        self.show()
        if goes_on and not is_left:
            self.post_message(self.NextPressed())

    @property
    def can_be_saved(self) -> bool:
        return self._stage in {Stage.DONE, Stage.BY_HAND}

    # --- drawing -------------------------------------------------------------------------------------------------

    def guidance(self) -> tuple[Line, ...]:
        if self._stage is Stage.UNANSWERED:
            return ()  # the question comes next
        before = after_a_yes(self._shown) if self._stage is Stage.TO_APPROVE else ()
        return (*before, *(back_to(self._back_to) if self._only else super().guidance()))

    def show(self) -> None:
        if self.applying is not None and self.applying.is_outdated:
            self.applying = None
        before = self._stage, self._shown, self._groups
        refused = self.applying is not None and self.applying.refused
        self._wanted = None if self._only else unanswered_before(self.walk, self.step)  # a repair needs no more answers
        plan = Plan(()) if self._wanted else self._restricted(self._planned.plan())
        self._shown = self.applying.plan if self.applying and not refused else plan
        self._groups = self._groups_now()
        self._stage = stage = self._stage_now()
        said = self._said()
        self._verdict.say(said)
        self._verdict.display = bool(said)
        self._show_plan()
        if (stage, self._shown, self._groups) != before:
            was_lit = self.make.is_lit  # for the earlier stage or plan; the focus may not have arrived yet
            self.make.unlight()
            if was_lit or self.screen.focused in (self.make, self.changes, self.body):
                self.rest()
            self.call_after_refresh(self.body.scroll_home, animate=False)  # the result is at the top
            if stage is Stage.BY_HAND and self.display and not any(plan.made_at_once for plan in self._plans):
                self._open_by_hand()  # there are no results to read first
        super().show()

    # --- other environments ------------------------------------------------------------------------------------------

    def _groups_now(self) -> tuple[Group, ...]:
        """Return the plan of each environment, and start to read what is missing for them."""
        if self.applying is not None and not self.applying.refused:
            return self.applying.groups if self.applying.others else ()
        if self._only or not self.walk.state.answers.other_environments:
            return ()
        if self.walk.under_way or self._picked.is_reading:
            return self._groups
        if self._picked.update_targets():
            work(self, self._picked.read(), group="read", description="reading for the other environments")
        return self._picked.groups(review_for_display) if self._picked.targets else ()

    @property
    def _plans(self) -> tuple[Plan, ...]:
        return (self._shown, *(group.plan for group in self._groups[1:]))

    @property
    def _to_do(self) -> tuple[Plan, ...]:
        """Return the plans that a yes applies."""
        return tuple(plan for plan in self._plans if plan.pending and not plan.blocked_by)

    def _say_where_next_leads(self) -> None:
        """Do nothing: on this page the plan decides what Next does, not the findings."""

    def _show_next(self) -> None:
        self.make.variant = "default" if self._stage in {Stage.READING, Stage.APPLYING} else "primary"
        self.label_next(label(self._stage, self._to_do, self._back_to if self._only else "", self._shown.blocked_by))

    def _stage_now(self) -> Stage:
        applying = self.applying
        if applying is not None and not applying.refused:
            if not applying.ended:
                return Stage.APPLYING
            return Stage.FAILED if applying.failed else Stage.BY_HAND if applying.by_hand else Stage.DONE
        is_reading = bool(self._planned.under_way) or self._picked.is_reading
        if self._wanted and not is_reading:
            return Stage.UNANSWERED
        if is_reading or not self._shown.changes:
            return Stage.READING if is_reading or not self._shown.blocked_by else Stage.BLOCKED
        if self._shown.blocked_by:
            return Stage.BLOCKED
        if self._to_do:
            return Stage.TO_APPROVE
        return Stage.BLOCKED if any(plan.blocked_by for plan in self._plans) else Stage.DONE

    def _said(self) -> Content:
        applying = self.applying
        refused = applying.refused if applying else ""
        match self._stage:
            case Stage.READING:
                return Content.styled("○ Reading both services.", "$muted")
            case Stage.UNANSWERED:
                return Content.assemble(("! ", "$warning"), str(self._wanted))
            case Stage.BLOCKED:
                if refused:
                    return Content.assemble(("✗ ", "$error"), refused)
                return Content.assemble(("✗ You can't apply this yet: ", "$error"), self._what_blocks())
            case Stage.TO_APPROVE:
                back = f"Esc goes back to {self._back_to}. Then Review shows the whole plan."
                of = f" of {self._beside.title}" if self._beside else ""
                only = f"Only the repair{of} is shown. {back}" if self._only else ""
                said = refused or only or " ".join(troubles_before(self._planned, self.step))
                return Content.assemble(("! ", "$warning"), said) if said else Content("")
            case Stage.APPLYING:
                now = f"{applying.now.host} · {applying.now.doing}" if applying and applying.now else "starting"
                return Content.assemble(("○ ", "$accent"), now)
            case Stage.FAILED:
                return Content.assemble(("✗ ", "$error"), SOME_FAILED)
            case Stage.BY_HAND:
                return Content.assemble(("> ", "$warning"), self._left_by_hand())
            case Stage.DONE:
                return self._said_at_the_end(ALL_MADE if applying and not refused else AS_WANTED)
            case _:
                assert_never(self._stage)

    def _what_blocks(self) -> str:
        blocked = [group for group in self._groups[1:] if group.plan.blocked_by]
        if blocked and not self._shown.blocked_by:
            return f"{blocked[0].title}: {what_blocks(blocked[0].target.walk, blocked[0].plan)}"
        return what_blocks(self._planned, self._shown)

    def _said_at_the_end(self, said: str) -> Content:
        """Say how it ended; a tick alone would hide the problem that the user went on with."""
        left = accepted_failure(self._planned) or left_out(self._groups)
        return Content.assemble(("! ", "$warning"), left) if left else Content.assemble(("✓ ", "$success"), said)

    def _left_by_hand(self) -> str:
        coach, where = self._coach, f"{self._at_hand.group.title}. " if self._groups and self._at_hand else ""
        steps = [step for step in coach.steps if step.change_id] if coach else []
        behind = sum(coach.is_step_done(step) for step in steps) if coach else 0
        done = f"{behind} of {count(len(steps), 'step')} done"
        if coach and behind == len(steps) and not coach.is_done:
            done = "you've marked every step as done, but some aren't visible yet"
        if coach and coach.waiting:
            return f"{where}By hand first: {done}. Then the wizard makes {count(len(coach.waiting), 'change')}."
        return f"{where}The rest is done by hand: {done}."

    def _show_plan(self) -> None:
        plan, groups = self._shown, self._groups
        self._show_rows(group_lines.entries(groups, self.applying) if groups else self._rows(plan))
        right = already_right_line(plan) if not groups else ""
        shared = "\n".join(shared_lines([group.target for group in groups], as_asked)) if groups else ""
        counted = self._counted_changes(plan)
        self._again.say(counted)
        for said, text in ((self._tally, counted), (self._shared, shared)):
            said.say(text)
            said.display = bool(text)
        self._right.show((Line(Content.styled("=", "$muted"), Content.styled(right, "$muted")),) if right else ())
        self._right.display = bool(right)
        walks = [group.target.walk for group in groups if not group.plan.blocked_by] or [self._planned]
        drawn = (one for walk in walks for one in pictures(walk.state, walk.session.history))
        self._picture.show_pictures(tuple(drawn) if plan.changes else ())

    def see_choice(self) -> None:
        super().see_choice()
        self._again.fit()

    def _show_rows(self, rows: tuple[Entry, ...]) -> None:
        """Show the rows; without rows, the page itself takes the focus, which would else go to some button."""
        self.body.can_focus = not rows
        if not rows and self.changes.has_focus:
            self.body.focus(scroll_visible=False)
        self.changes.show_entries(rows)
        if rows and self.body.has_focus:
            self.changes.focus(scroll_visible=False)

    def _counted_changes(self, plan: Plan) -> str:
        applying = self.applying
        if self._groups:
            return group_lines.counted(self._groups, applying)
        if applying is not None and applying.ended and not applying.refused:
            return tally_of_results(plan, applying.results)
        return tally(plan) if plan.changes else ""

    def _rows(self, plan: Plan) -> tuple[Entry, ...]:
        """Return a row for each change, except those already right, which share one line (after an apply too)."""
        return tuple(self._entry(change) for change in plan.changes if change not in changes_already_right(plan))

    def _entry(self, change: Change) -> Entry:
        applying = self.applying
        result = applying.results.get(change.id) if applying else None
        is_now = applying is not None and applying.now is not None and applying.now.id == change.id
        return change_lines.entry(change, result, is_now=is_now, why=why_by_hand(self._shown, change))

    def on_change_list_row_changed(self, event: ChangeList.RowChanged) -> None:
        event.stop()
        self.screen.call_after_refresh(self.walk.changed)  # the key bar says what Enter does
