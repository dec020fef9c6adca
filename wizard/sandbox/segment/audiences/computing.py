"""When an audience is computed, and its status until then. Both are derived from the time, not stored.

See docs/segment.md#cadence-and-timing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wizard.sandbox.state.segment_workspace import BATCH_CADENCE, Audience, Connection, Pace, Workspace


def pace(workspace: Workspace, audience: Audience) -> Pace:
    """Return the timing of this audience's first sync; batch and account audiences wait for their next run."""
    usual = workspace.pace
    if audience.cadence == "REALTIME" and audience.kind == "USERS":
        return usual
    wait = BATCH_CADENCE.total_seconds()
    return replace(usual, live=usual.live + wait, first_delivery=usual.first_delivery + wait)


def status(workspace: Workspace, audience: Audience, now: datetime) -> str:
    """Return the status that the API shows."""
    if audience.locked_until and now < audience.locked_until:
        return "Locked"
    if not audience.enabled:
        return "Disabled"
    if audience.status:
        return audience.status
    elapsed = _since_attached(workspace, audience, now)
    if elapsed is None:
        return "Live" if audience.computed_before else "Not Computing"
    stages = pace(workspace, audience)
    if elapsed >= stages.live:
        return "Live"
    if elapsed >= stages.backfilling or audience.computed_before:
        return "Backfilling" if audience.cadence == "REALTIME" else "Computing"
    return "Computing" if elapsed >= stages.computing else "Preparing"


def size(workspace: Workspace, audience: Audience, now: datetime) -> int | None:
    """Return the number of profiles in the audience; None before the first computation, or after a failed one."""
    elapsed = _since_attached(workspace, audience, now)
    computed = audience.computed_before or (elapsed is not None and elapsed >= pace(workspace, audience).backfilling)
    return len(audience.members) if computed and audience.status not in ("Failed", "Error") else None


def _since_attached(workspace: Workspace, audience: Audience, now: datetime) -> float | None:
    """Return the seconds since the first destination was attached; None when there is none."""
    connections: list[Connection] = workspace.connections_of(audience.id)
    first = min((connection.created_at for connection in connections), default=None)
    return None if first is None else (now - first).total_seconds()
