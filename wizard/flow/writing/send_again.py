"""Send all members again because the user asked for it. On its own, Segment sends only changes.

See docs/segment.md#activations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.connections import connection_to, is_paused
from wizard.domain.facts import listed
from wizard.domain.planning.resync import sent_again_by
from wizard.domain.services.segment import Audience, Connections
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_audiences, chosen_destination

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def can_be_sent_again(walk: Walk) -> tuple[Audience, ...]:
    """Return the chosen audiences whose members can all be sent again."""
    chosen = chosen_audiences(walk.state.facts, walk.state.answers)
    return tuple(one for one in chosen if not why_not_sent_again(walk, one))


def why_not_sent_again(walk: Walk, audience: Audience) -> str:
    """Return why the audience's members can't be sent again, in sentences; empty when they can.

    Only an activation that is on can send all members.
    """
    facts, destination = walk.state.facts, chosen_destination(walk.state.facts, walk.state.answers)
    seen = facts.connections.get(audience.id)
    connection = connection_to(destination, seen)
    if isinstance(seen, Connections) and connection is None:
        return "this audience isn't attached yet. Attaching it sends all members."
    if connection is not None and is_paused(connection, destination):
        return "Connect to destination is off for this audience. Switch it on in Segment first."
    if connection is not None and sent_again_by(audience, connection, facts):
        return ""
    if connection is not None and listed(facts.activations.get(audience.id)):
        return "the activation of this audience is off. Switch it on in Segment first."
    return _NO_ACTIVATION


_NO_ACTIVATION = (
    "only an activation can send all members again, and this audience has none. In Segment, switch Connect to "
    "destination off and on for it, or ask Segment support for a resync."
)


def set_resync(walk: Walk, *, yes: bool) -> None:
    """Put "send all members" into the plan for every audience that can be sent again, or take it out of the plan."""
    walk.edits[StepId.REVIEW] += 1  # so that the new plan replaces the results of an earlier yes
    walk.resync = {one.key for one in can_be_sent_again(walk)} if yes else set()
    walk.changed()
