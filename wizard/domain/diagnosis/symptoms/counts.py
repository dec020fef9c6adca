"""Symptoms of counts that differ: too few members, too many, or members who stay."""

from __future__ import annotations

from wizard.domain.checks.segment import audience, audience_attached
from wizard.domain.checks.sync import sync_members, sync_orphan
from wizard.domain.diagnosis import contradictions, hints, judging
from wizard.domain.diagnosis.causes import endings, held_back, sending, set_up
from wizard.domain.diagnosis.causes.members import counting, too_few, too_many
from wizard.domain.diagnosis.causes.refusals import credentials, events, rights
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import READS_OF_TOKENS, Symptom

_KEPT_BACK = (  # causes that keep removals from arriving
    set_up.ENGAGE_SOURCE_OFF,
    endings.AUDIENCE_DELETED,
    endings.DETACHED,
    endings.PAUSED,
    endings.ACTIVATION_OFF,
    set_up.DESTINATION_MISSING,
    set_up.DESTINATION_OFF,
    set_up.MAPPING_MISSING,
    set_up.MAPPING_OFF,
    endings.TRIGGER_DROPS_EXITS,
    set_up.FIELDS_EDITED,
    set_up.AUDIENCE_OFF,
    set_up.COMPUTATION_FAILED,
    *credentials.OF_TOKENS,
    rights.TOKEN_ROLE,
)
FEWER = Symptom(
    SymptomId.FEWER_MEMBERS,
    "The segment has fewer members than the audience",
    (
        *credentials.OF_TOKENS,
        rights.TOKEN_ROLE,
        *set_up.ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        too_few.MADE_AGAIN,
        too_few.BEFORE_A_REPAIR,
        set_up.MAPPING_DIFFERS,
        sending.HISTORY_OFF,
        too_few.IDENTIFIERS,
        counting.STILL_COUNTING,
        too_few.LOST_IN_INCIDENT,
        too_few.ACTIVATION_DIFFERS,
        events.BUSY,
        *held_back.OF_EVENTS,
        events.PAYLOAD,
        rights.TOKEN_MAKER,
        rights.APPROVALS,
        rights.ALLOWLIST,
        sending.SWITCHES_OFF,
    ),
    (too_few.COUNT, too_few.PROFILE, counting.RECENT, too_few.JOINED, too_few.INCIDENT, events.CODE, sending.SENDS),
    (
        contradictions.segment_is_not_there,
        contradictions.counts_agree,
        contradictions.segment_has_more,
        contradictions.segment_has_none,
    ),
    READS_OF_TOKENS,
    leads_to=(SymptomId.NEVER_APPEARED, SymptomId.EMPTY, SymptomId.FAILED_DELIVERIES, SymptomId.TWO_OF_ONE_NAME),
    hints=(hints.BREAKDOWN, hints.LAG, hints.CONFLICT, hints.TWICE, hints.NO_FORCED_RUN),
    starts_with=(sync_members.MEMBERS.id, audience.IDENTIFIERS.id, audience_attached.HISTORY.id),
    gap=judging.counts_unseen,
)
MORE = Symptom(
    SymptomId.MORE_MEMBERS,
    "The segment has more members than the audience",
    (
        *_KEPT_BACK,
        set_up.AUDIENCE_EMPTY,
        too_many.OLD_KEYS,
        too_many.STALE_MEMBERS,
        too_many.SEVERAL_KEYS,
        events.BUSY,
        counting.STILL_COUNTING,
    ),
    (too_many.IDS, counting.RECENT),
    (
        contradictions.lost_its_audience,
        contradictions.segment_is_not_there,
        contradictions.counts_agree,
        contradictions.segment_has_none,
        contradictions.segment_has_fewer,
    ),
    reads=READS_OF_TOKENS,
    leads_to=(SymptomId.FAILED_DELIVERIES, SymptomId.TWO_OF_ONE_NAME),
    gap=judging.counts_unseen,
)
NEVER_REMOVED = Symptom(
    SymptomId.NEVER_REMOVED,
    "Members are never removed",
    (
        *_KEPT_BACK,
        endings.REMOVALS_WORK,
        too_many.OLD_KEYS,
        too_many.STALE_MEMBERS,
        too_many.SEVERAL_KEYS,
        events.BUSY,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        counting.STILL_COUNTING,
    ),
    (too_many.IDS, sending.SENDS, counting.RECENT),
    (
        contradictions.lost_its_audience,
        contradictions.segment_is_not_there,
        contradictions.deliveries_are_refused,
        contradictions.another_has_the_name,
        contradictions.segment_has_none,
        contradictions.segment_has_fewer,
    ),
    reads=READS_OF_TOKENS,
    leads_to=(
        SymptomId.NEVER_APPEARED,
        SymptomId.FAILED_DELIVERIES,
        SymptomId.EMPTY,
        SymptomId.FEWER_MEMBERS,
        SymptomId.TWO_OF_ONE_NAME,
    ),
    gap=judging.counts_unseen,
    starts_with=(sync_orphan.ORPHAN.id,),
)
