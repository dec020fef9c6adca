"""Symptoms when nothing arrives: no segment, or an empty one."""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import launchdarkly_approvals
from wizard.domain.diagnosis import contradictions, hints, judging
from wizard.domain.diagnosis.causes import elsewhere, endings, held_back, keys, names, sending, set_up
from wizard.domain.diagnosis.causes.members import counting, too_few
from wizard.domain.diagnosis.causes.refusals import credentials, events, rights
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import READS_OF_TOKENS, Symptom

_OF_SENDING = (sending.SENDS, sending.WAITED, events.CODE, sending.SCHEDULE, sending.CALLS, held_back.EVENT)
_SILENT = (
    sending.SWITCHES_OFF,
    sending.NOT_IN_ENGAGE,
    sending.SCHEDULE_GONE,
    sending.GROUP_CALLS,
    sending.HISTORY_OFF,
    sending.SENDS_NOTHING,
)

NEVER_APPEARED = Symptom(
    SymptomId.NEVER_APPEARED,
    "The segment never appeared in LaunchDarkly",
    (
        names.MAYBE_THERE,
        elsewhere.SEGMENT_ELSEWHERE,
        elsewhere.SEGMENT_DELETED,
        *credentials.OF_TOKENS,
        *set_up.ON_THE_WAY,
        credentials.NO_CLIENT_SIDE_ID,
        credentials.OTHER_ACCOUNT,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        sending.STILL_EARLY,
        rights.TOKEN_ROLE,
        *_SILENT,
        *held_back.OF_EVENTS,
        credentials.SETTINGS_MISSING,
        events.PAYLOAD,
        events.BUSY,
        events.ACTIVATION_EVENTS,
        set_up.MAPPING_DIFFERS,
        keys.KIND_UNKNOWN,
        too_few.IDENTIFIERS,
        rights.PLAN,
        rights.TOKEN_MAKER,
        rights.APPROVALS,
        rights.ALLOWLIST,
        rights.VIEW,
        held_back.REMOVALS_ONLY,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (names.CANDIDATE, *_OF_SENDING, *rights.QUESTIONS, elsewhere.ENVIRONMENT),
    (contradictions.segment_is_there,),
    READS_OF_TOKENS,
    leads_to=(SymptomId.EMPTY, SymptomId.FEWER_MEMBERS, SymptomId.MORE_MEMBERS),
    hints=hints.OF_SENDING,
    starts_with=("sync.segment", "sync.source", "sync.filtered", "destination.", "mapping.", "audience."),
)
EMPTY = Symptom(
    SymptomId.EMPTY,
    "The segment is there, but it's empty",
    (
        *credentials.OF_TOKENS,
        rights.TOKEN_ROLE,
        *set_up.ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        too_few.MADE_AGAIN,
        too_few.BEFORE_A_REPAIR,
        rights.APPROVALS,
        sending.HISTORY_OFF,
        keys.KIND_UNKNOWN,
        too_few.IDENTIFIERS,
        counting.STILL_COUNTING,
        rights.TOKEN_MAKER,
        events.BUSY,
        *held_back.OF_EVENTS,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        held_back.REMOVALS_ONLY,
        counting.COUNT_LATE,
        too_few.ACTIVATION_DIFFERS,
        events.PAYLOAD,
        events.ACTIVATION_EVENTS,
        rights.ALLOWLIST,
    ),
    (
        held_back.EVENT,
        counting.RECENT,
        events.CODE,
        too_few.COUNT,
        too_few.PROFILE,
        too_few.JOINED,
        rights.MAKER_QUESTION,
        sending.SENDS,
    ),
    (
        contradictions.segment_is_not_there,
        contradictions.counts_agree,
        contradictions.segment_has_more,
        contradictions.segment_has_some,
    ),
    READS_OF_TOKENS,
    leads_to=(
        SymptomId.NEVER_APPEARED,
        SymptomId.FEWER_MEMBERS,
        SymptomId.FAILED_DELIVERIES,
        SymptomId.TWO_OF_ONE_NAME,
    ),
    hints=hints.OF_SENDING,
    starts_with=(launchdarkly_approvals.APPROVALS.id,),
    gap=judging.counts_unseen,
)
