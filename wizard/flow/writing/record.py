"""Whether what a run makes is recorded, for undo and for the next run; without a record it takes another yes."""

from __future__ import annotations

from wizard.flow.profile.session import Session
from wizard.text import sentence

_UNRECORDED = "Without that record, a later run can't tell what this one made, and undo can't take it back."


def why_unrecorded(session: Session) -> str:
    """Return why there can be no record, and what that means; empty when there is one, or when a yes was given."""
    if session.profile.goes_on_unrecorded or session.can_note():
        return ""
    return f"{sentence(session.trouble)} {_UNRECORDED}"
