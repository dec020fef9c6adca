"""Symptoms of a sync that fails, or no longer works."""

from __future__ import annotations

from wizard.domain.checks.segment import destination
from wizard.domain.checks.sync import sync_delivery
from wizard.domain.diagnosis import contradictions, hints
from wizard.domain.diagnosis.causes import changes, elsewhere, endings, held_back, keys, sdks, sending, set_up
from wizard.domain.diagnosis.causes.members import all_there, too_few, too_many
from wizard.domain.diagnosis.causes.refusals import credentials, events, rights
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import READS_OF_TOKENS, Symptom

_REFUSED = (
    *credentials.OF_TOKENS,
    credentials.NO_CLIENT_SIDE_ID,
    credentials.OTHER_ACCOUNT,
    credentials.SETTINGS_MISSING,
    events.PAYLOAD,
    *rights.OF_RIGHTS,
)
FAILED = Symptom(
    SymptomId.FAILED_DELIVERIES,
    "Segment shows failed deliveries",
    (
        set_up.DESTINATION_MISSING,
        set_up.WRONG_ENVIRONMENT,
        set_up.TRIGGER_EDITED,
        set_up.FIELDS_EDITED,
        *_REFUSED,
        keys.KIND_UNKNOWN,
        too_few.IDENTIFIERS,
        events.ACTIVATION_EVENTS,
        events.BUSY,
        events.ENDED,
    ),
    (events.CODE, *rights.QUESTIONS, too_few.COUNT, too_few.PROFILE),
    (
        contradictions.nothing_is_delivered,
        contradictions.no_delivery_failed,
        contradictions.deliveries_failed_before,
        contradictions.few_deliveries_failed,
    ),
    READS_OF_TOKENS,
    most_questions=3,
    leads_to=(SymptomId.NEVER_APPEARED, SymptomId.EMPTY, SymptomId.FEWER_MEMBERS, SymptomId.MORE_MEMBERS),
    hints=(hints.GREEN_TEST, hints.CONFLICT, hints.LAG),
    starts_with=(sync_delivery.DELIVERY.id, destination.TOKEN.id, "launchdarkly.token."),
)
_ON_THE_WAY = tuple(  # a sync that worked has a segment, whose members stay
    endings.AUDIENCE_DELETED if one is set_up.AUDIENCE_GONE else one for one in set_up.ON_THE_WAY
)
WORKED_BEFORE = Symptom(
    SymptomId.WORKED_BEFORE,
    "It worked until recently, and now it doesn't",
    (
        elsewhere.SEGMENT_ELSEWHERE,
        elsewhere.SEGMENT_DELETED,
        *credentials.OF_TOKENS,
        rights.TOKEN_ROLE,
        *_ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        elsewhere.SEGMENT_GONE,
        too_few.MADE_AGAIN,
        too_few.BEFORE_A_REPAIR,
        events.BUSY,
        *held_back.OF_EVENTS,
        credentials.SETTINGS_MISSING,
        events.PAYLOAD,
        too_many.STALE_MEMBERS,
        changes.TOKEN_REPLACED,
        changes.PERSON_LEFT,
        keys.KIND_UNKNOWN,
        too_few.IDENTIFIERS,
        rights.APPROVALS,
        rights.TOKEN_MAKER,
        rights.PLAN,
        rights.ALLOWLIST,
        changes.FLAG_ON_OLD_SEGMENT,
        too_few.LOST_IN_INCIDENT,
        changes.EDITED,
        sending.SWITCHES_OFF,
        sending.SCHEDULE_GONE,
        sending.SENDS_NOTHING,
        sdks.STORE_SICK,
        credentials.TOKEN_NOT_LISTED,
        all_there.WORKS_AGAIN,
        events.ENDED,
    ),
    (
        changes.CHANGED,
        too_few.INCIDENT,
        credentials.TOKEN_QUESTION,
        rights.ALLOWLIST_QUESTION,
        events.CODE,
        sending.SENDS,
        sending.SCHEDULE,
    ),
    (contradictions.lost_its_audience,),
    (*READS_OF_TOKENS, "flag_uses", "stores"),
    most_questions=3,
    hints=hints.OF_A_SETUP,
)
