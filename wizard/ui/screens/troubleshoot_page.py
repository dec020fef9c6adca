"""The page of troubleshooting: the symptoms, a question, or the cause with its fix, and the buttons below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.findings import Finding
from wizard.flow.diagnosing import FirstAction, ask_to_change, first_action
from wizard.flow.walk import Walk
from wizard.flow.words import WHAT_DO_YOU_SEE, notable_findings
from wizard.ui.screens import troubleshoot_lines as lines
from wizard.ui.screens.dialogs.finding import changes
from wizard.ui.widgets import guidance
from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.filling import Filling, page_with
from wizard.ui.widgets.finding_row import FindingRow, counted
from wizard.ui.widgets.lists.copyable import CopyRows
from wizard.ui.widgets.lists.numbered import NumberedChoices
from wizard.ui.widgets.waiting import Waiting

_EXCLUDED_SHOWN = 7  # rows; all causes would distract from the cause that was found
_LOW = 18  # screen rows; with fewer, a question has room for little but its answers
_TALL = 38  # screen rows; with fewer, a long cause would leave no room for the explanation at the foot


class TroubleshootPage(Vertical):
    """Draws the state of a search; the screen handles what the user does."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(classes="pane")
        self._walk = walk
        self._search: Search | None = None  # None where the symptoms are shown
        self._is_fixed = self._is_checking = False
        self._heading = ""
        self._head = Static("", markup=False, classes="step-title")
        self._title = Static("", markup=False, classes="title")
        self._said, self._more = Aligned(column=9, classes="said"), Aligned(column=11, classes="more")
        self.choices, self.values = NumberedChoices(), CopyRows()
        self._rows = Vertical(classes="findings")
        self._counted = Static("", markup=False, classes="counted")
        self._filling = Filling(column=2)
        parts = (self._said, self.choices, self.values, self._more, self._rows, self._counted)
        self.body = page_with(*parts, filling=self._filling)
        self._foot = Aligned(column=8, classes="guidance")
        self._told = Static("", markup=False, classes="told")
        self._waiting = Waiting(walk)
        self.first_action = FirstAction.AGAIN  # what the first button does
        self.first = Button("Close", id="first", variant="primary")
        self._change = Button("", id="change")
        self._again = Button("Check again", id="again")
        self._report = Button("Save a report", id="report")

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._title
        yield self.body
        yield self._foot
        yield self._told
        yield self._waiting
        with Actions(parts=True):
            yield self.first
            yield self._change
            yield self._again
            yield self._report
            yield Button("Close", id="close")

    def on_mount(self) -> None:
        self.set_interval(0.5, self._show_waiting)

    # --- the pages -----------------------------------------------------------------------------------------------

    async def show_symptoms(self, at: Symptom, findings: tuple[Finding, ...]) -> None:
        """Show the symptoms to choose from, and below them the checks so far."""
        self._search, self._is_fixed, self._is_checking = None, False, False
        self._clear("Troubleshooting", WHAT_DO_YOU_SEE)
        self.choices.show(tuple(one.title for one in SYMPTOMS), SYMPTOMS.index(at), enter_does="check it")
        await self._rows.remove_children()
        rows = notable_findings(findings)
        self._more.show(lines.checks_heading(findings))
        await self._rows.mount_all([FindingRow(finding) for finding in rows])
        self._counted.update(counted(findings))
        self._rows.display = self._counted.display = True
        self.choices.focus()

    def show_work(self, about: Symptom, doing: str) -> None:
        """Show that the wizard is reading, as `doing` says."""
        self._is_checking = True
        self._clear(about.title, doing)

    def show_search(self, search: Search, *, is_fixed: bool, is_unfolded: bool) -> None:
        """Show the next question, or the cause; `is_unfolded` with all that was excluded."""
        self._search, self._is_fixed, self._is_checking = search, is_fixed, False
        if isinstance(search.next, Question):
            self._show_question(search.next, search, is_unfolded=is_unfolded)
        else:
            self._show_end(search.next, search, is_unfolded=is_unfolded)

    def _show_question(self, question: Question, search: Search, *, is_unfolded: bool) -> None:
        self._clear(search.about.title, question.text)
        self._said.show(lines.why(question, search))
        self.choices.show(lines.labels(question), enter_does="answer")
        self._unfold_causes(search, is_unfolded=is_unfolded)
        self._order()
        self.choices.focus()

    def _show_end(self, end: Diagnosis, search: Search, *, is_unfolded: bool) -> None:
        self._clear(search.about.title, lines.verdict(end))
        self._order()
        self._said.show(lines.conclusion(end, self._walk.plan(), fixed=self._is_fixed))
        self.values.show(lines.values(end))
        self._unfold_excluded(end, search, is_unfolded=is_unfolded)
        self._show_actions(end)

    def unfold(self, search: Search, *, is_unfolded: bool) -> None:
        """Show the causes in the room that is left, or, unfolded, all of them in full, to scroll to."""
        if isinstance(search.next, Question):
            self._unfold_causes(search, is_unfolded=is_unfolded)
        else:
            self._unfold_excluded(search.next, search, is_unfolded=is_unfolded)

    def _unfold_causes(self, search: Search, *, is_unfolded: bool) -> None:
        """Show, below a question, the causes that are still possible, and those that aren't."""
        beside = lines.unknown_findings(search, self._walk.state.answers)
        causes = lines.remaining_causes(search, below=beside, in_full=is_unfolded)
        self._more.show((*beside, *causes) if is_unfolded else beside)
        self._filling.more, self._filling.most = "and {} more. E shows all.", None
        self._filling.show(() if is_unfolded else causes)

    def _unfold_excluded(self, end: Diagnosis, search: Search, *, is_unfolded: bool) -> None:
        self._more.show(lines.after(end, search, unfolded=is_unfolded))
        self._filling.more, self._filling.most = "and {} more. E shows all.", _EXCLUDED_SHOWN
        self._filling.show(() if is_unfolded else lines.excluded(end.excluded))

    def scroll_to_unfolded(self) -> None:
        """Scroll to what was unfolded, which may be below what is in view."""
        self.call_after_refresh(self.body.scroll_to_widget, self._more, top=True, animate=False)

    def tell(self, mark: str, text: str) -> None:
        """Show the result of the last key in a line above the buttons."""
        self._told.update(
            Content.assemble((f"{mark} " if mark else "", "$success" if mark == "✓" else "$warning"), text)
        )
        self._told.display = bool(text)

    # --- parts of a page -----------------------------------------------------------------------------------------

    def _clear(self, heading: str, title: str) -> None:
        """Begin a page, and hide what belongs to other pages."""
        self._heading = heading
        self._show_head()
        self._show_foot()
        self._title.update(title)
        for part in (self._said, self._more, self._filling):
            part.show(())
        self.choices.show((), enter_does="answer")
        self.values.show(())
        self._rows.display = self._counted.display = False
        for button in (self.first, self._change, self._again, self._report):
            button.display = False
        self.tell("", "")
        self.body.scroll_home(animate=False)
        self._show_waiting()

    @property
    def _now(self) -> Question | Diagnosis | None:
        return self._search.next if self._search else None

    def _show_head(self) -> None:
        asked = len(self._search.given) if self._search else 0
        now = None if self._is_checking else self._now
        width = self._head.content_size.width
        self._head.update(lines.head(self._heading, now, asked, width, fixed=self._is_fixed))

    def _order(self) -> None:
        """Put the answers above the reason for their question, where a low terminal would hide them below it."""
        answers_first = isinstance(self._now, Question) and self.app.size.height < _LOW
        first, then = (self.choices, self._said) if answers_first else (self._said, self.choices)
        shown = [one for one in self.body.children if one in {first, then}]  # neither once the screen closes
        if shown == [then, first]:
            self.body.move_child(first, before=then)

    def _show_foot(self) -> None:
        """Explain the page where there is room for it."""
        self._foot.show(self._guidance() if self.app.size.height >= _TALL else ())

    def _guidance(self) -> lines.Lines:
        if self._is_checking:
            return ()
        match self._now:
            case None:
                return guidance.before_a_search()
            case Question():
                return guidance.during_a_search()
            case Diagnosis() as end:
                return guidance.after_a_search(repairs=bool(end.repair))

    def fit(self) -> None:
        """Place the search's state at the right edge again after a resize, and explain the page or not."""
        if not self.is_attached:
            return  # the screen closed meanwhile
        self._show_head()
        self._show_foot()
        self._order()

    def _show_actions(self, end: Diagnosis) -> None:
        self.first_action, ask = first_action(self._walk, end), ask_to_change(self._walk, end)
        self.first.display = self.first_action not in {FirstAction.AGAIN, FirstAction.REPORT}
        self.first.label = Content(lines.first_button(self.first_action, end, ask))
        self._change.display = ask is not None and self.first_action in {FirstAction.COLLEAGUE, FirstAction.REQUEST}
        self._change.label = Content(changes(ask) if ask else "")
        self._again.display = self._report.display = True
        self._again.variant = "primary" if self.first_action is FirstAction.AGAIN else "default"
        self._report.variant = "primary" if self.first_action is FirstAction.REPORT else "default"
        for button in (self.first, self._change, self._again, self._report):
            button.refresh(layout=True)
        {FirstAction.AGAIN: self._again, FirstAction.REPORT: self._report}.get(self.first_action, self.first).focus()

    def _show_waiting(self) -> None:
        self._waiting.show(self._walk.under_way.values() if self._is_checking else ())
