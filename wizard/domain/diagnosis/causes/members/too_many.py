"""Causes of too many members: some left and stay, or one person has several keys."""

from __future__ import annotations

from wizard.domain.answers import ContextKey
from wizard.domain.checks import earlier_members
from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, answer, confirms, excludes, no_answer, suggests
from wizard.domain.diagnosis.causes.members.counting import may_be_on_its_way
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.signals import deliveries

IDS = Question(
    "ids",
    "In Segment, go to Unify → Profile explorer and open a few members. Do they have several values of one identifier?",
    "Segment sends one event for each identifier of a profile, and each event adds a member.",
    (Choice("one", "No, one value each"), Choice("several", "Yes, several")),
    lambda evidence: _may_have_several_keys(evidence),
)


def _may_have_several_keys(evidence: Evidence) -> bool:
    """Return whether a profile can become several members, as one with several emails does if email is the key.

    Nobody is asked about user_id alone, which is meant to tell people apart. See docs/segment.md#events-from-engage.
    """
    return evidence.context_key not in {None, ContextKey.USER_ID_ONLY}


def _several_keys_are_possible(evidence: Evidence) -> Proof | None:
    if not evidence.has_more:
        return None
    if evidence.context_key is ContextKey.EMAIL_ONLY:
        return suggests("The context key is email, and a profile can have several emails.")
    return suggests("The context key uses several identifiers.")


def _is_stale(evidence: Evidence) -> Proof | None:
    if not evidence.has_more:
        return (
            excludes(f"{evidence.name} has {evidence.counts}.")
            if evidence.members is not None and evidence.size
            else None
        )
    said = f"{evidence.name} has {evidence.members or 0:,} members, and the audience has {evidence.size or 0:,}"
    is_delayed = evidence.delivery is not None and deliveries.is_being_retried(evidence.delivery) and not evidence.works
    if (
        is_delayed
        or may_be_on_its_way(evidence)
        or (_may_have_several_keys(evidence) and evidence.given.get("ids") != "one")
    ):
        return suggests(f"{said}.")
    return confirms(f"{said}.")


def _has_old_keys(evidence: Evidence) -> Proof | None:
    segment, audience = evidence.segment, evidence.audience
    if segment is None or audience is None or not earlier_members.hold_old_keys(segment, audience, evidence.facts):
        return None
    if not evidence.has_more:
        return None
    at = evidence.facts.rekeyed_at
    day = f" on {at.day} {at:%B %Y}" if at else ""
    return confirms(
        f"The wizard changed the mapping's context key or kind{day}, and {evidence.name} is older than that. It has "
        f"{evidence.members or 0:,} members, and the audience has {evidence.size or 0:,}."
    )


OLD_KEYS = Cause(
    "old-keys",
    "The segment keeps members with old keys",
    (_has_old_keys,),
    "Someone changed the mapping's context key or kind. Members who were already in {segment} stay there under their "
    "old keys.",
    "If your app no longer sends the old keys, you can leave them: they match nobody. To clear them: {fresh_segment}",
    "The new segment's page shows as many members as the audience.",
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)
STALE_MEMBERS = Cause(
    "stale-members",
    "The segment keeps members who left",
    (_is_stale,),
    "{segment} keeps {surplus} who aren't in {audience}. {why_they_stay}",
    "{fresh_segment}",
    "The new segment's page shows as many members as the audience.",
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS, links.SEND_AUDIENCE_DATA_DOCS),
)
SEVERAL_KEYS = Cause(
    "several-keys",
    "A profile becomes several members",
    (
        lambda evidence: None if _may_have_several_keys(evidence) else excludes("The context key is user_id only."),
        _several_keys_are_possible,
        lambda evidence: (
            excludes(f"{evidence.name} has {evidence.counts}.")
            if evidence.members is not None and evidence.size and not evidence.has_more
            else None
        ),
        answer("ids", "Members have several values of an identifier, as you saw.", "several"),
        no_answer("ids", "Members have one value of each identifier, as you saw.", "one"),
    ),
    "Segment sends one event for each identifier of a profile, so one person becomes several members of {segment}.",
    "Nothing is wrong with the sync. To have one member for each person, choose Use Segment UserId only in the Mapping "
    "step and apply the plan. Earlier members stay in the segment. Only a new audience gets a new segment.",
    CHECK_AGAIN,
    (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
    ask="context_key",
    is_trouble=False,
)
