"""Sandbox only: a simulated colleague fixes findings and causes that take a person in a web app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wizard.domain.checks.segment.audience_attached import is_switched_off
from wizard.domain.checks.segment.destination import SINGLE
from wizard.domain.checks.sync.sync_delivery import is_shut_out
from wizard.domain.diagnosis.causes.endings import ACTIVATION_OFF, PAUSED
from wizard.domain.diagnosis.causes.refusals.rights import ALLOWLIST, APPROVALS
from wizard.domain.diagnosis.causes.sending import SWITCHES_OFF
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.findings import Finding, Status
from wizard.flow.reading.clients import chosen_audiences

if TYPE_CHECKING:
    from wizard.domain.diagnosis.conclusion import Diagnosis
    from wizard.flow.walk import Walk


_BOTH_ON = {"Send Identify": "", "Send Track": ""}
_DOES = {  # by cause
    ALLOWLIST.id: "allowlist.allow",
    APPROVALS.id: "approvals.waive",
    SWITCHES_OFF.id: "audience.send",
    PAUSED.id: "audience.resume",
    ACTIVATION_OFF.id: "audience.activate",
}
_MAKES_TRUE: Mapping[str, Given] = {  # by cause
    ALLOWLIST.id: {"allowlist": "with-segment"},
    SWITCHES_OFF.id: {"sends": "on"},
}


def can_fix(walk: Walk, finding: Finding) -> bool:
    """Return whether the simulated colleague can do what the finding's fix says."""
    return walk.ports.colleague is not None and finding.status is Status.FAIL and bool(_to_do(walk, finding))


def fix(walk: Walk, finding: Finding) -> None:
    """Let the colleague do what the fix says."""
    if walk.ports.colleague is not None:
        for step, subject in _to_do(walk, finding):
            walk.ports.colleague(step, subject, {})


def can_end(walk: Walk, cause: Diagnosis) -> bool:
    """Return whether the simulated colleague can do what the cause's fix says."""
    return walk.ports.colleague is not None and cause.is_trouble and cause.id in _DOES


def answers_after(cause: Diagnosis) -> Given:
    """Return the answers that are true once the colleague has done it, to questions about what no API shows."""
    return _MAKES_TRUE.get(cause.id, {})


def end(walk: Walk, cause: Diagnosis) -> None:
    """Let the colleague do what the cause's fix says, for every audience."""
    if walk.ports.colleague is not None:
        for audience in chosen_audiences(walk.state):
            walk.ports.colleague(_DOES[cause.id], audience.id, _BOTH_ON)


def _to_do(walk: Walk, finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return (step, subject) for each thing to do: the subject is an audience's key, a destination's ID, or empty."""
    if is_shut_out(finding):
        return (("allowlist.allow", ""),)
    if is_switched_off(finding):
        return ((_DOES[PAUSED.id], finding.audience),)
    return tuple(("destination.delete", one) for one in _left_over(walk, finding))


def _left_over(walk: Walk, finding: Finding) -> tuple[str, ...]:
    """Return the IDs of the environment's surplus destinations; empty until the user has chosen which to keep."""
    named = finding.evidence.get("destinations")
    ids = tuple(map(str, named)) if finding.id == SINGLE.id and isinstance(named, (list, tuple)) else ()
    chosen = walk.state.answers.destination
    return tuple(one for one in ids if one != chosen) if chosen in ids else ()
