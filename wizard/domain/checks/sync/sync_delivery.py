"""What Segment delivered to the destination, and what it held back."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.check import Check, Findings, failed, need, not_judged, passed, unknown, warned
from wizard.domain.checks.launchdarkly import launchdarkly_app, launchdarkly_approvals, launchdarkly_permissions
from wizard.domain.checks.silence import SILENT
from wizard.domain.checks.sync import likely_reasons, sync_source
from wizard.domain.checks.sync.likely_reasons import Reason
from wizard.domain.facts import Facts, is_allowlist_off
from wizard.domain.failure import Failure
from wizard.domain.findings import Finding
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Allowlist, Caller, SegmentWrite
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.wanted import chosen_audiences
from wizard.text import count

STEP = StepId.FIRST_SYNC
PAGES = (links.SEGMENT_DESTINATIONS, links.PUBLIC_API_DELIVERY_DOCS)

_ANY = "any audience"
_INVALID = 400
_UNFIT = "PAYLOAD_VALIDATION"  # Segment itself refuses these
_SETTINGS = "INVALID_SETTINGS"
_ELSE = "is refused too, an IP allowlist in LaunchDarkly blocks Segment."
_WHY_REFUSED = {
    401: (
        "Most likely the destination's token is no longer valid: it was reset or deleted, or it expired. "
        f"If a valid token {_ELSE}",
        "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer role. "
        "Put it into LaunchDarkly Service Token on the destination's Settings tab in Segment.",
    ),
    403: (
        f"Most likely the destination's token can't write segments there. If a token that can {_ELSE}",
        "Put a token into the destination whose role allows createSegment and updateIncluded in this environment.",
    ),
    404: (
        "Most likely the destination's client-side ID doesn't belong to an environment that its token can reach. "
        f"If the right ID {_ELSE}",
        likely_reasons.CLIENT_SIDE_ID_FIX,
    ),
}
_WHY_FAILED = {
    _SETTINGS: (
        "The destination's token or client-side ID is missing.",
        "In Segment, open the destination's Settings tab and set the right token and client-side ID.",
    ),
}
_WHY_UNKNOWN = (
    "LaunchDarkly or Segment refused them for a reason that the wizard doesn't know.",
    "In Segment, open the destination's Delivery Overview tab and look up the reason.",
)


def _delivery(facts: Facts, answers: Answers) -> Findings:
    """Judge each audience where Segment counts by audience, else all together."""
    subjects.need_destination(facts, answers)
    if isinstance(facts.delivery, Failure) and facts.delivery.is_closed and (written := _written(facts)):
        return _segment_sends({}, written, "shows no deliveries to this token")
    seen = need(facts.delivery, "what was delivered")
    audiences, senders = chosen_audiences(facts, answers), deliveries.senders(facts, answers)
    parts = [(one, deliveries.of_audience(seen, one, senders)) for one in senders]
    if len(parts) < 2 or any(part is None for _, part in parts):
        return _of_all(seen, senders if len(senders) == 1 else audiences, facts, answers)
    judged = ((one.key, _judged(part, (one,), facts, answers)) for one, part in parts if part is not None)
    return tuple(finding for key, findings in judged for finding in subjects.about(key, findings))


def _of_all(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Findings:
    """Judge all audiences together. Wrong settings affect every audience; other failures may belong to any."""
    judged = _judged(seen, audiences, facts, answers)
    if len(audiences) < 2 or not seen.failed or deliveries.affects_every_event(deliveries.main_reason(seen)):
        return judged
    return tuple(_shared(finding) for finding in judged)


def is_of_any_audience(finding: Finding) -> bool:
    """Return whether the finding may be about any of several audiences, so that it is only possible for one."""
    return finding.evidence.get("of") == _ANY


def _shared(finding: Finding) -> Finding:
    cause = f"{finding.cause} Segment counts events by destination and doesn't say which audience they belong to."
    return replace(finding, cause=cause, evidence={**finding.evidence, "of": _ANY})


def _judged(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Findings:
    """Judge the counts. A 4xx marks a whole batch, so counts of failures run high."""
    evidence = {"delivered": seen.delivered, "failed": seen.failed, "reasons": dict(seen.failure_reasons)}
    there = [segment_of_audience.found(audience, facts) for audience in audiences]
    if not seen.delivered and not seen.failed:
        has_members = bool(there) and all(segment and segment.included_count for segment in there)
        if has_members:
            return _counted_late(evidence)
        if facts.attached_at and held_token.used_since(facts.attached_at, facts, answers):
            return _token_is_used(evidence, facts, answers)
        is_early = any(earlier_members.is_early(audience, facts, answers) for audience in audiences)
        return _too_early(evidence) if is_early else _nothing_sent(evidence, audiences, facts, answers)
    if not seen.failed:
        return passed(f"Segment delivered {count(seen.delivered, 'event')}, and none failed.", evidence=evidence)
    if deliveries.is_over(seen):
        until = f" until {seen.last_failed_at:%H:%M} UTC" if seen.last_failed_at else ""
        failed_before = f"{count(seen.failed, 'delivery', 'deliveries')} failed{until}."
        return passed(f"{failed_before} LaunchDarkly has accepted everything since.", evidence=evidence)
    if deliveries.is_being_retried(seen):
        return warned(
            f"{count(seen.failed, 'delivery', 'deliveries')} failed, and Segment is retrying.",
            cause=f"{deliveries.why_retried(seen)} Segment retries for up to four hours.",
            fix="Wait a few minutes, then check again.",
            links=(links.LAUNCHDARKLY_STATUS, *PAGES),
            evidence=evidence,
        )
    if deliveries.are_ending(seen):
        return _refusals_end(seen, evidence)
    arrived = bool(there) and all(one and segment_of_audience.has_arrived_since(one, facts) for one in there)
    arrived = arrived and facts.attached_at is not None
    why = _why_refused(seen, audiences, facts, answers)
    return _deliveries_fail(seen, why, evidence, facts, members_arrived=arrived)


def _refusals_end(seen: Delivery, evidence: dict[str, object]) -> Findings:
    """Warn of refusals that something taken followed: a repair shows this, and a list that admits some addresses."""
    until = f" until {at:%H:%M} UTC" if (at := deliveries.last_refused_at(seen)) else ""
    many = sum(many for reason, many in seen.failure_reasons if deliveries.affects_every_event(reason))
    said = f"{count(many, 'delivery', 'deliveries')} failed{until}, mostly with {deliveries.main_reason(seen)}."
    return warned(
        f"{said} LaunchDarkly has taken others since.",
        cause="Most likely the refusals have ended. They come back if an IP allowlist in LaunchDarkly includes only "
        "some of Segment's addresses.",
        fix="Check again in an hour. If more deliveries were refused by then, add all of Segment's addresses to the IP "
        "allowlist under Organization settings → Security in LaunchDarkly.",
        links=(*_ALLOWLIST_PAGES, *PAGES),
        evidence=evidence,
    )


def _counted_late(evidence: dict[str, object]) -> Findings:
    """Pass because members are in LaunchDarkly: Segment's counts are minutes late."""
    return passed(
        "Members have arrived in LaunchDarkly. Segment counts deliveries a few minutes late.", evidence=evidence
    )


def _token_is_used(evidence: dict[str, object], facts: Facts, answers: Answers) -> Findings:
    """Pass when LaunchDarkly saw the destination's token used, which shows before Segment counts deliveries."""
    if written := _written(facts):
        return _segment_sends(evidence, written, "counts deliveries minutes late")
    token = held_token.other_token(facts, answers)
    at = f"{token.last_used:%H:%M} UTC" if token and token.last_used else ""
    said = f"Segment sends: LaunchDarkly saw the destination's token at {at}. Segment counts deliveries minutes late."
    return passed(said, evidence={**evidence, "last_used": at})


def _written(facts: Facts) -> SegmentWrite | None:
    """Return the newest change of a segment by the destination's token since it was attached."""
    written, began = held_token.last_write(facts), facts.attached_at
    return written if written is not None and began is not None and written.at >= began else None


def _segment_sends(evidence: dict[str, object], written: SegmentWrite, segment: str) -> Findings:
    at = f"{written.at:%H:%M} UTC"
    said = f"Segment sends: the destination's token changed {written.segment} at {at}. Segment {segment}."
    return passed(said, evidence={**evidence, "segment": written.segment, "action": written.action, "at": at})


def _too_early(evidence: dict[str, object]) -> Findings:
    said = "Segment hasn't counted any deliveries yet. The first sync is within its usual time."
    return not_judged(said, evidence=evidence)


def _nothing_sent(
    evidence: dict[str, object], audiences: tuple[Audience, ...], facts: Facts, answers: Answers
) -> Findings:
    cause, fix = likely_reasons.why_silent(audiences, facts, answers)
    return unknown(
        "Segment hasn't counted any deliveries to this destination.",
        cause=cause,
        fix=fix,
        links=(links.SEND_AUDIENCE_DATA_DOCS, *PAGES),
        evidence={**evidence, **SILENT},
    )


LET_SEGMENT_IN = (
    "In Segment, go to Settings → Workspace settings → Destination IP settings and switch them on. In LaunchDarkly, "
    "add the addresses to the IP allowlist under Organization settings → Security."
)
_ALLOWLIST_PAGES = (links.SEGMENT_WORKSPACE, links.IP_ALLOWLIST_DOCS)

_APPROVALS = (
    "Most likely the environment's required approvals block the changes.",
    "Ask someone who manages the environment in LaunchDarkly to turn off required approvals for segments. Or put a "
    "token into the destination whose policy bypasses approvals.",
)


_DAMAGED = (
    "Most likely the destination holds a damaged copy of the token. The token with the same last four characters "
    "works from this machine, and no IP allowlist is on for API tokens.",
    "In Segment, open the destination's Settings tab and paste the whole token into LaunchDarkly Service Token again.",
)
_MAKER = (
    "Most likely the person who made the token had fewer rights than its role shows. The role can write segments, "
    "the plan includes synced segments, and no IP allowlist is on for API tokens.",
    "Let someone who can write segments create a service token under Organization settings → Authorization in "
    "LaunchDarkly, and put it into the destination.",
)
_FIND_THE_LIST = (
    "If an IP allowlist is on under Organization settings → Security in LaunchDarkly, add the addresses that Segment "
    "shows under Settings → Workspace settings → Destination IP settings."
)
_WITHOUT_A_LIST = {  # by status: what else gives it, and the fix that fits both
    401: (
        "the destination holds a damaged copy of the token",
        f"{_FIND_THE_LIST} If none is on, paste the whole token into LaunchDarkly Service Token on the destination's "
        "Settings tab again.",
    ),
    403: (
        "the person who made the token had fewer rights",
        f"{_FIND_THE_LIST} If none is on, let someone who can write segments create a service token, and put it into "
        "the destination.",
    ),
}
_LET_SEGMENT_IN = {LET_SEGMENT_IN, *(fix for _, fix in _WITHOUT_A_LIST.values())}
_ROLE_IS_RIGHT = "It isn't the token's role, which allows createSegment and updateIncluded."
_PLAN = (
    f"Most likely the plan doesn't include synced segments. {_ROLE_IS_RIGHT} If the plan includes them, the person "
    "who made the token had fewer rights.",
    "Ask your LaunchDarkly admin whether the plan includes synced segments. If it does, let someone who can write "
    "segments create a service token, and put it into the destination.",
)
_PLAN_OR_ALLOWLIST = (
    f"Most likely the plan doesn't include synced segments. {_ROLE_IS_RIGHT} If the plan includes them, an IP "
    "allowlist in LaunchDarkly blocks Segment.",
    "Ask your LaunchDarkly admin whether the plan includes synced segments. If it does, ask whether an IP allowlist is "
    "on for API tokens.",
)


def _why_refused(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Reason:
    """Return cause and fix. What the other checks have ruled out isn't named.

    See docs/launchdarkly.md#permission-problems and docs/launchdarkly.md#account-and-project-rules.
    """
    reason = deliveries.main_reason(seen)
    code = deliveries.code_of(reason)
    if code == 403 and launchdarkly_approvals.block_changes(facts, answers):
        return _APPROVALS
    works, is_off = _what_rules_out_all_else(code, facts, answers), is_allowlist_off(facts)
    if works and not is_off:
        return _shut_out(works, code, seen, is_on=isinstance(facts.allowlist, Allowlist))
    if works and code == 401:
        return _DAMAGED
    if works and code == 403:
        return _MAKER
    if code == 403 and likely_reasons.may_write(facts, answers) and isinstance(facts.segments, tuple):
        return _PLAN if is_off else _PLAN_OR_ALLOWLIST
    if _UNFIT in reason.upper():
        return likely_reasons.why_unfit(seen, audiences, facts, answers)
    if code == _INVALID:
        return likely_reasons.why_invalid(seen, audiences, facts, answers)
    if _SETTINGS in reason.upper():
        return likely_reasons.why_settings(facts, answers)
    return _usual_reason(reason)


def usual_fix(reason: str) -> str:
    """Return what mends a refusal for this reason most often, where nothing else was read."""
    if _UNFIT in reason.upper():
        return likely_reasons.FIELDS_FIX
    return likely_reasons.CONTEXT_KEY_FIX if deliveries.code_of(reason) == _INVALID else _usual_reason(reason)[1]


def _usual_reason(reason: str) -> Reason:
    why = next((why for mark, why in _WHY_FAILED.items() if mark in reason.upper()), _WHY_UNKNOWN)
    return _WHY_REFUSED.get(deliveries.code_of(reason) or 0, why)


def _shut_out(works: str, code: int | None, seen: Delivery, *, is_on: bool) -> Reason:
    """Return the allowlist as the cause; where nobody could look at it, with what tells it from what else fits.

    A token that was damaged, or made with fewer rights, never worked. What was taken before excludes both.
    """
    if is_on:
        return f"The IP allowlist in LaunchDarkly blocks Segment: {works}.", LET_SEGMENT_IN
    said = f"Most likely an IP allowlist in LaunchDarkly blocks Segment: {works}"
    else_, fix = _WITHOUT_A_LIST.get(code or 0, ("", ""))
    if seen.delivered or not else_:
        return f"{said}.", LET_SEGMENT_IN
    return f"{said}. If none is on, {else_}.", fix


def is_shut_out(finding: Finding) -> bool:
    """Return whether the fix is to let Segment's addresses in."""
    return finding.id == DELIVERY.id and finding.fix in _LET_SEGMENT_IN


def _what_rules_out_all_else(code: int | None, facts: Facts, answers: Answers) -> str:
    """Return what leaves an IP allowlist as the only cause, for its status isn't documented; empty when nothing does.

    401: the same token works from here. 403: the token can write, and the plan has synced segments. 404: the token sees
    the environment with the destination's client-side ID. See docs/launchdarkly.md#ip-allowlist.
    """
    if code == 401 and _holds_our_token(facts, answers) and isinstance(facts.caller, Caller):
        return "the same token works from this machine"
    if code == 403 and likely_reasons.may_write(facts, answers) and segment_of_audience.synced(facts):
        return "the token's role can write segments, and the plan includes synced segments"
    place = subjects.find_environment(subjects.need_destination(facts, answers).client_side_id, facts)
    if code == 404 and _holds_our_token(facts, answers) and place:
        return "the same token sees the environment with the destination's client-side ID"
    return ""


def _holds_our_token(facts: Facts, answers: Answers) -> bool:
    destination = subjects.need_destination(facts, answers)
    return destination.token_last_four == facts.launchdarkly_token_last_four != ""


def _deliveries_fail(
    seen: Delivery, why: Reason, evidence: dict[str, object], facts: Facts, *, members_arrived: bool
) -> Findings:
    reason, (cause, fix) = deliveries.main_reason(seen), why
    said = f", mostly with {reason}" if reason else ""
    is_blocked = deliveries.stopped_working(seen, facts.repaired_at)
    since = f" LaunchDarkly has taken nothing since {seen.last_at:%H:%M} UTC." if is_blocked and seen.last_at else ""
    summary = f"{seen.failed:,} of {count(seen.delivered + seen.failed, 'delivery', 'deliveries')} failed{said}.{since}"
    tell = failed if is_blocked or deliveries.mostly_fail(seen, members_arrived=members_arrived) else warned
    pages = (*_ALLOWLIST_PAGES, *PAGES) if fix in _LET_SEGMENT_IN else PAGES
    return tell(summary, cause=cause, fix=fix, links=pages, evidence=evidence)


_WHY_FILTERED = {
    "NO_MATCHING_MAPPING": (
        "No mapping that is switched on takes these events.",
        "In Segment, open the destination's Mappings tab and switch on the mapping.",
    ),
    "FILTERED_AT_MAPPING": (
        "The mapping's trigger leaves these events out.",
        "Restore the preset's trigger of the mapping in Review (audience-wizard apply).",
    ),
    "FILTERED_BY_RULES": (
        "A destination filter leaves these events out.",
        "In Segment, open the destination's Filters tab and allow Engage's events.",
    ),
    "FILTERED_BY_END_USER_CONSENT": (
        "These members haven't given the consent that the destination requires.",
        "In Segment, check the destination's consent categories.",
    ),
}
_OF_SOME_EVENTS = {"FILTERED_BY_RULES", "FILTERED_BY_END_USER_CONSENT"}


def _filtered(facts: Facts, answers: Answers) -> Findings:
    """Judge filtered events. Those of other audiences are always filtered, which is normal."""
    subjects.need_destination(facts, answers)
    seen = need(facts.delivery, "what was delivered")
    found = next(((reason, many) for reason, many in seen.filter_reasons if reason.upper() in _WHY_FILTERED), None)
    if found is None:
        return passed("Segment doesn't filter out any events that it should send.")
    reason, many = found
    cause, fix = _WHY_FILTERED[reason.upper()]
    judged = warned(
        f"Segment filtered out {count(many, 'event')} with the reason {reason}.",
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
    explained_by=(*REFUSED, launchdarkly_app.CONTEXT_KIND),
    reads=("delivery", "allowlist", "segment_writes"),
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
