"""The safe repair of a finding: certain changes of the plan, or an answer that the wizard knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.domain.answers import AskId, ContextKey
from wizard.domain.checks import subjects
from wizard.domain.checks.launchdarkly.launchdarkly_app import CONTEXT_KEYS
from wizard.domain.checks.segment.audience import IDENTIFIERS
from wizard.domain.checks.segment.destination import EXISTS
from wizard.domain.checks.sync.sync_members import CONTEXT_KIND, is_missing_kind
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.plan import repairing_changes
from wizard.domain.services.launchdarkly import KeyShape, KeyShapes
from wizard.domain.services.mapping import uncovered_identifiers, widest_context_key
from wizard.domain.signals import key_shapes
from wizard.flow.reading.clients import chosen_audiences
from wizard.text import count

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of a finding: the IDs of `changes` in the plan, or a `value` that answers the question `ask`."""

    changes: tuple[str, ...] = ()
    ask: AskId | None = None
    value: str = ""

    def __str__(self) -> str:
        """Return the button's label."""
        return f"Repair it: review {count(len(self.changes), 'change')}" if self.changes else "Repair it"


def repair_of(walk: Walk, finding: Finding) -> Repair | None:
    """Return the repair of a failure or warning; None when only a person can fix it."""
    if finding.status not in {Status.FAIL, Status.WARN}:
        return None
    if changes := repairing_changes(walk.plan(), finding):
        return Repair(changes)
    if finding.id == EXISTS.id and finding.status is Status.WARN:  # the user chose a new one although one fits
        return Repair(ask="destination", value=str(finding.evidence.get("destination", "")))
    if finding.id == IDENTIFIERS.id and finding.status is Status.FAIL:
        return _with_a_key_that_fits(walk, finding.audience)
    if finding.id == CONTEXT_KEYS.id and _app_sends_emails(walk):
        return Repair(ask="context_key", value=ContextKey.EMAIL_ONLY.value)
    kind = str(finding.evidence.get("segment", ""))
    if finding.id == CONTEXT_KIND.id and not is_missing_kind(kind, walk.state.facts):
        return Repair(ask="context_kind", value=kind)  # the segment keeps the kind that it was created with
    return None


def _app_sends_emails(walk: Walk) -> bool:
    """Return whether the app's context keys are email addresses while the mapping sends user IDs."""
    facts, answers = walk.state.facts, walk.state.answers
    seen, is_by_user_id = facts.key_shapes, subjects.context_key(facts, answers) is ContextKey.USER_ID_ONLY
    return is_by_user_id and isinstance(seen, KeyShapes) and key_shapes.usual(seen)[0] is KeyShape.EMAIL


def _with_a_key_that_fits(walk: Walk, audience_key: str) -> Repair | None:
    """Return the repair that sets the widest context key; None if an audience would still have no members."""
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
