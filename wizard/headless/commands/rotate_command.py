"""`rotate`: give the destination a new token without a gap, after showing the steps and asking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wizard.domain.checks import machine
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.checks.segment import segment_access
from wizard.domain.planning.change import Action, Change
from wizard.exit_codes import ExitCode
from wizard.flow.walk import Walk
from wizard.flow.writing import result as results
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.result import Outcome, Result, Started, Trouble, skipped
from wizard.flow.writing.rotation.plan import IDS, PROOF, ReviewedRotation, blocked_by, in_the_way, review_rotation
from wizard.flow.writing.rotation.rotate import rotate
from wizard.flow.writing.rotation.words import QUESTION, both_work, rotation_lines
from wizard.headless.consent import agreed, is_unattended, refuse_unattended
from wizard.headless.options import Options
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
from wizard.headless.printing.findings_text import finding_lines
from wizard.headless.printing.output import Output
from wizard.headless.setup.prepare import prepare, read_as_maker
from wizard.headless.setup.sandbox_setup import set_up

_NOT_AGREED = not_agreed("changed")
_INTERRUPTED, _CUT_OFF = interrupted("rotate"), cut_off("rotate", "done", "happened")
_WITHOUT_THESE = {  # if one of these checks fails, nothing can be rotated
    machine.LAUNCHDARKLY_REACHABLE.id,
    machine.SEGMENT_REACHABLE.id,
    launchdarkly_token.KIND.id,
    launchdarkly_token.VALID.id,
    segment_access.KIND.id,
    segment_access.VALID.id,
}


async def rotate_token(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Show the rotation, ask for a yes, and do it. Raises Refused, Busy."""
    walk.session.lock()
    await set_up(walk, options)
    await prepare(walk, options.config, begin=read_as_maker)
    if failing := next((one for one in in_the_way(walk) if one.id in _WITHOUT_THESE), None):
        return _not_begun(walk, blocked_by(failing), out, finding_lines(failing))
    reviewed = await review_rotation(walk, options.timeout_s)
    if isinstance(reviewed, Trouble):
        return _not_begun(walk, reviewed, out)
    out.say(f"Rotating the token of {reviewed.rotation.destination.name}{options.moment}:")
    out.say(*(f"  {line}" for line in rotation_lines(reviewed.plan)))
    if why := why_unrecorded(walk.session):
        return nothing_done(reviewed.plan.changes, no_journal(why), out, ExitCode.PROBLEM)
    if is_unattended(options, out):
        out.document(results_document(skipped(change, _NOT_AGREED) for change in reviewed.plan.changes))
        refuse_unattended(options, out, "rotate")
    if not await agreed(options, out, f"{QUESTION}?"):
        return nothing_done(reviewed.plan.changes, _NOT_AGREED, out, ExitCode.WAITING)
    return await _rotate(walk, reviewed, options, out)


def _not_begun(walk: Walk, why: Trouble, out: Output, lines: Iterable[str] = ()) -> ExitCode:
    code = ExitCode.COULD_NOT_TELL if why.could_not_tell else ExitCode.PROBLEM
    return nothing_done(_every_step(walk), why, out, code, lines)


def _every_step(walk: Walk) -> tuple[Change, ...]:
    """Return the steps of a rotation that couldn't be planned."""
    host = walk.state.facts.launchdarkly_host
    return tuple(Change(one, Action.NONE, one, "", "", host, None, None, undoable=False) for one in IDS)


async def _rotate(walk: Walk, reviewed: ReviewedRotation, options: Options, out: Output) -> ExitCode:
    """Rotate, and say how each step ended, including the steps that an interruption prevented."""
    titles = {change.id: change.title for change in reviewed.plan.changes}
    done: list[Result] = []
    begun = ""
    try:
        async for event in rotate(walk, reviewed, options.timeout_s):
            if isinstance(event, Started):
                begun = event.id
                out.say(
                    f"{event.host}: {event.doing} …",
                    *([both_work(reviewed.rotation)] if event.id == PROOF and not options.sandbox_hint else []),
                )
            else:
                done.append(event)
                out.text(result_lines(_shown(event, options), titles[event.id]))
    except asyncio.CancelledError:
        left = list(_left(reviewed, done, begun))
        for result in left:
            out.text(result_lines(result, titles[result.id]))
        out.document(results_document([*done, *left]))
        raise
    out.document(results_document(done))
    out.text(_ending(done, reviewed, options))
    return _code(done)


def _left(reviewed: ReviewedRotation, done: Iterable[Result], begun: str) -> Iterator[Result]:
    ended = {result.id for result in done}
    for change in (one for one in reviewed.plan.changes if one.id not in ended):
        result = skipped(change, _INTERRUPTED)
        yield replace(result, outcome=Outcome.FAILED, error=_CUT_OFF) if change.id == begun else result


def _code(done: list[Result]) -> ExitCode:
    return ExitCode.COULD_NOT_TELL if _is_unproven(done) else code_of(done)


def _is_unproven(done: Iterable[Result]) -> bool:
    return any(result.error and result.error.code == results.NO_PROOF.code for result in done)


def _shown(result: Result, options: Options) -> Result:
    """Return the result; in the sandbox without the advice to rotate again, as that would start afresh."""
    error = result.error
    return replace(result, error=replace(error, fix="")) if options.sandbox_hint and error and error.goes_on else result


def _ending(done: list[Result], reviewed: ReviewedRotation, options: Options) -> Iterator[str]:
    yield ""
    yield f"{how_many(done)}."
    if options.sandbox_hint:
        yield options.sandbox_hint
    elif _is_to_go_on(done, reviewed):
        yield f"Next: {options.command('rotate')}"
    else:
        yield f"Next: {options.command('doctor')}"


def _is_to_go_on(done: list[Result], reviewed: ReviewedRotation) -> bool:
    is_open = any(result.outcome in {Outcome.FAILED, Outcome.SKIPPED} for result in done)
    return is_open and (reviewed.rotation.may_delete_the_old or not _is_unproven(done))
