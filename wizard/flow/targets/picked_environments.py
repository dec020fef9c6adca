"""The environments that a walk sets up besides its own, and what is to be made in each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from wizard.domain.facts import listed
from wizard.domain.planning.plan import Plan
from wizard.domain.step_id import StepId
from wizard.flow.guide import first_blocking_finding
from wizard.flow.targets.environments import ANSWERED, answers_in
from wizard.flow.targets.fork import fork_of
from wizard.flow.targets.targets import Target, review_in_order
from wizard.flow.walk import Walk
from wizard.flow.writing.review import Reviewed
from wizard.text import count


@dataclass(frozen=True, slots=True)
class Group:
    """What is to be made in one environment; its plan as it is shown."""

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
        """Return the first failure that keeps no change back, which a walk through that environment would show."""
        walk = self.target.walk
        found = first_blocking_finding(walk, walk.step(StepId.AUDIENCES))
        return found.summary if found is not None and not self.plan.blocked_by else ""

    def id_of(self, change_id: str) -> str:
        """Return an ID that no change of another environment has."""
        return f"{self.target.name}:{change_id}"

    @property
    def can_be_applied(self) -> bool:
        """Return whether a yes would do something here."""
        return bool(self.plan.pending) and not self.plan.blocked_by


class PickedEnvironments:
    """The environments that were picked and aren't set up yet, each with a walk that begins with what is read here."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._made_of: object = None
        self.targets: tuple[Target, ...] = ()
        self.is_reading = False

    def update_targets(self) -> bool:
        """Update the targets by the answers and what is read by now; return whether something is left to read.

        What was made in an environment, or taken back there, is read again.
        """
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
        """Return whether other environments were picked since."""
        return self._names() != tuple(target.name for target in self.targets)

    def _names(self) -> tuple[str, ...]:
        """Return the environments that aren't set up; one that was set up has its own answers from then on."""
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
        """Read what a plan rests on, for all at once."""
        self.is_reading = True
        try:
            await asyncio.gather(*(one.walk.read_and_suggest(*ANSWERED) for one in self.targets))
        finally:
            self.is_reading = False
            self._walk.changed()

    def groups(self, draw: Callable[[Walk], Reviewed]) -> tuple[Group, ...]:
        """Return what is to be made in each environment, the walk's own first."""
        every = (self._own, *self.targets)
        return tuple(Group(*pair) for pair in zip(every, review_in_order(every, draw), strict=True))

    def own_group(self, draw: Callable[[Walk], Reviewed]) -> tuple[Group]:
        """Return what is to be made in the walk's own environment."""
        return (Group(self._own, draw(self._walk)),)

    @property
    def _own(self) -> Target:
        return Target.own(self._walk)


def combined_plan(groups: Sequence[Group]) -> Plan:
    """Return the changes of all that can be applied as one plan, to be counted; each names its place."""
    to_do = (group for group in groups if not group.plan.blocked_by)
    return Plan(tuple(replace(one, id=group.id_of(one.id)) for group in to_do for one in group.plan.changes))


def counted_plans(groups: Sequence[Group]) -> tuple[Plan, ...]:
    """Return the plans that can be applied; the only one in any case."""
    return tuple(group.plan for group in groups if len(groups) == 1 or not group.plan.blocked_by)


def places(groups: Sequence[Group]) -> str:
    """Return in how many environments a plan's changes are, to stand behind its count; empty where there is one."""
    if len(groups) == 1:
        return ""
    blocked = sum(bool(group.plan.blocked_by) for group in groups)
    of = f"{len(groups) - blocked} of " if blocked else ""
    return f" in {of}{count(len(groups), 'environment')}"


def left_out(groups: Iterable[Group]) -> str:
    """Say which environments a yes couldn't be for; empty when there is none."""
    names = [group.title for group in groups if group.plan.blocked_by]
    return f"Left out: {', '.join(names)}. The plan says why." if names else ""


def review_for_display(walk: Walk) -> Reviewed:
    """Return the plan to show, without a record of what it rests on."""
    return Reviewed(walk.plan(), {})


def keep(walk: Walk, groups: Iterable[Group]) -> None:
    """Save the environments that a yes was given for, so that the commands know them from now on."""
    others = [group.target for group in groups if group.target.walk is not walk]
    profile = walk.session.profile
    profile.keep_targets(tuple(dict.fromkeys((*profile.saved.targets, *(one.name for one in others)))))
    for one in others:
        one.walk.keep()
