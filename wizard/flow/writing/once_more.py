"""The last look before the first write: who the tokens belong to, where they write, and what exists there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.explain import explain
from wizard.domain.model import Failure, FailureKind, Project
from wizard.domain.step_id import StepId
from wizard.flow.reading.segment import audiences_again

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

_WHO = ("caller", "workspace", "project", "client_side_id_exists", "token", "roles")
_WHAT_IS_THERE = (
    "sources", "catalog", "destinations", "subscriptions", "connections", "activations", "attach_by_api",
)  # fmt: skip


async def look_once_more(walk: Walk) -> str:
    """Read again all that a plan rests on; return why it couldn't be seen, if a service gave no answer.

    Lists that take minutes are not read whole: of projects and audiences only the chosen ones.
    """
    silent = await walk.read_anew(*_WHO)
    if silent:
        return explain(silent[0]).summary
    _put_into_the_list(walk)
    audiences = await audiences_again(walk.ports, walk.state)
    if audiences is not None:
        walk.saw("audiences", audiences)
    walk.forget_slots(*_WHAT_IS_THERE, *(("audiences",) if audiences is None else ()))
    await walk.read(StepId.LAUNCHDARKLY, StepId.SEGMENT, StepId.DESTINATION, StepId.AUDIENCES)
    return ""


def _put_into_the_list(walk: Walk) -> None:
    """The project as it is now, or that it's gone: the list that it was chosen from is from before."""
    now, listed, key = walk.state.facts.project, walk.state.facts.projects, walk.state.answers.project
    is_gone = isinstance(now, Failure) and now.kind is FailureKind.NOT_FOUND
    if isinstance(listed, tuple) and (isinstance(now, Project) or is_gone):
        fresh = (now if one.key == key else one for one in listed)
        walk.saw("projects", tuple(one for one in fresh if isinstance(one, Project)))
