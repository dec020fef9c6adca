"""What contradicts a symptom. It's said first, and ends the search or leads on to the symptom that is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from wizard.domain.checks.segment import audience as audience_checks
from wizard.domain.checks.segment import audience_attached, destination, mapping, segment_engage
from wizard.domain.checks.sync import sync_members
from wizard.domain.diagnosis.cause import Cause, Proof, confirms
from wizard.domain.diagnosis.causes import endings, flags, keys
from wizard.domain.diagnosis.causes.flags import NOTHING
from wizard.domain.diagnosis.causes.members import all_there
from wizard.domain.diagnosis.causes.refusals import credentials
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.findings import Status
from wizard.domain.services.launchdarkly import Reason
from wizard.domain.services.segment import Delivery, Intake
from wizard.domain.signals import deliveries, flag_evaluation
from wizard.domain.signals.segment_of_audience import Presence, may_be_unfed
from wizard.text import count


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a contradicted symptom leads: to a cause, which ends the search, or to another symptom."""

    says: str
    cause: Cause | None = None
    becomes: SymptomId | None = None  # the symptom that is the right one


Contradiction: TypeAlias = Callable[[Evidence], Redirect | None]


def segment_is_there(evidence: Evidence) -> Redirect | None:
    segment, of = evidence.segment, evidence.audience
    if segment is None or of is None or may_be_unfed(segment, evidence.facts):
        return None
    said = f"The segment is there: {segment.name}, {evidence.counts}."
    if evidence.members == 0 and evidence.size != 0:
        return Redirect(said, becomes=SymptomId.EMPTY)
    if evidence.has_fewer or evidence.has_more:
        return Redirect(said, becomes=SymptomId.FEWER_MEMBERS if evidence.has_fewer else SymptomId.MORE_MEMBERS)
    return Redirect(said, all_there.IS_THERE)


_MISSING = {Presence.AWAITED, Presence.MISSING, Presence.ELSEWHERE, Presence.DELETED}


def segment_is_not_there(evidence: Evidence) -> Redirect | None:
    if evidence.whereabouts.presence not in _MISSING:
        return None
    return Redirect(f"LaunchDarkly doesn't list the segment {evidence.name}.", becomes=SymptomId.NEVER_APPEARED)


def lost_its_audience(evidence: Evidence) -> Redirect | None:
    """Redirect to a segment that lost its audience, which must be the segment that the user sees."""
    lost, of = evidence.lost_segments, evidence.audience
    if not lost or evidence.has_status(audience_checks.EXISTS, Status.FAIL):
        return None
    chosen = f"{of.name} has no segment in LaunchDarkly. " if of else ""
    return Redirect(f"{chosen}{lost[0].name} is there, without an audience.", endings.SEGMENT_WITHOUT_AUDIENCE)


def no_segment_has_the_name(evidence: Evidence) -> Redirect | None:
    return None if evidence.others_of_the_name else segment_is_not_there(evidence)


def deliveries_are_refused(evidence: Evidence) -> Redirect | None:
    """Redirect if LaunchDarkly refuses what Segment sends now: then, counts that agree don't show a working sync."""
    if evidence.delivery is None or not deliveries.are_blocked(evidence.delivery):
        return None
    agree = f"{evidence.name} has {evidence.counts}, but " if evidence.segment else ""
    return Redirect(f"{agree}LaunchDarkly refuses what Segment sends now.", becomes=SymptomId.FAILED_DELIVERIES)


_KEEP_UP = (  # failures of these keep what is sent next from arriving
    segment_engage.SOURCE,
    destination.ENABLED,
    destination.CLIENT_SIDE_ID,
    mapping.EXISTS,
    mapping.ENABLED,
    mapping.TRIGGER,
    mapping.FIELDS,
    audience_checks.ENABLED,
    audience_checks.COMPUTED,
    audience_attached.ATTACHED,
)


def _agreement(evidence: Evidence, said: str, cause: Cause = all_there.NOTHING_WRONG) -> Redirect:
    """Return a redirect to `cause` for counts that agree, unless the next changes can't arrive."""
    if (blocked := deliveries_are_refused(evidence)) is not None:
        return blocked
    if any(evidence.has_status(check, Status.FAIL) for check in _KEEP_UP):
        return Redirect(f"{said} The next changes won't arrive.", becomes=SymptomId.WORKED_BEFORE)
    if evidence.others_of_the_name:  # the counts agree for this one: whoever saw otherwise looked at another one
        return Redirect(f"{said} Another segment has the same name.", becomes=SymptomId.TWO_OF_ONE_NAME)
    return Redirect(said, cause)


def counts_agree(evidence: Evidence) -> Redirect | None:
    if not evidence.counts_agree:
        return None
    return _agreement(evidence, f"The counts agree: {evidence.name} has {evidence.counts}.")


def another_has_the_name(evidence: Evidence) -> Redirect | None:
    """Redirect to the other segment of this name if the counts agree for this one."""
    return counts_agree(evidence) if evidence.others_of_the_name else None


def segment_has_more(evidence: Evidence) -> Redirect | None:
    return Redirect(_said_counts(evidence), becomes=SymptomId.MORE_MEMBERS) if evidence.has_more else None


def segment_has_some(evidence: Evidence) -> Redirect | None:
    if not (evidence.members and evidence.has_fewer):
        return None
    return Redirect(f"The segment isn't empty: {_said_counts(evidence)}", becomes=SymptomId.FEWER_MEMBERS)


def segment_has_none(evidence: Evidence) -> Redirect | None:
    is_empty = evidence.members == 0 and evidence.size != 0
    return Redirect(_said_counts(evidence), becomes=SymptomId.EMPTY) if is_empty else None


def segment_has_fewer(evidence: Evidence) -> Redirect | None:
    return Redirect(_said_counts(evidence), becomes=SymptomId.FEWER_MEMBERS) if evidence.has_fewer else None


def _said_counts(evidence: Evidence) -> str:
    return f"{evidence.name} has {evidence.counts}."


def user_is_not_member(evidence: Evidence) -> Redirect | None:
    if evidence.is_member is not False:
        return None
    return Redirect(f"{evidence.answers.test_user} isn't a member of {evidence.name}.", becomes=SymptomId.USER_MISSING)


def rule_is_there(evidence: Evidence) -> Redirect | None:
    """Say what LaunchDarkly lists if the user saw something else. LaunchDarkly is believed."""
    flag = evidence.answers.flag
    if evidence.given.get(flags.FLAG_RULE.id) != "no-rule" or flag not in (evidence.flags or ()):
        return None
    return Redirect(f"You saw no rule for {evidence.name}, but LaunchDarkly lists {flag} as using it.")


def user_is_member(evidence: Evidence) -> Redirect | None:
    if not evidence.is_member:
        return None
    return Redirect(f"{evidence.answers.test_user} is a member of {evidence.name}.", keys.IS_MEMBER)


def nobody_is_missing(evidence: Evidence) -> Redirect | None:
    """Say that no member is missing if the counts agree and there's no test user to look up."""
    if evidence.answers.test_user or not evidence.nobody_is_missing:
        return None
    if evidence.has_status(sync_members.CONTEXT_KIND, Status.WARN):
        return Redirect(f"No member is missing: {_said_counts(evidence)}", keys.OTHER_KIND)
    if keys.shape_differs(evidence) is not None:
        return Redirect(f"Every member arrived with the mapping's key: {_said_counts(evidence)}", keys.OTHER_KEY)
    return _agreement(evidence, f"No member is missing: {_said_counts(evidence)}", all_there.EVERYBODY_IS_THERE)


_BY_A_RULE = {Reason.RULE_MATCH, Reason.TARGET_MATCH, Reason.FALLTHROUGH}


def flag_serves_members(evidence: Evidence) -> Redirect | None:
    """Say that LaunchDarkly serves the right value. The app may still get another value, so the search goes on."""
    seen = evidence.value
    if not evidence.is_member or seen is None or seen.reason not in _BY_A_RULE or seen.value in NOTHING:
        return None
    if seen.value != "true" and seen.reason != Reason.RULE_MATCH:
        return None  # which value means "off" isn't known
    said = flag_evaluation.evaluation_in_words(seen, evidence.answers.test_user)
    return Redirect(f"{said}. If your app gets another value, the difference is in the app.")


def _what_is_true(said: str, evidence: Evidence) -> Redirect:
    """Return a redirect from failed deliveries, of which there are none, to the symptom that is true."""
    if evidence.segment is None:
        return Redirect(f"{said}.", becomes=SymptomId.NEVER_APPEARED)
    true = SymptomId.MORE_MEMBERS if evidence.has_more else SymptomId.FEWER_MEMBERS
    return Redirect(f"{said}, and {_said_counts(evidence)}", becomes=SymptomId.EMPTY if evidence.members == 0 else true)


def nothing_is_delivered(evidence: Evidence) -> Redirect | None:
    """A destination that is off or isn't attached delivers nothing, so nothing fails now. Older failures go on."""
    if evidence.delivery is not None and evidence.delivery.failed:
        return None
    found = (evidence.finding(check) for check in (destination.ENABLED, audience_attached.ATTACHED))
    off = next((one for one in found if one is not None and one.status is Status.FAIL), None)
    if off is None:
        return None
    return replace(_what_is_true("", evidence), says=f"{off.summary.removesuffix('.')}, so nothing is delivered.")


def no_delivery_failed(evidence: Evidence) -> Redirect | None:
    """Redirect if no delivery failed. If nothing else is wrong, name a lost token, as Segment's counts are late."""
    seen = _no_delivery_failed(evidence)
    if seen is None or seen.cause is None or not credentials.may_have_lost_its_token(evidence):
        return seen
    return replace(seen, cause=credentials.TOKEN_NOT_LISTED)


def _no_delivery_failed(evidence: Evidence) -> Redirect | None:
    seen = evidence.delivery
    saw_none = seen is None and evidence.given.get("code") == "none"
    if saw_none and evidence.shows_trouble:
        return _what_is_true("You saw no failed delivery", evidence)
    if saw_none and evidence.counts_agree:
        return _agreement(evidence, "You saw no failed deliveries, and every member is there.")
    if seen is None or seen.failed:
        return None
    if evidence.is_oddly_silent:
        return _what_is_true("Segment counted no deliveries", evidence)
    if not seen.delivered and evidence.counts_agree:
        return _agreement(evidence, "Segment counted no failed deliveries recently, and every member is there.")
    if not seen.delivered and evidence.segment is None:
        return _what_is_true("Segment counted no deliveries, failed or not", evidence)
    if not seen.delivered:
        return Redirect("Segment counted no deliveries recently.", NO_FAILURE)
    return Redirect(f"Segment counted {count(seen.delivered, 'delivery', 'deliveries')}, and none failed.", NO_FAILURE)


def few_deliveries_failed(evidence: Evidence) -> Redirect | None:
    """Redirect if few deliveries failed and every member is there: a batch is refused as a whole."""
    seen = evidence.delivery
    if seen is None or not seen.failed or not (evidence.works and evidence.counts_agree):
        return None
    return Redirect(f"{_said_failed(seen)}, but every member is there.", all_there.NOTHING_WRONG)


def deliveries_failed_before(evidence: Evidence) -> Redirect | None:
    """Redirect if LaunchDarkly accepted deliveries long after the last refusal, so that the refusals are over.

    Only times can tell that. An allowlist that nobody can read may have begun to refuse after a token was repaired.
    What the refusals left behind shows in the counts.
    """
    seen = evidence.delivery
    if seen is None or not deliveries.is_over(seen):
        return None
    said = f"{_said_failed(seen)}, {_said_times(seen)}"
    if evidence.counts_agree:
        return Redirect(f"{said}, but every member is there.", all_there.NOTHING_WRONG)
    if not (evidence.has_more or evidence.has_fewer):
        return None
    return replace(_what_is_true("", evidence), says=f"{said}. {_said_counts(evidence)}")


def _said_failed(seen: Delivery) -> str:
    reason = f" with {deliveries.main_reason(seen)}" if seen.failure_reasons else ""
    return f"{seen.failed:,} of {count(seen.delivered + seen.failed, 'delivery', 'deliveries')} failed{reason}"


def _said_times(seen: Delivery) -> str:
    failed, taken = seen.last_failed_at, seen.last_at
    return f"the last at {failed:%H:%M} UTC, and LaunchDarkly accepted others until {taken:%H:%M} UTC"


def _no_failure(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or seen.failed:
        return None
    if not seen.delivered:
        return confirms("Segment counted no deliveries recently.")
    intake = evidence.facts.intake
    many = intake.received if isinstance(intake, Intake) else 0  # may be counted later than the deliveries
    received = f" The source received {count(many, 'event')}." if many else ""
    return confirms(f"LaunchDarkly accepted {count(seen.delivered, 'event')} and refused none.{received}")


NO_FAILURE = Cause(
    "no-failure",
    "No delivery fails",
    (_no_failure,),
    "Nothing is wrong: no delivery to {destination} fails.",
    "You don't have to do anything. Failed deliveries of other destinations have nothing to do with LaunchDarkly.",
    is_trouble=False,
)
