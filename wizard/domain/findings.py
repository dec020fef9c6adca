"""A finding: what one check saw, why, and the one thing to do. Rendered by every interface, made by pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from wizard.domain.commands import of_this_run


class Status(StrEnum):
    """The result of a check. `unknown` is never `fail`: the wizard couldn't tell, and the finding says why."""

    PASS = "pass"  # noqa: S105 - a status, not a secret
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer. `fix` is one imperative sentence naming the exact place.

    See docs/reference.md#json-documents.
    """

    id: str
    title: str
    status: Status
    summary: str
    cause: str = ""
    fix: str = ""
    links: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    matters: bool = True  # False: an `unknown` here doesn't keep a setup from being healthy
    judged: bool = True  # False for a skipped finding whose inputs are unknown, so it says nothing

    @property
    def audience(self) -> str:
        """Return the key of the audience that the finding is about; empty when it's about none."""
        return str(self.evidence.get("audience", ""))

    @property
    def waits_for(self) -> str:
        """Return the ID of the check whose failure keeps this one from being judged; empty when it was judged."""
        return str(self.evidence.get("waits_for", ""))

    @property
    def policy(self) -> str:
        """Return the policy to give to the token, as JSON, where that's the fix; empty elsewhere."""
        return str(self.evidence.get("policy", ""))

    @property
    def says_silence(self) -> bool:
        """Return whether the finding says why nothing arrives, which other checks may say too."""
        return bool(self.evidence.get("silent"))

    @property
    def blocks(self) -> bool:
        """Return whether the finding is a failure, which keeps a plan from being applied."""
        return self.status is Status.FAIL

    def of_this_run(self, options: str) -> Finding:
        """Return the finding with this run's options in the commands that it names."""
        cause, fix = of_this_run(self.cause, options), of_this_run(self.fix, options)
        return self if (cause, fix) == (self.cause, self.fix) else replace(self, cause=cause, fix=fix)


def root_causes_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: failures, warnings, then unknowns, each in the order of the walk."""
    order = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS, Status.SKIPPED)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.status)))


def leaves_the_verdict_open(finding: Finding) -> bool:
    """Return whether the finding itself keeps the verdict open, and not just because another check failed."""
    is_open = finding.status is Status.UNKNOWN or not finding.judged
    return finding.matters and is_open and not finding.waits_for


def healthy(findings: Iterable[Finding]) -> bool | None:
    """Return True when nothing failed and all that matters was checked, False when something failed, else None.

    Also return None if the only failures are hosts that don't answer: that says nothing about the setup.
    """
    found = tuple(findings)
    if failed := {finding.id for finding in found if finding.status is Status.FAIL}:
        return None if all(check.endswith(".reachable") for check in failed) else False
    unknown = (finding for finding in found if finding.status is Status.UNKNOWN or not finding.judged)
    return None if any(finding.matters for finding in unknown) else True
