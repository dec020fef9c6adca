"""The safe repair of a finding: exactly these changes of the plan, or an answer that the wizard knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.domain.checks.segment.audience import IDENTIFIERS
from wizard.domain.checks.segment.destination import EXISTS
from wizard.domain.findings import Finding, Status
from wizard.domain.mapping import uncovered_identifiers, widest_context_key
from wizard.domain.planning.plan import mended_by
from wizard.flow.reading.clients import chosen_audiences
from wizard.text import count

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends a finding: `value` for the question `ask`, or the plan's `changes` by their IDs."""

    changes: tuple[str, ...] = ()
    ask: str = ""
    value: str = ""

    def __str__(self) -> str:
        """Return the button's label."""
        return f"Repair it: review {count(len(self.changes), 'change')}" if self.changes else "Repair it"


def repair_of(walk: Walk, finding: Finding) -> Repair | None:
    """Return the repair of a failure or warning; None when only a person can mend it."""
    if finding.status not in {Status.FAIL, Status.WARN}:
        return None
    if changes := mended_by(walk.plan(), finding):
        return Repair(changes)
    if finding.id == EXISTS.id and finding.status is Status.WARN:  # a new one was chosen beside one that fits
        return Repair(ask="destination", value=str(finding.evidence.get("destination", "")))
    if finding.id == IDENTIFIERS.id and finding.status is Status.FAIL:
        return _with_a_key_that_fits(walk, str(finding.evidence.get("audience", "")))
    return None


def _with_a_key_that_fits(walk: Walk, audience_key: str) -> Repair | None:
    """Return the context key that leaves out the fewest; None when some audience would still have no member."""
    audiences = chosen_audiences(walk.state)
    key = widest_context_key(audiences)
    reaches = all(
        len(uncovered_identifiers(key, audience.identifiers)) < len(audience.identifiers)
        for audience in audiences
        if audience.identifiers
    )
    is_about_one = any(audience.key == audience_key for audience in audiences)
    return Repair(ask="context_key", value=key.value) if is_about_one and reaches else None


def take_answer(walk: Walk, repair: Repair) -> None:
    """Give the answer of a repair, as if the user had picked it."""
    ask = next(ask for step in walk.steps for ask in step.asks if ask.id == repair.ask)
    walk.answer(ask, repair.value)
