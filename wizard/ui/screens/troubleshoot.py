"""Guided troubleshooting: from a symptom, through checks and questions, to one cause and its fix."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from wizard.domain.answers import Answers
from wizard.domain.diagnosis.causes.members.too_few import COUNT
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import YES, Question
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS, symptom_named
from wizard.domain.findings import Finding, root_causes_first
from wizard.flow.by_hand import colleague
from wizard.flow.by_hand.step import HandValue
from wizard.flow.diagnosing import (
    Way,
    ask_for_evidence,
    ask_to_change,
    first_way,
    read_what_was_agreed_to,
    search_for_cause,
)
from wizard.flow.handouts.fix_request import fix_request
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.flow.words import SAME_RESULT, WHAT_DO_YOU_SEE, worth_reading
from wizard.ui.panes import guidance
from wizard.ui.screens import troubleshoot_lines as lines
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.base.on_top import OnTop
from wizard.ui.screens.dialogs.finding import changes
from wizard.ui.screens.finding_actions import CHECKED, DONE_BY_A_COLLEAGUE
from wizard.ui.screens.handouts.plain_text import show_request_card
from wizard.ui.screens.handouts.work_shown import has_work, show_work
from wizard.ui.screens.walk_lines import where_it_points
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.filling import Filling, page_with
from wizard.ui.widgets.finding_row import FindingRow, counted
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine
from wizard.ui.widgets.lists.copyable import CopyRows
from wizard.ui.widgets.lists.numbered import Numbered, NumberedChoices
from wizard.ui.widgets.scrolling import Scrolls
from wizard.ui.widgets.waiting import Waiting
from wizard.ui.work import work


@dataclass(frozen=True)
class Repair:
    """The user wants to review these changes of the plan, by their ids."""

    changes: tuple[str, ...]
    symptom: str = ""  # to come back to


@dataclass(frozen=True)
class Change:
    """The user wants to change the answer to this question of the wizard."""

    ask: Ask


Wish: TypeAlias = Finding | Repair | Change
_EXCLUDED_SHOWN = 7  # rows: all of them would drown the cause, which is what the page is about
_LOW = 18  # rows of a screen below which a question has room for its answers, and hardly for more
_TALL = 38  # rows of a screen in which a long cause still has its room above what comes next


class TroubleshootScreen(OnTop[Wish | None], Scrolls, KeyedScreen[Wish | None]):
    """The troubleshooting screen; closes with what the user wants to do."""

    AUTO_FOCUS = None

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("f1,question_mark", "help", "Help", show=False),
        Binding("f2", "leave", "Close", show=False),
        Binding("f5", "check_again", "Check again", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("o,O", "open_page", "Open the page", show=False),
        Binding("c,C", "copy_link", "Copy the link", show=False),
        Binding("w,W", "show_work", "Show your work", show=False),
        Binding("s,S", "save_report", "Save a report", show=False),
        Binding("e,E", "unfold", "What was excluded", show=False),
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, walk: Walk, *, symptom: str = "", applying: bool = False) -> None:
        super().__init__()
        self._walk = walk
        self._applying = applying  # an apply in progress: what it changes isn't read again meanwhile
        self._symptom = symptom_named(symptom) or SYMPTOMS[0]
        self._guide: Search | None = None
        self._is_fixed = False  # the cause that was shown is gone
        self._is_unfolded = False  # whether what was excluded is shown, too
        self._checking = False
        self._news = Content("")
        self._title_line = TitleLine()
        self._heading = ""
        self._head = Static("", markup=False, classes="step-title")
        self._title = Static("", markup=False, classes="title")
        self._said, self._more = Aligned(column=9, classes="said"), Aligned(column=11, classes="more")
        self.choices, self.values = NumberedChoices(), CopyRows()
        self._rows = Vertical(classes="findings")
        self._counted = Static("", markup=False, classes="counted")
        self._filling = Filling(column=2)
        parts = (self._said, self.choices, self.values, self._more, self._rows, self._counted)
        self._body = page_with(*parts, filling=self._filling)
        self._foot = Aligned(column=8, classes="guidance")
        self._waiting = Waiting(walk)
        self._told = Static("", markup=False, classes="told")
        self.first = Button("Close", id="first", variant="primary")
        self._way = Way.AGAIN  # what the first button does
        self._change = Button("", id="change")
        self._again = Button("Check again", id="again")
        self._report = Button("Save a report", id="report")

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield Hairline()
        with Vertical(classes="pane"):
            yield self._head
            yield self._title
            yield self._body
            yield self._foot
            yield self._told
            yield self._waiting
            with Actions(parts=True):
                yield self.first
                yield self._change
                yield self._again
                yield self._report
                yield Button("Close", id="close")
        yield Hairline()
        yield self.hints

    async def on_mount(self) -> None:
        self._title_line.show(where_it_points(self._walk))
        self.follow(self._body)
        self.set_interval(0.5, self._show_waiting)
        await self._show_start()

    # --- from the symptom to the cause ---------------------------------------------------------------------------

    @property
    def _now(self) -> Question | Diagnosis | None:
        return self._guide.next if self._guide else None

    @property
    def _finding(self) -> Finding | None:
        """Return the finding that tells of the cause."""
        return self._now.finding if isinstance(self._now, Diagnosis) else None

    def action_check_again(self) -> None:
        self._check_after("")

    def _check_after(self, said: str) -> None:
        if not self._checking:
            work(self, self._check(said), group="check", exclusive=True, description="running the checks")

    async def _check(self, said: str) -> None:
        """Read both services again, and ask again what a cause rests on. Where an end was shown, say what came of it.

        The other answers stay.
        """
        before, self._checking = self._now, True
        self._show_checking()
        if not self._walk.accepted and self._walk.session.saved.answers != Answers():
            self._walk.resume()
        ask_for_evidence(self._walk, self._symptom)
        await self._waited_for(self._walk.read() if self._applying else self._walk.read_again())
        guide = self._guide.asked_anew() if self._guide and isinstance(before, Diagnosis) else self._guide
        self._guide = search_for_cause(self._walk, self._symptom, guide.given if guide else {})
        self._is_fixed = lines.is_fixed(before, self._now) or (self._is_fixed and self._now == before)
        self._show_step()
        if isinstance(before, Diagnosis):
            self._tell("✓", said or (SAME_RESULT if self._now == before else CHECKED))

    async def _waited_for(self, read: Coroutine[Any, Any, None]) -> None:
        """Read; after a mistake of the wizard's own another check can begin, too."""
        try:
            await read
        except Exception:
            self._checking = False
            raise
        self._checking = False

    def _answer(self, guide: Search) -> None:
        """Go on with another answer; one that agrees to a reading waits for it."""
        self._guide = guide
        if guide.given.get(COUNT.id) == YES and guide.evidence.can_be_counted:
            work(self, self._count(guide.given), group="check", exclusive=True, description="counting the members")
        else:
            self._show_step()

    async def _count(self, given: Given) -> None:
        self._checking = True
        self._show(self._symptom.title, "The members are being counted.")
        await self._waited_for(read_what_was_agreed_to(self._walk, given))
        self._guide = search_for_cause(self._walk, self._symptom, given)
        self._show_step()

    async def action_back(self) -> None:
        if self._checking:
            self.workers.cancel_group(self, "check")
            self._checking = False
        if self._guide is None:
            self.dismiss(None)
        elif self._guide.given:
            self._guide = self._guide.back()
            self._show_step()
        else:
            await self._show_start()

    def action_help(self) -> None:
        from wizard.ui.screens.dialogs.help import TROUBLESHOOT_KEYS, HelpScreen

        self.app.push_screen(HelpScreen("Troubleshooting", None, TROUBLESHOOT_KEYS))

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_numbered_picked(self, event: Numbered.Picked) -> None:
        event.stop()
        self.action_take(event.index)

    def action_take(self, index: int) -> None:
        """Take a number: of a symptom, of an answer, or of a value to copy."""
        now = self._now
        if self.choices.display and index < self.choices.rows:
            if isinstance(now, Question) and self._guide:
                self._answer(self._guide.answered(now.choices[index].id))
            else:
                self._symptom = SYMPTOMS[index]
                self.action_check_again()
        elif self.values.display and index < self.values.rows:
            work(self, self._copy_value(index, self.values.values[index]), group="copy", description="copying a value")

    # --- drawing -------------------------------------------------------------------------------------------------

    async def _show_start(self) -> None:
        """Show the symptoms to choose from, and below them the checks so far."""
        self._guide, self._is_unfolded, self._is_fixed = None, False, False
        findings = root_causes_first(self._walk.findings)
        self._show("Troubleshooting", WHAT_DO_YOU_SEE)
        at = SYMPTOMS.index(self._symptom)
        self.choices.show(tuple(one.title for one in SYMPTOMS), at, enter_does="check it")
        await self._rows.remove_children()
        rows = worth_reading(findings)
        self._more.show(lines.checked_so_far(findings))
        await self._rows.mount_all([FindingRow(finding) for finding in rows])
        self._counted.update(counted(findings))
        self._rows.display = self._counted.display = True
        self.choices.focus()
        self.show_keys_soon()

    def _show_checking(self) -> None:
        self._show(self._symptom.title, "The checks that matter are being run.")

    def _show_step(self) -> None:
        now, guide = self._now, self._guide
        if guide is None or now is None:
            return
        if isinstance(now, Question):
            said = lines.why(now, guide)
            self._show(guide.about.title, now.text, said=said, choices=lines.labels(now))
            beside = lines.beside(guide, self._walk.state.answers)
            self._more.show(beside)
            self._filling.more, self._filling.most = "and {} more", None
            self._filling.show(lines.so_far(guide, below=beside))
            self._order()
            self.choices.focus()
        else:
            self._order()
            said = lines.conclusion(now, self._walk.plan(), fixed=self._is_fixed)
            self._show(guide.about.title, lines.verdict(now), said=said)
            self.values.show(lines.values(now))
            self._show_rest(now, guide)
            self._show_actions(now)

    def _show_rest(self, end: Diagnosis, guide: Search) -> None:
        """Show what was excluded where there is room; unfolded in full, and to be scrolled to."""
        self._more.show(lines.after(end, guide, unfolded=self._is_unfolded))
        self._filling.more, self._filling.most = "and {} more. E shows all.", _EXCLUDED_SHOWN
        self._filling.show(() if self._is_unfolded else lines.excluded(end.excluded))

    def _show(self, head: str, title: str, *, said: lines.Lines = (), choices: tuple[str, ...] = ()) -> None:
        """Show one page, and hide what belongs to other pages."""
        self._heading = head
        self._show_head()
        self._show_foot()
        self._title.update(title)
        self._said.show(said)
        self.choices.show(choices, enter_does="answer")
        self.values.show(())
        self._more.show(())
        self._filling.show(())
        self._rows.display = self._counted.display = False
        for button in (self.first, self._change, self._again, self._report):
            button.display = False
        self._tell("", "")
        self.show_keys()
        self._body.scroll_home(animate=False)
        self._show_waiting()

    def _show_head(self) -> None:
        asked = len(self._guide.given) if self._guide else 0
        now = None if self._checking else self._now
        width = self._head.content_size.width
        self._head.update(lines.head(self._heading, now, asked, width, fixed=self._is_fixed))

    def _order(self) -> None:
        """Put the answers above the reason for their question, where a low terminal would hide them below it."""
        answers_first = isinstance(self._now, Question) and self.size.height < _LOW
        first, then = (self.choices, self._said) if answers_first else (self._said, self.choices)
        shown = [one for one in self._body.children if one in {first, then}]  # neither once the screen closes
        if shown == [then, first]:
            self._body.move_child(first, before=then)

    def _show_foot(self) -> None:
        """Explain the page where there is room for it."""
        self._foot.show(self._guidance() if self.size.height >= _TALL else ())

    def _guidance(self) -> lines.Lines:
        if self._checking:
            return ()
        match self._now:
            case None:
                return guidance.before_a_search()
            case Question():
                return guidance.during_a_search()
            case Diagnosis() as end:
                return guidance.after_a_search(repairs=bool(end.repair))

    def on_resize(self) -> None:
        """Place the search's state at the right edge again, and explain the page or not."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        self._show_head()
        self._show_foot()
        self._order()

    def keys(self) -> tuple[Hint, ...]:
        more = (Hint("PgDn", "more", "screen.scroll(8)"),) if self.has_more else ()
        return (*more, *lines.keys(self._now, has_work=self._has_work, checking=self._checking))

    @property
    def _has_work(self) -> bool:
        return self._finding is not None and has_work(self._walk, self._finding)

    def _show_actions(self, end: Diagnosis) -> None:
        self._way, ask = first_way(self._walk, end), ask_to_change(self._walk, end)
        self.first.display = self._way not in {Way.AGAIN, Way.REPORT}
        self.first.label = Content(lines.first_button(self._way, end, ask))
        self._change.display = ask is not None and self._way in {Way.COLLEAGUE, Way.REQUEST}
        self._change.label = Content(changes(ask) if ask else "")
        self._again.display = self._report.display = True
        self._again.variant = "primary" if self._way is Way.AGAIN else "default"
        self._report.variant = "primary" if self._way is Way.REPORT else "default"
        for button in (self.first, self._change, self._again, self._report):
            button.refresh(layout=True)
        {Way.AGAIN: self._again, Way.REPORT: self._report}.get(self._way, self.first).focus()

    def _show_waiting(self) -> None:
        self._waiting.show(self._walk.under_way.values() if self._checking else ())

    def _tell(self, mark: str, text: str) -> None:
        self._told.update(
            Content.assemble((f"{mark} " if mark else "", "$success" if mark == "✓" else "$warning"), text)
        )
        self._told.display = bool(text)
        self.call_after_refresh(self.show_keys)  # the line takes room: there may be more below now

    @property
    def scrolled(self) -> Widget:
        return self._body

    # --- what the user can do ----------------------------------------------------------------------------------------

    def on_finding_row_opened(self, event: FindingRow.Opened) -> None:
        event.stop()
        self.dismiss(event.finding)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "first":
            self._press_first()
        elif event.button.id == "change":
            self._leave_to_change()
        elif event.button.id == "again":
            self.action_check_again()
        elif event.button.id == "report":
            self.action_save_report()
        else:
            self.dismiss(None)

    def _press_first(self) -> None:
        end = self._now
        if not isinstance(end, Diagnosis):
            return
        if self._way is Way.REPAIR:
            self.dismiss(Repair(end.repair, self._symptom.id))
        elif self._way is Way.COLLEAGUE:
            colleague.end(self._walk, end)
            self._check_after(DONE_BY_A_COLLEAGUE)
        elif self._way is Way.REQUEST:
            show_request_card(self.app, fix_request(end, self._walk.state))
        elif self._way is Way.PAGE:
            self.action_open_page()
        else:
            self._leave_to_change()

    def _leave_to_change(self) -> None:
        ask = ask_to_change(self._walk, self._now) if isinstance(self._now, Diagnosis) else None
        if ask is not None:
            self.dismiss(Change(ask))

    @property
    def _link(self) -> str:
        now = self._now
        return now.links[0] if isinstance(now, Diagnosis) and now.links else ""

    def action_open_page(self) -> None:
        if self._link:
            self.app.open_url(self._link)

    def action_copy_link(self) -> None:
        if self._link:
            work(self, self._copy("The link", self._link), group="copy", description="copying the link")

    async def _copy_value(self, index: int, value: HandValue) -> None:
        await self._copy(value.label, value.text)
        if self.values.values[index : index + 1] == (value,):
            self.values.copied(index)

    async def _copy(self, label: str, text: str) -> None:
        self._tell("✓", f"{label}: {await copy(self.app, text)}")

    def action_show_work(self) -> None:
        if self._finding is not None:
            show_work(self.app, self._walk, self._finding)

    def action_unfold(self) -> None:
        """Show what was excluded and why, or hide it again."""
        now = self._now
        if isinstance(now, Diagnosis) and self._guide is not None and now.excluded:
            self._is_unfolded = not self._is_unfolded
            self._show_rest(now, self._guide)
            self._tell("", "")
            if self._is_unfolded:  # it may be below what is in view
                self.call_after_refresh(self._body.scroll_to_widget, self._more, top=True, animate=False)

    def action_save_report(self) -> None:
        from wizard.ui.screens.handouts.report import ReportScreen

        self.app.push_screen(ReportScreen(self._walk), lambda told: self._tell("✓", told) if told else None)
