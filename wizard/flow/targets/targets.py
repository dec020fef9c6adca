"""Several environments that are set up together. Each has its own walk, with the same clients and tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from wizard.domain.planning.change import DESTINATION, Action
from wizard.domain.planning.plan import Plan
from wizard.domain.wanted import source_for_a_new_destination
from wizard.flow.walk import Walk
from wizard.flow.writing.review import Reviewed


@dataclass(frozen=True, slots=True)
class Target:
    """One environment, with its name in the profile."""

    name: str
    walk: Walk

    @classmethod
    def own(cls, walk: Walk) -> Target:
        """Return the environment that a walk is about."""
        return cls(walk.state.answers.place, walk)

    @property
    def title(self) -> str:
        return self.name.replace("/", " / ")


def review_in_order(targets: Iterable[Target], draw: Callable[[Walk], Reviewed]) -> list[Reviewed]:
    """Return the reviews in order. Each knows the Engage sources that earlier plans use up: a source takes one
    destination (docs/segment.md#engage-sources).
    """
    taken: frozenset[str] = frozenset()
    drawn = []
    for target in targets:
        walk = target.walk
        if taken != walk.state.facts.sources_taken:
            walk.set_state(replace(walk.state, facts=replace(walk.state.facts, sources_taken=taken)))
        reviewed = draw(walk)
        drawn.append(reviewed)
        taken |= _takes(walk, reviewed.plan)
    return drawn


def _takes(walk: Walk, plan: Plan) -> frozenset[str]:
    """Return the Engage source on which the plan creates a destination."""
    creates = any(change.id == DESTINATION and change.action is Action.CREATE for change in plan.changes)
    source = source_for_a_new_destination(walk.state.facts, walk.state.answers)
    return frozenset({source.id}) if creates and source and not plan.blocked_by else frozenset()
