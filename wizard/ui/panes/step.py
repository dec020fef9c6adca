"""The pane of a step, built from the step's questions, readings, notes and findings."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.domain.answers import AskId
from wizard.domain.findings import Finding, root_causes_first
from wizard.domain.step_id import StepId
from wizard.flow.blocking import blocking_finding
from wizard.flow.guide import answered_first, why_it_waits
from wizard.flow.marks import mark_of
from wizard.flow.steps.step import Mark, Note, Step
from wizard.flow.walk import Walk
from wizard.flow.words import NOTHING_GIVEN, notable_findings
from wizard.flow.writing.repair import repair_of
from wizard.ui.appearance import signs
from wizard.ui.panes.arrow_keys import ArrowKeys
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.widgets import guidance
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.buttons.next_button import NextButton
from wizard.ui.widgets.fields.question import Question
from wizard.ui.widgets.finding_row import FindingRow, counted
from wizard.ui.widgets.finding_rows import FindingRows
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.scrolling import SCROLLING
from wizard.ui.widgets.shrinking import shrinks
from wizard.ui.widgets.step_title import StepTitle
from wizard.ui.widgets.waiting import Waiting

_SEES = "see the problem"
_TO_CONFIRM = Note("An earlier answer changed. Next confirms this step.", "?")


class _Body(VerticalScroll, inherit_bindings=False):
    """The part that scrolls. Its keys go to the page, which knows the lines to move between."""


class StepPane(Vertical, ArrowKeys):
    """The pane of one step. One question is open at a time; the others take one line each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *SCROLLING,
        Binding("ctrl+o", "open_page", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("ctrl+r,r,R", "repair", show=False),  # a letter is text while something is typed
    ]

    with_causes: ClassVar[bool] = False  # whether the rows of findings say the cause, too

    class NextPressed(Message):
        """The user wants to go to the next step."""

    class BackPressed(Message):
        """The user wants to go to the step before."""

    class Touched(Message):
        """An answer was given, so something may have to be read."""

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(id=f"pane-{step.id}", classes="pane")
        self.walk = walk
        self.step = step
        self.current: Question | None = None
        self._is_reopened = False  # whether the user opened a question that can be closed again: Enter needs no answer
        self.going_on = False
        self.body = _Body(can_focus=False, classes="body")
        self._title = StepTitle(step.title)
        self.questions = tuple(Question(walk, ask) for ask in step.asks)
        self.foot = Aligned(column=guidance.COLUMN, classes="guidance")
        shrinks(self.body, self._gives, self.foot)
        self._waiting = Waiting(walk)
        self._notes = Aligned(column=2, classes="notes")
        self._judged = Vertical(classes="judged")
        self.rows = FindingRows(with_causes=self.with_causes, leave=self._leave_the_row)
        self._summary = Content("")
        self._counted = Static("", markup=False, classes="counted")
        self.next = NextButton()

    def compose(self) -> ComposeResult:
        yield self._title
        yield Static(self.step.purpose, markup=False, classes="purpose")
        with self.body:
            yield from self.compose_body()
            yield self.foot
        yield self._waiting
        with Actions(parts=True):
            yield Button("Back", id="back")
            yield self.next
            yield Button("Quit", id="quit")

    def compose_body(self) -> ComposeResult:
        """Compose what scrolls; a subclass may want another order."""
        yield from self.questions
        yield from self.compose_more()
        yield self._notes
        with self._judged:
            yield self.rows
            yield self._counted

    def compose_more(self) -> ComposeResult:
        """Compose what a subclass shows below the questions."""
        yield from ()

    def on_mount(self) -> None:
        if isinstance(self.screen, KeyedScreen):
            self.screen.follow(self.body)

    # --- one open question ---------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Focus what there is to do: the open question, the first unanswered one, or Next."""
        self.show()
        if self.current is not None and self.current.display:
            self.current.open()
            self.call_after_refresh(self.see_choice)
        else:
            self.advance()

    def advance(self) -> None:
        """Open the next unanswered question, or focus what Enter should do when there is none."""
        unanswered = self._unanswered()
        after = self.questions.index(self.current) if self.current else -1
        later = [question for question in unanswered if self.questions.index(question) > after]
        question = next(iter(later or unanswered), None)
        self.open_question(question)
        if question is None:
            self.rest()

    @property
    def finding_rows(self) -> tuple[FindingRow, ...]:
        return self.rows.shown

    @property
    def can_repair(self) -> bool:
        return any(row.repair for row in self.finding_rows)

    def action_repair(self) -> None:
        """Repair the highlighted finding, else the first finding of this step that the wizard can repair."""
        row = next((row for row in self.finding_rows if row.repair), None)
        if row is not None:
            row.action_repair()

    def keys(self) -> tuple[Hint, ...]:
        """Return the keys besides Enter that work in this step."""
        selects = self.current is not None and self.current.can_select and self.current.has_focus_within
        space = (Hint("Space", "select", "screen.select"),) if selects else ()
        needs_a_choice = self.current is not None and self.current.needs_a_choice and self.current.has_focus_within
        chooses = self.current is not None and self.current.can_choose and self.current.has_focus_within
        does = "choose one" if needs_a_choice else "choose"
        choose = (Hint("↑↓", does, "app.simulate_key('down')"),) if needs_a_choice or chooses else ()
        makes_a_token = self.current is not None and self.current.is_secret
        page = (Hint("Ctrl+O", "open page", "screen.open_page", spare=3),) if makes_a_token else ()
        # Esc may be left out of the bar (`spare`): there is a Back button too
        is_filtered = self.current is not None and self.current.is_filtered
        escapes = "clear the filter" if is_filtered else "close" if self._is_reopened else "back"
        return (
            *space,
            *choose,
            *page,
            *self.arrow_keys(),
            Hint("Esc", escapes, "screen.back", spare=1, short=escapes.partition(" ")[0]),
        )

    @property
    def keys_in_help(self) -> tuple[Line, ...]:
        """Return the keys of this page alone that F1 lists."""
        return ()

    @property
    def page(self) -> str:
        """Return the address of the page that the open question is about; empty for none."""
        return self.current.ask.help.link if self.current is not None else ""

    def action_open_page(self) -> None:
        if self.page:
            self.app.open_url(self.page)

    def rest(self) -> None:
        """Focus what Enter should do when every question is answered."""
        self.next.focus()

    def label_next(self, label: str) -> None:
        self.next.relabel(label)

    async def look_again(self) -> None:
        """Poll at once what the step watches besides its readings; does nothing here."""

    def leave(self) -> None:
        """Prepare for another step being shown; does nothing here."""

    @property
    def result(self) -> tuple[object, ...]:
        """Return what the page shows of the step's readings, to compare before and after another read."""
        return (*(one.summary for one in self.walk.findings_of(self.step)), *self.step.notes(self.walk.state))

    def press_next(self) -> None:
        """Take the open question's answer as Enter does, and go on after the last one."""
        if self.take_open() and (self.current is None or self.current.waits_for):
            self.post_message(self.NextPressed())

    @property
    def is_repair(self) -> bool:
        """Return whether the page shows a repair, which leads back to where it was wanted."""
        return False

    def take_open(self) -> bool:
        """Take what is typed, marked or highlighted; return False when the question refused it and says why."""
        question = self.current
        if question is None or not question.display or question.waits_for:
            return True
        if question.take():
            self.go_on_from_answer()
            return True
        question.take_focus()
        return False

    def go_on_from_answer(self) -> None:
        """Read what depends on the answer, and open the next question."""
        self.post_message(self.Touched())
        self.show()
        self.advance()

    def close_first(self) -> bool:
        """Clear the filter, else close a question that the user opened; return False without either."""
        if self.current is not None and self.current.clear_filter():
            return True
        if self.current is None or not self._is_reopened:
            return False
        self.current.drop_what_was_given()
        self.advance()
        return True

    def open_question(self, question: Question | None) -> None:
        self._is_reopened = False
        if self.current is not None and self.current is not question:
            self.current.fold()
        self.current = question
        if question is not None:
            question.open()
            if question.ask.evidence:
                self.post_message(self.Touched())
            self.call_after_refresh(self.see_choice)
        self._show_questions()

    def open_ask(self, ask_id: AskId) -> None:
        """Open the question with that id."""
        for question in self.questions:
            if question.ask.id == ask_id and question.display:
                self.open_question(question)

    def first_missing(self) -> Question | None:
        """Return the first question without an answer."""
        return next(iter(self._unanswered()), None)

    def ask_for(self, question: Question) -> None:
        """Open the first unanswered question, and say that it needs an answer."""
        self.open_question(question)
        waits_for = question.waits_for
        question.say(f"This waits for {waits_for}. F5 checks again." if waits_for else NOTHING_GIVEN)

    def _unanswered(self) -> list[Question]:
        missing = {ask.id for ask in self.walk.missing(self.step)}
        return [question for question in self.questions if question.ask.id in missing]

    @property
    def can_be_saved(self) -> bool:
        """Return whether the setup is complete enough to save as a file."""
        return False

    @property
    def request_card(self) -> str:
        """Return a request for a colleague with the rights for this step; empty when nothing needs one."""
        return self.step.request_card(self.walk.state)

    @property
    def unsaved(self) -> str:
        """Return the label of a question with something in its field that wasn't taken."""
        return next((question.ask.label for question in self.questions if question.unsaved), "")

    def show_place(self, place: str) -> None:
        """Show which step this is in the title, where there is no rail."""
        self._title.show_place(place)

    # --- drawing -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Draw everything again; typed text and the focus stay."""
        self._say_where_next_leads()
        self._show_questions()
        self._title.show(mark_of(self.step, self.walk))
        self._waiting.show(self.walk.under_way.values())
        self._show_next()
        self._notes.show(tuple(_line(note) for note in self.notes()))
        self._show_findings()
        self._order_judged()
        self.foot.show(self.guidance())

    def notes(self) -> tuple[Note, ...]:
        notes = self.step.notes(self.walk.state)
        has_answers = self.step.id not in {StepId.REVIEW, StepId.FIRST_SYNC}
        is_to_confirm = has_answers and mark_of(self.step, self.walk) is Mark.CHANGED
        return (_TO_CONFIRM, *notes) if is_to_confirm else notes

    def _order_judged(self) -> None:
        """Put a problem above what follows from the answers, where a low terminal would hide it below that."""
        problem_first = self.is_low and any(row.finding.blocks for row in self.finding_rows)
        first, then = (self._judged, self._notes) if problem_first else (self._notes, self._judged)
        shown = [one for one in self.body.children if one in {first, then}]  # a subclass may have another order
        if shown == [then, first]:
            self.body.move_child(first, before=then)

    @property
    def is_low(self) -> bool:
        """Return whether the terminal has so few rows that what matters most comes first, in few words."""
        return self.screen.has_class("-short") or self.screen.has_class("-tiny")

    def guidance(self) -> tuple[Line, ...]:
        """Return the explanations at the foot, for a page with room to spare."""
        steps = self.walk.steps
        after = next((then for step, then in pairwise(steps) if step is self.step), None)
        return guidance.guidance(self.current.ask if self.current else None, after)

    def _show_questions(self) -> None:
        """Show the questions that apply, with a blank line around the open one."""
        applying = {ask.id for ask in self.walk.asks(self.step)}
        shown = [question for question in self.questions if question.ask.id in applying]
        for question in self.questions:
            question.display = question in shown
            question.refresh_state()
        for before, question in zip((None, *shown), shown, strict=False):
            question.set_class(before is not None and (before.is_open or question.is_open), "-apart")

    def _show_next(self) -> None:
        """Update the primary button: its label, and whether it is the next thing to press."""
        reading = mark_of(self.step, self.walk) is Mark.READING
        self.next.variant = "default" if self.walk.missing(self.step) else "primary"
        self.label_next("Next, when read" if self.going_on and reading else "Next")

    def _say_where_next_leads(self) -> None:
        """Let the key bar say whether Next leads to another step's question, or to a problem that stops it."""
        missing = self.first_missing()
        elsewhere = answered_first(self.walk, missing.ask) if missing is not None else None
        is_stopped = (
            blocking_finding(self.walk, self.step)
            if missing is None
            else missing.waits_for and why_it_waits(self.walk, self.step)
        )
        self.next.leads_to = f"go to {elsewhere[0].title}" if elsewhere else _SEES if is_stopped else ""
        if missing is not None:
            missing.next_does = self.next.leads_to or "next"

    def _show_findings(self) -> None:
        findings = root_causes_first(self.walk.findings_of(self.step))
        rows = (*self.notable_findings(findings), *self._why_it_waits(findings))
        repairs = tuple(str(repair_of(self.walk, finding) or "") for finding in rows)
        self.rows.show(rows, repairs)
        summary = counted(findings)
        if summary != self._summary:
            self._summary = summary
            self._counted.update(summary)
        self.rows.display, self._counted.display = bool(rows), bool(summary)
        self._judged.display = bool(rows) or bool(summary)

    def notable_findings(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings that the page shows in full; the others are counted."""
        return notable_findings(findings)

    def _why_it_waits(self, shown: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the finding of another step that keeps a question from being asked, or asked again."""
        waits = any(question.display and question.waits_for for question in self.questions)
        keeps = why_it_waits(self.walk, self.step) if waits else None
        return (keeps,) if keeps is not None and keeps not in shown else ()

    def _leave_the_row(self) -> None:
        """Focus the open question or the way on, once the focused finding is gone."""
        if self.current is not None and self.current.display:
            self.current.take_focus()
        else:
            self.rest()

    # --- room ----------------------------------------------------------------------------------------------------

    @property
    def scrolled(self) -> VerticalScroll:
        return self.body

    def _gives(self, height: int) -> tuple[Question | None, int]:
        """Return the open question, and by how many rows its list can shrink to make room for what is below."""
        return self.current, self.current.gives(height) if self.current else 0

    @property
    def has_more(self) -> bool:
        return super().has_more or (self.current is not None and self.current.list_has_more)

    def action_page(self, by: int) -> None:
        """Scroll the page; when all of it is in view, move in the open list instead, as the key bar says."""
        scrolls = self.body.scroll_offset.y > 0 if by < 0 else super().has_more
        if scrolls or self.current is None or not self.current.page_list(by):
            super().action_page(by)

    @property
    def more_spare(self) -> int:
        """Return whether the key bar may leave out PgDn, as `Hint.spare` says."""
        return 0

    def more(self, action: str) -> tuple[Hint, ...]:
        """Return the hint for PgDn; it's easier to leave out where only a list scrolls, which has a scrollbar."""
        spare = self.more_spare if super().has_more else 3
        return tuple(hint._replace(spare=spare) for hint in super().more(action))

    @property
    def _list_scrolls(self) -> bool:
        return self.current is not None and self.current.list_scrolls

    def see_choice(self) -> None:
        """Scroll the open question into view, or at least the row that Enter takes.

        While a list scrolls, the page has no scrollbar: the list has one.
        """
        cells = 0 if self._list_scrolls else None
        if self.body.styles.inline.get_rule("scrollbar_size_vertical", None) != cells:  # setting it lays out the page
            self.body.styles.scrollbar_size_vertical = cells
            self.call_after_refresh(self._scroll_to_choice)  # again, since lines wrap at another width
        self._scroll_to_choice()

    def _scroll_to_choice(self) -> None:
        if self.current is not None:
            whole = self.current.virtual_region
            height = self.body.size.height
            wanted = whole if whole.height <= height else self.current.place(height).translate(whole.offset)
            self.body.scroll_to_region(wanted, animate=False, immediate=True)

    def on_resize(self) -> None:
        self._order_judged()
        self.call_after_refresh(self.see_choice)

    def on_question_mistake_shown(self, event: Question.MistakeShown) -> None:
        event.stop()
        self.call_after_refresh(self.see_choice)

    def on_question_highlighted(self, event: Question.Highlighted) -> None:
        event.stop()
        self.call_after_refresh(self.see_choice)
        if isinstance(self.screen, KeyedScreen):
            self.screen.show_keys()  # which name what Enter takes

    # --- keys and buttons ----------------------------------------------------------------------------------------

    def on_question_answered(self, event: Question.Answered) -> None:
        event.stop()
        self.go_on_from_answer()

    def on_question_open_requested(self, event: Question.OpenRequested) -> None:
        event.stop()
        if event.question.is_open:
            self.press_next()  # Next waits: show what it waits for
        else:
            self._leave_open_question()
            self.open_question(event.question)
            self._is_reopened = event.question.is_answered or event.question.ask.optional

    def _leave_open_question(self) -> None:
        """Take what was chosen in the open question: folding it would lose the choice."""
        if self.current is not None and self.current.display:
            self.current.take_what_was_chosen()
            self.post_message(self.Touched())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "next":
            event.stop()
            self.press_next()
        elif event.button.id == "back":
            event.stop()
            self.post_message(self.BackPressed())


def _line(note: Note) -> Line:
    return Line(Content.styled(note.mark, signs.style_of_note(note.mark)), note.text)
