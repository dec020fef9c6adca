"""What guided troubleshooting need not ask, since the profile remembers it."""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.troubleshooting.sending_questions import WAITED
from wizard.flow.walk import Walk
from wizard.flow.watching.watch import are_slow

_USUAL, _USUAL_IN_BATCHES = timedelta(minutes=20), timedelta(hours=8)


def known_answers(walk: Walk) -> dict[str, str]:
    """Choice id by question id."""
    began = walk.session.saved.applied_at
    if began is None:
        return {}
    waited = walk.ports.clock.now() - began
    if waited < _USUAL:
        return {WAITED.id: "minutes"}
    within = are_slow(walk.state) and waited < _USUAL_IN_BATCHES
    return {WAITED.id: "today" if within else "longer"}
