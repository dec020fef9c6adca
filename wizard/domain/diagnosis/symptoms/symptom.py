"""A symptom: what people come with, in their words, and the causes that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.diagnosis import judging
from wizard.domain.diagnosis.cause import Cause
from wizard.domain.diagnosis.causes import access
from wizard.domain.diagnosis.contradictions import Contradiction
from wizard.domain.diagnosis.hints import Hint
from wizard.domain.diagnosis.judging import Gap
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptoms.symptom_id import SymptomId
from wizard.domain.facts import Slot


@dataclass(frozen=True, slots=True)
class Symptom:
    """`causes`: the most likely first. `reads`: slots of `Facts` that are read only on request."""

    id: SymptomId
    title: str
    causes: tuple[Cause, ...]
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    reads: tuple[Slot, ...] = ()
    hints: tuple[Hint, ...] = ()
    starts_with: tuple[str, ...] = ()  # findings that show it: ids of checks, or beginnings that end with a dot
    gap: Gap = judging.unread  # what keeps the symptom itself from being seen
    leads_to: tuple[SymptomId, ...] = ()  # that a contradiction goes on from
    remaining_cause: Cause | None = (
        None  # told to a user who looks from outside, where nothing that was read explains it
    )
    most_questions: int = 5
    standing: tuple[Cause, ...] = ()  # hold in many setups that work, so they wait until `before_those` were asked
    before_those: tuple[Question, ...] = ()
    access: tuple[Cause, ...] = (*access.TO_LAUNCHDARKLY, *access.TO_SEGMENT)  # what keeps the wizard from looking


READS_OF_TOKENS: tuple[Slot, ...] = ("destination_tokens", "destination_token_roles", "allowlist", "segment_writes")
