"""What was gathered about one audience: facts, findings, and what a person answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.services.segment import Audience, Delivery, Destination
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts

UNASKED = Whereabouts(Presence.UNASKED)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that texts name in the place of a command; where one is empty, the texts name the command."""

    send_again: str = ""
    name_user: str = ""


COMMANDS = Keys()


@dataclass(frozen=True, slots=True)
class Gathered:
    """The fields of an `Evidence`, and how to find a check's result in it."""

    facts: Facts
    answers: Answers
    findings: tuple[Finding, ...]
    audience: Audience | None = None
    whereabouts: Whereabouts = field(default=UNASKED)
    destination: Destination | None = None
    delivery: Delivery | None = None  # of the audience, where Segment tells audiences apart
    given: Given = field(default_factory=dict)
    is_out_of_questions: bool = False  # no question can tell more, but causes are left
    keys: Keys = COMMANDS

    def answered(self, given: Given) -> Self:
        return replace(self, given=given)

    def finding(self, check: Check) -> Finding | None:
        """Return the check's most urgent finding about the audience; None if there is none."""
        own = [one for one in self.findings if one.id == check.id and self._is_about_it(one)]
        order = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS, Status.SKIPPED)
        return min(own, key=lambda one: order.index(one.status), default=None)

    def _is_about_it(self, finding: Finding) -> bool:
        about = finding.audience
        return not about or self.audience is None or about == self.audience.key

    def has_status(self, check: Check, *statuses: Status) -> bool:
        finding = self.finding(check)
        return finding is not None and finding.status in statuses
