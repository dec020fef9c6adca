"""Causes of too few members: some were lost, or they lack what the context key sends."""

from __future__ import annotations

from wizard.domain.checks import earlier_members
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.segment import audience, audience_attached
from wizard.domain.checks.sync import sync_members
from wizard.domain.diagnosis.cause import WATCH, Cause, Proof, answer, confirms, excludes, fails, no_answer, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import NO, YES, Choice, Question
from wizard.domain.services import links
from wizard.domain.services.mapping import uncovered_identifiers
from wizard.domain.signals import deliveries
from wizard.domain.signals import landing as landings
from wizard.text import count

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
)
PROFILE = Question(
    "profile",
    "In Segment, go to Unify → Profile explorer and open someone who is missing. Does the profile have "
    "the identifier that {context_key} sends?",
    "A profile without this identifier doesn't sync, and can make its whole batch fail.",
    (Choice("has", "Yes"), Choice("lacks", "No")),
    lambda evidence: (
        evidence.landing is None and (evidence.code == 400 or evidence.is_member is False or not evidence.counts_agree)
    ),
)
INCIDENT = Question(
    "incident",
    "Did LaunchDarkly's or Segment's status page report an incident since the members joined?",
    "Segment retries a delivery for four hours and then gives up. Neither service shows this later.",
    (Choice("no", "No"), Choice("yes", "Yes")),
)


def _made_again(evidence: Evidence) -> Proof | None:
    segment = evidence.segment
    if segment is None:
        return None
    if segment.generation <= 1:
        return excludes(f"LaunchDarkly created {segment.name} once, and nobody deleted it.")
    if not evidence.has_fewer:
        return None
    said = f"LaunchDarkly created {segment.name} again after it was deleted, and it has {evidence.counts}."
    return confirms(said, evidence.finding(sync_members.MEMBERS))


MADE_AGAIN = Cause(
    "segment-made-again",
    "The segment was deleted and recreated",
    (_made_again,),
    "{segment} was deleted in LaunchDarkly and recreated. Segment sent only the changes since then, so it has "
    "{counts}.",
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
    return suggests(f"{evidence.name} appeared long after you attached the destination, and it has {evidence.counts}.")


BEFORE_A_REPAIR = Cause(
    "before-a-repair",
    "Members were lost before a repair",
    (_before_a_repair,),
    "Before the repair, some members were refused or not sent. Segment doesn't send them again on its own, so "
    "{segment} has {counts}.",
    "{resync}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)


def _identifiers(evidence: Evidence) -> Proof | None:
    """Judge whether members lack the identifier. That the audience admits people by other identifiers is no proof."""
    one, key = evidence.audience, evidence.context_key
    if one is None or key is None:
        return None
    counted = _by_the_forecast(evidence)
    if counted is not None:
        return counted
    delivered = evidence.delivery.delivered if evidence.delivery else 0
    if evidence.code not in {None, 400} and (evidence.segment is None or not delivered or evidence.counts_agree):
        return excludes(f"Deliveries fail with {evidence.code}, and a missing identifier gives 400.")
    if not one.identifiers or launchdarkly_app.refuses_the_kind(evidence.facts, evidence.answers):
        return None
    lacking = uncovered_identifiers(key, one.identifiers)
    if not lacking:
        return excludes("Every member has an identifier for the context key: the audience admits only those.")
    if len(lacking) == len(one.identifiers):
        finding = evidence.finding(audience.IDENTIFIERS)
        return confirms(f"{one.name} admits people by {', '.join(lacking)} only.", finding)
    if evidence.members == 0 and evidence.all_were_taken:
        return excludes("LaunchDarkly accepted as many events as the audience has members, and refused none.")
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
    """Judge whether the members without a value, as counted by audience previews, explain the difference."""
    landing, size = evidence.landing, evidence.size
    if landing is None or not size or evidence.members is None:
        return None
    without = size - landing
    if without <= 0:
        return excludes(f"All {count(size, 'member')} have a value for the context key.")
    at = landings.dated(evidence.audience, evidence.facts) if evidence.audience else ""
    said = f"{count(without, 'member')} {'has' if without == 1 else 'have'} no value for the context key{at}"
    if abs(landing - evidence.members) <= max(1, 0.01 * size):
        return confirms(f"{said}, which explains the whole difference.")
    return suggests(f"{said}, which explains part of the difference.")


IDENTIFIERS = Cause(
    "identifiers",
    "Members lack the identifier that the context key needs",
    (
        _identifiers,
        answer("profile", "A missing member has no value for the context key, as you saw.", "lacks"),
        no_answer("profile", "A missing member has a value for the context key, as you saw.", "has"),
    ),
    "{lacking} of {audience} lack the identifier that {context_key} sends, so they don't sync.{left_out}",
    "In the Mapping step, choose {wider_key} and apply the plan. Your app has to send that identifier as their context "
    "key. To admit people by other identifiers, recreate the audience: you can't edit its identifiers.",
    "In Segment, open the audience, choose Preview → Insights → Identifier breakdown and compare it with the segment's "
    "members.",
    (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
    ask="context_key",
    settled_by=COUNT.id,
)


def _lost(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or not seen.failed:
        return None
    if not deliveries.is_being_retried(seen):
        return None
    many = count(seen.failed, "delivery", "deliveries")
    return suggests(f"{many} failed with {deliveries.main_reason(seen)}, and Segment gives up after four hours.")


def _shows_no_incident(evidence: Evidence) -> bool:
    """Return whether Segment's counts were read and show no failure of the kind that an incident causes."""
    seen = evidence.delivery
    return seen is not None and not any(deliveries.is_retried(reason) for reason, _ in seen.failure_reasons)


LOST_IN_INCIDENT = Cause(
    "lost-in-incident",
    "Deliveries were lost in an incident",
    (
        no_answer("incident", "No incident was reported, as you said.", "no"),
        answer("incident", "An incident was reported, as you said.", "yes", doubted=_shows_no_incident),
        _lost,
    ),
    "Deliveries failed during an incident, and Segment gave up on them after four hours.",
    "{resync}",
    WATCH,
    (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
)


ACTIVATION_DIFFERS = Cause(
    "activation-differs",
    "The activation sends with another mapping",
    (fails(audience_attached.ACTIVATION_MAPPING),),
    then=WATCH,
)
