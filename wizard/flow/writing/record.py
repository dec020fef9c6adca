"""Whether the journal can record what a run makes. Undo and the next run need that, so without it we ask again."""

from __future__ import annotations

from wizard.flow.profile.session import Session
from wizard.text import sentence

_UNRECORDED = "Without that record, a later run can't tell what this one made, and undo can't take it back."


def why_unrecorded(session: Session) -> str:
    """Return why nothing can be recorded, and what that means; empty if it can, or if the user agreed to go on."""
    if session.profile.goes_on_unrecorded or session.can_note():
        return ""
    return f"{sentence(session.trouble)} {_UNRECORDED}"
