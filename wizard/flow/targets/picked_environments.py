"""The environments that a walk sets up besides its own, and the changes in each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from wizard.domain.facts import listed
from wizard.domain.planning.plan import Plan
from wizard.domain.step_id import StepId
from wizard.flow.blocking import first_blocking_finding
from wizard.flow.targets.environments import ANSWERED, answers_in
from wizard.flow.targets.fork import fork_of
from wizard.flow.targets.targets import Target, review_in_order
from wizard.flow.walk import Walk
from wizard.flow.writing.review import Reviewed
from wizard.text import count


@dataclass(frozen=True, slots=True)
class Group:
    """One environment with its plan as it is shown."""

    target: Target
    reviewed: Reviewed

    @property
    def plan(self) -> Plan:
        return self.reviewed.plan

    @property
    def title(self) -> str:
        return self.target.title

    @property
    def problem(self) -> str:
        """Return the first failure of the steps before Review, if it doesn't block the plan; else an empty text."""
        walk = self.target.walk
        found = first_blocking_finding(walk, walk.step(StepId.AUDIENCES))
        return found.summary if found is not None and not self.plan.blocked_by else ""

    def id_of(self, change_id: str) -> str:
        """Return an ID for a change that is unique among all environments."""
        return f"{self.target.name}:{change_id}"

    @property
    def can_be_applied(self) -> bool:
        """Return whether a yes would do something here."""
        return bool(self.plan.pending) and not self.plan.blocked_by


class PickedEnvironments:
    """The environments that were picked and aren't set up yet, each with a fork of this walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._made_of: object = None
        self.targets: tuple[Target, ...] = ()
        self.is_reading = False

    def update_targets(self) -> bool:
        """Fork the walk again if answers, readings or journals changed. Return whether there's something to read."""
        walk = self._walk
        made_in = {name: walk.session.profile.of_target(name).saved.journal for name in self._names()}
        made_of = made_in, walk.answers_to_save, dict(walk.read_at)
        if made_of == self._made_of:
            return False
        self._made_of = made_of
        self.targets = tuple(map(self._target, made_in))
        return bool(self.targets)

    @property
    def is_outdated(self) -> bool:
        """Return whether the user picked other environments since the last update."""
        return self._names() != tuple(target.name for target in self.targets)

    def _names(self) -> tuple[str, ...]:
        """Return the picked environments that aren't set up. Once set up, an environment has its own answers."""
        profile, names = self._walk.session.profile, self._walk.state.answers.other_environments
        return tuple(name for name in names if StepId.REVIEW not in profile.of_target(name).saved.accepted)

    def _target(self, name: str) -> Target:
        walk = self._walk
        session, keys = (
            walk.session.profile.of_target(name),
            {one.id: one.key for one in listed(walk.state.facts.audiences)},
        )
        return Target(name, fork_of(walk, session, answers_in(session, walk.answers_to_save, keys), ANSWERED))

    async def read(self) -> None:
        """Read what the plans depend on, for all environments concurrently."""
        self.is_reading = True
        try:
            await asyncio.gather(*(one.walk.read_and_suggest(*ANSWERED) for one in self.targets))
        finally:
            self.is_reading = False
            self._walk.changed()

    def groups(self, draw: Callable[[Walk], Reviewed]) -> tuple[Group, ...]:
        """Return the plan of each environment, the walk's own first."""
        every = (self._own, *self.targets)
        return tuple(Group(*pair) for pair in zip(every, review_in_order(every, draw), strict=True))

    def own_group(self, draw: Callable[[Walk], Reviewed]) -> tuple[Group]:
        """Return the plan of the walk's own environment."""
        return (Group(self._own, draw(self._walk)),)

    @property
    def _own(self) -> Target:
        return Target.own(self._walk)


def combined_plan(groups: Sequence[Group]) -> Plan:
    """Return one plan with the changes of all plans that aren't blocked, for counting. IDs name the environment."""
    to_do = (group for group in groups if not group.plan.blocked_by)
    return Plan(tuple(replace(one, id=group.id_of(one.id)) for group in to_do for one in group.plan.changes))


def counted_plans(groups: Sequence[Group]) -> tuple[Plan, ...]:
    """Return the plans that aren't blocked; a single plan in any case."""
    return tuple(group.plan for group in groups if len(groups) == 1 or not group.plan.blocked_by)


def places(groups: Sequence[Group]) -> str:
    """Return " in 2 of 3 environments", to follow a count of changes; empty if there's only one environment."""
    if len(groups) == 1:
        return ""
    blocked = sum(bool(group.plan.blocked_by) for group in groups)
    of = f"{len(groups) - blocked} of " if blocked else ""
    return f" in {of}{count(len(groups), 'environment')}"


def left_out(groups: Iterable[Group]) -> str:
    """Say which environments a yes leaves out because their plans are blocked; empty if none."""
    names = [group.title for group in groups if group.plan.blocked_by]
    return f"Left out: {', '.join(names)}. The plan says why." if names else ""


def review_for_display(walk: Walk) -> Reviewed:
    """Return the plan to show, without the basis that an apply would compare."""
    return Reviewed(walk.plan(), {})


def keep(walk: Walk, groups: Iterable[Group]) -> None:
    """Save the environments of these groups, which the user agreed to, so that commands know them from now on."""
    others = [group.target for group in groups if group.target.walk is not walk]
    profile = walk.session.profile
    profile.keep_targets(tuple(dict.fromkeys((*profile.saved.targets, *(one.name for one in others)))))
    for one in others:
        one.walk.keep()
