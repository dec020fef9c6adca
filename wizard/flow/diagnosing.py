"""Begin a diagnosis: read what its symptom needs, and search for the cause with what was read."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from wizard.domain.answers import Answers
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.diagnosis.causes.members.too_few import COUNT
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search, search
from wizard.domain.diagnosis.evidence.gathered import COMMANDS, Keys
from wizard.domain.diagnosis.question import YES
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS, symptom_of
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.findings import Finding
from wizard.domain.services.links import is_documentation
from wizard.flow.by_hand import colleague
from wizard.flow.counting import count_members, why_not
from wizard.flow.steps.ask import Ask
from wizard.flow.steps.questions.target_flag import FLAG
from wizard.flow.steps.questions.test_user import TEST_USER
from wizard.flow.walk import Walk


class FirstAction(Enum):
    """The one thing to do first at the end of a search."""

    USER = auto()  # name the user whom the symptom is about
    REPAIR = auto()  # review the changes that fix the cause
    COLLEAGUE = auto()  # sandbox only: a simulated colleague does it in the web apps
    REQUEST = auto()  # someone else has to do it, and gets a text
    ANSWER = auto()  # change an answer of the wizard
    PAGE = auto()  # the vendor's page where it is done
    AGAIN = auto()
    REPORT = auto()


def first_action(walk: Walk, end: Diagnosis) -> FirstAction:
    if end.ask == TEST_USER.id:
        return FirstAction.USER
    if not end.is_found:
        return FirstAction.ANSWER if ask_to_change(walk, end) else FirstAction.REPORT
    is_open = {
        FirstAction.REPAIR: bool(end.repair),
        FirstAction.COLLEAGUE: colleague.can_end(walk, end),
        FirstAction.REQUEST: end.request is not None,
        FirstAction.ANSWER: ask_to_change(walk, end) is not None,
        FirstAction.PAGE: bool(end.links) and not is_documentation(end.links[0]),
    }
    return next((way for way, can in is_open.items() if can), FirstAction.AGAIN)


def ask_to_change(walk: Walk, end: Diagnosis) -> Ask | None:
    """Return the question that the fix changes, if it can be answered now."""
    named = next((one for step in walk.steps for one in walk.asks(step) if one.id == end.ask), None)
    if named is not None:
        return None if named.waits_for(walk.state) else named
    ask = walk.ask_of(end.finding) if end.finding else None
    return ask if ask is not None and end.finding is not None and ask.fixes(end.finding) else None


def name_user(walk: Walk, user: str, flag: str) -> str:
    """Take the user whom the symptom is about, and the flag if there is one. Return the mistake in them, or nothing."""
    return walk.answer(TEST_USER, user) or (walk.answer(FLAG, flag) if flag else "")


def shown_by(walk: Walk, finding: Finding) -> Symptom | None:
    """Return the symptom that troubleshooting starts with from a finding; None where the sync works all the same."""
    return symptom_of(finding, walk.state.facts, walk.state.answers)


def resume_what_is_saved(walk: Walk) -> None:
    """Take the answers of the saved setup, unless the user has gone on from a step: a symptom is about that setup.

    Only once, so that a user who was named since then stays named.
    """
    is_at_its_beginning = not (walk.accepted or walk.state.answers.project)
    if is_at_its_beginning and walk.session.saved.answers != Answers():
        walk.resume()


def ask_for_evidence(walk: Walk, symptom: Symptom) -> None:
    """Request the evidence that only a diagnosis reads, so that the walk's next read includes it.

    A contradiction can lead to another symptom, so the evidence of those symptoms is requested too.
    """
    walk.ask_for(*symptom.reads, *(slot for one in SYMPTOMS if one.id in symptom.leads_to for slot in one.reads))


async def read_what_was_agreed_to(walk: Walk, given: Given) -> None:
    """Count the members if the user agreed to it. Members that were counted before aren't counted again."""
    if given.get(COUNT.id) == YES and not why_not(walk):
        await count_members(walk)


def search_for_cause(
    walk: Walk, symptom: Symptom, given: Given, before: Diagnosis | None = None, keys: Keys = COMMANDS
) -> Search:
    """Search what was read for the symptom's cause. Judge only what exists, not what the plan would create.

    `before`: the end of an earlier search. Where its cause is gone, the search ends by saying so.
    `keys`: what the texts name in the place of commands.
    """
    facts, answers = walk.state.facts, walk.state.answers.about_what_exists
    findings = run_checks(CHECKS, facts, answers)
    began = search(symptom, facts, answers, findings, walk.plan())
    proven = before if before and before.is_found and before.is_trouble and not before.is_likely else None
    evidence = replace(began.evidence, given=dict(given), keys=keys)
    return replace(began, evidence=evidence, options=walk.ports.options, before=proven)
