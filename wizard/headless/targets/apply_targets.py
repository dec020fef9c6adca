"""`apply` for several environments: one review, one yes, then one environment after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wizard.exit_codes import ExitCode
from wizard.flow.targets.targets import review_in_order
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Result, Trouble, skipped
from wizard.flow.writing.review import Reviewed, review
from wizard.headless.commands.apply_command import INTERRUPTED, NOT_AGREED, blocked, count_waiting, make_changes
from wizard.headless.commands.plan_command import gave_no_answer, why_blocked
from wizard.headless.consent import agreed, refuse_unattended
from wizard.headless.options import Options
from wizard.headless.printing.documents import results_document
from wizard.headless.printing.endings import how_many
from wizard.headless.printing.findings_text import once_answered
from wizard.headless.printing.output import Output
from wizard.headless.printing.target_documents import all_results_document
from wizard.headless.setup.prepare import read_segments
from wizard.headless.targets.plan_targets import plans_lines, prepare_all
from wizard.headless.targets.targets import Target, together, worst
from wizard.headless.targets.watch_targets import follow_targets
from wizard.text import count


@dataclass(slots=True)
class Applied:
    """One environment's plan as shown, and how it ended."""

    target: Target
    reviewed: Reviewed
    code: ExitCode = ExitCode.WAITING
    results: list[Result] = field(default_factory=list)
    documents: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return not self.reviewed.plan.blocked_by

    @property
    def waits(self) -> bool:
        """Return whether changes wait for a step by hand."""
        return bool(count_waiting(self.results))

    @property
    def is_followed(self) -> bool:
        """Return whether a sync has begun that can be watched."""
        return bool(self.results) and self.code is not ExitCode.PROBLEM and not self.waits

    def skip(self, why: Trouble, code: ExitCode) -> None:
        """Note why nothing was done in this environment."""
        self.documents.append(results_document(skipped(change, why) for change in self.reviewed.plan.changes))
        self.code = code


async def apply_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Show the plan of all environments, ask for one yes, and make the changes. Raises Refused, Busy."""
    refuse_unattended(options, out, "apply")
    for each in (walk, *(target.walk for target in targets)):
        each.session.lock()
    await prepare_all(targets, options, "apply")
    every = _reviewed(targets)
    out.say(*plans_lines(targets, [one.reviewed.plan for one in every]))
    _skip_blocked(every)
    try:
        await _apply_open(walk, every, options, out)
    except asyncio.CancelledError:
        _show_document(every, out)
        raise
    _show_document(every, out)
    followed = [one for one in every if one.is_followed]
    if options.watch and followed:
        rest = [one for one in every if not one.is_followed]
        out.text(_ending(rest, options) if rest else ())
        return worst((*(one.code for one in rest), await follow_targets(walk, [one.target for one in followed], out)))
    out.text(_ending(every, options))
    return worst(one.code for one in every)


def _reviewed(targets: Sequence[Target]) -> list[Applied]:
    return [Applied(*pair) for pair in zip(targets, review_in_order(targets, review), strict=True)]


def _skip_blocked(every: Sequence[Applied]) -> None:
    for one in every:
        plan, findings = one.reviewed.plan, one.target.walk.findings
        if plan.blocked_by:
            one.skip(blocked(plan, findings), why_blocked(plan, findings))


async def _apply_open(walk: Walk, every: Sequence[Applied], options: Options, out: Output) -> None:
    """Make the changes after a yes; a failure in one environment doesn't stop the others."""
    to_do = [one for one in every if one.is_open]
    writes = [one for one in to_do if one.reviewed.plan.made_at_once]
    if writes and not await agreed(options, out, _question(writes)):
        out.say(NOT_AGREED.summary)
        for one in to_do:
            one.skip(NOT_AGREED, ExitCode.WAITING)
        return
    walk.session.keep_targets(tuple(one.target.name for one in every if one.target.walk.session is not walk.session))
    await together(read_segments(one.target.walk) for one in to_do if one.reviewed.plan.pending)
    for one in to_do:
        await _make_changes(one, [other for other in to_do if not other.documents and other is not one], out)


def _question(writes: Sequence[Applied]) -> str:
    changes = sum(len(one.reviewed.plan.made_at_once) for one in writes)
    return f"Make {count(changes, 'change')} in {count(len(writes), 'environment')}?"


async def _make_changes(one: Applied, left: Sequence[Applied], out: Output) -> None:
    if one.reviewed.plan.pending:
        out.text(("", f"{one.target.title}:"))
    to = one.target.output(out, one.documents.append)
    try:
        one.code = await make_changes(one.target.walk, one.reviewed, to, one.results)
    except asyncio.CancelledError:
        one.code = ExitCode.INTERRUPTED
        for other in left:
            other.skip(INTERRUPTED, ExitCode.INTERRUPTED)
        raise


def _show_document(every: Sequence[Applied], out: Output) -> None:
    """Write one document for all environments, including those that an interruption prevented."""
    parts = [(one.target.name, document) for one in every for document in one.documents[:1]]
    out.document(all_results_document(parts, {one.target.name: one.code for one in every}))


# --- the end ----------------------------------------------------------------------------------------------------------


def _ending(every: Sequence[Applied], options: Options) -> Iterator[str]:
    """Yield how each environment ended, and how to continue."""
    yield ""
    yield from (f"{one.target.title}: {_how_it_ended(one)}." for one in every)
    yield from (f"Next: {step}" for step in dict.fromkeys(filter(None, map(_next, every))))
    if not any(map(_next, every)):
        yield _after_all(every, options)


def _how_it_ended(one: Applied) -> str:
    if not one.is_open:
        return f"blocked by {', '.join(one.reviewed.plan.blocked_by)}"
    return how_many(one.results) or "nothing done"


def _next(one: Applied) -> str:
    """Return the command that continues with an unfinished environment; empty for a finished one."""
    options = one.target.options
    if not one.is_open:
        if silent := gave_no_answer(one.reviewed.plan, one.target.walk.findings):
            return once_answered(options.command("apply"), silent)
        return f"fix the problem of {one.target.title}, then {options.command('apply')}"
    if one.code is ExitCode.PROBLEM or not one.results:
        return f"{options.command('apply')} continues with {one.target.title}"
    if one.waits:
        return f"do the steps by hand for {one.target.title}, then {options.command('apply')}"
    return ""


def _after_all(every: Sequence[Applied], options: Options) -> str:
    if any(one.target.walk.state.sandbox for one in every):
        return "Next: add --watch to see the first syncs too. The sandbox keeps nothing."
    return f"Next: {options.command('watch')}"
