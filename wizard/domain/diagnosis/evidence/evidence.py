"""The evidence of a diagnosis: findings, facts, and a person's answers. Nothing here is read, asked or judged.

A method returns None, an empty value or False if the wizard couldn't tell. An unknown is never evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.domain.answers import Answers
from wizard.domain.diagnosis.evidence.flags import FlagEvidence
from wizard.domain.diagnosis.evidence.gathered import UNASKED
from wizard.domain.diagnosis.evidence.launchdarkly import LaunchDarklyEvidence
from wizard.domain.diagnosis.evidence.sending import SendingEvidence
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding
from wizard.domain.services.segment import Audience
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.signals.segment_of_audience import Presence
from wizard.domain.wanted import chosen_audiences, chosen_destination


@dataclass(frozen=True, slots=True)
class Evidence(SendingEvidence, LaunchDarklyEvidence, FlagEvidence):
    """The evidence about one audience. `gather_evidence` makes it once; `answered` adds a person's answers."""

    @property
    def shows_trouble(self) -> bool:
        """Return whether anything that was read isn't as it should be, regardless of the checks of the setup."""
        where = self.whereabouts.presence
        is_late = where is Presence.AWAITED and self.is_early is False
        is_missing = is_late or where in {Presence.MISSING, Presence.ELSEWHERE, Presence.DELETED}
        is_odd = bool(self.is_member) and self.facts.evaluated_member.get(self.slot) is False
        is_refused = bool(self.delivery and self.delivery.failed) and not self.works
        return is_missing or self.has_fewer or self.has_more or self.is_member is False or is_refused or is_odd


def gather_evidence(
    facts: Facts, answers: Answers, findings: Iterable[Finding], audience: Audience | None = None
) -> Evidence:
    """Gather the evidence about an audience; without one, about the first that was chosen."""
    audiences = chosen_audiences(facts, answers)
    about = audience or next(iter(audiences), None)
    where = segment_of_audience.whereabouts(about, facts, answers) if about else UNASKED
    destination = chosen_destination(facts, answers)
    delivery = deliveries.certain_of(about, facts, answers) if about else None
    return Evidence(facts, answers, tuple(findings), about, where, destination, delivery)
