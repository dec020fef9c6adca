"""Guided troubleshooting: from a symptom, through checks and questions, to one cause and its fix."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from wizard.domain.diagnosis.causes.members.too_few import COUNT
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.evidence.gathered import Keys
from wizard.domain.diagnosis.question import YES, Question
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS, symptom_named
from wizard.domain.findings import Finding, root_causes_first
from wizard.flow.by_hand import colleague
from wizard.flow.by_hand.step import HandValue
from wizard.flow.diagnosing import (
    FirstAction,
    ask_for_evidence,
    ask_to_change,
    read_what_was_agreed_to,
    resume_what_is_saved,
    search_for_cause,
)
from wizard.flow.handouts.fix_request import fix_request
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.flow.words import CHECKED, DONE_BY_A_COLLEAGUE, SAME_RESULT
from wizard.ui.screens import troubleshoot_lines as lines
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.screens.dialogs.name_user import NameUserScreen
from wizard.ui.screens.handouts.plain_text import show_request_card
from wizard.ui.screens.handouts.requests_shown import has_requests, show_requests
from wizard.ui.screens.troubleshoot_page import TroubleshootPage
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.finding_row import FindingRow
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine, place_line
from wizard.ui.widgets.lists.numbered import Numbered
from wizard.ui.widgets.scrolling import Scrolls
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


KEYS = Keys(send_again="Ctrl+P in First sync", name_user="U")
FollowUp: TypeAlias = Finding | Repair | Change


class TroubleshootScreen(SelfClosingScreen[FollowUp | None], Scrolls, KeyedScreen[FollowUp | None]):
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
        Binding("u,U", "name_user", "Name the user", show=False),
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, walk: Walk, *, symptom: str = "", applying: bool = False) -> None:
        super().__init__()
        self._walk = walk
        self._applying = applying  # whether an apply is in progress: then what it changes isn't read again
        self._symptom = symptom_named(symptom) or SYMPTOMS[0]
        self._guide: Search | None = None
        self._is_fixed = False  # whether the cause that was shown is gone
        self._is_unfolded = False  # whether what was excluded is shown, too
        self._checking = False
        self._title_line = TitleLine()
        self.page = TroubleshootPage(walk)

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield Hairline()
        yield self.page
        yield Hairline()
        yield self.hints

    async def on_mount(self) -> None:
        self._title_line.show(place_line(self._walk))
        self.follow(self.page.body)
        await self._show_start()

    # --- from the symptom to the cause ---------------------------------------------------------------------------

    @property
    def _now(self) -> Question | Diagnosis | None:
        return self._guide.next if self._guide else None

    @property
    def _finding(self) -> Finding | None:
        """Return the finding behind the cause; None without one."""
        return self._now.finding if isinstance(self._now, Diagnosis) else None

    def action_check_again(self) -> None:
        self._check_after("")

    def _check_after(self, said: str, known: Given | None = None) -> None:
        if not self._checking:
            work(self, self._check(said, known or {}), group="check", exclusive=True, description="running the checks")

    async def _check(self, said: str, known: Given) -> None:
        """Read both services again; after a diagnosis, ask its decisive question again and say what changed.

        The other answers stay, and what is `known` meanwhile isn't asked again.
        """
        before = self._now
        self._begin("Running the checks that matter.")
        resume_what_is_saved(self._walk)
        ask_for_evidence(self._walk, self._symptom)
        await self._waited_for(self._walk.read() if self._applying else self._walk.read_again())
        end, guide = before if isinstance(before, Diagnosis) else None, self._guide
        if guide and end and not guide.is_fixed:
            guide = guide.reopened()
        self._guide = self._search({**(guide.given if guide else {}), **known}, end)
        self._is_fixed = lines.is_fixed(before, self._now) or (self._is_fixed and self._now == before)
        self._show_step()
        if isinstance(before, Diagnosis):
            self._tell("✓", said or (SAME_RESULT if self._now == before else CHECKED))

    def _search(self, given: Given, before: Diagnosis | None) -> Search:
        return search_for_cause(self._walk, self._symptom, given, before, KEYS)

    def _begin(self, doing: str) -> None:
        self._checking = True
        self.page.show_work(self._symptom, doing)
        self.show_keys()

    async def _waited_for(self, read: Coroutine[Any, Any, None]) -> None:
        """Wait for the read; end the check after a bug too, so that another one can begin."""
        try:
            await read
        except Exception:
            self._checking = False
            raise
        self._checking = False

    def _answer(self, guide: Search) -> None:
        """Go on with another answer; one that agrees to a count of members waits for the count."""
        self._guide, self._is_unfolded = guide, False
        if guide.given.get(COUNT.id) == YES and guide.evidence.can_be_counted:
            work(self, self._count(guide), group="check", exclusive=True, description="counting the members")
        else:
            self._show_step()

    async def _count(self, guide: Search) -> None:
        self._begin("Counting the members.")
        await self._waited_for(read_what_was_agreed_to(self._walk, guide.given))
        self._guide = self._search(guide.given, guide.before)
        self._show_step()

    async def _look_user_up(self, guide: Search) -> None:
        """Read what the user and the flag add, and go on with the same answers."""
        self._begin("Looking the user up.")
        await self._waited_for(self._walk.read())
        self._guide = self._search(guide.given, guide.before)
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
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.dialogs.help import HelpScreen

        now, has_more = None if self._checking else self._now, self.has_more
        if isinstance(now, Diagnosis):
            keys = key_lists.of_cause(
                now, has_requests=self._has_requests, has_more=has_more, can_name_user=self._can_name_user
            )
        elif isinstance(now, Question):
            keys = key_lists.of_question(now, has_more=has_more, can_name_user=self._can_name_user)
        else:
            keys = key_lists.WHILE_CHECKING if self._checking else key_lists.of_symptoms(has_more=has_more)
        self.app.push_screen(HelpScreen("Troubleshooting", None, keys))

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_numbered_picked(self, event: Numbered.Picked) -> None:
        event.stop()
        self.action_take(event.index)

    def action_take(self, index: int) -> None:
        """Take the choice at `index`: a symptom, an answer, or a value to copy."""
        now = self._now
        choices, values = self.page.choices, self.page.values
        if choices.display and index < choices.rows:
            if isinstance(now, Question) and self._guide:
                self._answer(self._guide.answered(now.choices[index].id))
            else:
                self._symptom = SYMPTOMS[index]
                self.action_check_again()
        elif values.display and index < values.rows:
            work(self, self._copy_value(index, values.values[index]), group="copy", description="copying a value")

    # --- the pages -----------------------------------------------------------------------------------------------

    async def _show_start(self) -> None:
        self._guide, self._is_unfolded, self._is_fixed = None, False, False
        await self.page.show_symptoms(self._symptom, root_causes_first(self._walk.findings))
        self.show_keys_soon()

    def _show_step(self) -> None:
        if self._guide is not None:
            is_fixed = self._is_fixed or self._guide.is_fixed
            self.page.show_search(self._guide, is_fixed=is_fixed, is_unfolded=self._is_unfolded)
            self.show_keys_soon()

    def _tell(self, mark: str, text: str) -> None:
        self.page.tell(mark, text)
        self.show_keys_soon()  # the line takes room, so there may be more below now

    def on_resize(self) -> None:
        self.call_after_refresh(self.page.fit)

    def keys(self) -> tuple[Hint, ...]:
        more = (Hint("PgDn", "more", "screen.scroll(8)"),) if self.has_more else ()
        return (
            *more,
            *lines.keys(
                self._now,
                has_requests=self._has_requests,
                checking=self._checking,
                can_name_user=self._can_name_user,
                has_causes=self._has_causes,
            ),
        )

    @property
    def _has_causes(self) -> bool:
        """Return whether there are causes to show in full: what is left at a question, and what was excluded."""
        if self._guide is None or self._checking:
            return False
        now = self._guide.next
        return bool(now.excluded if isinstance(now, Diagnosis) else self._guide.weighed)

    @property
    def _can_name_user(self) -> bool:
        return self._guide is not None and self._guide.can_name_user and not self._checking

    @property
    def _has_requests(self) -> bool:
        return self._finding is not None and has_requests(self._walk, self._finding)

    @property
    def scrolled(self) -> Widget:
        return self.page.body

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
        if self.page.first_action is FirstAction.USER:
            self._ask_for_user()
        elif self.page.first_action is FirstAction.REPAIR:
            self.dismiss(Repair(end.repair, self._symptom.id))
        elif self.page.first_action is FirstAction.COLLEAGUE:
            colleague.end(self._walk, end)
            self._check_after(DONE_BY_A_COLLEAGUE, colleague.answers_after(end))
        elif self.page.first_action is FirstAction.REQUEST:
            show_request_card(self.app, fix_request(end, self._walk.state))
        elif self.page.first_action is FirstAction.PAGE:
            self.action_open_page()
        else:
            self._leave_to_change()

    def action_name_user(self) -> None:
        if self._can_name_user:
            self._ask_for_user()

    def _ask_for_user(self) -> None:
        guide = self._guide
        if guide is None:
            return

        def look_up(is_named: bool | None) -> None:
            if is_named:
                work(self, self._look_user_up(guide), group="check", exclusive=True, description="looking the user up")

        self.app.push_screen(NameUserScreen(self._walk, guide.flags_to_name), look_up)

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
        if self.page.values.values[index : index + 1] == (value,):
            self.page.values.copied(index)

    async def _copy(self, label: str, text: str) -> None:
        self._tell("✓", f"{label}: {await copy(self.app, text)}")

    def action_show_work(self) -> None:
        if self._finding is not None:
            show_requests(self.app, self._walk, self._finding)

    def action_unfold(self) -> None:
        """Show the causes that are still possible, and what was excluded and why, or hide them again."""
        if self._guide is not None and self._has_causes:
            self._is_unfolded = not self._is_unfolded
            self.page.unfold(self._guide, is_unfolded=self._is_unfolded)
            self._tell("", "")
            if self._is_unfolded:
                self.page.scroll_to_unfolded()

    def action_save_report(self) -> None:
        from wizard.ui.screens.handouts.report import ReportScreen

        self.app.push_screen(ReportScreen(self._walk), lambda told: self._tell("✓", told) if told else None)
