"""Causes of a count that isn't the audience's: too few members, too many, or just the right number."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.answers import ContextKey
from wizard.domain.checks.segment import audience, audience_attached
from wizard.domain.checks.sync import earlier_members, sync_members
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    WATCH,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence import Evidence
from wizard.domain.diagnosis.question import NO, YES, Choice, Question
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.mapping import uncovered_identifiers
from wizard.domain.signals import deliveries
from wizard.domain.signals import landing as landings
from wizard.text import count

# --- questions ----------------------------------------------------------------------------------------------------

JOINED = Question(
    "joined",
    "Were the missing members in the audience before you attached the destination?",
    "Without historical event data, Segment sends only members who enter or leave later.",
    (Choice("before", "Yes, most of them"), Choice("after", "No, they entered later")),
    lambda evidence: evidence.audience is None or evidence.audience.history is None,
)
COUNT = Question(
    "count",
    "Should the wizard count how many members of {audience} have the identifier that {context_key} sends?",
    "{what_counting_costs}",
    (Choice(YES, "Yes, count them"), Choice(NO, "No")),
    lambda evidence: evidence.can_be_counted and (evidence.has_fewer or evidence.code == 400),
    settles=("identifiers",),
)
PROFILE = Question(
    "profile",
    "In Segment, go to Unify → Profile explorer and open a missing member. Does the profile have the "
    "identifier that {context_key} sends?",
    "A profile without this identifier doesn't sync, and it can make its whole batch fail.",
    (Choice("has", "Yes"), Choice("lacks", "No")),
    lambda evidence: evidence.landing is None,
)
RECENT = Question(
    "recent",
    "Did a large change happen in the audience within the last hour?",
    "LaunchDarkly counts members while they arrive, and it doesn't say when the count is complete.",
    (Choice("yes", "Yes"), Choice("no", "No")),
    lambda evidence: not evidence.is_new,
)
INCIDENT = Question(
    "incident",
    "Did LaunchDarkly's or Segment's status page report an incident since the members joined?",
    "Segment tries a delivery again for four hours and then gives up. Neither service shows this afterwards.",
    (Choice("no", "No"), Choice("yes", "Yes")),
)
IDS = Question(
    "ids",
    "In Segment, go to Unify → Profile explorer and open a few members. Do they have several values of an identifier?",
    "Segment sends one event for each identifier of a profile, and each becomes a member of its own.",
    (Choice("one", "No, one value each"), Choice("several", "Yes, several")),
    lambda evidence: _may_have_several_keys(evidence),
)


def compared(evidence: Evidence) -> str:
    """Say what was compared, and when."""
    at = f"{evidence.facts.now:%H:%M} UTC"
    size = count(evidence.size or 0, "member")
    return f"Compared at {at}: LaunchDarkly counts {evidence.members or 0:,} in {evidence.name}, Segment counts {size}."


# --- nothing is wrong ---------------------------------------------------------------------------------------------


def _agree(evidence: Evidence) -> Proof | None:
    return confirms(compared(evidence)) if evidence.counts_agree else None


NOTHING_WRONG = Cause(
    "nothing-wrong",
    "Nothing is wrong",
    (_agree,),
    "Nothing is wrong: {segment} has {counts}.",
    "You don't have to do anything. Members who enter or leave the audience follow within minutes.",
    "Check again when the two counts differ.",
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


def _runs(evidence: Evidence) -> Proof | None:
    """Every member is there and nothing that is sent is refused. A quiet audience has nothing left to send.

    Where Segment doesn't count deliveries, a token that LaunchDarkly knows has to do, or what a person saw.
    """
    seen = evidence.delivery
    if not evidence.counts_agree:
        return None
    if seen is None:
        is_accepted = evidence.held_token is not None or evidence.given.get("code") == "none"
        return confirms(compared(evidence)) if is_accepted else None
    is_taken = not seen.failed or deliveries.is_over(seen)
    return confirms(f"{compared(evidence)} LaunchDarkly refused nothing lately.") if is_taken else None


WORKS_AGAIN = replace(
    NOTHING_WRONG,
    signs=(_runs,),
    says="We found nothing wrong: {segment} has {counts}.",
    fix="You don't have to do anything. If something still looks wrong to you, save a report with audience-wizard "
    "doctor --report FILE and send it to LaunchDarkly and Segment support.",
)


def _nobody_is_missing(evidence: Evidence) -> Proof | None:
    return confirms(compared(evidence)) if evidence.nobody_is_missing else None


EVERYBODY_IS_THERE = Cause(
    "everybody-is-there",
    "Every member of the audience is there",
    (_nobody_is_missing,),
    "Nothing is wrong with the sync: {segment} has {counts}. Whoever isn't in the segment isn't in {audience}, or has "
    "another key there.",
    "In Segment, go to Unify → Profile explorer, open the person and check that {audience} is among the profile's "
    "audiences. To look the person up in LaunchDarkly too, set a test user in the First sync step and troubleshoot "
    "again.",
    CHECK_AGAIN,
    (links.SEGMENT_PROFILES, links.SYNCED_SEGMENTS_DOCS),
    is_trouble=False,
)


def _there(evidence: Evidence) -> Proof | None:
    return confirms(f"LaunchDarkly lists {evidence.name}, with {evidence.counts}.") if evidence.segment else None


IS_THERE = Cause(
    "is-there",
    "The segment is there, under another name",
    (_there,),
    "The segment is there: {segment}. LaunchDarkly names it after the audience's key, {audience_key}, not after its "
    "name.",
    "In LaunchDarkly, go to Code → Segments and open {segment}.",
    "The segment's page shows {counts}.",
    (links.SYNCED_SEGMENTS_DOCS,),
    ("segment",),
    is_trouble=False,
)

# --- too few ------------------------------------------------------------------------------------------------------


def _made_again(evidence: Evidence) -> Proof | None:
    segment = evidence.segment
    if segment is None:
        return None
    if segment.generation <= 1:
        return excludes(f"LaunchDarkly created {segment.name} once, and it was never deleted.")
    if not evidence.has_fewer:
        return None
    said = f"LaunchDarkly created {segment.name} again after it was deleted, and it has {evidence.counts}."
    return confirms(said, evidence.finding(sync_members.MEMBERS))


MADE_AGAIN = Cause(
    "segment-made-again",
    "The segment was deleted and made again",
    (_made_again,),
    "{segment} was deleted in LaunchDarkly and made again. Segment sent only the changes since then: {counts}.",
    "{resync}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)


def _before_a_repair(evidence: Evidence) -> Proof | None:
    one, seen = evidence.audience, evidence.delivery
    if one is None or not evidence.has_fewer or (seen is not None and deliveries.are_blocked(seen)):
        return None
    if not earlier_members.are_missing(one, evidence.facts, evidence.answers):
        return None
    if earlier_members.were_refused(one, evidence.facts, evidence.answers):
        return confirms(f"LaunchDarkly refused deliveries before, and {evidence.name} has {evidence.counts}.")
    return suggests(f"{evidence.name} came long after attaching, and it has {evidence.counts}.")


BEFORE_A_REPAIR = Cause(
    "before-a-repair",
    "Members were refused or not sent before a repair",
    (_before_a_repair,),
    "Members were refused or not sent before the repair. Segment doesn't send them again on its own: {counts}.",
    "{resync}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)


def _identifiers(evidence: Evidence) -> Proof | None:
    """Suggest identifiers only where members are missing or events are refused: admitting others is no proof."""
    one, key = evidence.audience, evidence.context_key
    if one is None or key is None:
        return None
    counted = _by_the_forecast(evidence)
    if counted is not None:
        return counted
    delivered = evidence.delivery.delivered if evidence.delivery else 0
    if evidence.code not in {None, 400} and (evidence.segment is None or not delivered):
        return excludes(f"Deliveries fail with {evidence.code}, and a missing identifier gives 400.")
    if not one.identifiers:
        return None
    lacking = uncovered_identifiers(key, one.identifiers)
    if not lacking:
        return excludes("Every member has an identifier for the context key: the audience admits no others.")
    if len(lacking) == len(one.identifiers):
        finding = evidence.finding(audience.IDENTIFIERS)
        return confirms(f"{one.name} admits people by {', '.join(lacking)} only.", finding)
    if evidence.members == 0 and evidence.all_were_taken:
        return excludes("LaunchDarkly took as many events as the audience has members, and refused none.")
    if not evidence.has_fewer and evidence.segment is not None:
        return None
    if evidence.code != 400 or evidence.delivery is None:
        return None
    many = deliveries.codes(evidence.delivery).get(400, evidence.delivery.failed)
    short = (
        f"{evidence.missing:,} of {count(evidence.size or 0, 'member')} are missing, and " if evidence.segment else ""
    )
    return confirms(f"{short}LaunchDarkly refused {count(many, 'event')} as invalid (400).")


def _by_the_forecast(evidence: Evidence) -> Proof | None:
    """What Segment's previews counted explains the whole difference, or none of it."""
    landing, size = evidence.landing, evidence.size
    if landing is None or not size or evidence.members is None:
        return None
    without = size - landing
    if without <= 0:
        return excludes(f"All {count(size, 'member')} have a value for the context key.")
    at = landings.dated(evidence.audience, evidence.facts) if evidence.audience else ""
    said = f"{count(without, 'member')} {'has' if without == 1 else 'have'} no value for the context key{at}"
    if abs(landing - evidence.members) <= max(1, 0.01 * size):
        return confirms(f"{said}: that is the whole difference.")
    return suggests(f"{said}, which explains a part of the difference.")


IDENTIFIERS = Cause(
    "identifiers",
    "Members lack the identifier that the context key needs",
    (
        _identifiers,
        answer("profile", "A missing member has no value for the context key, as you saw.", "lacks"),
        no_answer("profile", "A missing member has a value for the context key, as you saw.", "has"),
    ),
    "{lacking} of {audience} lack the identifier that {context_key} sends, so they don't sync.{left_out}",
    "Choose a context key in the Mapping step that these members have, and apply the plan. To admit people known by "
    "other identifiers, create the audience again: an audience's identifiers can't be edited.",
    "In Segment, open the audience, choose Preview → Insights → Identifier breakdown and compare it with the segment's "
    "members.",
    (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
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
    if _may_be_on_its_way(evidence):
        return suggests(f"{evidence.name} has {evidence.counts}, and a change may be on its way.")
    return None


STILL_COUNTING = Cause(
    "still-counting",
    "Members are still arriving",
    (
        answer("recent", "A large change happened within the last hour, as you said.", "yes"),
        no_answer("recent", "No large change happened within the last hour, as you said.", "no"),
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
    return suggests(f"LaunchDarkly took {taken}, and refused none.")


def _is_taken_uncounted(evidence: Evidence) -> bool:
    return evidence.members == 0 and evidence.all_were_taken and evidence.given.get("event") == "true"


COUNT_LATE = Cause(
    "count-late",
    "LaunchDarkly hasn't counted the members yet",
    (
        _is_counted_late,
        lambda evidence: suggests("The events add members, as you said.") if _is_taken_uncounted(evidence) else None,
    ),
    "LaunchDarkly took the events, but its count doesn't show the members yet. How soon the count follows isn't "
    "documented.",
    "In LaunchDarkly, go to Code → Segments, open {segment} and look up someone who is in {audience}. If that person "
    "is there, wait for the count. If nobody is there after a day, send LaunchDarkly support the report of "
    "audience-wizard doctor --report FILE.",
    CHECK_AGAIN,
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


def _lost(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or not seen.failed:
        return None
    if not deliveries.is_being_retried(seen):
        return None
    many = count(seen.failed, "delivery", "deliveries")
    return suggests(f"{many} failed with {deliveries.main_reason(seen)}, and Segment gives up after four hours.")


LOST_IN_INCIDENT = Cause(
    "lost-in-incident",
    "Deliveries were lost in an incident",
    (
        no_answer("incident", "No incident was reported, as you said.", "no"),
        answer("incident", "An incident was reported, as you said.", "yes"),
        _lost,
    ),
    "Deliveries failed during an incident, and Segment gave up on them after four hours.",
    "{resync}",
    WATCH,
    (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
)


def _two_keys(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(audience_attached.ACTIVATION_MAPPING)
    if finding is None:
        return None
    if finding.status is Status.PASS:
        return excludes(finding.summary, finding)
    return confirms(finding.summary, finding) if finding.status is Status.FAIL else None


ACTIVATION_DIFFERS = Cause("activation-differs", "The activation sends with another mapping", (_two_keys,), then=WATCH)

# --- too many -----------------------------------------------------------------------------------------------------


def _may_have_several_keys(evidence: Evidence) -> bool:
    return evidence.context_key not in {None, ContextKey.USER_ID_ONLY, ContextKey.EMAIL_ONLY}


def _may_be_on_its_way(evidence: Evidence) -> bool:
    """A small surplus can be removals that haven't arrived, unless nothing changed lately."""
    is_small = evidence.has_more and -evidence.missing <= 0.1 * (evidence.size or 0)
    return is_small and evidence.given.get("recent") != "no"


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
        or _may_be_on_its_way(evidence)
        or (_may_have_several_keys(evidence) and evidence.given.get("ids") != "one")
    ):
        return suggests(f"{said}.")
    segment, one = evidence.segment, evidence.audience
    is_reused = (
        segment is not None
        and one is not None
        and segment.created_at
        and one.created_at
        and segment.created_at < one.created_at
    )
    older = ". The segment is older than the audience, so the audience's key was used before." if is_reused else "."
    return confirms(f"{said}{older}")


STALE_MEMBERS = Cause(
    "stale-members",
    "The segment keeps members who left",
    (_is_stale,),
    "{segment} keeps {surplus} who are no longer in {audience}: the audience's key was used before, or removals were "
    "lost.",
    "{fresh_segment}",
    "The new segment's page shows as many members as the audience.",
    (links.SEGMENT_MANAGEMENT_DOCS, links.SEND_AUDIENCE_DATA_DOCS),
)
SEVERAL_KEYS = Cause(
    "several-keys",
    "A profile becomes several members",
    (
        lambda evidence: None if _may_have_several_keys(evidence) else excludes("The context key uses one identifier."),
        lambda evidence: (
            excludes(f"{evidence.name} has {evidence.counts}.")
            if evidence.members is not None and evidence.size and not evidence.has_more
            else None
        ),
        answer("ids", "Members have several values of an identifier, as you saw.", "several"),
        no_answer("ids", "Members have one value of each identifier, as you saw.", "one"),
    ),
    "Segment sends one event for each identifier of a profile, so one person becomes several members of {segment}.",
    "Nothing is wrong with the sync. If you want one member for each person, choose the context key Use Segment UserId "
    "only in the Mapping step, and let a new segment take the members.",
    CHECK_AGAIN,
    (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
    is_trouble=False,
)
