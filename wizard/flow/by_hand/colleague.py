"""What a colleague does in the sandbox about a finding that only a person in a web app can fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.checks.segment.destination import SINGLE
from wizard.domain.findings import Finding, Status

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def can_fix(walk: Walk, finding: Finding) -> bool:
    """Return whether the simulated web apps have somebody who can do what the fix says."""
    return walk.ports.colleague is not None and finding.status is Status.FAIL and bool(_left_over(walk, finding))


def fix(walk: Walk, finding: Finding) -> None:
    """Let the colleague delete every destination but the chosen one."""
    if walk.ports.colleague is not None:
        for destination_id in _left_over(walk, finding):
            walk.ports.colleague("destination.delete", destination_id, {})


def _left_over(walk: Walk, finding: Finding) -> tuple[str, ...]:
    """Return the other destinations of the environment; none while the user chose none of them."""
    named = finding.evidence.get("destinations")
    ids = tuple(map(str, named)) if finding.id == SINGLE.id and isinstance(named, (list, tuple)) else ()
    chosen = walk.state.answers.destination
    return tuple(one for one in ids if one != chosen) if chosen in ids else ()
