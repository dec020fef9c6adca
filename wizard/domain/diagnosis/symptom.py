"""The symptoms that people come with, in their words, and the causes that explain each."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.checks.launchdarkly import launchdarkly_app, launchdarkly_approvals
from wizard.domain.checks.segment import audience, audience_attached, destination
from wizard.domain.checks.sync import sync_delivery, sync_duplicate, sync_members, sync_orphan, sync_test_user
from wizard.domain.diagnosis import contradictions, hints, judging
from wizard.domain.diagnosis.cause import Cause
from wizard.domain.diagnosis.causes import (
    access,
    changes,
    elsewhere,
    endings,
    flags,
    from_outside,
    held_back,
    keys,
    members,
    names,
    refusals,
    sdks,
    sending,
    set_up,
)
from wizard.domain.diagnosis.contradictions import Contradiction
from wizard.domain.diagnosis.hints import Hint
from wizard.domain.diagnosis.judging import Gap
from wizard.domain.diagnosis.question import Question
from wizard.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Symptom:
    """`causes`: the most likely first. `reads`: slots of `Facts` that are read only on request."""

    id: str
    title: str
    causes: tuple[Cause, ...]
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    reads: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    starts_with: tuple[str, ...] = ()  # findings that show it: ids of checks, or beginnings that end with a dot
    gap: Gap = judging.unread  # what keeps the symptom itself from being seen
    leads_to: tuple[str, ...] = ()  # ids of symptoms that a contradiction goes on from
    is_left: Cause | None = None  # told to a user who looks from outside, where nothing that was read explains it
    most_questions: int = 5
    standing: tuple[Cause, ...] = ()  # hold in many setups that work, so they wait until `before_those` were asked
    before_those: tuple[Question, ...] = ()
    access: tuple[Cause, ...] = (*access.TO_LAUNCHDARKLY, *access.TO_SEGMENT)  # what keeps the wizard from looking


# --- the symptoms -------------------------------------------------------------------------------------------------

_TOKENS = ("destination_tokens", "destination_token_roles", "allowlist", "segment_writes")
_OF_SENDING = (sending.SENDS, sending.WAITED, refusals.CODE, sending.SCHEDULE, sending.CALLS, held_back.EVENT)
_OF_RIGHTS = (
    refusals.TOKEN_QUESTION,
    set_up.HELD_ID,
    refusals.PLAN_QUESTION,
    refusals.MAKER_QUESTION,
    refusals.ALLOWLIST_QUESTION,
)
_REFUSED = (
    *refusals.OF_TOKENS,
    refusals.NO_CLIENT_SIDE_ID,
    refusals.OTHER_ACCOUNT,
    refusals.SETTINGS_MISSING,
    refusals.PAYLOAD,
    *refusals.OF_RIGHTS,
)
_SILENT = (
    sending.SWITCHES_OFF,
    sending.NOT_IN_ENGAGE,
    sending.SCHEDULE_GONE,
    sending.GROUP_CALLS,
    sending.HISTORY_OFF,
    sending.SENDS_NOTHING,
)
_KEPT_BACK = (  # what keeps a removal from arriving
    set_up.ENGAGE_SOURCE_OFF,
    endings.AUDIENCE_DELETED,
    endings.DETACHED,
    endings.PAUSED,
    endings.ACTIVATION_OFF,
    endings.TRIGGER_DROPS_EXITS,
    set_up.DESTINATION_MISSING,
    set_up.DESTINATION_OFF,
    set_up.MAPPING_MISSING,
    set_up.MAPPING_OFF,
    set_up.FIELDS_EDITED,
    set_up.AUDIENCE_OFF,
    set_up.COMPUTATION_FAILED,
    *refusals.OF_TOKENS,
    refusals.TOKEN_ROLE,
)
_HELD_BACK = (held_back.SOURCE_BLOCKS, held_back.FILTERED)

NEVER_APPEARED = Symptom(
    "never-appeared",
    "The segment never appeared in LaunchDarkly",
    (
        names.MAYBE_THERE,
        elsewhere.SEGMENT_ELSEWHERE,
        elsewhere.SEGMENT_DELETED,
        *refusals.OF_TOKENS,
        *set_up.ON_THE_WAY,
        refusals.NO_CLIENT_SIDE_ID,
        refusals.OTHER_ACCOUNT,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        sending.STILL_EARLY,
        refusals.TOKEN_ROLE,
        *_SILENT,
        *_HELD_BACK,
        refusals.SETTINGS_MISSING,
        refusals.PAYLOAD,
        refusals.BUSY,
        refusals.ACTIVATION_EVENTS,
        set_up.MAPPING_DIFFERS,
        keys.KIND_UNKNOWN,
        members.IDENTIFIERS,
        refusals.PLAN,
        refusals.TOKEN_MAKER,
        refusals.APPROVALS,
        refusals.ALLOWLIST,
        refusals.VIEW,
        held_back.REMOVALS_ONLY,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (names.CANDIDATE, *_OF_SENDING, *_OF_RIGHTS, elsewhere.ENVIRONMENT),
    (contradictions.it_is_there,),
    _TOKENS,
    leads_to=("empty", "fewer-members"),
    hints=hints.OF_SENDING,
    starts_with=("sync.segment", "sync.source", "sync.filtered", "destination.", "mapping.", "audience."),
)
EMPTY = Symptom(
    "empty",
    "The segment is there, but it's empty",
    (
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        *set_up.ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        members.MADE_AGAIN,
        members.BEFORE_A_REPAIR,
        refusals.APPROVALS,
        sending.HISTORY_OFF,
        keys.KIND_UNKNOWN,
        members.IDENTIFIERS,
        members.STILL_COUNTING,
        refusals.TOKEN_MAKER,
        refusals.BUSY,
        *_HELD_BACK,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        held_back.REMOVALS_ONLY,
        members.COUNT_LATE,
        members.ACTIVATION_DIFFERS,
        refusals.PAYLOAD,
        refusals.ACTIVATION_EVENTS,
        refusals.ALLOWLIST,
    ),
    (
        held_back.EVENT,
        members.RECENT,
        refusals.CODE,
        members.COUNT,
        members.PROFILE,
        members.JOINED,
        refusals.MAKER_QUESTION,
        sending.SENDS,
    ),
    (
        contradictions.it_is_not_there,
        contradictions.counts_agree,
        contradictions.it_has_more,
        contradictions.it_has_some,
    ),
    _TOKENS,
    leads_to=("never-appeared", "fewer-members", "failed-deliveries"),
    hints=hints.OF_SENDING,
    starts_with=(launchdarkly_approvals.APPROVALS.id,),
    gap=judging.counts_unseen,
)
FEWER = Symptom(
    "fewer-members",
    "The segment has fewer members than the audience",
    (
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        *set_up.ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        members.MADE_AGAIN,
        members.BEFORE_A_REPAIR,
        set_up.MAPPING_DIFFERS,
        sending.HISTORY_OFF,
        members.IDENTIFIERS,
        members.STILL_COUNTING,
        members.LOST_IN_INCIDENT,
        members.ACTIVATION_DIFFERS,
        refusals.BUSY,
        *_HELD_BACK,
        refusals.PAYLOAD,
        refusals.TOKEN_MAKER,
        refusals.APPROVALS,
        refusals.ALLOWLIST,
        sending.SWITCHES_OFF,
    ),
    (members.COUNT, members.PROFILE, members.RECENT, members.JOINED, members.INCIDENT, refusals.CODE, sending.SENDS),
    (
        contradictions.it_is_not_there,
        contradictions.counts_agree,
        contradictions.it_has_more,
        contradictions.it_has_none,
    ),
    _TOKENS,
    leads_to=("never-appeared", "empty", "failed-deliveries"),
    hints=(hints.BREAKDOWN, hints.LAG, hints.CONFLICT, hints.TWICE, hints.NO_FORCED_RUN),
    starts_with=(sync_members.MEMBERS.id, audience.IDENTIFIERS.id, audience_attached.HISTORY.id),
    gap=judging.counts_unseen,
)
MORE = Symptom(
    "more-members",
    "The segment has more members than the audience",
    (*_KEPT_BACK, members.STALE_MEMBERS, members.SEVERAL_KEYS, refusals.BUSY, members.STILL_COUNTING),
    (members.IDS, members.RECENT),
    (
        contradictions.lost_its_audience,
        contradictions.it_is_not_there,
        contradictions.counts_agree,
        contradictions.it_has_none,
        contradictions.it_has_fewer,
    ),
    reads=_TOKENS,
    leads_to=("failed-deliveries",),
    gap=judging.counts_unseen,
)
FLAG_OFF = Symptom(
    "flag-off",
    "A user is in the segment, but the flag is off for them",
    (
        changes.FLAG_ON_OLD_SEGMENT,
        *flags.AT_THE_FLAG,
        keys.OTHER_KIND,
        keys.OTHER_KEY,
        keys.ANONYMOUS,
        members.ACTIVATION_DIFFERS,
        *sdks.ON_THE_SERVER,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (flags.FLAG_RULE, sdks.SDK, keys.APP_KEY, keys.APP_KIND, sdks.STORE, elsewhere.ENVIRONMENT),
    (
        contradictions.it_is_not_there,
        contradictions.it_has_none,
        contradictions.user_is_not_in,
        contradictions.flag_serves_it,
        contradictions.rule_is_there,
    ),
    ("flag_values", "evaluated_member", "key_shapes", "sdks_in_use", "stores", "flag_uses", "destination_tokens"),
    is_left=from_outside.FLAG_IS_LEFT,
    standing=sdks.ON_THE_SERVER,
    before_those=(flags.FLAG_RULE,),
    gap=judging.user_unseen,
    leads_to=("never-appeared", "empty", "user-missing"),
    hints=(hints.NAME_FROM_KEY,),
    starts_with=("launchdarkly.flags", "launchdarkly.context_kind", "launchdarkly.context_keys", "sync.context_kind"),
    access=access.TO_LAUNCHDARKLY,
)
SERVER_WRONG = Symptom(
    "browser-not-server",
    "It's right in the browser and wrong on the server",
    (*sdks.ON_THE_SERVER, keys.OTHER_KEY, keys.OTHER_KIND, elsewhere.OTHER_ENVIRONMENT),
    (sdks.SDK, sdks.STORE, keys.APP_KEY, keys.APP_KIND, elsewhere.ENVIRONMENT),
    (contradictions.it_is_not_there, contradictions.it_has_none),
    ("key_shapes", "sdks_in_use", "stores", "destination_tokens"),
    is_left=from_outside.SERVER_IS_LEFT,
    leads_to=("never-appeared", "empty"),
    starts_with=(launchdarkly_app.STORE.id,),
    access=access.TO_LAUNCHDARKLY,
)
FAILED = Symptom(
    "failed-deliveries",
    "Segment shows failed deliveries",
    (
        set_up.DESTINATION_MISSING,
        set_up.WRONG_ENVIRONMENT,
        set_up.TRIGGER_EDITED,
        set_up.FIELDS_EDITED,
        *_REFUSED,
        keys.KIND_UNKNOWN,
        members.IDENTIFIERS,
        refusals.ACTIVATION_EVENTS,
        refusals.BUSY,
    ),
    (refusals.CODE, *_OF_RIGHTS, members.COUNT, members.PROFILE),
    (contradictions.none_failed, contradictions.failed_before, contradictions.few_failed),
    _TOKENS,
    most_questions=3,
    leads_to=("never-appeared", "empty", "fewer-members", "more-members"),
    hints=(hints.GREEN_TEST, hints.CONFLICT, hints.LAG),
    starts_with=(sync_delivery.DELIVERY.id, destination.TOKEN.id, "launchdarkly.token."),
)
WORKED_BEFORE = Symptom(
    "worked-before",
    "It worked until recently, and now it doesn't",
    (
        elsewhere.SEGMENT_ELSEWHERE,
        elsewhere.SEGMENT_DELETED,
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        *set_up.ON_THE_WAY,
        endings.PAUSED,
        endings.ACTIVATION_OFF,
        members.MADE_AGAIN,
        members.BEFORE_A_REPAIR,
        refusals.BUSY,
        *_HELD_BACK,
        refusals.SETTINGS_MISSING,
        refusals.PAYLOAD,
        members.STALE_MEMBERS,
        changes.TOKEN_REPLACED,
        changes.PERSON_LEFT,
        members.IDENTIFIERS,
        refusals.APPROVALS,
        refusals.TOKEN_MAKER,
        refusals.PLAN,
        refusals.ALLOWLIST,
        changes.FLAG_ON_OLD_SEGMENT,
        members.LOST_IN_INCIDENT,
        changes.EDITED,
        sending.SWITCHES_OFF,
        sending.SCHEDULE_GONE,
        sending.SENDS_NOTHING,
        sdks.STORE_SICK,
        members.WORKS_AGAIN,
    ),
    (
        changes.CHANGED,
        members.INCIDENT,
        refusals.TOKEN_QUESTION,
        refusals.ALLOWLIST_QUESTION,
        refusals.CODE,
        sending.SENDS,
        sending.SCHEDULE,
    ),
    (contradictions.lost_its_audience,),
    (*_TOKENS, "flag_uses", "stores"),
    most_questions=3,
    hints=hints.OF_A_SETUP,
)
TWO_OF_ONE_NAME = Symptom(
    "two-of-one-name",
    "There are two segments of the same name",
    (names.MADE_BY_HAND, names.SAME_KEY, names.MADE_AGAIN, names.ONLY_ONE),
    contradictions=(contradictions.none_has_the_name,),
    reads=("flag_uses",),
    leads_to=("never-appeared",),
    starts_with=(sync_duplicate.DUPLICATE.id,),
)
ODD_NAME = Symptom(
    "odd-name",
    "The segment has an odd name",
    (names.NAME_EDITED, names.NAME_FROM_KEY),
    contradictions=(contradictions.it_is_not_there,),
)
NEVER_REMOVED = Symptom(
    "never-removed",
    "Members are never removed",
    (
        *_KEPT_BACK,
        endings.REMOVALS_WORK,
        members.STALE_MEMBERS,
        members.SEVERAL_KEYS,
        refusals.BUSY,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        members.STILL_COUNTING,
    ),
    (members.IDS, sending.SENDS, members.RECENT),
    (
        contradictions.lost_its_audience,
        contradictions.it_is_not_there,
        contradictions.refused_now,
        contradictions.it_has_none,
        contradictions.it_has_fewer,
    ),
    reads=_TOKENS,
    leads_to=("never-appeared", "failed-deliveries", "empty", "fewer-members"),
    gap=judging.counts_unseen,
    starts_with=(sync_orphan.ORPHAN.id,),
)
USER_MISSING = Symptom(
    "user-missing",
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
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        members.MADE_AGAIN,
        set_up.MAPPING_DIFFERS,
        sending.HISTORY_OFF,
        keys.NOT_IN_AUDIENCE,
        keys.JUST_JOINED,
        members.IDENTIFIERS,
        keys.OTHER_KEY,
        keys.ANONYMOUS,
        members.LOST_IN_INCIDENT,
        elsewhere.OTHER_ENVIRONMENT,
    ),
    (keys.IN_AUDIENCE, members.PROFILE, keys.APP_KEY, members.INCIDENT, elsewhere.ENVIRONMENT),
    (
        contradictions.it_is_not_there,
        contradictions.user_is_in,
        contradictions.it_has_none,
        contradictions.nobody_is_missing,
    ),
    (*_TOKENS, "key_shapes"),
    gap=judging.user_unseen,
    leads_to=("never-appeared", "empty"),
    hints=(hints.QUEUE, hints.LAG),
    starts_with=(sync_test_user.TEST_USER.id,),
)

SYMPTOMS: tuple[Symptom, ...] = (
    NEVER_APPEARED,
    EMPTY,
    FEWER,
    MORE,
    FLAG_OFF,
    SERVER_WRONG,
    FAILED,
    WORKED_BEFORE,
    TWO_OF_ONE_NAME,
    ODD_NAME,
    NEVER_REMOVED,
    USER_MISSING,
)


def symptom_named(symptom_id: str) -> Symptom | None:
    return next((one for one in SYMPTOMS if one.id == symptom_id), None)


def symptom_of(finding: Finding) -> Symptom | None:
    """Return the symptom that a finding shows; the check's own before its group's."""
    if finding.id == sync_members.MEMBERS.id and finding.evidence.get("members") == 0:
        return EMPTY
    own = next((one for one in SYMPTOMS if finding.id in one.starts_with), None)
    groups = ((one, name) for one in SYMPTOMS for name in one.starts_with if name.endswith("."))
    return own or next((one for one, name in groups if finding.id.startswith(name)), None)


_ENDS = (  # of contradictions
    members.IS_THERE,
    members.NOTHING_WRONG,
    contradictions.NO_FAILURE,
    keys.IS_MEMBER,
    members.EVERYBODY_IS_THERE,
    from_outside.SERVER_IS_LEFT,
    from_outside.FLAG_IS_LEFT,
    endings.SEGMENT_WITHOUT_AUDIENCE,
)
CAUSES: tuple[Cause, ...] = tuple(
    {
        cause.id: cause for cause in (*(cause for one in SYMPTOMS for cause in (*one.causes, *one.access)), *_ENDS)
    }.values()
)
QUESTIONS: tuple[Question, ...] = tuple({each.id: each for one in SYMPTOMS for each in one.questions}.values())
HINTS: tuple[Hint, ...] = tuple({hint.id: hint for one in SYMPTOMS for hint in one.hints}.values())
