"""From the review to the results: every interface applies a plan in this way.

Exactly the reviewed plan is applied: right before the first write the services are read again. If they have changed,
nothing is applied.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.domain.explain import explain
from wizard.domain.facts import Slot
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.findings import root_causes_first
from wizard.domain.planning.plan import Plan
from wizard.domain.planning.plan_basis import plan_basis
from wizard.domain.services.launchdarkly import Project
from wizard.domain.step_id import StepId
from wizard.flow.reading.segment import reread_audiences
from wizard.flow.writing.apply import apply
from wizard.flow.writing.bookkeeping import begin_sync, confirm_intended, record_results
from wizard.flow.writing.changes.observed import Observed
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.result import Outcome, Result, Started

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


_RECORD_IT = (
    "Free some disk space, correct the folder's permissions, or set AUDIENCE_WIZARD_HOME to another folder. To "
    "continue without a record, say yes again."
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan as it was shown, with the facts and answers that it was based on."""

    plan: Plan
    basis: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanOutdated:
    """The reviewed plan can't be applied, so nothing was done. `reviewed` is the current plan."""

    reviewed: Reviewed
    why: str  # one sentence
    could_read: bool = True  # False: a service gave no answer, so we don't know whether anything changed
    fix: str = ""  # what to do, if looking at the new plan isn't enough


def review(walk: Walk) -> Reviewed:
    """Return the current plan, to be shown. What a killed run did make counts as ours."""
    confirm_intended(walk)
    return Reviewed(walk.plan(), plan_basis(walk.state.facts, walk.state.answers))


async def apply_reviewed(walk: Walk, reviewed: Reviewed) -> AsyncIterator[Started | Result | PlanOutdated]:
    """Make exactly the reviewed changes, or say why not. Raises Busy when another run applies.

    If nothing can be recorded, undo won't work later, so the user has to say yes a second time.
    """
    walk.session.lock()
    unseen = await _look_once_more(walk)
    now = review(walk)
    if why := unseen or what_blocks(walk, now.plan) or _what_moved(reviewed, now):
        yield PlanOutdated(now, why, could_read=not unseen)
        return
    if why := why_unrecorded(walk.session):
        walk.session.profile.goes_on_unrecorded = True  # the next yes goes on without a record
        yield PlanOutdated(now, why, fix=_RECORD_IT)
        return
    begin_sync(walk, reviewed.plan)
    results = []
    earlier, observed = walk.session.saved.journal, Observed(walk.state.facts, walk.ports.clock.now())
    observed.token_name = walk.own_token_name
    async for event in apply(walk.ports, walk.state, reviewed.plan, walk.session, earlier, observed):
        if isinstance(event, Result):
            results.append(event)
        yield event
    await record_results(walk, results, observed)
    if not {result.outcome for result in results} & {Outcome.FAILED, Outcome.SKIPPED, Outcome.BY_HAND}:
        walk.accept(walk.step(StepId.REVIEW))


def what_blocks(walk: Walk, plan: Plan) -> str:
    """Say what blocks a plan. Causes come first: a revoked token before everything that it hides."""
    blocking = [finding for finding in walk.findings if finding.id in plan.blocked_by]
    first = next(iter(root_causes_first(blocking)), None)
    return first.summary if first else ", ".join(plan.blocked_by)


def _what_moved(reviewed: Reviewed, now: Reviewed) -> str:
    moved = [name for name, rest in now.basis.items() if rest != reviewed.basis[name]]
    return f"Changed since this was shown: {', '.join(moved)}." if moved else ""


# --- the last read before the first write ------------------------------------------------------------------------

_WHO: tuple[Slot, ...] = ("caller", "workspace", "project", "client_side_id_exists", "token", "roles")
_WHAT_IS_THERE: tuple[Slot, ...] = (
    "made_tokens", "sources", "catalog", "destinations", "subscriptions", "connections", "activations", "attach_by_api",
)  # fmt: skip


async def _look_once_more(walk: Walk) -> str:
    """Read again what the plan is based on. Return why that failed if a service gave no answer, else an empty text.

    Don't read long lists whole, which can take minutes: of projects and audiences, read only the chosen ones. A slot
    that couldn't be read for the reviewed plan either doesn't stop the apply.
    """
    unread = [slot for slot in _WHO if isinstance(getattr(walk.state.facts, slot), Failure)]
    silent = await walk.refresh_known(*(slot for slot in _WHO if slot not in unread))
    if silent:
        return explain(silent[0]).summary
    _put_into_the_list(walk)
    audiences = await reread_audiences(walk.ports, walk.state)
    if audiences is not None:
        walk.record("audiences", audiences)
    walk.forget_slots(*unread, *_WHAT_IS_THERE, *(("audiences",) if audiences is None else ()))
    await walk.read(StepId.LAUNCHDARKLY, StepId.SEGMENT, StepId.DESTINATION, StepId.AUDIENCES)
    return ""


def _put_into_the_list(walk: Walk) -> None:
    """Update the chosen project in the list of projects, or remove it there if it's gone."""
    now, listed, key = walk.state.facts.project, walk.state.facts.projects, walk.state.answers.project
    is_gone = isinstance(now, Failure) and now.kind is FailureKind.NOT_FOUND
    if isinstance(listed, tuple) and (isinstance(now, Project) or is_gone):
        fresh = (now if one.key == key else one for one in listed)
        walk.record("projects", tuple(one for one in fresh if isinstance(one, Project)))
