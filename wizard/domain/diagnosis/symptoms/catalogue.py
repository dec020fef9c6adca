"""All symptoms, causes, questions and hints."""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks.earlier_members import lacks_members
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.segment import audience
from wizard.domain.checks.sync import sync_delivery, sync_members
from wizard.domain.diagnosis import contradictions
from wizard.domain.diagnosis.cause import Cause
from wizard.domain.diagnosis.causes import endings, from_outside, keys
from wizard.domain.diagnosis.causes.members import all_there
from wizard.domain.diagnosis.hints import Hint
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptoms.counts import FEWER, MORE, NEVER_REMOVED
from wizard.domain.diagnosis.symptoms.evaluation import FLAG_OFF, SERVER_WRONG
from wizard.domain.diagnosis.symptoms.names import ODD_NAME, TWO_OF_ONE_NAME
from wizard.domain.diagnosis.symptoms.nothing_arrives import EMPTY, NEVER_APPEARED
from wizard.domain.diagnosis.symptoms.one_user import USER_MISSING
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.diagnosis.symptoms.trouble import FAILED, WORKED_BEFORE
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience
from wizard.domain.signals import segment_of_audience
from wizard.domain.wanted import chosen_audiences

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


def symptom_named(symptom_id: str | None) -> Symptom | None:
    return next((one for one in SYMPTOMS if one.id == symptom_id), None)


def symptom_of(finding: Finding, facts: Facts, answers: Answers) -> Symptom | None:
    """Return the symptom that a finding shows. None where nothing is wrong, or where the sync works all the same."""
    shown = _symptom_of_check(finding)
    return _symptom_of_what_is_there(finding.audience, facts, answers) if shown is NEVER_APPEARED else shown


def _symptom_of_check(finding: Finding) -> Symptom | None:
    """Return the check's own symptom before its group's."""
    if finding.status in {Status.PASS, Status.SKIPPED}:
        return None
    if finding.id == sync_members.MEMBERS.id:
        return _symptom_of_counts(finding.evidence.get("members"), finding.evidence.get("audience_size"))
    if finding.id == audience.IDENTIFIERS.id and finding.status is Status.FAIL:
        return NEVER_APPEARED  # none of its members can sync
    if finding.id == sync_delivery.DELIVERY.id and finding.status is Status.UNKNOWN:
        return NEVER_APPEARED  # nothing was counted, so nothing was refused
    if finding.id == launchdarkly_app.CONTEXT_KIND.id and launchdarkly_app.is_refused(finding):
        return FAILED
    own = next((one for one in SYMPTOMS if finding.id in one.starts_with), None)
    groups = ((one, name) for one in SYMPTOMS for name in one.starts_with if name.endswith("."))
    return own or next((one for one, name in groups if finding.id.startswith(name)), None)


def _symptom_of_counts(members: object, size: object) -> Symptom:
    if members == 0:
        return EMPTY
    has_more = isinstance(members, int) and isinstance(size, int) and members > size
    return MORE if has_more else FEWER


def _symptom_of_what_is_there(audience_key: str, facts: Facts, answers: Answers) -> Symptom | None:
    """Return what the counts show where the segment is there; of a finding about no audience, every segment.

    A segment from before attaching doesn't show that this sync arrives.
    """
    about = [one for one in chosen_audiences(facts, answers) if audience_key in {"", one.key}]
    there = [(one, segment_of_audience.found(one, facts)) for one in about]
    if not there or not all(segment and not segment_of_audience.may_be_unfed(segment, facts) for _, segment in there):
        return NEVER_APPEARED
    odd = (one for one in there if one[1] and _differs(one[1], one[0]))
    return next((_symptom_of_counts(segment.included_count, of.size) for of, segment in odd if segment), None)


def _differs(segment: LaunchDarklySegment, of: Audience) -> bool:
    has_more = of.size is not None and (segment.included_count or 0) > of.size
    return has_more or lacks_members(segment, of)


_ENDS = (  # of contradictions
    all_there.IS_THERE,
    all_there.NOTHING_WRONG,
    contradictions.NO_FAILURE,
    keys.IS_MEMBER,
    all_there.EVERYBODY_IS_THERE,
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
