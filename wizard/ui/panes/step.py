"""The pane of one step, made from what the step declares: questions, what is being read, notes, findings."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from wizard.domain.findings import Finding, root_causes_first
from wizard.flow.steps.step import Mark, Note, Step
from wizard.flow.walk import Walk
from wizard.ui import signs
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.finding_row import FindingRow, counted, worth_reading
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.question import Question
from wizard.ui.widgets.waiting import Waiting


class StepPane(Vertical):
    """Shows a step as the walk has it. One question is open at a time; the others are one line each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    class NextPressed(Message):
        """The user wants to go on from this step."""

    class BackPressed(Message):
        """The user wants the step before."""

    class Touched(Message):
        """An answer was given: something may have to be read."""

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(id=f"pane-{step.id}", classes="pane")
        self.walk = walk
        self.step = step
        self.current: Question | None = None
        self.going_on = False
        self.body = VerticalScroll(can_focus=False, classes="body")
        self._title = Title(step)
        self.questions = tuple(Question(walk, ask) for ask in step.asks)
        self._waiting = Waiting(walk)
        self._notes = Aligned(column=2, classes="notes")
        self._judged = Vertical(classes="judged")
        self._rows = Vertical(classes="findings")
        self._rows_of: tuple[Finding, ...] = ()
        self._counted = Static("", markup=False, classes="counted")
        self.next = Button("Next", id="next", compact=True, variant="primary")

    def compose(self) -> ComposeResult:
        yield self._title
        yield Static(self.step.purpose, markup=False, classes="purpose")
        with self.body:
            yield from self.questions
            yield from self.compose_more()
            yield self._notes
            with self._judged:
                yield self._rows
                yield self._counted
        yield self._waiting
        with Horizontal(classes="actions"):
            yield Button("Back", id="back", compact=True)
            yield self.next
            yield Static(classes="spring")
            yield Button("Quit", id="quit", compact=True)

    def compose_more(self) -> ComposeResult:
        """What a special step shows below its questions."""
        yield from ()

    # --- one open question ---------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Puts the user where there is something to do: the open question, the first unanswered one, or Next."""
        self.show()
        if self.current is not None and self.current.display:
            self.current.open()
        else:
            self.advance()

    def advance(self) -> None:
        """Opens the next question without an answer; when there is none, Next is the thing to do."""
        unanswered = self._unanswered()
        after = self.questions.index(self.current) if self.current else -1
        later = [question for question in unanswered if self.questions.index(question) > after]
        question = next(iter(later or unanswered), None)
        self.open_question(question)
        if question is None:
            self.rest()

    def keys(self) -> tuple[Hint, ...]:
        """The keys besides Enter that work in this step, for the line of keys."""
        selects = self.current is not None and self.current.takes_many and self.current.has_focus_within
        space = (Hint("Space", "select", "screen.select"),) if selects else ()
        return (*space, Hint("Esc", "back", "screen.back", spare=True))  # Back is there as a button, too

    def rest(self) -> None:
        """Puts the focus where Enter does what is next when nothing is left to answer."""
        self.next.focus()

    def label_next(self, label: str) -> None:
        """Names the primary button; it is as wide as its name."""
        if str(self.next.label) != label:
            self.next.label = Content(label)
            self.next.refresh(layout=True)

    def leave(self) -> None:
        """Another step is shown now."""

    def press_next(self) -> None:
        """Takes the open question as Enter in it does, and goes on when that was the last one."""
        if self.take_open() and (self.current is None or self.current.waits_for):
            self.post_message(self.NextPressed())

    def take_open(self) -> bool:
        """Takes what is typed, marked or highlighted in the open question. False: it was refused, and says why."""
        question = self.current
        if question is None or not question.display or question.waits_for:
            return True
        if question.take():
            self.go_on_from_answer()
            return True
        question.take_focus()
        return False

    def go_on_from_answer(self) -> None:
        """An answer was taken: what rests on it is read, and the next question is opened."""
        self.post_message(self.Touched())
        self.show()
        self.advance()

    def open_question(self, question: Question | None) -> None:
        if self.current is not None and self.current is not question:
            self.current.fold()
        self.current = question
        if question is not None:
            question.open()
        self._show_questions()

    def open_ask(self, ask_id: str) -> None:
        """Opens one question by its id."""
        for question in self.questions:
            if question.ask.id == ask_id and question.display:
                self.open_question(question)

    def first_missing(self) -> Question | None:
        """The first question without an answer."""
        return next(iter(self._unanswered()), None)

    def ask_for(self, question: Question) -> None:
        """Opens what is still to be answered, and says so."""
        self.open_question(question)
        waits_for = question.waits_for
        question.say(f"This waits for {waits_for}. F5 checks again." if waits_for else "Answer this to go on.")

    def _unanswered(self) -> list[Question]:
        missing = {ask.id for ask in self.walk.missing(self.step)}
        return [question for question in self.questions if question.ask.id in missing]

    @property
    def can_be_saved(self) -> bool:
        """Whether the set-up is whole, so that its file would be of use."""
        return False

    @property
    def request_card(self) -> str:
        """What a colleague with the rights could do for this step; empty when there is nothing to ask for."""
        return self.step.request_card(self.walk.state)

    @property
    def unsaved(self) -> str:
        """The label of a hidden field that holds something not yet taken."""
        return next((question.ask.label for question in self.questions if question.unsaved), "")

    # --- as the walk has it --------------------------------------------------------------------------------------

    def show(self) -> None:
        """Draws everything anew; what is being typed and where the focus is stays."""
        self._show_questions()
        self._title.show(self.walk.mark(self.step))
        self._waiting.show(self.walk.under_way.values())
        self._show_next()
        self._notes.show(tuple(_line(note) for note in self.step.notes(self.walk.state)))
        self._show_findings()

    def _show_questions(self) -> None:
        """Those that apply, one blank line around the open one."""
        applying = {ask.id for ask in self.walk.asks(self.step)}
        shown = [question for question in self.questions if question.ask.id in applying]
        for question in self.questions:
            question.display = question in shown
            question.refresh_state()
        for before, question in zip((None, *shown), shown, strict=False):
            question.set_class(before is not None and (before.is_open or question.is_open), "-apart")

    def _show_next(self) -> None:
        """The primary button: what it is for, and whether it is the thing to do now."""
        reading = self.walk.mark(self.step) is Mark.READING
        self.next.variant = "default" if self.walk.missing(self.step) else "primary"
        self.label_next("Next, when read" if self.going_on and reading else "Next")

    def _show_findings(self) -> None:
        findings = root_causes_first(self.walk.findings_of(self.step))
        rows = worth_reading(findings)
        if rows != self._rows_of:
            self._rows_of = rows
            self._rows.remove_children()
            self._rows.mount_all([FindingRow(finding, whole=finding is rows[0]) for finding in rows])
        summary = counted(findings)
        self._counted.update(summary)
        self._judged.display = bool(rows) or bool(summary)

    def action_scroll(self, by: int) -> None:
        self.body.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        self.body.scroll_relative(y=by * max(1, self.body.size.height - 2), animate=False)

    # --- keys and buttons ----------------------------------------------------------------------------------------

    def on_question_answered(self, event: Question.Answered) -> None:
        event.stop()
        self.go_on_from_answer()

    def on_question_wanted(self, event: Question.Wanted) -> None:
        event.stop()
        if event.question.is_open:
            self.press_next()  # it waits: what keeps it waiting is in the way
        else:
            self.open_question(event.question)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "next":
            event.stop()
            self.press_next()
        elif event.button.id == "back":
            event.stop()
            self.post_message(self.BackPressed())


class Title(Static):
    """The step's title, and how it stands, with glyph and word."""

    def __init__(self, step: Step) -> None:
        super().__init__(markup=False, classes="step-title")
        self._step = step
        self._mark = Mark.TODO

    def show(self, mark: Mark) -> None:
        self._mark = mark
        self.refresh()

    def render(self) -> Content:
        sign = signs.of_mark(self._mark)
        state = f"{sign.glyph} {sign.word}"
        gap = " " * max(1, self.content_size.width - len(self._step.title) - len(state))
        return Content.assemble((self._step.title, "bold"), gap, (state, sign.style))


def _line(note: Note) -> Line:
    return Line(Content.styled(note.mark, signs.style_of_note(note.mark)), note.text)
