"""The environments of a profile that are set up, and those in which the wizard made something to undo."""

from __future__ import annotations

from wizard.flow.profile.session import Session
from wizard.flow.targets.environments import siblings_of
from wizard.flow.targets.fork import saved_fork_of
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk


def targets_to_undo(walk: Walk) -> tuple[Target, ...]:
    """Return the environments with something to undo, the walk's own first. Without any, return just the walk's own."""
    found = [
        Target(name, saved_fork_of(walk, one)) for name, one in siblings_of(walk.session).items() if _has_made(one)
    ]
    return (Target.own(walk), *found) if _has_made(walk.session) or not found else tuple(found)


def targets_set_up(walk: Walk) -> tuple[Target, ...]:
    """Return the walk's own environment, then the others whose setup is in progress or done."""
    begun = ((name, one) for name, one in siblings_of(walk.session).items() if one.saved.applied_at or _has_made(one))
    return (Target.own(walk), *(Target(name, saved_fork_of(walk, one)) for name, one in begun))


def _has_made(session: Session) -> bool:
    return bool(session.saved.made or session.saved.unconfirmed)
