"""The page on how both services answered: the offer, what the page takes, the reads after a yes, and its text."""

from __future__ import annotations

from wizard.domain.signals.usual_times import kind_of
from wizard.domain.stage import Stage
from wizard.domain.step_id import StepId
from wizard.flow.handouts.observations import observations
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.reading.observing import FIVE_READS
from wizard.flow.walk import Walk

OFFER = "What kinds of answers both services gave"
WHAT_IT_TAKES = (
    "The wizard makes five more reads and shows you a page of about twenty lines. The page has kinds of answers "
    "and counts, but no names, IDs, tokens or addresses. You see it before you save it, and the wizard sends nothing."
)


async def observe(walk: Walk) -> None:
    """Make the five reads. Call this only after a yes."""
    walk.ask_for(*FIVE_READS)
    await walk.read(StepId.LAUNCHDARKLY, StepId.FIRST_SYNC)


def page_of(walk: Walk) -> str:
    """Return the text of the page, made from what was read."""
    facts, answers, requests = walk.state.facts, walk.state.answers, walk.ports.requests
    audiences = chosen_audiences(walk.state)
    took = walk.session.history.of(kind_of(audiences[0] if audiences else None)).get(Stage.COUNTED)
    return observations(facts, answers, requests.all, requests.shapes, took.seconds if took else None)
