"""`apply`: make exactly the changes of the plan that it shows, after a yes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from wizard.domain.findings import Finding
from wizard.domain.planning.plan import Plan, can_be_waived
from wizard.exit_codes import ExitCode
from wizard.flow.by_hand.step import HandStep
from wizard.flow.by_hand.steps import hand_steps
from wizard.flow.profile.journal import Entry
from wizard.flow.walk import Walk
from wizard.flow.writing.apply import apply
from wizard.flow.writing.bookkeeping import begin_sync
from wizard.flow.writing.change_words import what_yes_does
from wizard.flow.writing.result import Outcome, Result, Started, Trouble, failed, skipped
from wizard.flow.writing.review import PlanOutdated, Reviewed, apply_reviewed, review
from wizard.headless.commands.plan_command import blocking_findings, how_to_go_on, next_try, plan_lines, why_blocked
from wizard.headless.commands.watch_command import follow
from wizard.headless.consent import agreed, refuse_unattended
from wizard.headless.options import Options
from wizard.headless.plain.by_hand import every_step
from wizard.headless.plain.changes import result_lines
from wizard.headless.printing.documents import results_document
from wizard.headless.printing.endings import (
    code_of,
    cut_off,
    how_many,
    interrupted,
    no_journal,
    not_agreed,
    nothing_done,
)
from wizard.headless.printing.output import Output
from wizard.headless.setup.prepare import prepare, read_segments
from wizard.text import capitalized, count

NOT_AGREED = not_agreed("changed")
INTERRUPTED, _CUT_OFF = interrupted("apply"), cut_off("apply", "made", "was made")
_LOOK_AGAIN = "Read the new plan with audience-wizard plan, then run audience-wizard apply again."


async def apply_plan(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Show the plan, ask for a yes, and make its changes. Raises Refused, Busy."""
    refuse_unattended(options, out, "apply")
    walk.session.lock()
    await prepare(walk, options.config, options.resync, options.accept)
    reviewed = review(walk)
    plan = reviewed.plan
    out.say(*plan_lines(walk, plan))
    if plan.blocked_by:
        code = why_blocked(plan, walk.findings)
        return nothing_done(plan.changes, blocked(plan, walk.findings), out, code, _fix_it_first(walk, plan, options))
    writes = bool(plan.made_at_once)
    if writes and not await agreed(options, out, f"{capitalized(what_yes_does(plan))}?"):
        return nothing_done(plan.changes, NOT_AGREED, out, ExitCode.WAITING)
    if plan.pending:
        await read_segments(walk)  # so that the watch can tell new segments from these
    results: list[Result] = []
    code = await make_changes(walk, reviewed, out, results)
    if options.watch and code is not ExitCode.PROBLEM and not count_waiting(results):
        return await follow(walk, options, out)
    out.text(_ending(walk, results, options))
    return code


async def make_changes(walk: Walk, reviewed: Reviewed, out: Output, results: list[Result]) -> ExitCode:
    """Make the changes that the API can make, and say what is left to do by hand. Fills `results` as changes end."""
    plan = reviewed.plan
    if plan.made_at_once:
        return await _apply(walk, reviewed, out, results)
    return await _finish_without_writes(walk, plan, out, results)


async def _apply(walk: Walk, reviewed: Reviewed, out: Output, results: list[Result]) -> ExitCode:
    """Make the changes and show every result, including those of changes that an interruption prevented.

    Fills `results` as the changes end, so that a caller sees them even after an interruption.
    """
    plan = reviewed.plan
    before = len(walk.session.saved.journal)
    _save(walk)
    try:
        async for event in apply_reviewed(walk, reviewed):
            if isinstance(event, PlanOutdated):
                return _moved(walk, plan, event, out)
            if isinstance(event, Started):
                out.say(f"{event.host}: {event.doing} …")
            else:
                results.append(event)
    except asyncio.CancelledError:
        _show_results([*results, *_interrupted(plan, results, walk.session.saved.journal[before:])], plan, out)
        raise
    _save(walk)
    return _show_results(results, plan, out, hand_steps(walk.state, plan, results))


async def _finish_without_writes(walk: Walk, plan: Plan, out: Output, results: list[Result]) -> ExitCode:
    """Finish a plan without API changes; the services aren't read again."""
    if plan.pending:
        begin_sync(walk, plan)
    _save(walk)
    events = [event async for event in apply(walk.ports, walk.state, plan, walk.session)]
    results += [event for event in events if isinstance(event, Result)]
    return _show_results(results, plan, out, hand_steps(walk.state, plan, results))


def _save(walk: Walk) -> None:
    """Save the answers, so that other commands and the wizard can continue without the file."""
    went_on = tuple(step.id for step in walk.steps if step.id != "first_sync")
    walk.session.keep(walk.answers_to_save, went_on)


def _show_results(results: list[Result], plan: Plan, out: Output, steps: tuple[HandStep, ...] = ()) -> ExitCode:
    """Show the results and the `steps` left to do by hand."""
    titles = {change.id: change.title for change in plan.changes}
    out.document(results_document(results, steps))
    for result in results:
        out.text(result_lines(result, titles[result.id]))
    for lines in every_step(steps):
        out.text(("", *lines))
    rest = count_waiting(results) if steps else 0
    if rest:
        said = f"Once that is done, run audience-wizard apply again to make the remaining {count(rest, 'change')}."
        out.say("", said)
    return code_of(results)


def _ending(walk: Walk, results: list[Result], options: Options) -> Iterator[str]:
    """Yield how the changes ended in one line, and the next command."""
    if not results or {result.outcome for result in results} == {Outcome.SKIPPED}:
        return
    yield ""
    yield f"{how_many(results)}."
    if any(result.outcome is Outcome.FAILED for result in results):
        yield f"Next: {options.command('doctor')}"
    elif count_waiting(results):
        yield f"Next: do the steps by hand, then {options.command('apply')}"
    elif walk.state.sandbox:
        yield "Next: add --watch to see the first sync too. The sandbox keeps nothing."
    else:
        yield f"Next: {options.command('watch')}"


def count_waiting(results: Iterable[Result]) -> int:
    """Return how many changes wait for a step by hand or for a failed change."""
    return sum(result.outcome is Outcome.SKIPPED for result in results)


# --- nothing done -------------------------------------------------------------------------------------------------


def _moved(walk: Walk, plan: Plan, moved: PlanOutdated, out: Output) -> ExitCode:
    """Say that the reviewed plan is out of date, and name what blocks the new one with its fix."""
    now = moved.reviewed.plan
    if now.blocked_by:
        return nothing_done(plan.changes, blocked(now, walk.findings), out, why_blocked(now, walk.findings))
    code = "moved" if moved.could_read else "not_seen"
    if moved.fix:
        return nothing_done(plan.changes, no_journal(moved.why), out, ExitCode.PROBLEM)
    why = Trouble(code, f"{moved.why} Nothing was changed.", "", _LOOK_AGAIN)
    return nothing_done(plan.changes, why, out, ExitCode.PROBLEM if moved.could_read else ExitCode.COULD_NOT_TELL)


def _fix_it_first(walk: Walk, plan: Plan, options: Options) -> tuple[str, ...]:
    """Return the last lines after a blocked plan, whose findings say what blocks it."""
    again = next_try(plan, walk.findings, options.command("apply"))
    return "", "Nothing was changed.", again, *how_to_go_on(plan, options)


def _interrupted(plan: Plan, results: Iterable[Result], written: Iterable[Entry]) -> Iterator[Result]:
    """Yield results for the changes that an interruption cut off or prevented.

    `written` are this run's journal entries.
    """
    ended, begun = {result.id for result in results}, {entry.change_id for entry in written}
    for change in (one for one in plan.changes if one.id not in ended):
        is_begun = change.writes and change.id in begun
        yield failed(change, _CUT_OFF) if is_begun else skipped(change, INTERRUPTED)


def blocked(plan: Plan, findings: Iterable[Finding]) -> Trouble:
    """Return the first finding that blocks the plan, as the reason why nothing was done."""
    first = next(iter(blocking_findings(plan, findings)), None)
    if first is None:
        return Trouble("blocked", f"We couldn't read what {plan.blocked_by[0]} needs, so nothing was changed.")
    or_go_on = f", or continue anyway with --accept {first.id}." if plan.pending and can_be_waived(first) else "."
    fix = f"{first.fix.removesuffix('.')}{or_go_on}"
    return Trouble("blocked", f"{first.id}: {first.summary}", first.cause, fix, policy=first.policy)
