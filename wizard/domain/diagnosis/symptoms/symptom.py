"""A symptom: a problem in the words of the people who have it, and the causes that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.diagnosis import judging
from wizard.domain.diagnosis.cause import Cause
from wizard.domain.diagnosis.causes import access
from wizard.domain.diagnosis.contradictions import Contradiction
from wizard.domain.diagnosis.hints import Hint
from wizard.domain.diagnosis.judging import Gap
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.facts import Slot


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom. `causes`: the most likely first. `reads`: slots of `Facts` that are read only on request."""

    id: SymptomId
    title: str
    causes: tuple[Cause, ...]
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    reads: tuple[Slot, ...] = ()
    hints: tuple[Hint, ...] = ()
    starts_with: tuple[str, ...] = ()  # findings that show it: ids of checks, or beginnings that end with a dot
    gap: Gap = judging.unread  # what keeps the symptom itself from being seen
    leads_to: tuple[SymptomId, ...] = ()  # other symptoms that a contradiction may lead to
    remaining_cause: Cause | None = (
        None  # the end for a user who can't answer more, if nothing that was read explains the symptom
    )
    most_questions: int = 5
    standing: tuple[Cause, ...] = ()  # true in many working setups, so `before_those` are asked first
    before_those: tuple[Question, ...] = ()
    access: tuple[Cause, ...] = (*access.TO_LAUNCHDARKLY, *access.TO_SEGMENT)  # keep the wizard from reading


READS_OF_TOKENS: tuple[Slot, ...] = ("destination_tokens", "destination_token_roles", "allowlist", "segment_writes")
