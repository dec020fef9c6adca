"""From the review to what came of it: the one way in which every face applies a plan.

What was reviewed is what is applied (design, principle 1): right before the first write the services are read again,
and a plan that no longer rests on what is there is not carried out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from wizard.domain.plan import Plan, fingerprint
from wizard.flow.apply import apply
from wizard.flow.result import Outcome, Result, Started
from wizard.flow.segment_readings import audiences_again
from wizard.flow.sightings import Sightings
from wizard.flow.walk import Walk

_REST_OF_A_PLAN = (
    "sources", "catalog", "destinations", "subscriptions", "connections", "activations", "attach_by_api",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan as it was shown, with what it rested on then."""

    plan: Plan
    rests_on: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody changed something since the review: nothing was done, this is the plan now."""

    reviewed: Reviewed


def review(walk: Walk) -> Reviewed:
    """The plan as it stands, to be shown. What a killed run turns out to have made counts as ours."""
    walk.confirm_intended()
    return Reviewed(walk.plan(), _rests_on(walk))


async def carry_out(walk: Walk, reviewed: Reviewed) -> AsyncIterator[Started | Result | Moved]:
    """Makes exactly the reviewed changes, or says that the world has moved. Raises Busy when another run is at it."""
    walk.session.lock()
    await _read_once_more(walk)
    if _rests_on(walk) != reviewed.rests_on:
        yield Moved(review(walk))
        return
    walk.begin_sync(reviewed.plan)
    results = []
    earlier, sightings = walk.session.saved.journal, Sightings(walk.state.facts, walk.ports.clock.now())
    async for event in apply(walk.ports, walk.state, reviewed.plan, walk.session, earlier, sightings):
        if isinstance(event, Result):
            results.append(event)
        yield event
    await walk.applied(results, sightings)
    if not {result.outcome for result in results} & {Outcome.FAILED, Outcome.SKIPPED}:
        walk.accept(walk.step("review"))


async def _read_once_more(walk: Walk) -> None:
    """All that a plan rests on. Of a long list of audiences only the chosen ones: the whole of it takes minutes."""
    audiences = await audiences_again(walk.ports, walk.state)
    if audiences is not None:
        walk.saw("audiences", audiences)
    walk.forget_slots(*_REST_OF_A_PLAN, *(("audiences",) if audiences is None else ()))
    await walk.read("segment", "destination", "audiences")


def _rests_on(walk: Walk) -> str:
    return fingerprint(walk.state.facts, walk.state.answers)
