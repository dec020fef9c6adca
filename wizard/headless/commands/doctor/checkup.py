"""What `doctor` shows a person: a line for each step, each problem in full, then the result and the next command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from wizard.domain.checks.catalogue import check
from wizard.domain.checks.segment import audience, audience_attached
from wizard.domain.checks.sync import sync_segment
from wizard.domain.commands import names
from wizard.domain.findings import Finding, Status
from wizard.flow.diagnosing import shown_by
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.walk import Walk
from wizard.flow.words import notable_findings
from wizard.headless.options import Options
from wizard.headless.printing.findings_text import finding_lines, once_answered
from wizard.headless.setup.prepare import place
from wizard.headless.setup.set_in import set_in
from wizard.headless.setup.setup_file import SetupFile
from wizard.text import count

_BEGUN = {audience_attached.ATTACHED.id, sync_segment.SEGMENT.id}  # these pass only after something may have been sent
NOT_GIVEN = "not_given"  # the evidence of a check that lacks an answer: the variable or setting that gives it


def checkup(
    walk: Walk,
    findings: tuple[Finding, ...],
    verdict: bool | None,
    options: Options,
    *,
    is_fixable: bool,
    setup: SetupFile | None = None,
) -> Iterator[str]:
    """Yield the lines; `setup` is the file that was checked, if one was."""
    where = place(walk)
    yield f"Checked {where}{_moment(walk, options)}" if where else "Checked what could be read"
    yield ""
    yield from _groups(walk, findings)
    for finding in _in_full(findings, options):
        yield ""
        way = _way_to_the_cause(finding, findings, walk, options)
        yield from finding_lines(finding, troubleshoot=way, set_in=set_in(walk, finding, setup))
    if options.verbose:
        yield from _skipped(findings)
    elif verdict is None:
        yield from _skipped(_unknown(findings))
    yield ""
    yield _result(findings, verdict)
    yield f"Next: {_next(findings, verdict, walk, options, is_fixable=is_fixable)}"


def _moment(walk: Walk, options: Options) -> str:
    """Return the moment that was checked, if it's simulated: `plan` looks at the sandbox at another moment."""
    return options.moment or (" (sandbox)" if walk.state.sandbox else "")


# --- groups -------------------------------------------------------------------------------------------------------


def _groups(walk: Walk, findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one line for each step whose checks ran: `LaunchDarkly  14 ✓`, with counts of what isn't right."""
    steps = [step.id for step in walk.steps]
    titles = {step.id: step.title for step in walk.steps}
    by_step = sorted(findings, key=lambda finding: steps.index(check(finding.id).step))
    width = max(map(len, titles.values()))
    for step, found in groupby(by_step, key=lambda finding: check(finding.id).step):
        yield f"{titles[step]:{width}}  {_counts([finding.status for finding in found])}"


def _counts(statuses: list[Status]) -> str:
    number = {status: statuses.count(status) for status in Status}
    parts = [
        f"{number[Status.PASS]} ✓" if number[Status.PASS] else "",
        f"{number[Status.FAIL]} failed" if number[Status.FAIL] else "",
        count(number[Status.WARN], "warning") if number[Status.WARN] else "",
        f"{number[Status.UNKNOWN]} unknown" if number[Status.UNKNOWN] else "",
        f"{number[Status.SKIPPED]} skipped" if number[Status.SKIPPED] else "",
    ]
    return ", ".join(part for part in parts if part)


# --- findings -----------------------------------------------------------------------------------------------------


def _in_full(findings: tuple[Finding, ...], options: Options) -> Iterable[Finding]:
    """Return the findings to show in full: problems, or every check that ran with `--verbose` or `--only`."""
    if options.verbose or options.only:
        return (finding for finding in findings if finding.status is not Status.SKIPPED or options.only)
    return notable_findings(findings)


def _way_to_the_cause(finding: Finding, findings: Iterable[Finding], walk: Walk, options: Options) -> str:
    """Return the command that diagnoses what the finding shows; empty where that isn't to be seen, as before a sync."""
    has_begun = finding.id.startswith("sync.") or any(
        one.id in _BEGUN and one.status is Status.PASS for one in findings
    )
    if not has_begun or names(finding.fix, "troubleshoot"):
        return ""
    symptom = shown_by(walk, finding)
    return options.command(f"troubleshoot {symptom.id}") if symptom else ""


def _way_to_what_is_awaited(findings: tuple[Finding, ...], walk: Walk, options: Options) -> str:
    """Return the command that diagnoses an overdue segment; empty when none is overdue."""
    state = walk.state
    if not isinstance(state.facts.segments, tuple):
        return ""
    late = {one.key for one in chosen_audiences(state) if sync_segment.is_overdue(one, state.facts, state.answers)}
    awaited = (one for one in findings if one.id == sync_segment.SEGMENT.id and one.status is Status.UNKNOWN)
    ways = (_way_to_the_cause(one, findings, walk, options) for one in awaited if one.audience in late)
    return next(filter(None, ways), "")


def _unknown(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return the skipped findings that leave the verdict open, except those that wait for another check.

    Empty if an unknown finding already says why.
    """
    if any(one.status is Status.UNKNOWN and one.matters for one in findings):
        return []
    skipped = (finding for finding in findings if finding.status is Status.SKIPPED)
    return [one for one in skipped if one.matters and not one.judged and not one.waits_for]


def _skipped(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the skipped checks for each reason, and the reason."""
    ids: dict[str, list[str]] = {}
    for finding in findings:
        if finding.status is Status.SKIPPED:
            ids.setdefault(finding.summary, []).append(finding.id)
    for reason, checks in ids.items():
        yield ""
        yield f"Skipped: {', '.join(dict.fromkeys(checks))}"
        yield f"  {reason.replace('`', '')}"


# --- the end ------------------------------------------------------------------------------------------------------


def is_only_unreachable(findings: Iterable[Finding]) -> bool:
    """Return whether only unreachable hosts failed, which says nothing about the setup."""
    failed = [finding.id for finding in findings if finding.status is Status.FAIL]
    return bool(failed) and all(check.endswith(".reachable") for check in failed)


def _result(findings: tuple[Finding, ...], verdict: bool | None) -> str:
    number = {status: sum(finding.status is status for finding in findings) for status in Status}
    failed = dict.fromkeys(finding.id for finding in findings if finding.status is Status.FAIL)
    if is_only_unreachable(findings):
        return f"Couldn't tell: we couldn't reach {count(len(failed), 'service')} ({', '.join(failed)})."
    if verdict is False:
        return f"Not healthy: {count(number[Status.FAIL], 'problem')} ({', '.join(failed)})."
    warned = count(number[Status.WARN], "warning") if number[Status.WARN] else ""
    passed = count(number[Status.PASS], "check")
    beside = f" {warned}." if warned else ""
    if verdict is None and _is_too_early(findings):
        return f"Too early to tell: nothing failed, but the first sync hasn't finished.{beside}"
    if verdict is None:
        unknown = (finding for finding in findings if finding.status is Status.UNKNOWN or not finding.judged)
        missed = count(number[Status.UNKNOWN] or sum(finding.matters for finding in unknown), "check")
        return f"Couldn't tell: nothing failed, but {missed} gave no answer.{beside}"
    open_ = f"{number[Status.UNKNOWN]} unknown" if number[Status.UNKNOWN] else ""
    return f"{', '.join(filter(None, (f'Healthy: {passed} passed', warned, open_)))}."


def _is_too_early(findings: Iterable[Finding]) -> bool:
    """Return whether the verdict is open only because the first sync isn't over."""
    unjudged = [one for one in findings if one.matters and (one.status is Status.UNKNOWN or not one.judged)]
    waits = (one.status is Status.SKIPPED and one.id.startswith("sync.") and not one.waits_for for one in unjudged)
    return all(waits)


def _needs_a_hand(finding: Finding) -> bool:
    """Return whether this finding needs a person's action although it hasn't failed: waiting won't help."""
    there_is_none = finding.id == audience.EXISTS.id and finding.status is Status.UNKNOWN
    return there_is_none or (finding.id == audience_attached.ACTIVATION.id and finding.status is Status.WARN)


def _next(
    findings: tuple[Finding, ...], verdict: bool | None, walk: Walk, options: Options, *, is_fixable: bool
) -> str:
    again = options.command("doctor")
    silent = {one.id for one in findings if one.id.endswith(".reachable") and one.status is not Status.PASS}
    if findings and findings[0].id in silent:
        return once_answered(again, len(silent))
    if verdict is None and any(NOT_GIVEN in finding.evidence for finding in findings):
        return f"provide what's missing, then {again}"
    if is_fixable and verdict is False:
        return f"{options.command('apply')} shows the changes that repair this, and asks first"
    if verdict is False:
        first = next(finding for finding in findings if finding.status is Status.FAIL)
        symptom = shown_by(walk, first)
        if symptom is not None and first.id.startswith("sync."):  # an effect, whose cause isn't known yet
            return f"{options.command(f'troubleshoot {symptom.id}')} finds the cause"
        return f"follow the fix of {first.id}, then {again}"
    if verdict is None and (named := next((one.id for one in findings if _needs_a_hand(one)), "")):
        return f"follow the fix of {named}, then {again}"
    if verdict is None and (way := _way_to_what_is_awaited(findings, walk, options)):
        return f"{way} finds the cause"
    if verdict is None and _is_too_early(findings):
        return f"{options.command('watch')} follows it"
    return f"{again} -v shows every check" if verdict else f"{again}, a few minutes from now"
