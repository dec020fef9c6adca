"""Count the members that each context key reaches: the cost and the results. Every interface asks the user first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.domain.answers import ContextKey
from wizard.domain.explain import explain
from wizard.domain.failure import Failure
from wizard.domain.services.mapping import LABELS
from wizard.domain.services.segment import AudienceKind, Landing, Workspace
from wizard.domain.signals.landing import counting_cost, of_all, to_count
from wizard.domain.step_id import StepId
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.reading.landing import audiences_to_count
from wizard.flow.walk import Walk
from wizard.text import plain

BY_HAND = (
    "In Segment, open the audience and go to Preview → Insights → Identifier breakdown: it shows how many members have "
    "each identifier."
)

_TELLS = "The count shows how many members each context key reaches. Members whom yours doesn't reach won't sync."


def why_not(walk: Walk) -> str:
    """Return a sentence on why nothing can be counted; empty when the wizard can count."""
    if not chosen_audiences(walk.state):
        return "Choose the audiences first."
    if not isinstance(walk.state.facts.workspace, Workspace):
        return f"Without a Segment token the wizard can't count. {BY_HAND}"
    if all(one.kind == AudienceKind.ACCOUNTS for one in chosen_audiences(walk.state)):
        return "A preview of an account-level audience counts accounts, not the people in them."
    if not audiences_to_count(walk.state):
        return f"Segment's API can't count the members of these audiences. {BY_HAND}"
    seen = [walk.state.facts.landing.get(one.id) for one in audiences_to_count(walk.state)]
    if all(isinstance(one, Landing) for one in seen):
        return "The wizard has already counted the members. The Mapping step shows the result beside each context key."
    return ""


def budget(walk: Walk) -> str:
    """Return what counting tells and costs, for the user to agree to."""
    return f"{_TELLS} {counting_cost(audiences_to_count(walk.state), walk.state.facts.previews_used)}"


async def count_members(walk: Walk) -> None:
    """Count the members. Call this only after a yes. Audiences that were counted before aren't counted again."""
    before = walk.state.facts.landing
    walk.ask_for("landing")
    await walk.read(StepId.AUDIENCES)
    _keep(walk, before)


def _keep(walk: Walk, before: Mapping[str, object]) -> None:
    """Save the new counts with the time and the previews used. A failed count used at least one preview."""
    seen = [(one, walk.state.facts.landing.get(one.id)) for one in audiences_to_count(walk.state)]
    new = [(one, found) for one, found in seen if found is not None and found is not before.get(one.id)]
    counts = {one.id: found for one, found in new if isinstance(found, Landing)}
    previews = sum(len(to_count(one)) if isinstance(found, Landing) else 1 for one, found in new)
    if new:
        walk.session.counted.remember(counts, walk.state.answers.space, previews, walk.ports.clock.now())
        walk.set_state(walk.state)


def results(walk: Walk) -> Iterator[str]:
    """Yield a line on each audience that we couldn't count, then on each context key with a count."""
    audiences, facts = audiences_to_count(walk.state), walk.state.facts
    failures = {audience.name: facts.landing.get(audience.id) for audience in audiences}
    for name, seen in failures.items():
        if isinstance(seen, Failure):
            yield f"We couldn't count {plain(name)}. {explain(seen).summary}"
    for key in ContextKey:
        if counted := of_all(audiences, key, facts):
            yield f"{LABELS[key]}: {counted}"
