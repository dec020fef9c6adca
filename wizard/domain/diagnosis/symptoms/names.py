"""Symptoms around the segment's name."""

from __future__ import annotations

from wizard.domain.checks.sync import sync_duplicate
from wizard.domain.diagnosis import contradictions
from wizard.domain.diagnosis.causes import names
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import Symptom

TWO_OF_ONE_NAME = Symptom(
    SymptomId.TWO_OF_ONE_NAME,
    "Two segments have the same name",
    (names.MADE_BY_HAND, names.SAME_KEY, names.MADE_AGAIN, names.ONLY_ONE),
    contradictions=(contradictions.no_segment_has_the_name,),
    reads=("flag_uses",),
    leads_to=(SymptomId.NEVER_APPEARED,),
    starts_with=(sync_duplicate.DUPLICATE.id,),
)
ODD_NAME = Symptom(
    SymptomId.ODD_NAME,
    "The segment has an odd name",
    (names.NAME_EDITED, names.NAME_FROM_KEY),
    contradictions=(contradictions.segment_is_not_there,),
)
