"""What Segment's delivery counts mean, and for which audience: judged once for the watch and the checks.

Segment counts deliveries per destination. Its answer names the audience only in some workspaces. Where it doesn't,
one audience's refusals are never reported as another's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.services.segment import Audience, Connections, Delivery, Destination
from wizard.domain.signals.computation import Computation, computation_of
from wizard.domain.wanted import chosen_audiences, chosen_destination

_LONG_ENOUGH = timedelta(hours=1)  # without a failure, to say that nothing fails anymore
FEW = 10  # fewer refused events than this are harmless once members arrived
_NAMED = {
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "TOO_MANY_REQUESTS": 429,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "BAD_GATEWAY": 502,
    "SERVICE_UNAVAILABLE": 503,
    "GATEWAY_TIMEOUT": 504,
}
_STATUS = re.compile(r"(?<!\d)[45]\d\d(?!\d)")
_PASSING = ("TIMEDOUT", "TIMEOUT", "ECONNRESET", "ENOTFOUND", "RETRY")
_OWN = ("INVALID_SETTINGS", "PAYLOAD_VALIDATION")  # Segment itself refused the event, so there's no HTTP status
_MEETS_EVERY_EVENT = {401, 403, 404}  # caused by the destination's settings


def code_of(reason: str) -> int | None:
    """Return the HTTP status that a reason stands for, in any of Segment's spellings: 400, "HTTP 400", BAD_REQUEST.

    Return None for a reason that isn't an answer of LaunchDarkly, such as MESSAGE_REJECTED or ETIMEDOUT. Segment may
    add reasons at any time (docs/segment.md#delivery-counts).
    """
    if status := _STATUS.search(reason):
        return int(status[0])
    words = re.sub(r"[\s-]+", "_", reason.strip()).upper()
    return next((code for name, code in _NAMED.items() if name in words), None)


def codes(seen: Delivery) -> dict[int, int]:
    """Return how many deliveries failed with each HTTP status, most first."""
    counts: Counter[int] = Counter()
    for reason, many in seen.failure_reasons:
        if (code := code_of(reason)) is not None:
            counts[code] += many
    return dict(counts.most_common())


def is_retried(reason: str) -> bool:
    """Return whether Segment retries deliveries that failed for this reason."""
    code = code_of(reason)
    return (code is not None and is_temporary(code)) or any(mark in reason.upper() for mark in _PASSING)


def is_temporary(code: int) -> bool:
    """Return whether a later retry may work: after a conflict, a rate limit or a server error."""
    return code in {409, 429} or code >= 500


def is_being_retried(seen: Delivery) -> bool:
    """Return whether Segment retries everything that failed."""
    reasons = [reason for reason, _ in seen.failure_reasons]
    return bool(reasons) and all(is_retried(reason) for reason in reasons)


def why_retried(seen: Delivery) -> str:
    """Return what most deliveries that Segment retries met at LaunchDarkly, as a sentence."""
    match code_of(main_reason(seen)):
        case 429:
            return "LaunchDarkly limits the rate."
        case 409:
            return "LaunchDarkly is processing another change of the segment."
        case _:
            return "LaunchDarkly has a problem."


def is_explained(seen: Delivery) -> bool:
    """Return whether the wizard knows at least one of the failures' reasons."""
    reasons = [reason for reason, _ in seen.failure_reasons]
    return any(code_of(one) or is_retried(one) or any(mark in one.upper() for mark in _OWN) for one in reasons)


def is_over(seen: Delivery) -> bool:
    """Return whether the failures are over: LaunchDarkly has accepted every delivery since. False without any times.

    An allowlist with only some of Segment's addresses fails now and then, so a moment without a failure isn't enough.
    """
    failed, first, last = seen.last_failed_at, seen.first_at, seen.last_at
    if failed is None or first is None or last is None:
        return False
    return failed < first or last - failed >= _LONG_ENOUGH


def are_taken(seen: Delivery) -> bool:
    """Return whether LaunchDarkly accepts what is sent now: everything since the last failure, or all but a few events.

    Refusals of the destination itself are never just a few: the latest of many deliveries may have met a new block.
    """
    is_blocked = any(affects_every_event(reason) for reason, _ in seen.failure_reasons)
    return is_over(seen) or (not is_blocked and seen.failed < min(FEW, seen.delivered))


def are_blocked(seen: Delivery) -> bool:
    """Return whether the destination itself is refused now: nothing was accepted, or nothing since the last refusal."""
    if not any(affects_every_event(reason) for reason, _ in seen.failure_reasons):
        return False
    refused, taken = last_refused_at(seen), seen.last_at
    return not seen.delivered or (refused is not None and taken is not None and refused > taken)


def last_refused_at(seen: Delivery) -> datetime | None:
    """Return when the destination itself was last refused. Another failure may be newer, such as a rate limit."""
    known = (at for reason, at in seen.failed_at.items() if affects_every_event(reason))
    return max(known, default=seen.last_failed_at)


def are_ending(seen: Delivery) -> bool:
    """Return whether the destination was refused and something was accepted since, too recently to be sure."""
    if not affects_every_event(main_reason(seen)) or is_over(seen):
        return False
    refused, taken = last_refused_at(seen), seen.last_at
    return refused is not None and taken is not None and taken > refused


def stopped_working(seen: Delivery, repaired_at: datetime | None) -> bool:
    """Return whether LaunchDarkly accepted deliveries before, and refuses the destination now.

    `repaired_at`: when the wizard last repaired it. Earlier refusals say nothing about what is sent now.
    """
    refused = last_refused_at(seen)
    is_repaired = repaired_at is not None and refused is not None and refused <= repaired_at
    return bool(seen.delivered) and are_blocked(seen) and not is_repaired


def what_the_sync_shows(effect: str, code: int, seen: object) -> str:
    """Return whether something undocumented keeps the sync out, as its deliveries show; else that they will.

    `effect`: what isn't documented, after "whether". `code`: the status that it would give. `seen`: the deliveries that
    it could have met.
    """
    if isinstance(seen, Delivery) and seen.delivered and not seen.failed:
        return "LaunchDarkly accepts what Segment sends all the same."
    if isinstance(seen, Delivery) and not seen.delivered and seen.failed and code_of(main_reason(seen)) == code:
        return f"Deliveries fail with {code}, so most likely {effect}."
    return f"LaunchDarkly doesn't document whether {effect}. The first sync will show it."


def main_reason(seen: Delivery) -> str:
    """Return the most frequent reason that isn't retried, else the most frequent one; empty if Segment gives none."""
    reasons = [reason for reason, _ in seen.failure_reasons]
    return next((reason for reason in reasons if not is_retried(reason)), reasons[0] if reasons else "")


def affects_every_event(reason: str) -> bool:
    """Return whether the destination's settings are the reason, which makes every audience's events fail."""
    return code_of(reason) in _MEETS_EVERY_EVENT or "INVALID_SETTINGS" in reason.upper()


def mostly_fail(seen: Delivery, *, members_arrived: bool) -> bool:
    """Return whether at least as much is refused as delivered, and it isn't over, ending or being retried.

    A batch is refused as a whole, so a few refusals are harmless once members arrived.
    """
    is_harmless = members_arrived and seen.failed < FEW
    is_settled = is_being_retried(seen) or is_over(seen) or are_ending(seen)
    return bool(seen.failed) and seen.failed >= seen.delivered and not is_settled and not is_harmless


def of_audience(seen: Delivery, audience: Audience, among: Iterable[Audience]) -> Delivery | None:
    """Return the part that is certainly this audience's; None if the audiences can't be told apart.

    `among`: every audience that may have sent something, as far as the wizard knows.
    """
    ids = {one.id for one in among}
    if ids <= {audience.id}:
        return seen
    if ids & seen.by_audience.keys() or not seen.delivered + seen.failed:
        return seen.by_audience.get(audience.id, Delivery(0, 0, 0))
    return None


def certain_of(audience: Audience, facts: Facts, answers: Answers) -> Delivery | None:
    """Return the deliveries that are certainly this audience's; None also if nothing was read."""
    seen = facts.delivery
    return of_audience(seen, audience, senders(facts, answers)) if isinstance(seen, Delivery) else None


def senders(facts: Facts, answers: Answers) -> tuple[Audience, ...]:
    """Return the chosen audiences that may have sent something to the destination."""
    destination = chosen_destination(facts, answers)
    return tuple(
        audience
        for audience in chosen_audiences(facts, answers)
        if _has_something_to_send(audience) and _may_be_attached(audience, destination, facts)
    )


def _has_something_to_send(audience: Audience) -> bool:
    idle = {Computation.OFF, Computation.BROKEN, Computation.UNDER_WAY}
    return computation_of(audience) not in idle and audience.size != 0


def _may_be_attached(audience: Audience, destination: Destination | None, facts: Facts) -> bool:
    """Return False only if Segment showed every connection and none leads to the destination."""
    seen = facts.connections.get(audience.id)
    if destination is None or not isinstance(seen, Connections) or (seen.total or 0) > len(seen.items):
        return True
    return any(one.destination_id == destination.id for one in seen.items)
