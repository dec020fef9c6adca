"""Add the audit trail's lines to a failure, which show who last changed what isn't as wanted.

See docs/segment.md#audit-trail.
"""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Findings, Judge
from wizard.domain.facts import Facts, listed
from wizard.domain.services.segment import AuditEvent

_MOST = 3


def with_last_changes(judge: Judge) -> Judge:
    """Return the judge with the audit trail's newest lines in the evidence of its failures, if any could be read."""

    def judged(facts: Facts, answers: Answers) -> Findings:
        findings = judge(facts, answers)
        events = listed(facts.audit)
        if not events:
            return findings
        newest = sorted(events, key=lambda event: (event.at is not None, event.at), reverse=True)[:_MOST]
        last_changes = {"last_changes": [_line(event) for event in newest]}
        return tuple(replace(one, evidence={**one.evidence, **last_changes}) if one.blocks else one for one in findings)

    return judged


def _line(event: AuditEvent) -> str:
    at = f"{event.at:%Y-%m-%d %H:%M} UTC: " if event.at else ""
    return f"{at}{event.kind}, by {event.actor or 'an unnamed user'}"
