"""The dialog that undo, rotation and a flag's rule share: show what would happen, do it after a yes, say the result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from wizard.flow.busy import Busy
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import how_it_went
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.result import Outcome, Result
from wizard.text import capitalized
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.screens.base.keyed import Answer
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.buttons.deliberate import DeliberateButton
from wizard.ui.widgets.changes.change_lines import of_outcome
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work


class Stage(Enum):
    NEEDS_AN_ANSWER = auto()
    LOOKING = auto()
    TO_APPROVE = auto()
    CHANGING = auto()  # can't be closed
    WAITING = auto()  # nothing is written meanwhile, so it can be left
    ENDED = auto()


class ChangeScreen(Dialog[Answer]):
    """The dialog. A subclass reads, fills the content, and makes the changes. A yes is Enter on the lit button."""

    AUTO_FOCUS = "#close"
    BINDINGS: ClassVar[list[BindingType]] = []
    NOTHING_DONE: ClassVar[str]  # said when another run holds the profile

    def __init__(self, walk: Walk, title: str, *shown: Widget, field: Widget | None = None) -> None:
        """`shown`: the scrolling widgets that say what would happen. `field`: the input for what is needed first."""
        super().__init__()
        self.walk = walk
        self.stage = Stage.LOOKING
        self._title, self._shown, self._field = title, shown, field
        self._body = VerticalScroll(*shown, can_focus=False, classes="body")
        self._state = Static("", markup=False, classes="state")
        self._yes = DeliberateButton()
        self._burst_until = -math.inf  # event time in seconds; a `y` up to then is no answer
        self._making: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="title")
            yield self._state
            if self._field is not None:
                yield self._field
            yield self._body
            yield Actions(self._yes, Button("Close", id="close"))
            yield self.hints

    # --- for a subclass ------------------------------------------------------------------------------------------

    @property
    def yes(self) -> str:
        """Return the label of the button for yes."""
        raise NotImplementedError

    async def look(self) -> None:
        """Read what exists, show what would happen, and call `offer`, `say` or `end`."""
        raise NotImplementedError

    async def make(self) -> None:
        """Make the changes, and call `end`."""
        raise NotImplementedError

    @property
    def answer(self) -> Answer | None:
        """Return the answer that the dialog closes with."""
        return None

    def own_keys(self) -> tuple[Hint, ...]:
        """Return the keys that only this dialog has."""
        return ()

    # --- what is going on ----------------------------------------------------------------------------------------

    def begin(self, doing: str) -> None:
        """Start `look`, and show what it's doing."""
        self.say(Stage.LOOKING, working(f"{doing} …"))
        work(self, self.look(), group="check", description=doing.lower())

    def say(self, stage: Stage, state: Content | str) -> None:
        self.stage = stage
        self._state.update(state)
        self._body.display = any(one.display for one in self._shown)  # an empty body leaves a gap above the buttons
        self._yes.display = stage is Stage.TO_APPROVE
        self._yes.relabel(self.yes)
        if self._field is not None:
            self._field.display = stage is Stage.NEEDS_AN_ANSWER
        self.show_keys_soon()

    def offer(self, state: str) -> None:
        """Show `state` and wait for a yes, with a warning if the profile can't record the change."""
        why = why_unrecorded(self.walk.session)
        warning = Content.assemble("\n", ("! ", "$warning"), why) if why else ""
        self.say(Stage.TO_APPROVE, Content.assemble(state, warning))

    def end(self, state: Content | str) -> None:
        """Show how it ended, and focus Close."""
        self.say(Stage.ENDED, state)
        self.query_one("#close", Button).focus()

    def locked(self, walk: Walk | None = None) -> bool:
        """Lock the profile, or another environment of it; if another run has it, say so, end and return False."""
        try:
            (walk or self.walk).session.lock()
        except Busy as busy:
            self.end(problem(f"{busy} {self.NOTHING_DONE}"))
            return False
        return True

    # --- yes -----------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Light the button on `y`, as Review does; unlight it on an Enter typed before it had the focus."""
        if self.stage is not Stage.TO_APPROVE:
            return
        if event.key.lower() == "y" and event.time > self._burst_until:
            self._yes.light()
        elif event.key == "enter" and self._yes.is_lit:
            self._put_out(event.time)

    def on_deliberate_button_pressed_too_soon(self, event: DeliberateButton.PressedTooSoon) -> None:
        event.stop()
        self._put_out(event.time)

    def _put_out(self, until: float) -> None:
        """Unlight the button, and ignore a `y` from the same burst as the Enter that came too soon."""
        self._burst_until = until
        self._yes.unlight()
        self.query_one("#close", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button is not self._yes:
            self.dismiss()
        elif self.stage is Stage.TO_APPROVE:
            self.say(Stage.CHANGING, working("Starting …"))
            self._making = work(self, self._make_to_the_end(), group="apply", description=self._title.lower())

    async def _make_to_the_end(self) -> None:
        """Make the changes; end after a bug too, so that the dialog can be closed."""
        try:
            await self.make()
        except Exception:
            self.end(problem("This stopped early. Open it again to see what's left."))
            raise

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close, but not in the middle of a change."""
        del result
        if self.stage is Stage.CHANGING:
            return AwaitComplete()
        if self._making is not None:
            self._making.cancel()
        return super().dismiss(self.answer)

    def keys(self) -> tuple[Hint, ...]:
        yes = (Hint("Y then Enter", self.yes[:1].lower() + self.yes[1:], "app.simulate_key('y')"),)
        offers = self.stage is Stage.TO_APPROVE and not self._yes.has_focus
        return (*(yes if offers else ()), *self.own_keys(), *super().keys())


def working(text: str) -> Content:
    return Content.assemble(("○ ", "$accent"), text)


def well(text: str) -> Content:
    return Content.assemble(("✓ ", "$success"), text)


def problem(text: str) -> Content:
    return Content.assemble(("✗ ", "$error"), text)


def ended(title: str, result: Result, words: Mapping[Outcome, str] = MappingProxyType({})) -> tuple[Line, ...]:
    """Return how a change went, below its title; `words` replaces the usual words for some outcomes."""
    sign = of_outcome(result.outcome)
    word = words.get(result.outcome, sign.word)
    named = Line(Content.styled(sign.glyph, sign.style), f"{capitalized(title)} · {word}")
    return (named, *(Line("", text) for _, text in how_it_went(result) if text != title))
