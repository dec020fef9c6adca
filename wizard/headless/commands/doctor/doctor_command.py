"""`doctor`: check a setup in both services and show the root cause first. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wizard.domain.checks.catalogue import CHECKS, check
from wizard.domain.checks.check import Check, run_checks
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import audience, segment_access, segment_engage
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN
from wizard.domain.findings import Finding, Status, healthy, root_causes_first
from wizard.domain.planning.plan import Plan, repairs
from wizard.domain.proof.checkup import CheckupChanges, changes_since, checkup_of
from wizard.domain.proof.compare import compare
from wizard.exit_codes import ExitCode
from wizard.flow import counting
from wizard.flow.handouts.report import HoldsASecret, refuse_secrets, report, save, secrets_of, versions
from wizard.flow.handouts.setup_report import proof_of
from wizard.flow.observing import page_of
from wizard.flow.reading.observing import FIVE_READS
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.headless.commands.doctor.checkup import NOT_GIVEN, checkup, is_only_unreachable
from wizard.headless.commands.doctor.report_comparison import comparison, load_report, take_report_answers
from wizard.headless.commands.doctor.since_last import since_line
from wizard.headless.options import Options
from wizard.headless.printing.documents import doctor_document
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused, did_you_mean, quoted
from wizard.headless.setup.missing import missing_asks, missing_in_short
from wizard.headless.setup.prepare import take_answers, unknown_lines
from wizard.headless.setup.reading_in_time import read_in_time
from wizard.headless.setup.sandbox_setup import set_up

_STANDARD_OUTPUT = Path("-")
_CODES = {True: ExitCode.OK, False: ExitCode.PROBLEM, None: ExitCode.COULD_NOT_TELL}
# By a question's id, the check that reports its missing answer.
_ABOUT = {
    LAUNCHDARKLY_TOKEN.slot: launchdarkly_token.KIND.id,
    SEGMENT_TOKEN.slot: segment_access.KIND.id,
    "environment": launchdarkly_environment.CLIENT_SIDE_ID.id,
    "space": segment_engage.ENGAGE.id,
    "audiences": audience.EXISTS.id,
    "audience_keys": audience.EXISTS.id,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check-up of one environment found."""

    code: ExitCode
    verdict: bool | None
    document: Mapping[str, Any]
    lines: tuple[str, ...]
    page: str  # what `--report` writes


async def doctor(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Check both sides, show the findings and return the exit code. Raises Refused."""
    refuse_unfit(options)
    if options.list_checks:
        return list_all(out)
    await set_up(walk, options)
    found = await examine(walk, options, out)
    out.document(found.document)
    beside_the_report(out, options).text(found.lines)
    return found.code if write_report(walk, found.page, options, out) else ExitCode.PROBLEM


def refuse_unfit(options: Options) -> None:
    """Raise Refused for options that don't fit together."""
    _refuse_unknown_checks(options.only)
    if options.observations and options.report is None:
        raise Refused("--observations needs --report FILE: the page is shown, then written there.")
    if options.report == _STANDARD_OUTPUT and options.as_json:
        raise Refused("--json and --report - both write to standard output: give the report a file.")
    if options.since_last and options.only:
        raise Refused("--since-last compares all checks: leave out --only.")
    if options.against and (options.since_last or options.only):
        raise Refused("--against compares everything: leave out --since-last and --only.")


async def examine(walk: Walk, options: Options, out: Output) -> Examined:
    """Read both services within the time limit, and judge the setup. Raises Refused."""
    loaded = load_report(options.against) if options.against else None
    began = walk.ports.stopwatch.monotonic()
    given = await (
        take_report_answers(walk, loaded) if loaded and not options.config else take_answers(walk, options.config)
    )
    if options.observations:
        walk.ask_for(*FIVE_READS)
    await read_in_time(walk, walk.ports.stopwatch.monotonic() - began)  # a keyring may be slow or locked
    if options.count_members:
        await _count_members(walk, out)
    missing = missing_asks(walk)
    every = _unreachable_first(root_causes_first(_judged(walk, missing)))
    findings = _only(every, options.only)
    out.say(*(missing_in_short(missing, walk, given.file) if missing else ()))
    out.say(*(() if loaded else unknown_lines(given)))
    verdict = healthy(findings)
    fixable = _fixable(walk.plan(), findings)
    changed = _since_last(walk, findings, options) if options.since_last else None
    compared = compare(loaded.proof, proof_of(walk)) if loaded else None
    document = doctor_document(verdict, findings, fixable, _durations_ms(walk), changed, compared)
    page = _page(walk, every, options, out) if options.report else ""
    code = _CODES[compared.is_same] if compared else code_of(findings, verdict)
    if compared is not None:
        lines = tuple(comparison(compared, findings, options))
    elif changed is not None:
        lines = (since_line(walk, verdict, changed),)
    else:
        lines = tuple(checkup(walk, findings, verdict, options, is_fixable=bool(fixable), setup=given.setup))
    return Examined(code, verdict, document, lines, page)


async def _count_members(walk: Walk, out: Output) -> None:
    """Count the members that each context key reaches, and say what that costs. `--count-members` is the consent."""
    if why := counting.why_not(walk):
        out.say(why)
        return
    out.say(counting.budget(walk))
    await counting.count_members(walk)
    out.say(*counting.results(walk))


def _since_last(walk: Walk, findings: tuple[Finding, ...], options: Options) -> CheckupChanges:
    """Return what has changed since this setup's last check-up with `--since-last`, and save this one.

    A file is identified by its path, because its environment may be unreadable at the moment.
    """
    which = str(options.config.resolve()) if options.config else ""
    before = walk.session.saved.checkups.get(which)
    now = checkup_of(findings, before, walk.ports.clock.now())
    walk.session.note_checkup(which, now)
    return changes_since(before, now, findings)


def _durations_ms(walk: Walk) -> dict[str, int]:
    """Return, by check, the milliseconds that its readings took; the check itself takes no time."""
    took = {check.id: sum(walk.durations_s.get(slot, 0.0) for slot in check.reads) for check in CHECKS}
    return {check_id: round(seconds * 1000) for check_id, seconds in took.items()}


def code_of(findings: Iterable[Finding], verdict: bool | None) -> ExitCode:
    """Return the exit code of a check-up. If only unreachable hosts failed, nothing is known about the setup."""
    return ExitCode.COULD_NOT_TELL if is_only_unreachable(findings) else _CODES[verdict]


# --- findings -----------------------------------------------------------------------------------------------------


def _judged(walk: Walk, missing: Iterable[Ask]) -> tuple[Finding, ...]:
    """Run every check on what exists, not on what a plan would create; say which answers are missing."""
    facts, answers = walk.state.facts, walk.state.answers.about_what_exists
    never_given = {_ABOUT[ask.id]: ask for ask in missing if ask.id in _ABOUT}
    return tuple(
        _not_given(finding, never_given[finding.id])
        if finding.id in never_given and finding.status is Status.SKIPPED and "waits_for" not in finding.evidence
        else finding
        for finding in (one.of_this_run(walk.ports.options) for one in run_checks(CHECKS, facts, answers))
    )


def _not_given(finding: Finding, ask: Ask) -> Finding:
    what = f"The {ask.secret.label} isn't set" if ask.secret else f"{ask.label}: nothing is set"
    where = f"Set {ask.variable}." if ask.variable else f"Set {ask.setting} in setup.toml."
    return replace(
        finding,
        status=Status.UNKNOWN,
        summary=f"{what}, so this couldn't be checked.",
        fix=f"{where} {ask.help.where}",
        evidence={NOT_GIVEN: ask.variable or ask.setting},
    )


def _unreachable_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put a service that doesn't answer first, because anything missing may only be unreadable."""
    return tuple(sorted(findings, key=lambda one: one.status is Status.PASS or not one.id.endswith(".reachable")))


def _only(findings: Iterable[Finding], only: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return the checks that `--only` names; each of them counts for the verdict, whatever else is wrong."""
    every = tuple(findings)
    if not only:
        return every
    open_ = {Status.FAIL, Status.UNKNOWN}
    silent = {one.id: one for one in every if one.id.endswith(".reachable") and one.status in open_}
    chosen = (replace(finding, matters=True) for finding in every if finding.id in only)
    return tuple(_unconfirmed(finding, silent) if finding.status is Status.PASS else finding for finding in chosen)


def _unconfirmed(finding: Finding, silent: Mapping[str, Finding]) -> Finding:
    """Return a finding as unknown if a service that it depends on doesn't answer; else unchanged."""
    outage = next((silent[one] for one in _rests_on(check(finding.id)) if one in silent), None)
    if outage is None:
        return finding
    summary = f"{finding.summary} But LaunchDarkly couldn't confirm which environment that is."
    return replace(finding, status=Status.UNKNOWN, summary=summary, cause=outage.summary, fix=outage.fix)


def _rests_on(given: Check) -> frozenset[str]:
    """Return the IDs of all checks that this check needs, directly or indirectly."""
    return frozenset({one.id for one in given.needs}.union(*map(_rests_on, given.needs)))


def _fixable(plan: Plan, findings: Iterable[Finding]) -> frozenset[int]:
    return frozenset(number for number, finding in enumerate(findings) if repairs(plan, finding))


def _refuse_unknown_checks(only: Iterable[str]) -> None:
    ids = {check.id for check in CHECKS}
    unknown = [check for check in only if check not in ids]
    if unknown:
        raise Refused(
            *(f"Unknown check {quoted(one)}.{did_you_mean(one, ids)}" for one in unknown),
            "All checks: audience-wizard doctor --list",
        )


def _page(walk: Walk, findings: tuple[Finding, ...], options: Options, out: Output) -> str:
    """Return the text for `--report`. Observations are printed before they are saved; nothing is sent."""
    if not options.observations:
        return report(walk, versions(), findings=tuple(_with_options(one, options) for one in findings))
    page = page_of(walk)
    if options.report != _STANDARD_OUTPUT:
        out.say("", *page.splitlines())
    return page


def _with_options(finding: Finding, options: Options) -> Finding:
    """Return the finding with the setup's options in the commands that it names, for a page that goes elsewhere."""
    return replace(finding, cause=options.of_this_run(finding.cause), fix=options.of_this_run(finding.fix))


def beside_the_report(out: Output, options: Options) -> Output:
    """Return where the lines of a check-up go: to standard error when the report takes standard output."""
    return replace(out, data=out.narration, page=out.narration_page) if options.report == _STANDARD_OUTPUT else out


def write_report(walk: Walk, page: str, options: Options, out: Output) -> bool:
    """Write the report, if one is wanted, and return whether that worked.

    A text that holds a secret is never written.
    """
    path = options.report
    if path is None:
        return True
    try:
        if path == _STANDARD_OUTPUT:
            refuse_secrets(page, secrets_of(walk))
            out.raw(page)
            return True
        save(path, page, secrets_of(walk))
    except HoldsASecret as error:
        out.say(f"No report: {error}")
    except OSError as error:
        out.say(f"No report: we couldn't write {path} ({error.strerror or error}).")
    else:
        out.say(f"Report written: {path}")
        return True
    return False


# --- for people ---------------------------------------------------------------------------------------------------


def list_all(out: Output) -> ExitCode:
    checks = [{"id": check.id, "title": check.title, "step": check.step} for check in CHECKS]
    out.document({"schema": 1, "checks": checks})
    width = max(len(check.id) for check in CHECKS)
    out.text(f"{check.id:{width}}  {check.title}" for check in CHECKS)
    return ExitCode.OK
