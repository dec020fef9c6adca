"""Undo: what the wizard made, what happens to each thing after a yes, and how that ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from textual.content import Content

from wizard.domain.failure import Failure
from wizard.domain.services.links import Link
from wizard.flow.targets.targets import Target
from wizard.flow.writing.result import Outcome, Result, Started, trouble_of
from wizard.flow.writing.undo.left_behind import left_behind
from wizard.flow.writing.undo.other_audiences import LookedAt
from wizard.flow.writing.undo.take_back import take_back
from wizard.flow.writing.undo.undo_plan import UndoStep
from wizard.flow.writing.undo.undo_review import (
    ALL_TAKEN_BACK,
    ALREADY_GONE,
    COULD_NOT_READ,
    LOOK_AT_WHAT_STAYS,
    NOTHING,
    NOTHING_DONE,
    SOME_LEFT,
    STAYS,
    TAKEN_BACK,
    WORDS,
    leaves_segments,
    review_undo,
    step_in_words,
    without_record,
)
from wizard.text import count
from wizard.ui.screens.changes.change_screen import ChangeScreen, Stage, ended, problem, well, working
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Aligned, Line


class UndoScreen(ChangeScreen[bool]):
    """The dialog; closes with True when something was taken back."""

    NOTHING_DONE = NOTHING_DONE

    def __init__(self, targets: Sequence[Target]) -> None:
        """`targets` are the environments to undo, at least one."""
        self._lines = Aligned(column=2)
        super().__init__(targets[0].walk, "Undo what the wizard made", self._lines)
        self._targets = tuple(targets)
        self._plans: dict[str, tuple[UndoStep, ...]] = {}  # by environment
        self._left: dict[str, tuple[tuple[str, Link], ...]] = {}  # by environment: what the wizard didn't make
        self._unread: dict[str, str] = {}  # by environment: why it couldn't be read
        self._results: dict[str, list[Result]] = {}

    def on_mount(self) -> None:
        super().on_mount()
        self.begin("Checking what still exists")

    @property
    def _every(self) -> tuple[UndoStep, ...]:
        return tuple(back for plan in self._plans.values() for back in plan)

    @property
    def yes(self) -> str:
        return f"Undo {count(sum(back.writes for back in self._every), 'item')}"

    @property
    def answer(self) -> bool:
        return any(one.outcome is Outcome.DONE for results in self._results.values() for one in results)

    async def look(self) -> None:
        for target in self._targets:
            if not self.locked(target.walk):
                return
        await asyncio.gather(*map(self._look_at, self._targets))
        plan = self._every
        self._lines.show(tuple(self._lines_of_all()))
        if any(back.writes for back in plan):
            stays = f"\n{STAYS}" if leaves_segments(plan) else ""
            self.say(Stage.TO_APPROVE, f"Nothing changes before you say yes.{stays}")
        elif self._unread:
            self.end(problem(next(iter(self._unread.values()))))
        else:
            self.end("The wizard can't undo any of this." if plan else self._nothing)

    async def _look_at(self, target: Target) -> None:
        await target.walk.read()
        plan = await review_undo(target.walk, on_progress=self._tell)
        if isinstance(plan, Failure):
            why = trouble_of(plan)
            self._unread[target.name] = f"{COULD_NOT_READ} {why.summary} {why.fix}"
        else:
            self._plans[target.name], self._left[target.name] = plan, left_behind(target.walk, plan)

    def _tell(self, looked_at: LookedAt) -> None:
        if looked_at.takes_long and self.stage is Stage.LOOKING:
            self.say(Stage.LOOKING, working(str(looked_at)))

    @property
    def _nothing(self) -> str:
        return NOTHING if self.walk.session.has_record else "\n".join(without_record(self.walk))

    async def make(self) -> None:
        """Undo one environment after the other; a failure in one doesn't stop the others."""
        for target in (one for one in self._targets if one.name in self._plans):
            results = self._results[target.name] = []
            async for event in take_back(target.walk, self._plans[target.name]):
                if isinstance(event, Started):
                    self.say(Stage.CHANGING, working(f"{event.host} · {event.doing}"))
                else:
                    results.append(event)
        self._lines.show(tuple(self._lines_of_all()))
        outcomes = {one.outcome for results in self._results.values() for one in results}
        is_all = not self._unread and outcomes <= {Outcome.DONE, Outcome.ALREADY}
        head = well(ALL_TAKEN_BACK) if is_all else Content.assemble(("! ", "$warning"), SOME_LEFT)
        left = f"\n{LOOK_AT_WHAT_STAYS}" if Outcome.SKIPPED in outcomes else ""
        self.end(Content.assemble(head, f"{left}\n{STAYS}"))

    # --- drawing -------------------------------------------------------------------------------------------------

    def _lines_of_all(self) -> Iterator[Line]:
        """Yield what happens to each thing, or how it ended; several environments each under its name."""
        for target in self._targets:
            if len(self._targets) > 1:
                yield Line("", Content.styled(target.title, "bold"))
            if why := self._unread.get(target.name):
                yield Line(Content.styled("✗", "$error"), why)
            plan = self._plans.get(target.name, ())
            if target.name in self._results:
                for one in self._results[target.name]:
                    yield from _ended(one, plan)
            else:
                yield from map(_line, plan)
            for said, page in self._left.get(target.name, ()):
                yield Line(Content.styled("=", "$muted"), said)
                yield Line("", link(page.url))


def _ended(result: Result, plan: Iterable[UndoStep]) -> tuple[Line, ...]:
    made = (back for back in plan if back.entry.change_id == result.id)
    back = next((back for back in made if back.entry.resource_id == result.resource_id), None)
    if back is None:
        return ended(result.id, result)
    done = {Outcome.DONE: TAKEN_BACK[back.doing]} if back.doing in TAKEN_BACK else {}
    return ended(back.title, result, done | {Outcome.ALREADY: ALREADY_GONE})


def _line(back: UndoStep) -> Line:
    mark = WORDS[back.doing][0]
    return Line(Content.styled(mark, "$accent" if back.writes else "$muted"), step_in_words(back))
