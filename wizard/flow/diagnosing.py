"""Begin a diagnosis: read what its symptom needs, and search for the cause with what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.domain.answers import NEW_DESTINATION
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.diagnosis.causes.members.too_few import COUNT
from wizard.domain.diagnosis.diagnose import Search, search
from wizard.domain.diagnosis.question import YES
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.flow.counting import count_members, why_not
from wizard.flow.walk import Walk


def ask_for_evidence(walk: Walk, symptom: Symptom) -> None:
    """Request what only a diagnosis looks at, so that the next read of the walk reads it too.

    A contradiction may lead on to another symptom, so their evidence is requested at the same time.
    """
    walk.ask_for(*symptom.reads, *(slot for one in SYMPTOMS if one.id in symptom.leads_to for slot in one.reads))


async def read_what_was_agreed_to(walk: Walk, given: Mapping[str, str]) -> None:
    """Count the members if somebody said yes to it; what was counted already isn't counted again."""
    if given.get(COUNT.id) == YES and not why_not(walk):
        await count_members(walk)


def search_for_cause(walk: Walk, symptom: Symptom, given: Mapping[str, str]) -> Search:
    """Search in what was read. What a plan would create doesn't exist, so it isn't judged."""
    facts, answers = walk.state.facts, walk.state.answers
    if answers.destination == NEW_DESTINATION:
        answers = replace(answers, destination="")
    findings = run_checks(CHECKS, facts, answers)
    began = search(symptom, facts, answers, findings, walk.plan())
    return replace(began, options=walk.ports.options).with_answers(dict(given))
