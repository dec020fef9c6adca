"""`undo` for several environments: show everything that can be taken back, then take it back after one yes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wizard.exit_codes import ExitCode
from wizard.flow.walk import Walk
from wizard.flow.writing.undo.undo_plan import UndoStep
from wizard.headless.commands.undo_command import (
    INTERRUPTED,
    NOT_AGREED,
    left_alone,
    plan_lines,
    prepare_undo,
    take_back,
)
from wizard.headless.consent import agreed, is_unattended, refuse_unattended
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.printing.target_documents import all_results_document
from wizard.headless.targets.targets import Target, set_up_all, together, worst
from wizard.text import count


@dataclass(slots=True)
class _Undone:
    """One environment, what can be taken back there, and how that ended."""

    target: Target
    plan: tuple[UndoStep, ...] = ()
    code: ExitCode = ExitCode.OK
    documents: list[Mapping[str, Any]] = field(default_factory=list)

    def output(self, out: Output, *, named: bool = False) -> Output:
        return self.target.output(out, self.documents.append, named=named)

    @property
    def writes(self) -> int:
        return sum(back.writes for back in self.plan)


async def undo_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Show what can be taken back in all environments, ask for one yes, and do it. Raises Refused, Busy."""
    for each in (walk, *(target.walk for target in targets)):
        each.session.lock()
    every = [_Undone(target) for target in await set_up_all(targets)]
    await together(_look(one, out) for one in every)
    out.say(*_all_lines(every))
    to_do = [one for one in every if one.plan]
    writes = sum(one.writes for one in to_do)
    if writes and is_unattended(options, out):
        for one in to_do:
            one.code = left_alone(one.plan, NOT_AGREED, one.output(out), ExitCode.USAGE)
        _show_document(every, out)
        refuse_unattended(options, out, "undo")
    if writes and not await agreed(options, out, f"Undo {count(writes, 'item')}?"):
        out.say(NOT_AGREED.summary)
        for one in to_do:
            one.code = left_alone(one.plan, NOT_AGREED, one.output(out), ExitCode.WAITING)
    else:
        await _take_back(to_do, every, out)
    _show_document(every, out)
    return worst(one.code for one in every)


async def _look(one: _Undone, out: Output) -> None:
    seen = await prepare_undo(one.target.walk, one.target.options, one.output(out, named=True))
    if isinstance(seen, ExitCode):
        one.code = seen
    else:
        one.plan = seen


def _all_lines(every: Sequence[_Undone]) -> Iterator[str]:
    for one in every:
        if one.plan:
            yield from (f"{one.target.title}:", *plan_lines(one.plan, one.target.options))


async def _take_back(to_do: Sequence[_Undone], every: Sequence[_Undone], out: Output) -> None:
    """Take back one environment after the other; a failure in one doesn't stop the others."""
    for number, one in enumerate(to_do):
        out.text(("", f"{one.target.title}:"))
        try:
            one.code = await take_back(one.target.walk, one.plan, one.target.options, one.output(out))
        except asyncio.CancelledError:
            one.code = ExitCode.INTERRUPTED
            for left in to_do[number + 1 :]:
                left.code = left_alone(left.plan, INTERRUPTED, left.output(out), ExitCode.INTERRUPTED)
            _show_document(every, out)
            raise


def _show_document(every: Sequence[_Undone], out: Output) -> None:
    parts = [(one.target.name, document) for one in every for document in one.documents]
    out.document(all_results_document(parts, {one.target.name: one.code for one in every}))
