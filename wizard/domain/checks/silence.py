"""Nothing arrives, and several checks see it: one of them says why, and the others point to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wizard.domain.findings import Finding, Status

SILENT: Mapping[str, bool] = {"silent": True}  # the evidence of `Finding.says_silence`


def said_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings with one reason for each audience's silence, and one fix."""
    silent = tuple(one for one in findings if one.says_silence)
    if len(silent) < 2:
        return findings
    audiences = dict.fromkeys(one.audience for one in silent if one.audience) or {"": None}
    tellers = {audience: _teller(audience, silent) for audience in audiences}
    return tuple(_pointing(one, _of(one, tellers)) if one in silent else one for one in findings)


def _teller(audience: str, silent: Iterable[Finding]) -> Finding:
    """Return the finding that says why: a warning, which is sure, else the last, which is nearest to the user."""
    about_it = [one for one in silent if one.audience in {"", audience}]
    return next((one for one in about_it if one.status is not Status.UNKNOWN), about_it[-1])


def _of(finding: Finding, tellers: Mapping[str, Finding]) -> Finding:
    """Return what the finding points to: itself, its audience's, or the first."""
    every = tuple(tellers.values())
    return finding if finding in every else tellers.get(finding.audience, every[0])


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
