"""Causes of a segment in the wrong place, or gone: another environment gets it, or the app uses another one."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.sync import sync_segment
from wizard.domain.diagnosis.cause import WATCH, Cause, Proof, answer, confirms, excludes, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.signals.segment_of_audience import Presence
from wizard.text import count

ENVIRONMENT = Question(
    "environment",
    "Is {place} the project and environment that your app uses?",
    "The client-side ID of another environment is valid too, so neither service reports an error.",
    (Choice("yes", "Yes"), Choice("no", "No, my app uses another one")),
)


_NOT_THERE = {Presence.MISSING, Presence.AWAITED}


def _is_elsewhere(evidence: Evidence) -> Proof | None:
    where = evidence.whereabouts
    if where.presence is Presence.ELSEWHERE:
        return confirms(f"The segment {evidence.name} is in the environment {where.environment}.")
    return suggests(f"{where.environment} has a segment called {evidence.name}.") if where.environment else None


def _was_never_made(evidence: Evidence) -> Proof | None:
    if not evidence.is_refused or evidence.whereabouts.presence not in _NOT_THERE:
        return None
    return excludes(f"Deliveries fail with {evidence.code}, so none of them made a segment.")


SEGMENT_ELSEWHERE = Cause(
    "segment-elsewhere",
    "The segment is in another environment",
    (_is_elsewhere, _was_never_made),
    "The first sync went to {elsewhere}, not to {place}.",
    "In Segment, open the Settings tab of {destination} and set LaunchDarkly client-side ID to {client_side_id}. Then "
    "go to Engage → Audiences → {audience}, choose Remove destination from audience, and attach the destination again. "
    "Segment then sends all members to {place}.",
    WATCH,
    (links.SEGMENT_DESTINATIONS, links.ENVIRONMENT_KEYS_DOCS),
    ("client_side_id",),
)


def _is_deleted(evidence: Evidence) -> Proof | None:
    """Judge a deletion. The first accepted delivery creates the segment, so a missing one most likely was deleted."""
    presence, seen = evidence.whereabouts.presence, evidence.delivery
    if presence is Presence.DELETED:
        said = f"LaunchDarkly no longer lists {evidence.name}, which was there before."
        return confirms(said, evidence.finding(sync_segment.SEGMENT))
    if presence is Presence.MISSING and seen is not None and seen.delivered and not seen.failed:
        took = count(seen.delivered, "event")
        return suggests(f"LaunchDarkly accepted {took} from Segment, but lists no segment {evidence.name}.")
    return None


SEGMENT_DELETED = Cause(
    "segment-deleted",
    "The segment was deleted in LaunchDarkly",
    (_is_deleted, _was_never_made),
    "The segment {segment} was deleted in LaunchDarkly. Segment sends new changes, but not the earlier members.",
    "{resync}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS, links.SYNCED_SEGMENTS_DOCS),
)


def _is_gone(evidence: Evidence) -> Proof | None:
    """Confirm that the segment is gone after a working sync, unless a candidate has another name or key."""
    is_missing = evidence.whereabouts.presence in _NOT_THERE and evidence.is_early is False
    if not is_missing or evidence.others_of_the_name or evidence.candidates:
        return None
    return confirms(f"LaunchDarkly lists no segment {evidence.name}, which was there while the sync worked.")


SEGMENT_GONE = replace(
    SEGMENT_DELETED,
    id="segment-gone",
    title="The segment is gone from LaunchDarkly",
    signs=(_was_never_made, _is_gone),
    says="The segment {segment} is gone. Most likely someone deleted it in LaunchDarkly. Segment sends new changes, "
    "but not the earlier members.",
)


def _is_other_place(evidence: Evidence) -> Proof | None:
    if evidence.is_refused and evidence.segment is None:
        return excludes(f"Deliveries fail with {evidence.code}, whatever environment your app uses.")
    return (
        excludes("Your app uses this environment, as you said.") if evidence.given.get("environment") == "yes" else None
    )


def _no_server_is_seen(evidence: Evidence) -> Proof | None:
    if evidence.server_sdks != () or evidence.given.get("sdk") not in {"server", "old"}:
        return None
    return suggests("LaunchDarkly saw no server-side SDK in this environment in the last day.")


def _kind_is_seen_elsewhere(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(launchdarkly_app.CONTEXT_KIND)
    is_seen_elsewhere = finding is not None and finding.status is Status.WARN and "seen_in" in finding.evidence
    return suggests(finding.summary, finding) if finding is not None and is_seen_elsewhere else None


OTHER_ENVIRONMENT = Cause(
    "other-environment",
    "Your app uses another environment",
    (
        answer("environment", "Your app uses another environment, as you said.", "no"),
        _is_other_place,
        _no_server_is_seen,
        _kind_is_seen_elsewhere,
    ),
    "The segment goes to {place}, but your app uses another environment.",
    "Choose your app's environment in the LaunchDarkly step and apply the plan. Each environment needs its own "
    "destination.",
    WATCH,
    (links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
    ask="environment",
)
