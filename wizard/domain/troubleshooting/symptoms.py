"""The five complaints that troubleshooting starts from, each with what explains it, most likely first."""

from __future__ import annotations

from wizard.domain.checks import (
    audience,
    audience_attached,
    launchdarkly_app,
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_permissions,
    launchdarkly_token,
    machine,
    mapping,
    sync_delivery,
    sync_segment,
    sync_source,
    targeting,
)
from wizard.domain.troubleshooting import hints
from wizard.domain.troubleshooting import sending_questions as sending
from wizard.domain.troubleshooting import using_questions as using
from wizard.domain.troubleshooting.question import Hint, Question, Symptom

_ACCESS = (
    machine.LAUNCHDARKLY_REACHABLE.id,
    machine.SEGMENT_REACHABLE.id,
    "launchdarkly.token.",
    launchdarkly_token.INSTANCE.id,
    launchdarkly_environment.CLIENT_SIDE_ID.id,
    launchdarkly_environment.PAIR.id,
    launchdarkly_environment.PROJECT.id,
    launchdarkly_environment.ENVIRONMENT.id,
    launchdarkly_approvals.APPROVALS.id,
    "segment.",
)
_SENDING = (*_ACCESS, "destination.", "mapping.", "audience.", "sync.")

NO_SEGMENT = Symptom(
    id="no-segment",
    title="The segment doesn't appear in LaunchDarkly",
    checks=(*_SENDING, launchdarkly_approvals.VIEW.id, launchdarkly_app.PLAN.id),
    suspects=(
        sync_source.SOURCE,
        sync_delivery.FILTERED,
        sync_delivery.DELIVERY,
        sync_segment.DUPLICATE,
        launchdarkly_approvals.VIEW,
    ),
    questions=(
        sending.WAITED,
        sending.SENDS,
        sending.LINKED_SCHEDULE,
        sending.ACCOUNT_CALLS,
        sending.ENVIRONMENT,
        sending.PLAN,
        sending.TOKEN_MAKER,
        sending.ALLOWLIST,
        sending.REMOVALS,
    ),
    hints=hints.OF_SENDING,
)
SEGMENT_EMPTY = Symptom(
    id="segment-empty",
    title="The segment is there, but it's empty",
    checks=(
        sync_segment.MEMBERS.id,
        launchdarkly_permissions.PERMISSIONS.id,
        launchdarkly_approvals.APPROVALS.id,
        audience.SIZE.id,
        "audience.",
        *_SENDING,
    ),
    suspects=(audience_attached.HISTORY, sync_delivery.FILTERED, sync_delivery.DELIVERY),
    questions=(
        sending.STILL_COUNTING,
        sending.REMOVALS,
        sending.IDENTIFIERS,
        sending.TOKEN_MAKER,
        sending.BEFORE_ATTACHING,
        sending.SENDS,
    ),
    hints=hints.OF_SENDING,
)
FEWER_MEMBERS = Symptom(
    id="fewer-members",
    title="The segment has fewer members than the audience",
    checks=(sync_segment.MEMBERS.id, audience.IDENTIFIERS.id, audience_attached.HISTORY.id, *_SENDING),
    suspects=(audience_attached.HISTORY, sync_delivery.DELIVERY, sync_source.SOURCE, sync_delivery.FILTERED),
    questions=(
        sending.STILL_COUNTING,
        sending.BEFORE_ATTACHING,
        sending.IDENTIFIERS,
        using.OUTAGE,
        sending.REMOVALS,
    ),
    hints=(hints.LAG, hints.CONFLICT, hints.TWICE, hints.NO_FORCED_RUN),
)
FLAG_MISSES = Symptom(
    id="flag-misses",
    title="A flag doesn't match anyone in the segment",
    checks=(
        targeting.FLAGS.id,
        launchdarkly_app.STORE.id,
        launchdarkly_app.CONTEXT_KIND.id,
        sync_segment.CONTEXT_KIND.id,
        targeting.TEST_USER.id,
        mapping.CONTEXT_KIND.id,
        mapping.CONTEXT_KEY.id,
        audience_attached.ACTIVATION_MAPPING.id,
        *_SENDING,
    ),
    suspects=(
        audience_attached.ACTIVATION_MAPPING,
        targeting.FLAGS,
        launchdarkly_app.STORE,
        launchdarkly_app.CONTEXT_KIND,
        sync_segment.CONTEXT_KIND,
        targeting.TEST_USER,
        sync_segment.DUPLICATE,
    ),
    questions=(
        using.FLAG_RULE,
        sending.ENVIRONMENT,
        using.APP_KIND,
        using.APP_KEY,
        using.SDK,
        using.SDK_VERSION,
        using.STORE,
        using.PREFIX,
    ),
    hints=(hints.NAME_FROM_KEY,),
)
WORKED_BEFORE = Symptom(
    id="worked-before",
    title="It worked before, and now it doesn't",
    checks=_SENDING,
    suspects=(
        sync_delivery.DELIVERY,
        sync_source.SOURCE,
        sync_delivery.FILTERED,
        sync_segment.DUPLICATE,
        launchdarkly_token.LIFETIME,
    ),
    questions=(using.CHANGED, using.OUTAGE, sending.ALLOWLIST, sending.SENDS, sending.LINKED_SCHEDULE),
    hints=hints.OF_A_SET_UP,
)

SYMPTOMS: tuple[Symptom, ...] = (NO_SEGMENT, SEGMENT_EMPTY, FEWER_MEMBERS, FLAG_MISSES, WORKED_BEFORE)
QUESTIONS: tuple[Question, ...] = tuple({q.id: q for symptom in SYMPTOMS for q in symptom.questions}.values())
HINTS: tuple[Hint, ...] = tuple({hint.id: hint for symptom in SYMPTOMS for hint in symptom.hints}.values())


def symptom(symptom_id: str) -> Symptom:
    """Raises StopIteration for an id that there is none of."""
    return next(one for one in SYMPTOMS if one.id == symptom_id)
