"""Causes of events that are sent and change nothing: Segment blocks or filters them, or they only remove members."""

from __future__ import annotations

from wizard.domain.checks.sync import sync_delivery, sync_source
from wizard.domain.diagnosis.cause import REPAIRED, WATCH, Cause, Proof, answer, confirms, excludes, no_answer, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.findings import Status
from wizard.domain.services import links

EVENT = Question(
    "event",
    "In Segment, open the Engage source's Debugger tab and look at an event of {audience}. What value does "
    "{audience_key} have?",
    "An event with the value false, or without {audience_key}, removes a member and still counts as delivered.",
    (Choice("true", "true"), Choice("false", "false, or {audience_key} is missing"), Choice("none", "I see no events")),
    lambda evidence: not evidence.sends_nothing,
)


def _source_blocks(evidence: Evidence) -> Proof | None:
    """Judge blocked events. A few of them, in a space with many audiences, are no cause."""
    finding = evidence.finding(sync_source.SOURCE)
    if finding is None or finding.status not in {Status.FAIL, Status.WARN, Status.PASS}:
        return None
    if finding.status is Status.WARN:
        return None if evidence.works else suggests(finding.summary, finding)
    return (confirms if finding.status is Status.FAIL else excludes)(finding.summary, finding)


SOURCE_BLOCKS = Cause("source-blocks", "The Engage source blocks events", (_source_blocks,), then=REPAIRED)


def _is_filtered(evidence: Evidence) -> Proof | None:
    """Confirm filtered events only when Segment delivers nothing else."""
    finding = evidence.finding(sync_delivery.FILTERED)
    if finding is None or finding.status not in {Status.WARN, Status.PASS}:
        return None
    if finding.status is Status.PASS:
        return excludes(finding.summary, finding)
    return (confirms if not evidence.counted else suggests)(finding.summary, finding)


FILTERED = Cause("filtered", "Segment filters the events out", (_is_filtered,), then=REPAIRED)
REMOVALS_ONLY = Cause(
    "removals-only",
    "The events only remove members",
    (
        lambda evidence: (
            excludes("Segment delivered nothing, so it removed nobody.")
            if evidence.is_refused or (evidence.delivery is not None and not evidence.delivery.delivered)
            else None
        ),
        lambda evidence: excludes(f"{evidence.name} has {evidence.counts}.") if evidence.members else None,
        answer("event", "The events carry false, or no value, as you said.", "false"),
        no_answer("event", "The events carry true, as you said.", "true"),
        lambda evidence: (
            suggests("Segment delivered events, but no member was added.")
            if evidence.delivery and evidence.delivery.delivered and evidence.members == 0
            else None
        ),
    ),
    "The events remove members instead of adding them: their value of {audience_key} is false or missing.",
    "{events_that_add}",
    WATCH,
    (links.SEGMENT_SOURCES, links.TWILIO_DESTINATION_DOCS),
)

OF_EVENTS = (SOURCE_BLOCKS, FILTERED)
