"""Undo: what the wizard made, what happens to each thing after a yes, and how that ended."""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.domain.failure import Failure
from wizard.flow.busy import Busy
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import how_it_went
from wizard.flow.writing.result import Outcome, Result, Started, trouble_of
from wizard.flow.writing.undo.undo import TakeBack, undo
from wizard.flow.writing.undo.undo_review import (
    LOOK_AT_WHAT_STAYS,
    NOTHING,
    STAYS,
    WORDS,
    forget_destination,
    review_undo,
    said,
    without_record,
)
from wizard.flow.writing.undo.undo_token import forget_token
from wizard.text import count
from wizard.ui.panes.change_lines import of_outcome
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.actions import Actions
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.button import Button
from wizard.ui.widgets.deliberate import DeliberateButton
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work


class Stage(Enum):
    LOOKING = auto()
    TO_APPROVE = auto()
    TAKING_BACK = auto()
    ENDED = auto()


class UndoScreen(Dialog[bool]):
    """The dialog; closes with True when something was taken back. Enter counts only on the lit button."""

    AUTO_FOCUS = "#close"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._stage = Stage.LOOKING
        self._plan: tuple[TakeBack, ...] = ()
        self._results: list[Result] = []
        self._state = Static("", markup=False, classes="state")
        self._lines = Aligned(column=2)
        self._yes = DeliberateButton()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Undo what the wizard made", markup=False, classes="title")
            yield self._state
            with VerticalScroll(can_focus=False, classes="body"):
                yield self._lines
            with Actions():
                yield self._yes
                yield Button("Close", id="close")
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._show(Stage.LOOKING, Content.assemble(("○ ", "$accent"), "Checking what still exists …"))
        work(self, self._look(), group="check", description="looking at what was made")

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close, but not in the middle of taking back."""
        del result
        if self._stage is Stage.TAKING_BACK:
            return AwaitComplete()
        return super().dismiss(any(one.outcome is Outcome.DONE for one in self._results))

    def keys(self) -> tuple[Hint, ...]:
        yes = (Hint("Y then Enter", self._word, "app.simulate_key('y')"),)
        return (*(yes if self._stage is Stage.TO_APPROVE and not self._yes.has_focus else ()), *super().keys())

    # --- look ----------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        try:
            self._walk.session.lock()
        except Busy as busy:
            self._show(Stage.ENDED, _problem(f"{busy} Nothing was taken back."))
            return
        await self._walk.read()
        plan = await review_undo(self._walk)
        if isinstance(plan, Failure):
            why = trouble_of(plan)
            self._show(Stage.ENDED, _problem(f"We couldn't read what was made. {why.summary} {why.fix}"))
            return
        self._plan = plan
        self._lines.show(tuple(_line(back) for back in plan))
        if any(back.writes for back in plan):
            self._show(Stage.TO_APPROVE, Content("This happens after your yes. Nothing is taken back before it."))
        else:
            self._show(Stage.ENDED, Content("Nothing here can be taken back by the wizard." if plan else self._nothing))

    @property
    def _nothing(self) -> str:
        return NOTHING if self._walk.session.has_record else "\n".join(without_record(self._walk))

    # --- yes -----------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Light the button on `y`, as Review does."""
        if self._stage is Stage.TO_APPROVE and event.key.lower() == "y":
            self._yes.light()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button is not self._yes:
            self.dismiss()
        elif self._stage is Stage.TO_APPROVE:
            self._show(Stage.TAKING_BACK, Content("starting"))
            work(self, self._take_back(), group="apply", description="taking back what was made")

    async def _take_back(self) -> None:
        walk = self._walk
        walk.keep()  # `resume` takes what is saved
        async for event in undo(walk.ports, walk.state, self._plan, walk.session):
            if isinstance(event, Started):
                said_now = Content.assemble(("○ ", "$accent"), f"{event.host} · {event.doing}")
                self._show(Stage.TAKING_BACK, said_now)
            else:
                self._results.append(event)
        forget_destination(walk, self._results)
        await forget_token(walk, self._results)
        walk.resume()
        walk.forget_what_is_made()
        self._lines.show(tuple(line for one in self._results for line in self._ended(one)))
        is_left = any(one.outcome is Outcome.SKIPPED for one in self._results)
        self._show(Stage.ENDED, Content(f"{LOOK_AT_WHAT_STAYS}\n{STAYS}" if is_left else STAYS))
        self.query_one("#close", Button).focus()

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show(self, stage: Stage, state: Content) -> None:
        self._stage = stage
        self._state.update(state)
        self._yes.display = stage is Stage.TO_APPROVE
        self._yes.relabel(self._word.capitalize())
        self.show_keys_soon()

    @property
    def _word(self) -> str:
        return f"take back {count(sum(back.writes for back in self._plan), 'thing')}"

    def _ended(self, result: Result) -> list[Line]:
        sign = of_outcome(result.outcome)
        made = (back for back in self._plan if back.entry.change_id == result.id)
        title = next((back.title for back in made if back.entry.resource_id == result.resource_id), result.id)
        named = Line(Content.styled(sign.glyph, sign.style), f"{title} · {sign.word}")
        return [named, *(Line("", text) for _, text in how_it_went(result) if text != title)]


def _line(back: TakeBack) -> Line:
    mark = WORDS[back.doing][0]
    return Line(Content.styled(mark, "$accent" if back.writes else "$muted"), said(back))


def _problem(text: str) -> Content:
    return Content.assemble(("✗ ", "$error"), text)
