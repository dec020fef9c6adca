"""Causes of a count that isn't final: members are arriving, or LaunchDarkly counts them late."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, answer, confirms, excludes, no_answer, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.text import count

RECENT = Question(
    "recent",
    "Did many people enter or leave {audience} within the last hour?",
    "LaunchDarkly counts members as they arrive. It doesn't say when the count is complete.",
    (Choice("yes", "Yes"), Choice("no", "No")),
    lambda evidence: not evidence.is_new,
)


def _arriving(evidence: Evidence) -> Proof | None:
    if evidence.came_after_the_refusals:
        return confirms(f"LaunchDarkly created {evidence.name} minutes ago, after the last refusal.")
    if evidence.is_early and not (evidence.delivery and evidence.delivery.failed):
        return confirms(f"The first sync is within its usual time, and {evidence.name} has {evidence.counts}.")
    if evidence.is_new and evidence.segment is not None:
        return suggests(f"{evidence.name} is less than an hour old, and has {evidence.counts}.")
    if evidence.is_early:
        return suggests("The first sync is within its usual time.")
    if may_be_on_its_way(evidence):
        return suggests(f"{evidence.name} has {evidence.counts}, and a change may be on its way.")
    return None


STILL_COUNTING = Cause(
    "still-counting",
    "Members are still arriving",
    (
        answer("recent", "Many people entered or left within the last hour, as you said.", "yes"),
        no_answer("recent", "Few people entered or left within the last hour, as you said.", "no"),
        _arriving,
    ),
    "Changes are still arriving, or LaunchDarkly is still counting them: {segment} has {counts}.",
    "Wait an hour, or up to eight hours for a batch audience. LaunchDarkly doesn't say when its count is complete.",
    "Open First sync (audience-wizard watch): the count stops growing when all members have arrived.",
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


def _is_counted_late(evidence: Evidence) -> Proof | None:
    if evidence.members != 0 or not evidence.size:
        return excludes(f"{evidence.name} has {evidence.counts}.") if evidence.members else None
    if evidence.is_member:
        return confirms(f"LaunchDarkly counts nobody, but {evidence.answers.test_user} is a member.")
    if not evidence.all_were_taken:
        return None
    taken = count(evidence.delivery.delivered if evidence.delivery else 0, "event")
    return suggests(f"LaunchDarkly accepted {taken} and refused none.")


def _is_taken_uncounted(evidence: Evidence) -> bool:
    return evidence.members == 0 and evidence.all_were_taken and evidence.given.get("event") == "true"


COUNT_LATE = Cause(
    "count-late",
    "LaunchDarkly hasn't counted the members yet",
    (
        _is_counted_late,
        lambda evidence: suggests("The events add members, as you said.") if _is_taken_uncounted(evidence) else None,
    ),
    "LaunchDarkly accepted the events, but its count doesn't show the members yet. LaunchDarkly doesn't document "
    "how long counting takes.",
    "In LaunchDarkly, go to Code → Segments, open {segment} and look up someone who is in {audience}. If that "
    "person is there, wait for the count. If not, after a day, save a report (audience-wizard doctor --report FILE) "
    "and send it to LaunchDarkly support.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENT, links.SYNCED_SEGMENTS_DOCS),
    is_trouble=False,
)


def may_be_on_its_way(evidence: Evidence) -> bool:
    """Return whether a small surplus may be removals on their way, unless the user says that few people changed."""
    is_small = evidence.has_more and -evidence.missing <= 0.1 * (evidence.size or 0)
    return is_small and evidence.given.get("recent") != "no"
