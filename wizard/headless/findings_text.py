"""A finding as lines: what was seen, why, what to do, where to read on."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.findings import Finding, Status
from wizard.flow.words import STATUSES


def finding_lines(finding: Finding) -> Iterator[str]:
    yield f"{STATUSES[finding.status]}: {finding.id}: {finding.summary}"
    if finding.status in {Status.PASS, Status.SKIPPED}:
        return
    if finding.cause:
        yield f"  cause: {finding.cause}"
    if finding.fix:
        yield f"  fix: {finding.fix}"
    if policy := str(finding.evidence.get("policy", "")):
        yield "  policy, to copy:"
        yield from (f"    {line}" for line in policy.splitlines())
    yield from (f"  see: {link}" for link in finding.links)
