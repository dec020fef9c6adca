"""Causes of members who stay: an audience that was deleted, detached or paused, or a trigger that drops exits."""

from __future__ import annotations

from wizard.domain.checks.segment import audience as audience_checks
from wizard.domain.checks.segment import audience_attached
from wizard.domain.checks.segment import mapping as mapping_checks
from wizard.domain.checks.sync import sync_orphan
from wizard.domain.connections import is_paused
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    REPAIRED,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    fails,
    no_answer,
    shows,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.text import count

_KEPT = "Segment removes nobody from a LaunchDarkly segment when an audience is deleted or detached."


def was_deleted(evidence: Evidence) -> Proof | None:
    """Look at the findings of every chosen audience: a deleted audience has no key that its finding could name."""
    found = [one for one in evidence.findings if one.id == audience_checks.EXISTS.id]
    gone = next((one for one in found if one.status is Status.FAIL), None)
    if gone is not None:
        return confirms(gone.summary, gone)
    there = next((one for one in found if one.status is Status.PASS), None)
    return excludes(there.summary, there) if there is not None else None


AUDIENCE_DELETED = Cause(
    "audience-deleted",
    "The audience was deleted",
    (was_deleted,),
    f"The audience was deleted. {_KEPT}",
    "To keep syncing, choose an audience from the list in the Audiences step. To end the sync, {retire_own_clause}.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _lost_its_audience(evidence: Evidence) -> Proof | None:
    lost = evidence.lost_segments
    if not lost:
        return None
    names = ", ".join(one.name for one in lost[:3])
    said = f"LaunchDarkly lists {names}, but the space has no audience with this name."
    return confirms(said, evidence.finding(sync_orphan.ORPHAN))


SEGMENT_WITHOUT_AUDIENCE = Cause(
    "segment-without-audience",
    "The segment's audience was deleted",
    (_lost_its_audience,),
    f"The audience of {{lost_segment}} was deleted. {_KEPT}",
    "To keep syncing, recreate the audience in Segment and set it up here. It gets a new segment. To end the "
    "sync, in LaunchDarkly {retire_lost}.",
    CHECK_AGAIN,
    (links.SEGMENT_MANAGEMENT_DOCS,),
)


def _is_detached(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(audience_attached.ATTACHED)
    if finding is None or finding.status not in {Status.FAIL, Status.PASS}:
        return None
    if finding.status is Status.PASS or evidence.connection is not None:
        return excludes("The destination is attached to the audience.", finding)
    return confirms(finding.summary, finding)


DETACHED = Cause(
    "audience-detached",
    "The audience was detached",
    (
        _is_detached,
        answer("sends", "The audience doesn't list the destination, as you said.", "absent"),
        no_answer("sends", "The audience lists the destination, as you said.", "on", "off"),
    ),
    f"{{audience}} no longer sends to {{destination}}. {_KEPT}",
    "To keep syncing, attach the audience again in Review (audience-wizard apply). To end the sync, in LaunchDarkly "
    "{retire_clause}.",
    CHECK_AGAIN,
    (links.SEND_AUDIENCE_DATA_DOCS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_paused(evidence: Evidence) -> Proof | None:
    connection = evidence.connection
    if connection is None or connection.enabled is None:
        return None
    if not is_paused(connection, evidence.destination):
        return excludes("Connect to destination is on.") if connection.enabled else None
    finding = evidence.finding(audience_attached.ATTACHED)
    name = evidence.destination.name if evidence.destination else "it"
    return confirms(
        f"Connect to destination is off for {name}.", finding if finding and finding.status is Status.FAIL else None
    )


PAUSED = Cause(
    "connection-paused",
    "Connect to destination is off",
    (_is_paused,),
    "{audience} is paused: Connect to destination is off, so Segment sends neither new members nor removals.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Connect to destination.",
    REPAIRED,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
)


def _is_activation_off(evidence: Evidence) -> Proof | None:
    """Confirm on the check's warning. An activation that is on, or a delivery, excludes this cause."""
    if evidence.activation is not None:
        return excludes(f"The activation {evidence.activation.name} is on.")
    if evidence.counted:
        return excludes(f"Segment counted {count(evidence.counted, 'delivery', 'deliveries')} to the destination.")
    return shows(audience_attached.ACTIVATION, Status.WARN)(evidence)


ACTIVATION_OFF = Cause(
    "activation-off",
    "The activation is switched off",
    (_is_activation_off,),
    "The activation that sends {audience} to {destination} is switched off, so Segment sends neither new members nor "
    "removals.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch its activation on.",
    REPAIRED,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
)
TRIGGER_DROPS_EXITS = Cause(
    "trigger-drops-exits",
    "The mapping's trigger drops removals",
    (fails(mapping_checks.TRIGGER),),
    "Someone edited the mapping's trigger, so Segment doesn't send the events that remove members.",
    "Restore the preset's trigger in Review (audience-wizard apply). Members who left earlier stay in {segment}.",
    "Members who leave from now on are removed. If {segment} keeps too many members, clear it. {fresh_segment}",
    (links.SEGMENT_DESTINATIONS,),
)


def _removals_arrive(evidence: Evidence) -> Proof | None:
    return (
        confirms(f"{evidence.name} has {evidence.counts}, so nobody who left is still a member.")
        if evidence.counts_agree
        else None
    )


REMOVALS_WORK = Cause(
    "removals-work",
    "Members are removed",
    (_removals_arrive,),
    "Nothing is wrong: {segment} has {counts}, so members who leave the audience are removed.",
    "You don't have to do anything. Changes arrive within minutes, or within eight hours for a batch audience.",
    CHECK_AGAIN,
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)
