"""How a run of changes ends: its exit code, and why something wasn't done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.domain.planning.change import Change
from wizard.exit_codes import ExitCode
from wizard.flow.writing.change_words import AFTER_THE_HANDS, OUTCOMES, counted
from wizard.flow.writing.result import Outcome, Result, Trouble, skipped
from wizard.headless.printing.documents import results_document
from wizard.headless.printing.output import Output


def code_of(results: Iterable[Result]) -> ExitCode:
    outcomes = {result.outcome for result in results}
    if Outcome.FAILED in outcomes:
        return ExitCode.PROBLEM
    return ExitCode.WAITING if Outcome.BY_HAND in outcomes else ExitCode.OK


def nothing_done(
    changes: Iterable[Change], why: Trouble, out: Output, code: ExitCode, lines: Iterable[str] = ()
) -> ExitCode:
    """Say why nothing was done, or `lines` instead; write a skipped result for each change, and return `code`."""
    out.say(*(tuple(lines) or trouble_lines(why)))
    out.document(results_document(skipped(change, why) for change in changes))
    return code


def trouble_lines(why: Trouble) -> Iterator[str]:
    """Yield what was seen, why, what to do, and the policy that the fix names."""
    yield why.summary
    yield from (f"{label}: {text}" for label, text in (("Cause", why.cause), ("Fix", why.fix)) if text)
    if why.policy:
        yield from ("Policy, to copy:", *(f"  {line}" for line in why.policy.splitlines()))


def not_agreed(done: str) -> Trouble:
    return Trouble("not_agreed", f"Nobody said yes, so nothing was {done}.")


def no_journal(why: str) -> Trouble:
    fix = (
        "Free some disk space, correct the folder's permissions, or set AUDIENCE_WIZARD_HOME to another folder. To "
        "continue without a record, add --without-journal."
    )
    return Trouble("no_journal", f"{why} Nothing was changed.", "", fix)


def interrupted(command: str) -> Trouble:
    return Trouble("interrupted", "The run was interrupted before this.", "", f"Run audience-wizard {command} again.")


def cut_off(command: str, doing: str, not_known: str) -> Trouble:
    """Return that we don't know whether a write happened: the run ended between the request and its answer."""
    summary = f"The run was interrupted while this was being {doing}, so we don't know whether it {not_known}."
    return Trouble("interrupted", summary, "", f"Run audience-wizard {command} again. It checks that first.")


def how_many(results: Iterable[Result], already: str = "already right") -> str:
    """Return "1 failed, 2 done": how the changes ended, the failed ones first."""
    order = (Outcome.FAILED, Outcome.DONE, Outcome.ALREADY, Outcome.BY_HAND, Outcome.SKIPPED)
    said = {**OUTCOMES, Outcome.ALREADY: already, Outcome.BY_HAND: "left to do by hand"}
    words = [AFTER_THE_HANDS if one.waits_for_hands else said[one.outcome] for one in results]
    numbers = ((words.count(word), word) for word in (*(said[one] for one in order), AFTER_THE_HANDS))
    return ", ".join(counted(number, word) for number, word in numbers if number)
