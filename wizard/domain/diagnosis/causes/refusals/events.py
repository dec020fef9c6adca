"""Causes of a refusal of the events themselves: they come too fast, or they don't fit."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import (
    REPAIRED,
    WATCH,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    fails_with,
    no_answer,
    refused_with,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.signals import deliveries
from wizard.text import count

CODE = Question(
    "code",
    "In Segment, open the Delivery Overview tab of {destination}. Which status do its failed deliveries have?",
    "Segment's API didn't tell the wizard the status.",
    (
        Choice("none", "None: no delivery failed"),
        Choice("400", "400 (BAD_REQUEST)"),
        Choice("401", "401"),
        Choice("403", "403"),
        Choice("404", "404"),
        Choice("429", "409, 429, 5xx or a timeout"),
    ),
    lambda evidence: evidence.delivery is None or evidence.fails_for_an_unknown_reason,
)


def _is_passing(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or not seen.failed:
        return None
    if evidence.fails_for_an_unknown_reason:
        return None
    reason = deliveries.main_reason(seen)
    if deliveries.is_being_retried(seen):
        said = f"{count(seen.failed, 'delivery', 'deliveries')} failed with {reason}, and Segment is retrying."
        is_small_part = deliveries.are_taken(seen) and evidence.shows_trouble
        return (suggests if is_small_part else confirms)(said)
    return excludes(f"Deliveries fail with {reason}, and waiting won't fix that.")


BUSY = Cause(
    "busy",
    "LaunchDarkly is busy or has a problem",
    (
        _is_passing,
        answer("code", "Deliveries fail with 409, 429, 5xx or a timeout, as you read in Segment.", "429"),
        no_answer("code", "No delivery fails with 409, 429, 5xx or a timeout.", "none", "400", "401", "403", "404"),
    ),
    "{why_retried} Segment retries each delivery for up to four hours.",
    "Wait, and check LaunchDarkly's status page. If the incident lasts longer than four hours, {resync_clause}.",
    "Check again in an hour: Segment shows no new failed deliveries.",
    (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
)


def _ended(evidence: Evidence) -> Proof | None:
    """Suggest that refusals are over after an accepted delivery. A block that admits some addresses looks the same."""
    seen = evidence.delivery
    if seen is None or not (seen.failed and seen.last_failed_at and seen.last_at) or not evidence.counts_agree:
        return None
    if seen.last_at <= seen.last_failed_at:
        return None
    refused, taken = f"{seen.last_failed_at:%H:%M} UTC", f"{seen.last_at:%H:%M} UTC"
    return suggests(f"LaunchDarkly refused deliveries until {refused}, and accepted others until {taken}.")


ENDED = Cause(
    "refusals-ended",
    "LaunchDarkly no longer refuses anything",
    (_ended,),
    "LaunchDarkly accepts Segment's deliveries again, and {segment} has {counts}.",
    "You don't have to do anything.",
    "Check again in an hour: Segment shows no new failed deliveries.",
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


PAYLOAD = Cause(
    "payload",
    "Segment's events don't fit the mapping",
    (
        fails_with(
            "PAYLOAD_VALIDATION",
            "Deliveries fail with {reason}: the event isn't an audience's, or a hidden field is missing.",
        ),
    ),
    "The destination refuses the events. {why_unfit}",
    "{fix_unfit}",
    REPAIRED,
    (links.TWILIO_DESTINATION_DOCS,),
)


def _activation_sends(evidence: Evidence) -> Proof | None:
    one = evidence.activation
    if one is None:
        return excludes("No activation sends this audience.")
    return suggests(f"The activation {one.name} sends the audience.") if evidence.code == 400 else None


ACTIVATION_EVENTS = Cause(
    "activation-events",
    "The activation's events lack a field",
    (_activation_sends, refused_with(400)),
    "The activation's events may lack a field that the mapping needs, such as the audience's class. Segment doesn't "
    "document what an activation sends.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Send Track under Event "
    "settings.",
    WATCH,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
)
