"""What Segment delivered to the destination, and what it held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.domain import deliveries, links
from wizard.domain.answers import Answers
from wizard.domain.checks import (
    launchdarkly_approvals,
    launchdarkly_permissions,
    segment_of_audience,
    subjects,
    sync_source,
)
from wizard.domain.checks.check import Check, Findings, failed, need, passed, unknown, warned
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding
from wizard.domain.model import Audience, Delivery
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_audiences
from wizard.text import count

STEP = StepId.FIRST_SYNC
PAGES = (links.SEGMENT_DESTINATIONS, links.PUBLIC_API_DELIVERY_DOCS)

_ANY = "any audience"
_WHY_FAILED = {
    "401": (
        "LaunchDarkly refuses the destination's token: it was replaced, has expired or belongs to another instance.",
        "Put the right token and client-side ID into the destination's settings in Segment.",
    ),
    "403": (
        "The destination's token may not write there, an IP allowlist shuts Segment out, or the plan has no synced "
        "segments.",
        "Give the destination a token whose role allows createSegment and updateIncluded in this environment.",
    ),
    "404": (
        "The destination's client-side ID is not one of an environment that its token can reach.",
        "Put the environment's client-side ID into the destination's settings in Segment.",
    ),
    "400": (
        "Some profiles lack the identifier that the context key needs, or the client-side ID is wrong.",
        "Choose a context key in the Mapping step that every member has.",
    ),
    "INVALID_SETTINGS": (
        "The destination's token or client-side ID is missing.",
        "Put the right token and client-side ID into the destination's settings in Segment.",
    ),
    "PAYLOAD_VALIDATION_FAILED": (
        "A hidden field of the mapping is missing or edited, or a computed trait is attached instead of an audience.",
        "Let Review put the preset's values back into the mapping (audience-wizard apply).",
    ),
}
_WHY_UNKNOWN = (
    "LaunchDarkly or Segment refused them for a reason that the wizard does not know.",
    "Look at the reason on the destination's Delivery Overview tab in Segment.",
)


def _delivery(facts: Facts, answers: Answers) -> Findings:
    """Of each audience where Segment tells them apart, else of all together."""
    subjects.need_destination(facts, answers)
    seen = need(facts.delivery, "what was delivered")
    audiences, senders = chosen_audiences(facts, answers), deliveries.senders(facts, answers)
    parts = [(one, deliveries.of_audience(seen, one, senders)) for one in senders]
    if len(parts) < 2 or any(part is None for _, part in parts):
        return _of_all(seen, senders if len(senders) == 1 else audiences, facts, answers)
    judged = ((one.key, _judged(part, (one,), facts, answers)) for one, part in parts if part is not None)
    return tuple(finding for key, findings in judged for finding in subjects.about(key, findings))


def _of_all(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Findings:
    """What the destination's settings refuse meets every audience; of anything else nobody knows whose it is."""
    judged = _judged(seen, audiences, facts, answers)
    if len(audiences) < 2 or not seen.failed or deliveries.meets_every_event(deliveries.main_reason(seen)):
        return judged
    return tuple(_shared(finding) for finding in judged)


def is_of_any_audience(finding: Finding) -> bool:
    """Nobody can tell which audience the finding is about: for one of them it is a possibility, no more."""
    return finding.evidence.get("of") == _ANY


def _shared(finding: Finding) -> Finding:
    cause = f"{finding.cause} Segment counts them for the destination and doesn't say which audience's they are."
    return replace(finding, cause=cause, evidence={**finding.evidence, "of": _ANY})


def _judged(seen: Delivery, audiences: Iterable[Audience], facts: Facts, answers: Answers) -> Findings:
    """A 4xx marks a whole batch, so counts of failures run high."""
    evidence = {"delivered": seen.delivered, "failed": seen.failed, "reasons": dict(seen.failure_reasons)}
    there = [segment_of_audience.found(audience, facts) for audience in audiences]
    if not seen.delivered and not seen.failed:
        has_members = bool(there) and all(segment and segment.included_count for segment in there)
        return _counted_late(evidence) if has_members else _nothing_sent(evidence)
    if not seen.failed:
        return passed(f"{count(seen.delivered, 'event')} delivered, none failed.", evidence=evidence)
    if deliveries.is_passing(seen):
        return warned(
            f"{count(seen.failed, 'delivery', 'deliveries')} failed for reasons that pass.",
            cause="LaunchDarkly was throttling or had trouble. Segment tries again for up to four hours.",
            fix="Wait, then check again; nothing needs to be recreated.",
            links=(links.LAUNCHDARKLY_STATUS, *PAGES),
            evidence=evidence,
        )
    arrived = bool(there) and all(one and segment_of_audience.has_arrived_since(one, facts) for one in there)
    arrived = arrived and facts.attached_at is not None
    return _deliveries_fail(seen, evidence, facts, answers, members_arrived=arrived)


def _counted_late(evidence: dict[str, object]) -> Findings:
    """Members in LaunchDarkly are proof enough: Segment's counts are minutes late."""
    return passed("Members have arrived in LaunchDarkly; Segment counts deliveries later.", evidence=evidence)


def _nothing_sent(evidence: dict[str, object]) -> Findings:
    return unknown(
        "Segment has counted no delivery to this destination yet.",
        cause="Nothing was due, the counts are minutes late, or neither Send Identify nor Send Track is on.",
        fix="Switch on Send Identify or Send Track for the destination on the audience's overview in Segment.",
        links=(links.SEND_AUDIENCE_DATA_DOCS, *PAGES),
        evidence=evidence,
    )


_ALLOWLIST = (
    "By its role the token may write, and the plan has synced segments: most likely an IP allowlist in LaunchDarkly "
    "shuts Segment out.",
    "Add Segment's egress addresses to LaunchDarkly's IP allowlist, for API access.",
)


def _why_refused(reason: str, facts: Facts, answers: Answers) -> tuple[str, str]:
    """Cause and fix. Of a 403 what the other checks have ruled out is not named.

    See docs/launchdarkly.md#permission-problems and docs/launchdarkly.md#account-and-project-rules.
    """
    told = next((told for mark, told in _WHY_FAILED.items() if mark in reason.upper()), _WHY_UNKNOWN)
    rules_out_all = _may_write(facts, answers) and bool(segment_of_audience.listed(facts))
    return _ALLOWLIST if "403" in reason and rules_out_all else told


def _may_write(facts: Facts, answers: Answers) -> bool:
    """The token in the destination is the one that was judged, and it may do what the sync needs."""
    destination = subjects.need_destination(facts, answers)
    is_ours = destination.token_last_four == facts.launchdarkly_token_last_four != ""
    return is_ours and launchdarkly_permissions.may_write(facts, answers)


def _deliveries_fail(
    seen: Delivery, evidence: dict[str, object], facts: Facts, answers: Answers, *, members_arrived: bool
) -> Findings:
    reason = deliveries.main_reason(seen)
    cause, fix = _why_refused(reason, facts, answers)
    said = f", mostly with {reason}" if reason else ""
    summary = f"{seen.failed:,} of {seen.delivered + seen.failed:,} deliveries failed{said}."
    tell = failed if deliveries.mostly_fail(seen, members_arrived=members_arrived) else warned
    return tell(summary, cause=cause, fix=fix, links=PAGES, evidence=evidence)


_WHY_FILTERED = {
    "NO_MATCHING_MAPPING": ("No mapping that is on takes these events.", "Switch on the mapping on the Mappings tab."),
    "FILTERED_AT_MAPPING": (
        "The mapping's trigger leaves them out.",
        "Put the preset's trigger back into the mapping.",
    ),
    "FILTERED_BY_RULES": (
        "A destination filter leaves them out.",
        "Look at the Filters tab of the destination and let Engage's events through.",
    ),
    "FILTERED_BY_END_USER_CONSENT": (
        "These members have not given the consent that the destination is bound to.",
        "Review the consent categories of the destination in Segment.",
    ),
}
_OF_SOME_EVENTS = {"FILTERED_BY_RULES", "FILTERED_BY_END_USER_CONSENT"}


def _filtered(facts: Facts, answers: Answers) -> Findings:
    """Events of other audiences are always filtered: that is no trouble."""
    subjects.need_destination(facts, answers)
    seen = need(facts.delivery, "what was delivered")
    found = next(((reason, many) for reason, many in seen.filter_reasons if reason.upper() in _WHY_FILTERED), None)
    if found is None:
        return passed("Segment filters out no event that it should send.")
    reason, many = found
    cause, fix = _WHY_FILTERED[reason.upper()]
    judged = warned(
        f"Segment filters out {count(many, 'event')}: {reason}.",
        cause=cause,
        fix=fix,
        links=PAGES,
        evidence={"reasons": dict(seen.filter_reasons)},
    )
    is_shared = reason.upper() in _OF_SOME_EVENTS and len(chosen_audiences(facts, answers)) > 1
    return tuple(_shared(finding) for finding in judged) if is_shared else judged


# What LaunchDarkly then refuses.
REFUSED = (launchdarkly_permissions.PERMISSIONS, launchdarkly_approvals.APPROVALS)
DELIVERY = Check(
    "sync.delivery",
    "Deliveries",
    STEP,
    _delivery,
    (*sync_source.READY, sync_source.SOURCE),
    matters=False,
    explained_by=REFUSED,
    reads=("delivery",),
)
FILTERED = Check(
    "sync.filtered",
    "Filtered events",
    STEP,
    _filtered,
    (*sync_source.READY, sync_source.SOURCE),
    matters=False,
    reads=("delivery",),
)
CHECKS = (DELIVERY, FILTERED)
