"""Sending all members again because the user asked for it. On its own, Segment sends only changes.

See docs/segment.md#activations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.facts import listed
from wizard.domain.services.segment import Audience
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_audiences

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def can_be_sent_again(walk: Walk) -> tuple[Audience, ...]:
    """Return the chosen audiences that have an activation: nothing else sends all members again."""
    facts = walk.state.facts
    return tuple(one for one in chosen_audiences(facts, walk.state.answers) if listed(facts.activations.get(one.id)))


def ask_for_it(walk: Walk, *, yes: bool) -> None:
    """Put the change into the plan for every audience that can be sent again, or take it out of the plan."""
    walk.edits[StepId.REVIEW] += 1  # so that results of an earlier yes give way to the new plan
    walk.resync = {one.key for one in can_be_sent_again(walk)} if yes else set()
    walk.changed()
