"""A check: one thing that can be wrong, judged from what was read. Pure; no check reads anything itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from wizard.domain.answers import Answers
from wizard.domain.checks.silence import said_once
from wizard.domain.explain import evidence_of, explain
from wizard.domain.facts import Facts, Seen, Slot
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.findings import Finding, Status
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services.links import Link, in_region
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.step_id import StepId
from wizard.domain.tokens.closed import ClosedBy, closed_by

T = TypeVar("T")
Findings: TypeAlias = tuple[Finding, ...]
Judge: TypeAlias = Callable[[Facts, Answers], Findings]

# The ids that `run_checks` itself needs. The checks with these ids are declared in their own modules.
REACHABLE = {
    Service.LAUNCHDARKLY: "launchdarkly.reachable",
    Service.CLIENT_SIDE: "launchdarkly.client_side.reachable",
    Service.SEGMENT: "segment.reachable",
}
PAIR_ID = "launchdarkly.pair"
CLOSED_APIS_ID = "segment.token.permissions"
_SEGMENT_SIDE = (
    "segment.", "destination.", "mapping.", "audience.", "sync.source", "sync.delivery", "sync.filtered"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One check, declared where its judge is; other places refer to this object.

    `needs`: checks that must not have failed before this one means anything.
    `explained_by`: checks whose failure explains a failure of this one, which then waits; a pass stands.
    `hidden_by`: checks whose failure explains anything but a pass of this one.
    `reads`: the slots of `Facts` that the judge looks at, the deciding one first: what "show the requests" and
    the durations of `doctor` start from.
    """

    id: str
    title: str
    step: StepId
    judge: Judge
    needs: tuple[Check, ...] = ()
    matters: bool = True  # False: a setup can be healthy although this is unknown
    explained_by: tuple[Check, ...] = ()
    hidden_by: tuple[Check, ...] = ()
    reads: tuple[Slot, ...] = ()


@memoize_last
def run_checks(checks: Iterable[Check], facts: Facts, answers: Answers) -> Findings:
    """Run the checks in order. A check that depends on a failure is skipped and names the root cause."""
    roots = _Roots()
    found: list[Finding] = []
    for check in checks:
        for finding in _run(check, facts, answers, roots):
            roots.remember(finding)
            found.append(finding)
    said = said_once(tuple(found))
    return said if _is_usual_region(facts) else tuple(_in_region(finding, facts) for finding in said)


def _is_usual_region(facts: Facts) -> bool:
    return not isinstance(facts.workspace, Workspace) or facts.workspace.region is Region.US


def _in_region(finding: Finding, facts: Facts) -> Finding:
    return replace(finding, links=tuple(in_region(url, facts.workspace) for url in finding.links))


# --- what a judge answers with ----------------------------------------------------------------------------------
# Each returns one finding in a tuple, which a judge may return directly. `run_checks` adds the check's id and title.


def passed(summary: str, *, evidence: Mapping[str, Any] | None = None, links: Iterable[Link] = ()) -> Findings:
    return _one(Status.PASS, summary, evidence=evidence, links=links)


def failed(
    summary: str, *, cause: str, fix: str, links: Iterable[Link] = (), evidence: Mapping[str, Any] | None = None
) -> Findings:
    return _one(Status.FAIL, summary, cause, fix, links, evidence)


def warned(
    summary: str, *, cause: str, fix: str, links: Iterable[Link] = (), evidence: Mapping[str, Any] | None = None
) -> Findings:
    return _one(Status.WARN, summary, cause, fix, links, evidence)


def unknown(
    summary: str,
    *,
    fix: str,
    cause: str = "",
    links: Iterable[Link] = (),
    evidence: Mapping[str, Any] | None = None,
    matters: bool = True,
) -> Findings:
    return _one(Status.UNKNOWN, summary, cause, fix, links, evidence, matters=matters)


def skipped(summary: str, *, evidence: Mapping[str, Any] | None = None) -> Findings:
    """Return a finding for a check that isn't needed here; use `not_judged` when something that it needs is missing."""
    return _one(Status.SKIPPED, summary, evidence=evidence)


def not_judged(summary: str, *, evidence: Mapping[str, Any] | None = None) -> Findings:
    """Return a finding for a check that can't be judged: something that it needs wasn't given, read or found."""
    return _one(Status.SKIPPED, summary, evidence=evidence, judged=False)


def _one(
    status: Status,
    summary: str,
    cause: str = "",
    fix: str = "",
    links: Iterable[Link] = (),
    evidence: Mapping[str, Any] | None = None,
    *,
    matters: bool = True,
    judged: bool = True,
) -> Findings:
    urls = tuple([link.url for link in links]) if links else ()
    return (Finding("", "", status, summary, cause, fix, urls, dict(evidence) if evidence else {}, matters, judged),)


# --- what a judge asks for --------------------------------------------------------------------------------------


class CannotJudge(Exception):
    """The early end of a judge. It never leaves this package: `run_checks` returns its findings instead."""

    def __init__(self, findings: Findings, failure: Failure | None = None) -> None:
        super().__init__(findings[0].summary)
        self.findings = findings
        self.failure = failure


def need(slot: Seen[T], what: str) -> T:
    """Return what was read. Raises CannotJudge: skipped if not read yet, unknown without a usable answer."""
    if slot is None:
        raise CannotJudge(not_judged(f"Not read yet: {what}."))
    if isinstance(slot, Failure):
        raise CannotJudge(no_answer(slot, what), slot)
    return slot


def need_answer(answer: str, what: str) -> str:
    """Return what the user chose. Raises CannotJudge, as skipped, if nothing was chosen."""
    if not answer:
        raise CannotJudge(not_judged(f"Not chosen yet: {what}."))
    return answer


def no_answer(failure: Failure, what: str) -> Findings:
    """Return an unknown finding for a call without a usable answer, with what can be done about that."""
    found = explain(failure)
    vendor = "Segment" if failure.service is Service.SEGMENT else "LaunchDarkly"
    closed = failure.kind in {FailureKind.UNAUTHORIZED, FailureKind.FORBIDDEN}
    by_workspace = failure.service is Service.SEGMENT and closed_by(failure) is ClosedBy.WORKSPACE
    is_tokens = closed and not by_workspace
    summary = f"{vendor} doesn't let this token read {what}."
    summary = summary if is_tokens else f"We couldn't check this. {found.summary}"
    pages = tuple(link.url for link in found.links)
    finding = Finding("", "", Status.UNKNOWN, summary, found.cause, found.fix, pages, evidence_of(failure))
    return (finding,)


# --- running ----------------------------------------------------------------------------------------------------


class _Roots:
    """The root cause of each check that failed or waits for one that did, kept apart for each audience."""

    def __init__(self) -> None:
        self._failed: set[str] = set()
        self._silent: set[str] = set()  # ids of the checks whose host doesn't answer
        # by ID of a check that an outage leaves open: the ID of the check that reports the outage
        self._behind: dict[str, str] = {}
        self._root: dict[tuple[str, str], str] = {}
        self._audiences: dict[str, list[str]] = {}
        self._closed: tuple[str, ...] = ()  # names of the closed APIs that a warning explains

    def remember(self, finding: Finding) -> None:
        audience = finding.audience
        self._audiences.setdefault(finding.id, []).append(audience)
        if finding.status is Status.PASS:
            return
        if finding.status is Status.FAIL:
            self._failed.add(finding.id)
        if finding.id == CLOSED_APIS_ID and finding.status is Status.WARN:
            self._closed = tuple(finding.evidence.get("missing", ()))
        if finding.id in REACHABLE.values():
            self._silent.add(finding.id)
        waits_for = finding.waits_for
        root = finding.id if finding.status is Status.FAIL else waits_for
        if root in self._failed:
            self._root[finding.id, audience] = root
        is_outage = finding.id in self._silent and finding.status is not Status.SKIPPED
        if outage := finding.id if is_outage else self._behind.get(waits_for):
            self._behind[finding.id] = outage

    @property
    def are_any(self) -> bool:
        """Return whether anything failed or is silent, so that another check may wait for it."""
        return bool(self._root or self._behind)

    def of(self, check: Check, audience: str = "") -> str:
        """Return the ID of the failure that this check waits for; empty when it can be judged."""
        return self._first(check.needs, audience)

    def that_explains(self, check: Check, finding: Finding) -> str:
        """Return the ID of the failure that explains what this check found; empty where nothing has to be explained."""
        if finding.status is Status.PASS:
            return ""
        hidden = self._first(check.hidden_by, finding.audience) or self._first(check.hidden_by, "")
        return hidden or (self._first(check.explained_by, "") if finding.blocks else "")

    def _first(self, checks: Iterable[Check], audience: str) -> str:
        return next((self._root[one.id, audience] for one in checks if (one.id, audience) in self._root), "")

    def of_what_was_not_read(self, check: Check) -> str:
        """Return the ID of the check that reports the outage in which this check's facts couldn't be read."""
        return next((self._behind[need.id] for need in check.needs if need.id in self._behind), "")

    def of_every_audience(self, check: Check) -> str:
        """Return the ID of the failure that stopped every audience, for a check about all of them together."""
        for need in check.needs:
            every = [(need.id, audience) for audience in self._audiences.get(need.id, ())]
            if every and all(one in self._root for one in every):
                return self._root[every[0]]
        return ""

    def of_failure(self, failure: Failure | None) -> str:
        """Return the ID of the check that reports this outage or closed API, so that it's reported only once."""
        if failure is None:
            return ""
        reachable = REACHABLE[failure.service]
        if (failure.is_network or failure.kind is FailureKind.SERVER) and reachable in self._silent:
            return reachable
        closed = failure.service is Service.SEGMENT and failure.is_closed
        return CLOSED_APIS_ID if closed and CLOSED_APIS_ID in self._failed else ""

    def warn_of(self, failure: Failure | None, facts: Facts) -> bool:
        """Return whether a warning about closed APIs explains this failure."""
        slots = (getattr(facts, name, None) for name in self._closed)
        answers = (answer for seen in slots for answer in (seen.values() if isinstance(seen, Mapping) else (seen,)))
        return failure is not None and any(answer == failure for answer in answers)


def _run(check: Check, facts: Facts, answers: Answers, roots: _Roots) -> Findings:
    if _is_done_by_hand(check, facts, answers):
        return _named(check, skipped("You do Segment's part by hand."))
    if roots.are_any and (root := roots.of(check)) and not _is_answered_without(root, check, answers):
        return _named(check, waiting(root))
    try:
        findings = check.judge(facts, answers)
    except CannotJudge as ended:
        root = roots.of_failure(ended.failure)
        findings = waiting(root) if root else ended.findings
        if not root and roots.warn_of(ended.failure, facts):
            findings = tuple(map(_as_warned_of, findings))
    named = _named(check, findings)
    return tuple(_unless_waiting(check, one, roots, answers) for one in named) if roots.are_any else named


def _as_warned_of(finding: Finding) -> Finding:
    """Point to the warning about closed APIs instead of giving a reason that could contradict it."""
    return replace(
        finding,
        cause="Segment refuses this part of its API. “Segment API access” says why.",
        fix="Fix “Segment API access” first, or look in Segment's web app.",
        links=(),
    )


def _is_answered_without(root: str, check: Check, answers: Answers) -> bool:
    """Return whether an outage of LaunchDarkly doesn't matter: Segment's side needs only the client-side ID from it."""
    is_segments = check.id.startswith(_SEGMENT_SIDE)
    return is_segments and root == REACHABLE[Service.LAUNCHDARKLY] and bool(answers.client_side_id)


def _is_done_by_hand(check: Check, facts: Facts, answers: Answers) -> bool:
    return bool(answers.by_hand) and facts.segment_token_shape is None and check.id.startswith(_SEGMENT_SIDE)


def _named(check: Check, findings: Findings) -> Findings:
    return tuple(_with_its_name(check, finding) for finding in findings)


def _with_its_name(check: Check, found: Finding) -> Finding:
    """Add the check's ID and title. Every finding passes here, and `replace` would take three times as long."""
    return Finding(
        check.id,
        check.title,
        found.status,
        found.summary,
        found.cause,
        found.fix,
        found.links,
        found.evidence,
        found.matters and check.matters,
        found.judged,
    )


def waiting(root: str, audience: str = "") -> Findings:
    """Return a finding which says that the check waits for another one."""
    about = {"audience": audience} if audience else {}
    return not_judged(f"Not checked: `{root}` comes first.", evidence={"waits_for": root, **about})


def _unless_waiting(check: Check, finding: Finding, roots: _Roots, answers: Answers) -> Finding:
    """Return the finding, or one that waits for a failure. One audience's failure holds up only that audience."""
    audience = finding.audience
    root = roots.of(check, audience) if audience else roots.of_every_audience(check)
    root = root or roots.that_explains(check, finding)
    if not finding.judged:
        root = root or roots.of_what_was_not_read(check)
    waits = root and not _is_answered_without(root, check, answers)
    return _named(check, waiting(root, audience))[0] if waits else finding
