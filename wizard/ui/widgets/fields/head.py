"""A question's first line: its label and its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Kind, Value
from wizard.text import cut
from wizard.ui.widgets.lit import is_lit, lit

LABEL_CELLS = 18
_MOST_LINES = 4  # many names may be selected
Choices = Callable[[], tuple[Choice, ...]]


class Head(Static):
    """The first line; when the question is folded, the line takes Enter and clicks."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "want", "Change", show=False)]

    class OpenRequested(Message):
        """The user wants to open the question, or to know what it waits for."""

    def __init__(self) -> None:
        super().__init__(markup=False, classes="head")
        self._line = Content("")
        self.enter_does = ""

    def show(self, line: Content, enter_does: str) -> None:
        self.enter_does = enter_does
        if line != self._line:
            self._line = line
            self.update(line)  # lays out too: the height may change

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(_hanging(self._line, width))

    def render(self) -> Content:
        first, *more = _hanging(self._line, self.content_size.width)
        return Content("\n").join([lit(first, LABEL_CELLS) if is_lit(self) else first, *more])

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_want(self) -> None:
        self.post_message(self.OpenRequested())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self.can_focus:
            self.action_want()


def _hanging(line: Content, width: int) -> list[Content]:
    """Return the line, wrapped beside the label into several lines if it's too long."""
    if line.cell_length <= width or width <= LABEL_CELLS * 2:
        return line.wrap(max(1, width))
    first, *more = line[LABEL_CELLS:].wrap(width - LABEL_CELLS)
    return [line[:LABEL_CELLS] + first, *(Content(" " * LABEL_CELLS) + rest for rest in more)][:_MOST_LINES]


def spoken(ask: Ask, state: State, choices: Choices, *, is_open: bool, where: str = "") -> Content:
    """Return the line: the label while the field is open, else with the answer, the suggestion or what is missing."""
    label = cut(ask.label, LABEL_CELLS - 2).ljust(LABEL_CELLS)
    waits_for = ask.waits_for(state)
    said = _value(ask, state, choices, where)
    if waits_for:
        answer = (f"{said} · ", "" if is_open else "$muted") if said else ""
        return Content.assemble((label, "bold" if is_open else "$muted"), answer, (f"waits for {waits_for}", "$muted"))
    if is_open:
        return Content.assemble((ask.label, "bold $accent"), ("  optional" if ask.optional else "", "$muted"))
    if said:
        return Content.assemble((label, "$muted"), said)
    suggested = _labels(ask, ask.suggest(state), choices)
    if suggested:
        return Content.assemble((f"{label}suggested  ", "$muted"), suggested)
    return Content.styled(label + ("none, optional" if ask.optional else "to answer"), "$muted")


def _value(ask: Ask, state: State, choices: Choices, where: str) -> str:
    value = ask.get(state)
    if ask.kind is not Kind.SECRET:
        return _labels(ask, value, choices) if not ask.waits_for(state) else ask.in_words(state)
    secret = state.secrets.of(ask.secret)
    if not secret:
        return ""
    return f"ends in {value} · {where}" if where else f"{len(secret)} characters, ends in {value}"


def _labels(ask: Ask, value: Value, choices: Choices) -> str:
    values = (value,) if isinstance(value, str) else value
    if ask.kind is Kind.TEXT or not any(values):
        return ", ".join(values)
    labels = {choice.value: choice.label for choice in choices()}
    named = [labels.get(each, each) for each in values]
    return named[0] if len(named) == 1 else f"{len(named)} selected: {', '.join(named)}"
