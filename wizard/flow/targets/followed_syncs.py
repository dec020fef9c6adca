"""The first syncs of a profile's other environments, followed beside the walk's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.domain.step_id import StepId
from wizard.flow.targets.environments import siblings_of
from wizard.flow.targets.fork import saved_fork_of
from wizard.flow.targets.targets import Target
from wizard.flow.watching.progress import Progress, WatchOutcome
from wizard.flow.watching.watch import follow, record_progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wizard.flow.walk import Walk


@dataclass(slots=True)
class FollowedSync:
    """One environment's first sync, as of its latest poll."""

    name: str
    walk: Walk
    progress: Progress | None = None

    @property
    def title(self) -> str:
        return self.name.replace("/", " / ")

    @property
    def is_there(self) -> bool:
        return self.progress is not None and self.progress.outcome is WatchOutcome.APPEARED

    async def poll(self) -> AsyncIterator[Progress]:
        """Poll this environment until each segment appears, then accept First sync."""
        await self.walk.read()
        async for progress in follow(self.walk):
            self.progress = progress
            record_progress(self.walk, progress)
            yield progress
        self.walk.accept(self.walk.step(StepId.FIRST_SYNC))


def followed_targets(walk: Walk) -> tuple[Target, ...]:
    """Return the environments whose first sync is followed, the walk's own first."""
    return (Target.own(walk), *(Target(one.name, one.walk) for one in other_followed_syncs(walk)))


def other_followed_syncs(walk: Walk) -> tuple[FollowedSync, ...]:
    """Return the other environments whose first sync has begun, and that nobody has seen finish."""
    return tuple(
        FollowedSync(name, saved_fork_of(walk, session))
        for name, session in siblings_of(walk.session).items()
        if session.saved.applied_at and StepId.FIRST_SYNC not in session.saved.accepted
    )
