"""`plan`: read both sides and show what would change and why. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from wizard.domain.checks.catalogue import check
from wizard.domain.checks.launchdarkly import launchdarkly_approvals
from wizard.domain.checks.launchdarkly.launchdarkly_permissions import PERMISSIONS
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import GOING_ON_IS_POSSIBLE, Plan
from wizard.exit_codes import ExitCode
from wizard.flow.steps.next_steps import before_attaching
from wizard.flow.steps.step import Note
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import AS_WANTED
from wizard.flow.writing.plan_rows import tally
from wizard.headless.given_file import shown
from wizard.headless.options import Options
from wizard.headless.plain.changes import picture_lines
from wizard.headless.plain.changes import plan_lines as change_lines
from wizard.headless.plain.dialogue import words
from wizard.headless.printing.documents import plan_document
from wizard.headless.printing.findings_text import finding_lines, once_answered
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused
from wizard.headless.setup.missing import missing_in_file
from wizard.headless.setup.prepare import place, prepare
from wizard.headless.setup.set_in import set_in
from wizard.headless.setup.setup_file import parse_whole
from wizard.text import count

_ASKED_FOR = {check.id for check in launchdarkly_approvals.CHECKS}


async def plan(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Show the plan and return the exit code. Raises Refused."""
    if options.check_only:
        return check_file(options, out)
    await prepare(walk, options.config, options.resync, options.accept)
    drawn = walk.plan()
    out.document(plan_document(drawn))
    out.text(chain(plan_lines(walk, drawn), _ending(drawn, walk.findings, options)))
    return code_of(drawn, walk.findings)


def check_file(options: Options, out: Output) -> ExitCode:
    """Judge the setup file alone, without tokens or network, for a pre-commit hook. Raises Refused."""
    if options.config is None:
        raise Refused("--check needs a file: audience-wizard plan --check -c setup.toml")
    setup = parse_whole(options.config)
    setup.refuse()
    missing = tuple(missing_in_file(setup))
    if not setup.given:
        raise Refused(f"{shown(setup.path)}: this file holds no settings.", *missing)
    names = [one.name for one in setup.targets]
    out.document(
        {"schema": 1, "settings": sorted(setup.given)}
        | ({"targets": [{"target": name} for name in names]} if names else {})
    )
    of_targets = f" and {count(len(names), 'target')}" if names else ""
    found = f"{count(len(setup.given), 'setting')}{of_targets}"
    out.text([f"{shown(setup.path)}: {found}, no mistakes found. This didn't look up any names.", *missing])
    return ExitCode.OK


def code_of(drawn: Plan, findings: tuple[Finding, ...]) -> ExitCode:
    if drawn.blocked_by:
        return why_blocked(drawn, findings)
    return ExitCode.WAITING if drawn.pending else ExitCode.OK


def why_blocked(drawn: Plan, findings: tuple[Finding, ...]) -> ExitCode:
    """Return a blocked plan's exit code. An unreachable host or a failed read isn't a problem of the setup."""
    problems = {f.id for f in findings if f.status is Status.FAIL and not f.id.endswith(".reachable")}
    return ExitCode.PROBLEM if problems & set(drawn.blocked_by) else ExitCode.COULD_NOT_TELL


def plan_lines(walk: Walk, drawn: Plan) -> Iterator[str]:
    """Yield the lines of a plan: a heading, each change, and what blocks it."""
    yield f"Plan for {place(walk) or 'what could be read'}{_moment(walk, drawn)}"
    yield from change_lines(drawn)
    yield from picture_lines(walk, drawn)
    blocking = blocking_findings(drawn, walk.findings)
    notes = (*_without_audience(walk), *_may_hold_up(walk.findings), *before_attaching(walk.state))
    if not blocking and notes:  # a blocking finding says the same as its note
        yield from ("", *map(words.note, notes))
    for finding in (*blocking, *_missing_rights(walk.findings)):
        yield from ("", *finding_lines(finding, set_in=set_in(walk, finding)))
    if silent := set(drawn.blocked_by) - {finding.id for finding in blocking}:
        yield from ("", *(f"Not checked: {check(one).title} ({one})" for one in sorted(silent)))


def _without_audience(walk: Walk) -> Iterator[Note]:
    if not walk.state.answers.audiences:
        yield Note("This setup has no audience, so nothing syncs until it has one.", "!")


def _moment(walk: Walk, drawn: Plan) -> str:
    """Return which moment of the sandbox this is: `doctor` looks at the same scenario after the setup."""
    if not walk.state.sandbox:
        return ""
    creates = any(change.action is Action.CREATE for change in drawn.changes)
    return " (sandbox, before the setup)" if creates else " (sandbox)"


def _missing_rights(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Return the warnings about a right that the sync may need, to print in full, as `doctor` does."""
    return (finding for finding in findings if finding.id == PERMISSIONS.id and finding.status is Status.WARN)


def _may_hold_up(findings: Iterable[Finding]) -> Iterator[Note]:
    """Yield what LaunchDarkly may require for a sync; its documentation doesn't say whether it does."""
    for finding in findings:
        is_open = finding.id in _ASKED_FOR and finding.status is Status.UNKNOWN and finding.judged
        is_seen = finding.id in _ASKED_FOR and finding.status is Status.WARN
        if is_open or is_seen:
            yield Note(f"{finding.summary} The first sync will show whether it needs that.", "!")


def blocking_findings(drawn: Plan, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that block the plan: those of the blocking checks that failed or are unknown.

    If a service's blocking check never ran, return the service's first unknown finding instead, which says why.
    """
    findings = tuple(findings)
    blocking = [f for f in findings if f.id in drawn.blocked_by and f.status in {Status.FAIL, Status.UNKNOWN}]
    sides = {_side(check) for check in drawn.blocked_by} - {_side(finding.id) for finding in blocking}
    unknown = (finding for finding in findings if finding.status is Status.UNKNOWN and finding.cause)
    hiding = {_side(finding.id): finding for finding in reversed(tuple(unknown))}
    return [*blocking, *(hiding[side] for side in sorted(sides) if side in hiding)]


def _side(check: str) -> str:
    return check.partition(".")[0]


def how_to_go_on(drawn: Plan, options: Options) -> Iterator[str]:
    """Yield the command that continues anyway, if the user may accept every blocking check."""
    if drawn.pending and set(drawn.blocked_by) <= GOING_ON_IS_POSSIBLE:
        accepted = " ".join(f"--accept {check}" for check in drawn.blocked_by)
        yield f"Or continue anyway: {options.command('apply')} {accepted}"


def next_try(drawn: Plan, findings: Iterable[Finding], command: str) -> str:
    """Return the last line of a blocked plan. For services that don't answer, it says to wait, not to fix."""
    if silent := gave_no_answer(drawn, findings):
        return f"Next: {once_answered(command, silent)}"
    return f"Next: fix {'that' if len(drawn.blocked_by) == 1 else 'those'}, then {command}"


def _what_blocks(drawn: Plan, findings: Iterable[Finding]) -> str:
    if silent := gave_no_answer(drawn, findings):
        return f"{count(silent, 'service')} gave no answer"
    return f"{count(len(drawn.blocked_by), 'problem')} in the way"


def gave_no_answer(drawn: Plan, findings: Iterable[Finding]) -> int:
    """Return how many services gave no answer, if nothing else blocks; else 0."""
    blocking = blocking_findings(drawn, findings)
    silent = [one for one in blocking if one.status is Status.UNKNOWN and one.id.endswith(".reachable")]
    return len(silent) if len(silent) == len(blocking) else 0


def _ending(drawn: Plan, findings: Iterable[Finding], options: Options) -> Iterator[str]:
    """Yield the result and the next command."""
    yield ""
    if drawn.blocked_by and not drawn.pending and set(drawn.blocked_by) <= GOING_ON_IS_POSSIBLE:
        yield f"Nothing is left to change, but {count(len(drawn.blocked_by), 'problem needs', 'problems need')} you."
        yield f"Next: fix {'that' if len(drawn.blocked_by) == 1 else 'those'}, then {options.command('doctor')}"
    elif drawn.blocked_by:
        yield f"You can't apply this plan yet: {_what_blocks(drawn, findings)}."
        yield next_try(drawn, findings, options.command("plan"))
        yield from how_to_go_on(drawn, options)
    elif drawn.pending:
        yield f"{tally(drawn)}. Nothing was changed."
        yield f"Next: {options.apply_command}"
    else:
        yield AS_WANTED
        yield f"Next: {options.command('doctor')}"
