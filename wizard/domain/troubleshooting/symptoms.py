"""The five complaints that troubleshooting starts from, each with what explains it, most likely first."""

from __future__ import annotations

from wizard.domain.troubleshooting import hints
from wizard.domain.troubleshooting import sending_questions as sending
from wizard.domain.troubleshooting import using_questions as using
from wizard.domain.troubleshooting.question import Hint, Question, Symptom

_ACCESS = (
    "launchdarkly.reachable",
    "segment.reachable",
    "launchdarkly.token.",
    "launchdarkly.instance",
    "launchdarkly.client_side_id",
    "launchdarkly.pair",
    "launchdarkly.project",
    "launchdarkly.environment",
    "launchdarkly.approvals",
    "segment.",
)
_SENDING = (*_ACCESS, "destination.", "mapping.", "audience.", "sync.")

NO_SEGMENT = Symptom(
    id="no-segment",
    title="The segment does not appear in LaunchDarkly",
    checks=(*_SENDING, "launchdarkly.view", "launchdarkly.plan"),
    suspects=("sync.source", "sync.filtered", "sync.delivery", "sync.duplicate", "launchdarkly.view"),
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
    title="The segment is there, but it has no members",
    checks=(
        "sync.members",
        "launchdarkly.token.permissions",
        "launchdarkly.approvals",
        "audience.size",
        "audience.",
        *_SENDING,
    ),
    suspects=("audience.history", "sync.filtered", "sync.delivery"),
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
    checks=("sync.members", "audience.identifiers", "audience.history", *_SENDING),
    suspects=("audience.history", "sync.delivery", "sync.source", "sync.filtered"),
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
    title="A flag does not target anyone in the segment",
    checks=(
        "launchdarkly.flags",
        "launchdarkly.store",
        "launchdarkly.context_kind",
        "sync.context_kind",
        "sync.test_user",
        "mapping.context_kind",
        "mapping.context_key",
        "audience.activation_mapping",
        *_SENDING,
    ),
    suspects=(
        "audience.activation_mapping",
        "launchdarkly.flags",
        "launchdarkly.store",
        "launchdarkly.context_kind",
        "sync.context_kind",
        "sync.test_user",
        "sync.duplicate",
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
    title="It worked before, and now it does not",
    checks=_SENDING,
    suspects=("sync.delivery", "sync.source", "sync.filtered", "sync.duplicate", "launchdarkly.token.lifetime"),
    questions=(using.CHANGED, using.OUTAGE, sending.ALLOWLIST, sending.SENDS, sending.LINKED_SCHEDULE),
    hints=hints.OF_A_SET_UP,
)

SYMPTOMS: tuple[Symptom, ...] = (NO_SEGMENT, SEGMENT_EMPTY, FEWER_MEMBERS, FLAG_MISSES, WORKED_BEFORE)
QUESTIONS: tuple[Question, ...] = tuple({q.id: q for symptom in SYMPTOMS for q in symptom.questions}.values())
HINTS: tuple[Hint, ...] = tuple({hint.id: hint for symptom in SYMPTOMS for hint in symptom.hints}.values())


def symptom(symptom_id: str) -> Symptom:
    """Raises StopIteration for an id that there is none of."""
    return next(one for one in SYMPTOMS if one.id == symptom_id)
