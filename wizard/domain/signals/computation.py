"""How far Segment is with computing an audience: its status, judged once for the watch and the checks."""

from __future__ import annotations

from enum import StrEnum

from wizard.domain.services.segment import Audience


class Computation(StrEnum):
    DONE = "done"
    AGAIN = "computed before, and being computed again"
    UNDER_WAY = "under way"
    WAITS = "waits for a destination"
    LOCKED = "an edit is being processed"
    BROKEN = "failed"
    OFF = "switched off"
    UNKNOWN = "an unknown status, or none"


_BY_STATUS = {
    "live": Computation.DONE,
    "preparing": Computation.UNDER_WAY,
    "computing": Computation.UNDER_WAY,
    "backfilling": Computation.UNDER_WAY,
    "not computing": Computation.WAITS,
    "awaiting destinations": Computation.WAITS,
    "locked": Computation.LOCKED,
    "failed": Computation.BROKEN,
    "error": Computation.BROKEN,
    "disabled": Computation.OFF,
}


def computation_of(audience: Audience) -> Computation:
    """Return the meaning of the audience's status; UNKNOWN for a word that Segment never documented."""
    if audience.enabled is False:
        return Computation.OFF
    found = _BY_STATUS.get(audience.status.casefold(), Computation.UNKNOWN)
    return Computation.AGAIN if found is Computation.UNDER_WAY and audience.size else found
