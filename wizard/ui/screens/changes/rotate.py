"""Rotate the destination's token: how, after a yes step by step, and how it ended."""

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
from textual.worker import Worker

from wizard.domain.planning.change import DESTINATION, Change
from wizard.domain.tokens.credentials import MAKER_TOKEN, read_paste
from wizard.flow.busy import Busy
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import how_it_went
from wizard.flow.writing.result import Outcome, Result, Started, Trouble
from wizard.flow.writing.rotation.plan import PROOF, Rotating, review_rotation
from wizard.flow.writing.rotation.rotate import rotate
from wizard.flow.writing.rotation.words import (
    BOTH_WORK,
    HOLDS_THE_NEW_ONE,
    HOLDS_THE_OLD_ONE,
    PASTE_A_MAKER,
    QUESTION,
    mark,
)
from wizard.ui.panes.change_lines import of_outcome
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.actions import Actions
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.button import Button
from wizard.ui.widgets.deliberate import DeliberateButton
from wizard.ui.widgets.fields.secret_input import SecretInput
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work


class Stage(Enum):
    NEEDS_A_MAKER = auto()
    LOOKING = auto()
    TO_APPROVE = auto()
    CHANGING = auto()
    WAITING = auto()  # for the proof: nothing is written meanwhile, so it can be left
    ENDED = auto()


class RotateScreen(Dialog[None]):
    """The dialog. Enter counts only on the lit button."""

    AUTO_FOCUS = "#close"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._stage = Stage.LOOKING
        self._reviewed: Rotating | None = None
        self._rotating: Worker[None] | None = None
        self._results: dict[str, Result] = {}
        self._state = Static("", markup=False, classes="state")
        self._field = SecretInput(self._take, placeholder="paste here, then Enter")
        self._lines = Aligned(column=2)
        self._yes = DeliberateButton()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Rotate the token", markup=False, classes="title")
            yield self._state
            yield self._field
            with VerticalScroll(can_focus=False, classes="body"):
                yield self._lines
            with Actions():
                yield self._yes
                yield Button("Close", id="close")
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._yes.relabel(QUESTION)
        if self._walk.state.secrets.maker_token is None:
            self._show(Stage.NEEDS_A_MAKER, Content(PASTE_A_MAKER))
            self._field.focus()
        else:
            self._begin()

    def _begin(self) -> None:
        self._show(Stage.LOOKING, Content.assemble(("○ ", "$accent"), "Looking at the tokens and the destination …"))
        work(self, self._look(), group="check", description="looking at the tokens")

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, but not in the middle of a change. While the proof is waited for, both tokens work."""
        if self._stage is Stage.CHANGING:
            return AwaitComplete()
        if self._rotating is not None:
            self._rotating.cancel()
        return super().dismiss(result)

    def keys(self) -> tuple[Hint, ...]:
        yes = (Hint("Y then Enter", QUESTION.lower(), "app.simulate_key('y')"),)
        return (*(yes if self._stage is Stage.TO_APPROVE and not self._yes.has_focus else ()), *super().keys())

    # --- the admin's token ---------------------------------------------------------------------------------------

    def _take(self, text: str) -> bool:
        """Keep the admin's token in memory, and return whether it has the form of one."""
        paste = read_paste(text)
        if mistake := MAKER_TOKEN.mistake(paste):
            self._show(Stage.NEEDS_A_MAKER, _problem(mistake))
            return False
        self._walk.become(self._walk.state.with_token(MAKER_TOKEN, paste))
        return True

    def on_secret_input_taken(self, event: SecretInput.Taken) -> None:
        event.stop()
        self._begin()
        self.query_one("#close", Button).focus()

    # --- look ----------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        try:
            self._walk.session.lock()
        except Busy as busy:
            self._show(Stage.ENDED, _problem(f"{busy} Nothing was changed."))
            return
        await self._walk.read()
        reviewed = await review_rotation(self._walk)
        if isinstance(reviewed, Trouble):
            self._show(Stage.ENDED, _problem(f"{reviewed.summary} {reviewed.fix}"))
            return
        self._reviewed = reviewed
        self._draw()
        self._show(Stage.TO_APPROVE, Content("This happens after your yes, one step after the other."))

    # --- yes -----------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Light the button on `y`, as Review does."""
        if self._stage is Stage.TO_APPROVE and event.key.lower() == "y":
            self._yes.light()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button is not self._yes:
            self.dismiss()
        elif self._stage is Stage.TO_APPROVE and self._reviewed is not None:
            self._show(Stage.CHANGING, Content("starting"))
            self._rotating = work(self, self._rotate(self._reviewed), group="apply", description="rotating the token")

    async def _rotate(self, reviewed: Rotating) -> None:
        async for event in rotate(self._walk, reviewed):
            if isinstance(event, Started):
                is_waiting = event.id == PROOF
                said = f"Waiting for the proof. {BOTH_WORK}" if is_waiting else f"{event.host} · {event.doing}"
                stage = Stage.WAITING if is_waiting else Stage.CHANGING
                self._show(stage, Content.assemble(("○ ", "$accent"), said))
            else:
                self._results[event.id] = event
                self._draw()
        self._rotating = None
        self._show(Stage.ENDED, Content(self._ending))
        self.query_one("#close", Button).focus()
        await self._walk.read()

    @property
    def _ending(self) -> str:
        there = self._results.get(DESTINATION)
        holds_it = there is not None and there.outcome in {Outcome.DONE, Outcome.ALREADY}
        return HOLDS_THE_NEW_ONE if holds_it else HOLDS_THE_OLD_ONE

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show(self, stage: Stage, state: Content) -> None:
        self._stage = stage
        self._state.update(state)
        self._yes.display = stage is Stage.TO_APPROVE
        self._field.display = stage is Stage.NEEDS_A_MAKER
        self.show_keys_soon()

    def _draw(self) -> None:
        changes = self._reviewed.plan.changes if self._reviewed else ()
        self._lines.show(tuple(line for change in changes for line in self._of(change)))

    def _of(self, change: Change) -> list[Line]:
        result = self._results.get(change.id)
        if result is None:
            why = [Line("", Content.styled(change.reason, "$muted"))] if change.reason else []
            return [Line(Content.styled(mark(change), "$accent"), change.summary), *why]
        sign = of_outcome(result.outcome)
        named = Line(Content.styled(sign.glyph, sign.style), f"{change.title} · {sign.word}")
        return [named, *(Line("", text) for _, text in how_it_went(result))]


def _problem(text: str) -> Content:
    return Content.assemble(("✗ ", "$error"), text)
