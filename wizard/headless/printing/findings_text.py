"""A finding as lines: what was seen, why, what to do, and links. Evidence is for scripts (`--json`)."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.findings import Finding, Status
from wizard.flow.words import STATUSES


def finding_line(finding: Finding) -> str:
    return f"{STATUSES[finding.status].capitalize()}: {finding.summary or finding.title}"


def once_answered(command: str, silent: int) -> str:
    """Return the next command when the user can only wait for the `silent` services that gave no answer."""
    return f"{command}, once the service{'s answer' if silent > 1 else ' answers'}"


def finding_lines(finding: Finding, *, with_id: bool = True, troubleshoot: str = "", set_in: str = "") -> Iterator[str]:
    """Yield the whole finding; `with_id` names the check, for a script or a support case.

    `troubleshoot` is the command that diagnoses the finding. `set_in` says where the answer behind it is set.
    """
    yield f"{finding_line(finding)}{f' ({finding.id})' if with_id else ''}"
    if finding.status in {Status.PASS, Status.SKIPPED}:
        return
    if finding.cause:
        yield f"  Cause: {finding.cause}"
    if finding.fix:
        yield f"  Fix: {finding.fix}"
    if set_in:
        yield f"  Set in: {set_in}"
    if troubleshoot:
        yield f"  Troubleshoot: {troubleshoot}"
    if finding.policy:
        yield "  Policy, to copy:"
        yield from (f"    {line}" for line in finding.policy.splitlines())
    yield from (f"  {link}" for link in finding.links)
