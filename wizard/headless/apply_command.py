"""`apply`: carries out exactly the plan that it shows, once somebody has said yes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from wizard.domain.findings import Finding
from wizard.domain.plan import Change, Plan, fingerprint
from wizard.flow.apply import apply
from wizard.flow.result import Outcome, Result, Started, Trouble
from wizard.flow.walk import Walk
from wizard.headless.consent import agreed, refuse_unattended
from wizard.headless.documents import results_document
from wizard.headless.exit_codes import ExitCode
from wizard.headless.options import Options
from wizard.headless.output import Output
from wizard.headless.plain.changes import result_lines, what_yes_does
from wizard.headless.plan_command import plan_lines, why_blocked
from wizard.headless.prepare import prepare
from wizard.headless.watch_command import follow

_NOT_AGREED = Trouble("not_agreed", "Nobody said yes, so nothing was changed.")
_INTERRUPTED = Trouble("interrupted", "The run was interrupted before this.", "", "Run audience-wizard apply again.")
_MOVED = Trouble(
    "moved",
    "Segment's side has changed since the plan was shown, so nothing was changed.",
    "Somebody else is working on the same set-up.",
    "Look at the new plan with audience-wizard plan, then apply again.",
)


async def apply_plan(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Raises Refused, Busy."""
    refuse_unattended(options, out, "apply")
    walk.session.lock()
    given = await prepare(walk, options.config)
    walk.confirm_intended()
    plan, seen = walk.plan(), fingerprint(walk.state.facts, walk.state.answers)
    out.say(*plan_lines(walk, plan))
    if plan.blocked_by:
        return _nothing_done(plan.changes, _blocked(plan, walk.findings), out, why_blocked(plan, walk.findings))
    writes = any(change.writes for change in plan.changes)
    if writes and not await agreed(options, out, f"{what_yes_does(plan).capitalize()}?"):
        return _nothing_done(plan.changes, _NOT_AGREED, out, ExitCode.WAITING)
    if writes and await _has_moved(walk, seen):
        return _nothing_done(plan.changes, _MOVED, out, ExitCode.PROBLEM)
    code = _told(await _carry_out(walk, plan, out), plan, out)
    if not options.watch or code is ExitCode.PROBLEM:
        return code
    return await follow(given.walk, options, out)


async def _has_moved(walk: Walk, seen: str) -> bool:
    """Whether what the plan rests on is other than when it was shown."""
    await walk.read_again("segment", "destination", "audiences")
    return fingerprint(walk.state.facts, walk.state.answers) != seen


async def _carry_out(walk: Walk, plan: Plan, out: Output) -> tuple[Result, ...]:
    """Every result, also of what an interruption kept from being done."""
    results: dict[str, Result] = {}
    walk.begin_sync(plan)
    _save(walk)
    try:
        async for event in apply(walk.ports, walk.state, plan, walk.session):
            if isinstance(event, Started):
                out.say(f"{event.host}: {event.doing} …")
            else:
                results[event.id] = event
    except asyncio.CancelledError:
        left = (change for change in plan.changes if change.id not in results)
        _told((*results.values(), *_skipped(left, _INTERRUPTED)), plan, out)
        raise
    await walk.applied(results.values())
    _save(walk)
    return tuple(results.values())


def _save(walk: Walk) -> None:
    """So that the other commands, and the wizard, go on from here without the file."""
    went_on = tuple(step.id for step in walk.steps if step.id != "first_sync")
    walk.session.keep(walk.state.answers, went_on)


def _told(results: Iterable[Result], plan: Plan, out: Output) -> ExitCode:
    results, titles = tuple(results), {change.id: change.title for change in plan.changes}
    if out.as_json:
        out.document(results_document(results))
    for result in results:
        out.text(result_lines(result, titles[result.id]))
    return code_of(results)


def code_of(results: Iterable[Result]) -> ExitCode:
    outcomes = {result.outcome for result in results}
    if Outcome.FAILED in outcomes:
        return ExitCode.PROBLEM
    return ExitCode.WAITING if Outcome.BY_HAND in outcomes else ExitCode.OK


# --- nothing done -------------------------------------------------------------------------------------------------


def _nothing_done(changes: Iterable[Change], why: Trouble, out: Output, code: ExitCode) -> ExitCode:
    out.say(why.summary, *(f"fix: {line}" for line in (why.fix,) if line))
    if out.as_json:
        out.document(results_document(_skipped(changes, why)))
    return code


def _skipped(changes: Iterable[Change], why: Trouble) -> Iterable[Result]:
    return [
        Result(change.id, change.action, Outcome.SKIPPED, change.resource_id, why.summary, why) for change in changes
    ]


def _blocked(plan: Plan, findings: Iterable[Finding]) -> Trouble:
    """The first thing that is in the way."""
    first = next((finding for finding in findings if finding.id in plan.blocked_by), None)
    if first is None:
        return Trouble("blocked", f"{plan.blocked_by[0]} could not be answered, so nothing was changed.")
    return Trouble("blocked", f"{first.id}: {first.summary}", first.cause, first.fix)
