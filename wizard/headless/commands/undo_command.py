"""`undo`: take back what this wizard made, after showing it; keep anything that others made, changed or use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.planning.change import attached_key
from wizard.domain.services import links
from wizard.domain.services.naming import match_segments
from wizard.exit_codes import ExitCode
from wizard.flow.profile.journal import Entry, Resource
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome, Result, Started, Trouble, trouble_of
from wizard.flow.writing.undo.left_behind import left_behind
from wizard.flow.writing.undo.other_audiences import LookedAt
from wizard.flow.writing.undo.undo import by_change, result_of, undo
from wizard.flow.writing.undo.undo_plan import UndoFacts, UndoStep, plan_undo
from wizard.flow.writing.undo.undo_review import (
    ALREADY_GONE,
    COULD_NOT_READ,
    LOOK_AT_WHAT_STAYS,
    NOTHING,
    NOTHING_DONE,
    NOTHING_HERE,
    STAYS,
    WORDS,
    forget_destination,
    leaves_segments,
    named_like_ours,
    review_undo,
    step_in_words,
    without_record,
)
from wizard.flow.writing.undo.undo_token import forget_token
from wizard.headless.consent import agreed, is_unattended, refuse_unattended
from wizard.headless.options import Options
from wizard.headless.plain.changes import result_lines
from wizard.headless.printing.documents import results_document
from wizard.headless.printing.endings import code_of, cut_off, how_many, interrupted, not_agreed
from wizard.headless.printing.output import Output
from wizard.headless.printing.progress import every_few_seconds
from wizard.headless.refusal import Refused
from wizard.headless.setup.missing import missing_asks, missing_lines
from wizard.headless.setup.prepare import NOT_FOR_A_PLAN, Given, read_segments, refuse_two_environments, take_answers
from wizard.headless.setup.sandbox_setup import set_up
from wizard.text import count

# In the sandbox, this command first makes the setup. If nothing was made, the scenario prevented that.
_NOT_OURS = "In this sandbox scenario, someone else made the setup, or something stops the wizard from making it."
NOT_AGREED = not_agreed("taken back")
INTERRUPTED, _CUT_OFF = interrupted("undo"), cut_off("undo", "taken back", "is gone")


async def undo_all(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Show what can be taken back, ask for a yes, and do it. Raises Refused, Busy."""
    walk.session.lock()
    await set_up(walk, options)
    plan = await prepare_undo(walk, options, out)
    if isinstance(plan, ExitCode):
        return plan
    out.say(*plan_lines(plan, options))
    writes = sum(back.writes for back in plan)
    if writes and is_unattended(options, out):
        left_alone(plan, NOT_AGREED, out, ExitCode.USAGE)
        refuse_unattended(options, out, "undo")
    if writes and not await agreed(options, out, f"Undo {count(writes, 'item')}?"):
        out.say(NOT_AGREED.summary)
        return left_alone(plan, NOT_AGREED, out, ExitCode.WAITING)
    return await take_back(walk, plan, options, out)


async def prepare_undo(walk: Walk, options: Options, out: Output) -> tuple[UndoStep, ...] | ExitCode:
    """Return what can be taken back, or the exit code if that is nothing or unknown. Raises Refused."""
    given = await take_answers(walk, options.config)
    if not walk.session.saved.made and not walk.session.saved.unconfirmed:
        return _nothing_to_do(walk, options, out) if walk.session.has_record else await _look_without_record(given, out)
    _refuse_without_token(given)
    walk.left_out |= NOT_FOR_A_PLAN
    await walk.read()
    if given.setup and not walk.state.answers.client_side_id:
        why = Trouble("unread", f"We couldn't read which environment {given.file} is about, so nothing was taken back.")
        out.say(why.summary)
        return left_alone(_unjudged(walk), why, out, ExitCode.COULD_NOT_TELL)
    refuse_two_environments(given)
    plan = await _reviewed(given, out)
    if isinstance(plan, Failure):
        return _could_not_look(walk, plan, out)
    return plan or _nothing_to_do(walk, options, out, NOTHING_HERE if _is_all_elsewhere(given) else NOTHING)


async def _reviewed(given: Given, out: Output) -> tuple[UndoStep, ...] | Failure:
    """Read what was made and who uses it, which takes minutes with hundreds of audiences."""
    walk, tell = given.walk, every_few_seconds(given.walk, out)

    def tell_from_the_start(looked_at: LookedAt) -> None:
        if looked_at.takes_long and not looked_at.done:
            out.say(f"{looked_at} Ctrl+C stops it, and nothing is taken back.")
        else:
            tell(looked_at)

    try:
        return await review_undo(walk, lambda made, seen: _of_this_setup(made, given, seen), tell_from_the_start)
    except asyncio.CancelledError:
        out.say(NOTHING_DONE)
        left_alone(_unjudged(walk), INTERRUPTED, out, ExitCode.INTERRUPTED)
        raise


def left_alone(plan: tuple[UndoStep, ...], why: Trouble, out: Output, code: ExitCode) -> ExitCode:
    """Write a document that says why nothing was taken back, and return `code`."""
    out.document(results_document(by_change(plan, _skipped(plan, why))))
    return code


def _is_all_elsewhere(given: Given) -> bool:
    """Return whether the profile made nothing for the file's environment."""
    wanted = given.walk.state.answers.client_side_id
    made_for = {entry.within.get("client_side_id") for entry in given.walk.session.saved.made}
    return given.setup is not None and wanted not in made_for


def _nothing_to_do(walk: Walk, options: Options, out: Output, why: str = NOTHING) -> ExitCode:
    out.say(why, *([_NOT_OURS] if options.after_setup else []), *_put_aside(walk))
    out.document(results_document(()))
    return ExitCode.OK


def _put_aside(walk: Walk) -> Iterator[str]:
    return (f"We couldn't read earlier progress, and moved it here: {path}" for path in walk.session.put_aside)


async def _look_without_record(given: Given, out: Output) -> ExitCode:
    """Say that we don't know what was made, and name what is called like the wizard's objects in Segment."""
    walk = given.walk
    walk.left_out |= NOT_FOR_A_PLAN
    await walk.read()
    already_said = {walk.session.trouble}  # every command says it
    out.say(*_put_aside(walk), *(line for line in without_record(walk) if line not in already_said))
    out.document(results_document(()))
    is_empty = named_like_ours(walk) == () and not walk.session.trouble and not walk.session.put_aside
    return ExitCode.OK if is_empty else ExitCode.COULD_NOT_TELL


def _refuse_without_token(given: Given) -> None:
    """Raise Refused if the token is missing for a service that has something to take back."""
    saved = given.walk.session.saved
    kinds = {entry.kind for entry in (*saved.made, *saved.unconfirmed)}
    needed = {LAUNCHDARKLY_TOKEN if kind is Resource.RULE else SEGMENT_TOKEN for kind in kinds}
    missing = tuple(ask for ask in missing_asks(given.walk) if ask.secret in needed)
    if missing:
        raise Refused(*missing_lines(missing, given.walk, given.file))


def _of_this_setup(entries: tuple[Entry, ...], given: Given, seen: UndoFacts) -> tuple[Entry, ...]:
    """Return the entries of the file's environment; without a file, all entries of the profile."""
    made, wanted = given.walk.session.saved.made, given.walk.state.answers.client_side_id
    if given.setup is None:
        return entries
    there = {one.id: one.client_side_id for one in seen.destinations}
    made_for_it = {entry.resource_id for entry in made if entry.within.get("client_side_id") == wanted}

    def is_of_this_setup(entry: Entry) -> bool:
        if entry.kind is Resource.RULE:
            return entry.within.get("client_side_id") == wanted
        return _destination(entry) in made_for_it or there.get(_destination(entry), wanted) == wanted

    return tuple(filter(is_of_this_setup, entries))


def _destination(entry: Entry) -> str:
    return entry.within.get("destination", entry.resource_id)


# --- taking back --------------------------------------------------------------------------------------------------


async def take_back(walk: Walk, plan: tuple[UndoStep, ...], options: Options, out: Output) -> ExitCode:
    """Take back what the plan says, and show how each step ended."""
    results: list[Result] = []
    begun = ""
    try:
        async for event in undo(walk.ports, walk.state, plan, walk.session):
            if isinstance(event, Started):
                begun = event.id
                out.say(f"{event.host}: {event.doing} …")
            else:
                results.append(event)
    except asyncio.CancelledError:
        ended = {(result.id, result.resource_id) for result in results}
        left = [one for one in _skipped(plan, INTERRUPTED) if (one.id, one.resource_id) not in ended]
        cut = next((one for one in left if one.id == begun), None)
        _say_results(plan, [*results, *(_cut_off(one) if one is cut else one for one in left)], out)
        raise
    forget_destination(walk, results)
    await forget_token(walk, results)
    _say_results(plan, results, out)
    await read_segments(walk)
    out.say(*_what_stays(walk, results))
    out.say(*(f"{said} {page.url}" for said, page in left_behind(walk, plan)))
    out.text(_ending(results, options))
    return code_of(results)


def _ending(results: list[Result], options: Options) -> Iterator[str]:
    """Yield what was taken back in one line, and what to do next, if anything is left."""
    yield ""
    yield f"{how_many(results, ALREADY_GONE)}."
    if any(result.outcome is Outcome.FAILED for result in results):
        yield f"Next: {options.command('undo')}"
    elif any(result.outcome is Outcome.SKIPPED for result in results):
        yield LOOK_AT_WHAT_STAYS


def _say_results(plan: tuple[UndoStep, ...], results: list[Result], out: Output) -> None:
    """Say how each step ended; the document has one result for each change that was once applied."""
    out.document(results_document(by_change(plan, results)))
    for result in results:
        out.text(result_lines(replace(result, detail=""), result.detail, ALREADY_GONE))


def _cut_off(result: Result) -> Result:
    return replace(result, outcome=Outcome.FAILED, error=_CUT_OFF)


def _skipped(plan: Iterable[UndoStep], why: Trouble) -> list[Result]:
    """Return one skipped result for each step."""
    return [result_of(back, Outcome.SKIPPED, why) for back in plan]


def _could_not_look(walk: Walk, failure: Failure, out: Output) -> ExitCode:
    why = trouble_of(failure)
    out.say(f"{COULD_NOT_READ} {why.summary}", f"Cause: {why.cause}", f"Fix: {why.fix}")
    return left_alone(_unjudged(walk), why, out, ExitCode.COULD_NOT_TELL)


def _unjudged(walk: Walk) -> tuple[UndoStep, ...]:
    """Return an undo plan of everything that was made, without looking at the services."""
    return plan_undo(walk.session.saved.made, UndoFacts(()))


# --- texts --------------------------------------------------------------------------------------------------------


def plan_lines(plan: tuple[UndoStep, ...], options: Options) -> Iterator[str]:
    """Yield what happens to each object that the wizard made."""
    yield f"What this wizard made{options.moment}, and what happens to it:"
    for back in plan:
        yield f"  {WORDS[back.doing][0]} {step_in_words(back)}"
    if leaves_segments(plan):
        yield STAYS


def _what_stays(walk: Walk, results: Iterable[Result]) -> Iterator[str]:
    """Yield what stays: nothing tells LaunchDarkly to remove members (docs/segment.md#adding-and-removing-members)."""
    keys = {attached_key(result.id) for result in results} - {""}
    if not keys:
        return
    yield STAYS
    facts, answers = walk.state.facts, walk.state.answers
    segments = listed(facts.segments)
    seen = listed(facts.audiences)
    for audience in (one for one in seen if one.key in keys):
        found = match_segments(audience, segments).found
        if found:
            members = count(found.included_count, "member") if found.included_count is not None else "members"
            link = links.segment_page(answers.project, answers.environment, found)
            yield f"  {found.name} with {members}: {link.url}"
    yield "Delete a segment in LaunchDarkly once no flag uses it."
