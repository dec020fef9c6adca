"""Nothing arrives, and several checks see it: one of them says why, and the others point to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wizard.domain.findings import Finding, Status

SILENT: Mapping[str, bool] = {"silent": True}  # in the evidence of every finding that says why nothing arrives


def said_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings with one reason for each audience's silence, and one fix."""
    silent = tuple(one for one in findings if one.evidence.get("silent"))
    if len(silent) < 2:
        return findings
    tellers = _tellers(silent)
    return tuple(_pointing(one, _of(one, tellers)) if one in silent else one for one in findings)


def _tellers(silent: Iterable[Finding]) -> dict[str, Finding]:
    """Return, by audience, the finding that says why: a warning, which is sure, else the last, nearest to the user."""
    by_audience: dict[str, Finding] = {}
    for one in silent:
        if one.audience not in by_audience or by_audience[one.audience].status is Status.UNKNOWN:
            by_audience[one.audience] = one
    return by_audience


def _of(finding: Finding, tellers: Mapping[str, Finding]) -> Finding:
    """Return what the finding points to. What is said of all audiences together points to the first that is named."""
    if finding.audience:
        return tellers[finding.audience]
    return next((one for audience, one in tellers.items() if audience), tellers[""])


def _pointing(finding: Finding, teller: Finding) -> Finding:
    """Return the finding without a reason of its own. One that keeps the verdict open stays unknown."""
    if finding is teller:
        return finding
    if teller.status is not Status.UNKNOWN and finding.matters:
        return replace(finding, cause=f"“{teller.title}” says why.", fix=f"Fix “{teller.title}” first.", links=())
    said, evidence = f"{finding.summary} `{teller.id}` says why.", {**finding.evidence, "waits_for": teller.id}
    return replace(
        finding, status=Status.SKIPPED, summary=said, cause="", fix="", links=(), evidence=evidence, judged=False
    )
