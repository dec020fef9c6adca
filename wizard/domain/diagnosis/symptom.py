"""The symptoms that people come with, in their words: which causes explain each, and what may contradict it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from wizard.domain.checks import (
    audience,
    audience_attached,
    destination,
    launchdarkly_app,
    launchdarkly_approvals,
    sync_delivery,
    sync_segment,
    targeting,
)
from wizard.domain.checks.segment_of_audience import Presence, may_be_unfed
from wizard.domain.diagnosis import flags, hints, keys, members, names, refusals, sdks, sending
from wizard.domain.diagnosis.cause import Cause, Proof, confirms
from wizard.domain.diagnosis.evidence import Evidence
from wizard.domain.diagnosis.hints import Hint
from wizard.domain.diagnosis.question import Question
from wizard.domain.findings import Finding
from wizard.domain.model import Intake
from wizard.text import count


@dataclass(frozen=True, slots=True)
class Turn:
    """What contradicts a symptom: said first. It ends the search with a cause, or goes on from another symptom."""

    says: str
    cause: Cause | None = None
    becomes: str = ""  # id of the symptom that is the right one


Contradiction: TypeAlias = Callable[[Evidence], Turn | None]


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
    leads_to: tuple[str, ...] = ()  # ids of symptoms that a contradiction goes on from


# --- contradictions -----------------------------------------------------------------------------------------------


def _it_is_there(evidence: Evidence) -> Turn | None:
    segment, of = evidence.segment, evidence.audience
    if segment is None or of is None or may_be_unfed(segment, evidence.facts):
        return None
    looked_for = " You were looking for another name?" if segment.name != of.name else ""
    said = f"The segment is there: {segment.name}, {evidence.counts}.{looked_for}"
    if evidence.members == 0 and evidence.size != 0:
        return Turn(said, becomes="empty")
    return Turn(said, becomes="fewer-members") if evidence.has_fewer else Turn(said, members.IS_THERE)


_MISSING = {Presence.AWAITED, Presence.MISSING, Presence.ELSEWHERE, Presence.DELETED}


def _it_is_not_there(evidence: Evidence) -> Turn | None:
    if evidence.whereabouts.presence not in _MISSING:
        return None
    return Turn(f"LaunchDarkly doesn't list the segment {evidence.name}.", becomes="never-appeared")


def _none_has_the_name(evidence: Evidence) -> Turn | None:
    return None if evidence.others_of_the_name else _it_is_not_there(evidence)


def _counts_agree(evidence: Evidence) -> Turn | None:
    if not evidence.counts_agree:
        return None
    return Turn(f"The counts agree: {evidence.name} has {evidence.counts}.", members.NOTHING_WRONG)


def _it_has_more(evidence: Evidence) -> Turn | None:
    return Turn(_said_counts(evidence), becomes="more-members") if evidence.has_more else None


def _it_has_some(evidence: Evidence) -> Turn | None:
    is_filled = bool(evidence.members) and evidence.has_fewer
    return Turn(f"The segment isn't empty: {_said_counts(evidence)}", becomes="fewer-members") if is_filled else None


def _it_has_none(evidence: Evidence) -> Turn | None:
    is_empty = evidence.members == 0 and evidence.size != 0
    return Turn(_said_counts(evidence), becomes="empty") if is_empty else None


def _it_has_fewer(evidence: Evidence) -> Turn | None:
    return Turn(_said_counts(evidence), becomes="fewer-members") if evidence.has_fewer else None


def _said_counts(evidence: Evidence) -> str:
    return f"{evidence.name} has {evidence.counts}."


def _user_is_not_in(evidence: Evidence) -> Turn | None:
    if evidence.is_member is not False:
        return None
    return Turn(f"{evidence.answers.test_user} isn't a member of {evidence.name}.", becomes="user-missing")


def _user_is_in(evidence: Evidence) -> Turn | None:
    if not evidence.is_member:
        return None
    return Turn(f"{evidence.answers.test_user} is a member of {evidence.name}.", keys.IS_MEMBER)


def _none_failed(evidence: Evidence) -> Turn | None:
    seen = evidence.delivery
    if seen is None or seen.failed or not (seen.delivered or evidence.counts_agree):
        return None
    if not seen.delivered:
        return Turn("Segment counted no failed delivery lately, and every member is there.", members.NOTHING_WRONG)
    return Turn(f"Segment counted {count(seen.delivered, 'delivery', 'deliveries')}, and none failed.", NO_FAILURE)


def _few_failed(evidence: Evidence) -> Turn | None:
    """A batch is refused as a whole, so a few refusals say nothing where every member is there."""
    seen = evidence.delivery
    if seen is None or not seen.failed or not (evidence.works and evidence.counts_agree):
        return None
    failed = f"{seen.failed:,} of {count(seen.delivered + seen.failed, 'delivery', 'deliveries')} failed"
    return Turn(f"{failed}, and every member is there all the same.", members.NOTHING_WRONG)


def _no_failure(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or not seen.delivered or seen.failed:
        return None
    intake = evidence.facts.intake
    received = f" The source received {count(intake.received, 'event')}." if isinstance(intake, Intake) else ""
    return confirms(f"LaunchDarkly took {count(seen.delivered, 'event')}, and refused none.{received}")


NO_FAILURE = Cause(
    "no-failure",
    "No delivery fails",
    (_no_failure,),
    "Nothing is wrong: no delivery to {destination} fails.",
    "You don't have to do anything. Failed deliveries of other destinations have nothing to do with LaunchDarkly.",
    is_trouble=False,
)

# --- the symptoms -------------------------------------------------------------------------------------------------

_TOKENS = ("destination_tokens", "destination_token_roles", "allowlist")
_OF_SENDING = (sending.SENDS, sending.WAITED, refusals.CODE, sending.SCHEDULE, sending.CALLS, sending.EVENT)
_OF_RIGHTS = (refusals.PLAN_QUESTION, refusals.MAKER_QUESTION, refusals.ALLOWLIST_QUESTION)
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
    sending.HISTORY_OFF,
    sending.SENDS_NOTHING,
    sending.SCHEDULE_GONE,
    sending.GROUP_CALLS,
)
_HELD_BACK = (sending.SOURCE_BLOCKS, sending.FILTERED)

NEVER_APPEARED = Symptom(
    "never-appeared",
    "The segment never appeared in LaunchDarkly",
    (
        names.MAYBE_THERE,
        sending.SEGMENT_ELSEWHERE,
        sending.SEGMENT_DELETED,
        *refusals.OF_TOKENS,
        *sending.ON_THE_WAY,
        refusals.NO_CLIENT_SIDE_ID,
        refusals.OTHER_ACCOUNT,
        names.PAUSED,
        sending.STILL_EARLY,
        refusals.TOKEN_ROLE,
        *_SILENT,
        *_HELD_BACK,
        refusals.SETTINGS_MISSING,
        refusals.PAYLOAD,
        refusals.ACTIVATION_EVENTS,
        members.IDENTIFIERS,
        refusals.PLAN,
        refusals.TOKEN_MAKER,
        refusals.APPROVALS,
        refusals.ALLOWLIST,
        refusals.VIEW,
        sending.REMOVALS_ONLY,
        sending.OTHER_ENVIRONMENT,
    ),
    (names.CANDIDATE, *_OF_SENDING, *_OF_RIGHTS, sending.ENVIRONMENT),
    (_it_is_there,),
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
        *sending.ON_THE_WAY,
        names.PAUSED,
        members.MADE_AGAIN,
        refusals.APPROVALS,
        sending.HISTORY_OFF,
        members.IDENTIFIERS,
        members.STILL_COUNTING,
        refusals.TOKEN_MAKER,
        *_HELD_BACK,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        sending.REMOVALS_ONLY,
        members.ACTIVATION_DIFFERS,
        refusals.PAYLOAD,
        refusals.ACTIVATION_EVENTS,
        refusals.ALLOWLIST,
    ),
    (
        sending.EVENT,
        members.RECENT,
        refusals.CODE,
        members.COUNT,
        members.PROFILE,
        members.JOINED,
        refusals.MAKER_QUESTION,
        sending.SENDS,
    ),
    (_it_is_not_there, _counts_agree, _it_has_more, _it_has_some),
    _TOKENS,
    leads_to=("never-appeared", "fewer-members"),
    hints=hints.OF_SENDING,
    starts_with=(launchdarkly_approvals.APPROVALS.id,),
)
FEWER = Symptom(
    "fewer-members",
    "The segment has fewer members than the audience",
    (
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        *sending.ON_THE_WAY,
        names.PAUSED,
        members.MADE_AGAIN,
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
    (_it_is_not_there, _counts_agree, _it_has_more, _it_has_none),
    _TOKENS,
    leads_to=("never-appeared", "empty"),
    hints=(hints.LAG, hints.CONFLICT, hints.TWICE, hints.NO_FORCED_RUN),
    starts_with=(sync_segment.MEMBERS.id, audience.IDENTIFIERS.id, audience_attached.HISTORY.id),
)
MORE = Symptom(
    "more-members",
    "The segment has more members than the audience",
    (members.STALE_MEMBERS, members.SEVERAL_KEYS),
    (members.IDS,),
    (_it_is_not_there, _counts_agree, _it_has_none, _it_has_fewer),
)
FLAG_OFF = Symptom(
    "flag-off",
    "A user is in the segment, but the flag is off for them",
    (
        names.FLAG_ON_OLD_SEGMENT,
        *flags.AT_THE_FLAG,
        keys.OTHER_KIND,
        keys.OTHER_KEY,
        keys.ANONYMOUS,
        members.ACTIVATION_DIFFERS,
        *sdks.ON_THE_SERVER,
        sending.OTHER_ENVIRONMENT,
    ),
    (flags.FLAG_RULE, sdks.SDK, keys.APP_KEY, keys.APP_KIND, sdks.STORE, sending.ENVIRONMENT),
    (_it_is_not_there, _user_is_not_in),
    ("flag_values", "evaluated_member", "key_shapes", "sdks_in_use", "stores", "flag_uses"),
    leads_to=("never-appeared", "user-missing"),
    hints=(hints.NAME_FROM_KEY,),
    starts_with=("launchdarkly.flags", "launchdarkly.context_kind", "launchdarkly.context_keys", "sync.context_kind"),
)
SERVER_WRONG = Symptom(
    "browser-not-server",
    "It's right in the browser and wrong on the server",
    (*sdks.ON_THE_SERVER, keys.OTHER_KEY, keys.OTHER_KIND, sending.OTHER_ENVIRONMENT),
    (sdks.SDK, sdks.STORE, keys.APP_KEY, keys.APP_KIND, sending.ENVIRONMENT),
    (_it_is_not_there,),
    ("key_shapes", "sdks_in_use", "stores"),
    leads_to=("never-appeared",),
    starts_with=(launchdarkly_app.STORE.id,),
)
FAILED = Symptom(
    "failed-deliveries",
    "Segment shows failed deliveries",
    (
        sending.DESTINATION_MISSING,
        sending.WRONG_ENVIRONMENT,
        sending.TRIGGER_EDITED,
        sending.FIELDS_EDITED,
        *_REFUSED,
        members.IDENTIFIERS,
        refusals.ACTIVATION_EVENTS,
        refusals.BUSY,
    ),
    (refusals.CODE, *_OF_RIGHTS, members.COUNT, members.PROFILE),
    (_none_failed, _few_failed),
    _TOKENS,
    hints=(hints.GREEN_TEST, hints.CONFLICT, hints.LAG),
    starts_with=(sync_delivery.DELIVERY.id, destination.TOKEN.id, "launchdarkly.token."),
)
WORKED_BEFORE = Symptom(
    "worked-before",
    "It worked until recently, and now it doesn't",
    (
        sending.SEGMENT_ELSEWHERE,
        sending.SEGMENT_DELETED,
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        *sending.ON_THE_WAY,
        names.PAUSED,
        members.MADE_AGAIN,
        refusals.BUSY,
        *_HELD_BACK,
        refusals.SETTINGS_MISSING,
        refusals.PAYLOAD,
        members.STALE_MEMBERS,
        names.TOKEN_REPLACED,
        names.PERSON_LEFT,
        members.IDENTIFIERS,
        refusals.APPROVALS,
        refusals.TOKEN_MAKER,
        refusals.PLAN,
        refusals.ALLOWLIST,
        names.FLAG_ON_OLD_SEGMENT,
        members.LOST_IN_INCIDENT,
        names.EDITED,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        sending.SCHEDULE_GONE,
        sdks.STORE_SICK,
    ),
    (names.CHANGED, members.INCIDENT, refusals.ALLOWLIST_QUESTION, refusals.CODE, sending.SENDS, sending.SCHEDULE),
    (),
    (*_TOKENS, "flag_uses", "stores"),
    hints=hints.OF_A_SET_UP,
)
TWO_OF_ONE_NAME = Symptom(
    "two-of-one-name",
    "There are two segments of the same name",
    (names.MADE_BY_HAND, names.MADE_AGAIN, names.ONLY_ONE),
    contradictions=(_none_has_the_name,),
    reads=("flag_uses",),
    leads_to=("never-appeared",),
    starts_with=(sync_segment.DUPLICATE.id,),
)
ODD_NAME = Symptom(
    "odd-name",
    "The segment has an odd name",
    (names.NAME_FROM_KEY,),
    contradictions=(_it_is_not_there,),
)
NEVER_REMOVED = Symptom(
    "never-removed",
    "Members are never removed",
    (
        names.AUDIENCE_DELETED,
        names.DETACHED,
        names.PAUSED,
        names.TRIGGER_DROPS_EXITS,
        sending.DESTINATION_MISSING,
        sending.DESTINATION_OFF,
        sending.MAPPING_MISSING,
        sending.MAPPING_OFF,
        sending.FIELDS_EDITED,
        sending.AUDIENCE_OFF,
        sending.COMPUTATION_FAILED,
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        names.REMOVALS_WORK,
        members.STALE_MEMBERS,
        members.SEVERAL_KEYS,
        sending.SWITCHES_OFF,
        sending.SENDS_NOTHING,
        members.STILL_COUNTING,
    ),
    (members.IDS, sending.SENDS, members.RECENT),
    reads=_TOKENS,
)
USER_MISSING = Symptom(
    "user-missing",
    "A user who should be in the segment isn't",
    (
        names.AUDIENCE_DELETED,
        sending.DESTINATION_OFF,
        sending.MAPPING_OFF,
        sending.TRIGGER_EDITED,
        sending.FIELDS_EDITED,
        sending.AUDIENCE_OFF,
        sending.COMPUTATION_FAILED,
        sending.NOT_ATTACHED,
        *refusals.OF_TOKENS,
        refusals.TOKEN_ROLE,
        members.MADE_AGAIN,
        sending.HISTORY_OFF,
        keys.NOT_IN_AUDIENCE,
        keys.JUST_JOINED,
        keys.OTHER_KEY,
        members.IDENTIFIERS,
        keys.ANONYMOUS,
        members.LOST_IN_INCIDENT,
        sending.OTHER_ENVIRONMENT,
    ),
    (keys.IN_AUDIENCE, members.PROFILE, keys.APP_KEY, members.INCIDENT, sending.ENVIRONMENT),
    (_it_is_not_there, _user_is_in, _it_has_none),
    (*_TOKENS, "key_shapes"),
    leads_to=("never-appeared", "empty"),
    hints=(hints.QUEUE, hints.LAG),
    starts_with=(targeting.TEST_USER.id,),
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
    if finding.id == sync_segment.MEMBERS.id and finding.evidence.get("members") == 0:
        return EMPTY
    own = next((one for one in SYMPTOMS if finding.id in one.starts_with), None)
    groups = ((one, name) for one in SYMPTOMS for name in one.starts_with if name.endswith("."))
    return own or next((one for one, name in groups if finding.id.startswith(name)), None)


_ENDS = (members.IS_THERE, members.NOTHING_WRONG, NO_FAILURE, keys.IS_MEMBER)  # of contradictions
CAUSES: tuple[Cause, ...] = tuple(
    {cause.id: cause for cause in (*(cause for one in SYMPTOMS for cause in one.causes), *_ENDS)}.values()
)
QUESTIONS: tuple[Question, ...] = tuple({each.id: each for one in SYMPTOMS for each in one.questions}.values())
HINTS: tuple[Hint, ...] = tuple({hint.id: hint for one in SYMPTOMS for hint in one.hints}.values())
