"""Undo: what the wizard made, what happens to each thing after a yes, and how that ended."""

from __future__ import annotations

from textual.content import Content

from wizard.domain.failure import Failure
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result, Started, trouble_of
from wizard.flow.writing.undo.undo import TakeBack, undo
from wizard.flow.writing.undo.undo_review import (
    LOOK_AT_WHAT_STAYS,
    NOTHING,
    STAYS,
    WORDS,
    forget_destination,
    leaves_segments,
    review_undo,
    said,
    without_record,
)
from wizard.flow.writing.undo.undo_token import forget_token
from wizard.text import count
from wizard.ui.screens.changes.change_screen import ChangeScreen, Stage, ended, problem, working
from wizard.ui.widgets.aligned import Aligned, Line


class UndoScreen(ChangeScreen[bool]):
    """The dialog; closes with True when something was taken back."""

    NOTHING_DONE = "Nothing was taken back."

    def __init__(self, walk: Walk) -> None:
        self._lines = Aligned(column=2)
        super().__init__(walk, "Undo what the wizard made", self._lines)
        self._plan: tuple[TakeBack, ...] = ()
        self._results: list[Result] = []

    def on_mount(self) -> None:
        super().on_mount()
        self.begin("Checking what still exists")

    @property
    def yes(self) -> str:
        return f"Take back {count(sum(back.writes for back in self._plan), 'thing')}"

    @property
    def answer(self) -> bool:
        return any(one.outcome is Outcome.DONE for one in self._results)

    async def look(self) -> None:
        if not self.locked():
            return
        await self.walk.read()
        plan = await review_undo(self.walk)
        if isinstance(plan, Failure):
            why = trouble_of(plan)
            self.end(problem(f"We couldn't read what was made. {why.summary} {why.fix}"))
            return
        self._plan = plan
        self._lines.show(tuple(_line(back) for back in plan))
        if any(back.writes for back in plan):
            stays = f"\n{STAYS}" if leaves_segments(plan) else ""
            self.say(Stage.TO_APPROVE, f"This happens after your yes. Nothing is taken back before it.{stays}")
        else:
            self.end("Nothing here can be taken back by the wizard." if plan else self._nothing)

    @property
    def _nothing(self) -> str:
        return NOTHING if self.walk.session.has_record else "\n".join(without_record(self.walk))

    async def make(self) -> None:
        walk = self.walk
        walk.keep()  # `resume` takes what is saved
        async for event in undo(walk.ports, walk.state, self._plan, walk.session):
            if isinstance(event, Started):
                self.say(Stage.CHANGING, working(f"{event.host} · {event.doing}"))
            else:
                self._results.append(event)
        forget_destination(walk, self._results)
        await forget_token(walk, self._results)
        walk.resume()
        walk.forget_what_is_made()
        self._lines.show(tuple(line for one in self._results for line in ended(self._title_of(one), one)))
        is_left = any(one.outcome is Outcome.SKIPPED for one in self._results)
        self.end(f"{LOOK_AT_WHAT_STAYS}\n{STAYS}" if is_left else STAYS)

    def _title_of(self, result: Result) -> str:
        made = (back for back in self._plan if back.entry.change_id == result.id)
        return next((back.title for back in made if back.entry.resource_id == result.resource_id), result.id)


def _line(back: TakeBack) -> Line:
    mark = WORDS[back.doing][0]
    return Line(Content.styled(mark, "$accent" if back.writes else "$muted"), said(back))
