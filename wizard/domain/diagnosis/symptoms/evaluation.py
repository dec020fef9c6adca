"""Symptoms of what the app gets: a flag that is off, or another value on the server."""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.diagnosis import contradictions, hints, judging
from wizard.domain.diagnosis.causes import access, changes, elsewhere, flags, from_outside, keys, sdks
from wizard.domain.diagnosis.causes.members import too_few
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.symptom import Symptom

FLAG_OFF = Symptom(
    SymptomId.FLAG_OFF,
    "A user is in the segment, but the flag is off for them",
    (
        changes.FLAG_ON_OLD_SEGMENT,
        *flags.AT_THE_FLAG,
        keys.OTHER_KIND,
        keys.OTHER_KEY,
        keys.ANONYMOUS,
        too_few.ACTIVATION_DIFFERS,
        *sdks.ON_THE_SERVER,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (flags.FLAG_RULE, sdks.SDK, keys.APP_KEY, keys.APP_KIND, sdks.STORE, elsewhere.ENVIRONMENT),
    (
        contradictions.segment_is_not_there,
        contradictions.segment_has_none,
        contradictions.user_is_not_member,
        contradictions.flag_serves_members,
        contradictions.rule_is_there,
    ),
    (
        *("flag_values", "flag_targeting", "evaluated_member", "key_shapes", "sdks_in_use", "stores", "flag_uses"),
        "destination_tokens",
    ),
    remaining_cause=from_outside.FLAG_IS_LEFT,
    standing=sdks.ON_THE_SERVER,
    before_those=(flags.FLAG_RULE,),
    gap=judging.user_unseen,
    leads_to=(SymptomId.NEVER_APPEARED, SymptomId.EMPTY, SymptomId.USER_MISSING),
    hints=(hints.NAME_FROM_KEY,),
    starts_with=("launchdarkly.flags", "launchdarkly.context_kind", "launchdarkly.context_keys", "sync.context_kind"),
    access=access.TO_LAUNCHDARKLY,
)
SERVER_WRONG = Symptom(
    SymptomId.BROWSER_NOT_SERVER,
    "It's right in the browser and wrong on the server",
    (*sdks.ON_THE_SERVER, keys.OTHER_KEY, keys.OTHER_KIND, elsewhere.OTHER_ENVIRONMENT),
    (sdks.SDK, sdks.STORE, keys.APP_KEY, keys.APP_KIND, elsewhere.ENVIRONMENT),
    (contradictions.segment_is_not_there, contradictions.segment_has_none),
    ("key_shapes", "sdks_in_use", "stores", "destination_tokens"),
    remaining_cause=from_outside.SERVER_IS_LEFT,
    leads_to=(SymptomId.NEVER_APPEARED, SymptomId.EMPTY),
    starts_with=(launchdarkly_app.STORE.id,),
    access=access.TO_LAUNCHDARKLY,
)
