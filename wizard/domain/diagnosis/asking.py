"""Which question decides most about the causes that are left, and its words."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.diagnosis.cause import Verdict, Weighed, weigh
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import UNSURE, Question
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.diagnosis.words import sentence, words


def most_telling(symptom: Symptom, open_ones: tuple[Weighed, ...], evidence: Evidence) -> Question | None:
    """Return the question whose answers decide most about the causes that are left; None if none would decide."""
    asked = (one for one in symptom.questions if one.id not in evidence.given and one.asked(evidence))
    worth = [(decides(question, open_ones, evidence), question) for question in asked]
    best = max(worth, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > 0 else None


def decides(question: Question, open_ones: tuple[Weighed, ...], evidence: Evidence) -> float:
    """Return how much of the likelihood of the open causes an answer would confirm or exclude.

    A cause early in the list is likelier than a later one, and one that the evidence suggests is likelier still.
    """
    after = [evidence.answered({**evidence.given, question.id: choice.id}) for choice in question.choices]
    likelihood = 0.0
    for rank, one in enumerate(open_ones):
        verdicts = {weigh(one.cause, each).verdict for each in after}
        if verdicts & {Verdict.CONFIRMS, Verdict.EXCLUDES} or one.cause.settled_by == question.id:
            likelihood += (1 + 3 * len(one.proofs)) / (1 + rank)
    return likelihood


def filled(question: Question, evidence: Evidence) -> Question:
    """Return the question with its names filled in, and "I don't know" as the last choice."""
    named = words(evidence)
    choices = tuple(replace(choice, label=sentence(choice.label, named)) for choice in question.choices)
    text, why = sentence(question.text, named), sentence(question.why, named)
    return replace(question, text=text, why=why, choices=(*choices, UNSURE))
