"""Members from before a repair: Segment sends only changes, and never again what was refused or not sent.

See docs/segment.md#activations.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.facts import Facts, known
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.mapping import uncovered_identifiers
from wizard.domain.services.segment import NEARLY_ALL, Audience, Connection, Delivery
from wizard.domain.signals import deliveries, landing, segment_of_audience
from wizard.domain.signals.activations import activations_of
from wizard.domain.signals.usual_times import appears_within
from wizard.domain.wanted import chosen_connection

_AT_LEAST = timedelta(hours=1)  # between connection and segment, if the first sync didn't bring it
_STARTS_AFTER = timedelta(minutes=5)  # after connecting: members usually arrive after 10 minutes
_CLOCKS_DIFFER = timedelta(minutes=5)
_RECENT = timedelta(minutes=15)  # since all members were sent again


def lacks_members(segment: LaunchDarklySegment, audience: Audience) -> bool:
    """Return whether both services have counted members, and the segment has far fewer than the audience."""
    members, size = segment.included_count, audience.size
    return bool(size) and members is not None and members < NEARLY_ALL * (size or 0)


def hold_old_keys(segment: LaunchDarklySegment, audience: Audience, facts: Facts) -> bool:
    """Return whether the segment has more members than the audience, and predates the wizard's change of keys.

    Segment removes nobody when a mapping changes, so everyone who was sent before stays under the old key.
    """
    made, changed, members = segment.created_at, facts.rekeyed_at, segment.included_count
    if made is None or changed is None or members is None or audience.size is None:
        return False
    return made < changed and members > audience.size


def why_they_stay(segment: LaunchDarklySegment, audience: Audience) -> str:
    """Return why the segment keeps people who aren't in the audience, by which of the two is older."""
    made, began = segment.created_at, audience.created_at
    if made is not None and began is not None and made < began:
        return f"They're from an earlier audience with the same key: {segment.name} is older than {audience.name}."
    return "LaunchDarkly got no removal for them, and Segment won't send one again."


def are_missing(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the segment lacks members that were refused or not sent, and nothing was sent again since."""
    segment = segment_of_audience.found(audience, facts)
    if segment is None or segment.generation > 1 or audience.history is False:
        return False
    if not lacks_members(segment, audience):
        return False
    if _was_only_repaired(audience, facts, answers):
        return True
    if _were_sent_again(audience, facts, answers):
        return False
    return were_refused(audience, facts, answers) or _came_late(audience, segment, facts, answers)


def were_refused(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether LaunchDarkly refused events because of the destination's settings, even if it accepts them now."""
    seen = _delivery(audience, facts, answers)
    return seen is not None and any(deliveries.affects_every_event(reason) for reason, _ in seen.failure_reasons)


def is_just_attached(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the connection is so new that its first sync hasn't sent anything yet."""
    connection = chosen_connection(audience, facts, answers)
    at = connection.created_at if connection else None
    return at is not None and facts.now - at < _STARTS_AFTER


def attached_at(audience: Audience, facts: Facts, answers: Answers) -> datetime | None:
    """Return when attaching began; if the connection was created then, the time that Segment gives for it."""
    connection = chosen_connection(audience, facts, answers)
    if connection is not None and _began_with_the_connection(connection, facts):
        return connection.created_at
    return facts.attached_at


def were_sent_again_lately(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether a repair has just sent all members again, so that a small count proves nothing yet."""
    is_a_repair = not _began_with_the_connection(chosen_connection(audience, facts, answers), facts)
    return is_a_repair and are_arriving(audience, facts, answers)


def are_arriving(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether all members have just been sent, by attaching or by a repair, so that they may still arrive."""
    is_recent = facts.attached_at is not None and facts.now - facts.attached_at < _RECENT
    return is_recent and _were_sent_again(audience, facts, answers)


def connected_at(audience: Audience, facts: Facts, answers: Answers) -> datetime | None:
    """Return when the sync began; if nothing else tells, the time when Segment created the connection."""
    connection = chosen_connection(audience, facts, answers)
    return attached_at(audience, facts, answers) or (connection.created_at if connection else None)


def is_early(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the first sync is known to be within its usual time, so that a silence says nothing."""
    began = facts.attached_at or connected_at(audience, facts, answers)
    return began is not None and facts.now - began < appears_within(audience)


def _were_sent_again(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the wizard had all members sent after the last refusal, by attaching or by an activation."""
    connection, seen, began = (
        chosen_connection(audience, facts, answers),
        _delivery(audience, facts, answers),
        facts.attached_at,
    )
    refused_at = seen.last_failed_at if seen else None
    if _was_only_repaired(audience, facts, answers):
        return False
    if connection is None or began is None or (refused_at is not None and refused_at >= began):
        return False
    return _began_with_the_connection(connection, facts) or bool(activations_of(audience.id, connection, facts))


def _was_only_repaired(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether no resync followed the wizard's last repair, although an activation of the audience can do it."""
    connection = chosen_connection(audience, facts, answers)
    return (
        facts.repair_of(audience.id) is not None
        and connection is not None
        and bool(activations_of(audience.id, connection, facts))
    )


def _began_with_the_connection(connection: Connection | None, facts: Facts) -> bool:
    if connection is None or connection.created_at is None or facts.attached_at is None:
        return False
    return connection.created_at >= facts.attached_at - _CLOCKS_DIFFER


def _came_late(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> bool:
    """Return whether the segment appeared long after the connection, so that what the first sync sent was lost.

    Failed deliveries rule that out: refusals of single events have other causes, which no repair ends. Members without
    the identifier never arrive. So if some may lack it, only a repair by the wizard is proof.
    """
    connection, seen = chosen_connection(audience, facts, answers), _delivery(audience, facts, answers)
    if connection is None or connection.created_at is None or segment.created_at is None:
        return False
    if seen is not None and seen.failed:
        return False
    is_ours = facts.attached_at is not None and facts.attached_at <= segment.created_at + _CLOCKS_DIFFER
    if not is_ours and _may_lack_the_identifier(audience, segment, facts, answers):
        return False
    return segment.created_at - connection.created_at > max(_AT_LEAST, appears_within(audience))


def _may_lack_the_identifier(audience: Audience, segment: LaunchDarklySegment, facts: Facts, answers: Answers) -> bool:
    """Return whether the missing members may be those without a value for the context key."""
    key = subjects.context_key(facts, answers)
    if key is None:
        return True
    landed = landing.landing_with(audience, key, facts)
    if landed is not None:
        return (segment.included_count or 0) >= NEARLY_ALL * landed
    return not audience.identifiers or bool(uncovered_identifiers(key, audience.identifiers))


def _delivery(audience: Audience, facts: Facts, answers: Answers) -> Delivery | None:
    return deliveries.certain_of(audience, facts, answers) or known(facts.delivery)
