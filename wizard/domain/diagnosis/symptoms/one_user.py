"""The symptom of one user who is missing."""

from __future__ import annotations

from wizard.domain.checks.sync import sync_test_user
from wizard.domain.diagnosis import contradictions, hints, judging
from wizard.domain.diagnosis.causes import elsewhere, endings, keys, sending, set_up
from wizard.domain.diagnosis.causes.members import too_few
from wizard.domain.diagnosis.causes.refusals import credentials, rights
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import READS_OF_TOKENS, Symptom

USER_MISSING = Symptom(
    SymptomId.USER_MISSING,
    "A user who should be in the segment isn't",
    (
        endings.AUDIENCE_DELETED,
        set_up.DESTINATION_OFF,
        set_up.MAPPING_OFF,
        set_up.TRIGGER_EDITED,
        set_up.FIELDS_EDITED,
        set_up.AUDIENCE_OFF,
        set_up.COMPUTATION_FAILED,
        set_up.NOT_ATTACHED,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        *credentials.OF_TOKENS,
        rights.TOKEN_ROLE,
        too_few.MADE_AGAIN,
        set_up.MAPPING_DIFFERS,
        sending.HISTORY_OFF,
        keys.NOT_IN_AUDIENCE,
        keys.JUST_JOINED,
        too_few.IDENTIFIERS,
        keys.OTHER_KEY,
        keys.ANONYMOUS,
        too_few.LOST_IN_INCIDENT,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (keys.IN_AUDIENCE, too_few.PROFILE, keys.APP_KEY, too_few.INCIDENT, elsewhere.ENVIRONMENT),
    (
        contradictions.segment_is_not_there,
        contradictions.user_is_member,
        contradictions.segment_has_none,
        contradictions.nobody_is_missing,
    ),
    (*READS_OF_TOKENS, "key_shapes"),
    gap=judging.user_unseen,
    leads_to=(SymptomId.NEVER_APPEARED, SymptomId.EMPTY, SymptomId.TWO_OF_ONE_NAME),
    hints=(hints.QUEUE, hints.LAG),
    starts_with=(sync_test_user.TEST_USER.id,),
)
