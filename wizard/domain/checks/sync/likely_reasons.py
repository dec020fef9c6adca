"""The likeliest reason of a silence or of refused events: of all that fit, one that nothing else speaks against."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.facts import Facts
from wizard.domain.services.mapping import uncovered_identifiers
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals import landing, segment_of_audience
from wizard.domain.signals.activations import activations_of
from wizard.domain.signals.segment_of_audience import Presence
from wizard.domain.wanted import chosen_connection, chosen_destination

Reason = tuple[str, str]  # cause and fix

CLIENT_SIDE_ID_FIX = "In Segment, open the destination's Settings tab and set the environment's client-side ID."
CONTEXT_KEY_FIX = "In the Mapping step, choose a context key that every member has."
FIELDS_FIX = "Restore the preset's values of the mapping in Review (audience-wizard apply)."
_NOT_THERE = {Presence.AWAITED, Presence.MISSING}
_SWITCH_ON = "open the audience and switch on Send Identify or Send Track for the destination."
_LACKS_A_FIELD = "the activation's events lack a field that the mapping needs, such as the audience's class."


# --- nothing is sent ----------------------------------------------------------------------------------------------


def why_silent(audiences: Iterable[Audience], facts: Facts, answers: Answers) -> Reason:
    """Return why Segment counts nothing of the audiences. The two switches of the web app aren't in Segment's API."""
    if all(_sends_changes_only(one, facts, answers) for one in audiences):
        return (
            "Most likely nobody entered or left the audience lately.",
            "If members entered or left, go to Engage → Audiences in Segment, open the audience and check that Send "
            "Identify or Send Track is on for the destination.",
        )
    if any(_is_activated(one, facts, answers) for one in audiences):
        return (
            "Most likely Segment hasn't computed the audience since you attached the destination.",
            "In Segment, go to Engage → Audiences, open the audience and wait for its next computation. If nothing is "
            "sent then, switch on Send Identify or Send Track for the destination.",
        )
    return (
        "Most likely Send Identify and Send Track are both off.",
        "In Segment, go to Engage → Audiences, open the audience and check that Send Identify or Send Track is on for "
        "the destination.",
    )


def _sends_changes_only(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether silence is normal: the earlier members were sent already, as far as anyone sees, or never are."""
    is_missing = segment_of_audience.whereabouts(audience, facts, answers).presence in _NOT_THERE
    return audience.history is False or not is_missing


def _is_activated(audience: Audience, facts: Facts, answers: Answers) -> bool:
    connection = chosen_connection(audience, facts, answers)
    return connection is not None and bool(activations_of(audience.id, connection, facts))


# --- LaunchDarkly or Segment refuses the events ---------------------------------------------------------------------


def why_invalid(seen: Delivery, audiences: Iterable[Audience], facts: Facts, answers: Answers) -> Reason:
    """Return why LaunchDarkly answers 400. What refuses every event didn't refuse some where others were taken.

    See docs/segment.md#missing-identifiers and docs/segment.md#activations.
    """
    audiences = tuple(audiences)
    all_refused = _is_all_refused(seen, audiences, facts)
    if all_refused and not _is_id_known(facts, answers):
        return "Most likely the destination's client-side ID is wrong.", CLIENT_SIDE_ID_FIX
    by_activation = all_refused and any(_is_activated(one, facts, answers) for one in audiences)
    if not audiences or not all(_has_the_key(one, facts, answers) for one in audiences):
        return _no_identifier(or_activation=by_activation)
    if by_activation:
        return f"Most likely {_LACKS_A_FIELD}", f"In Segment, go to Engage → Audiences, {_SWITCH_ON}"
    return (
        "LaunchDarkly doesn't say what it can't read in them. It isn't a missing context key: the audience admits "
        "only people who have one.",
        "In Segment, open the destination's Delivery Overview tab and look at one of the refused events.",
    )


def _is_all_refused(seen: Delivery, audiences: Iterable[Audience], facts: Facts) -> bool:
    """Return whether nothing was ever taken. Segment counts the last hours, and a segment shows what came before."""
    there = (segment_of_audience.found(one, facts) for one in audiences)
    return not seen.delivered and not any(one and segment_of_audience.has_arrived_since(one, facts) for one in there)


def _no_identifier(*, or_activation: bool) -> Reason:
    cause = "Most likely some members lack the identifier that the context key needs."
    if not or_activation:
        return cause, CONTEXT_KEY_FIX
    return (
        f"{cause} If every member has it, {_LACKS_A_FIELD}",
        f"{CONTEXT_KEY_FIX} If every member has one, go to Engage → Audiences in Segment, {_SWITCH_ON}",
    )


def _is_id_known(facts: Facts, answers: Answers) -> bool:
    """Return whether an environment has the destination's client-side ID."""
    instance = chosen_destination(facts, answers)
    place = subjects.find_environment(instance.client_side_id, facts) if instance else None
    return place is not None or facts.client_side_id_exists is True


def _has_the_key(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether every member is known to have a value for the context key."""
    key = subjects.context_key(facts, answers)
    if key is None:
        return False
    counted, landed = landing.counted(audience, facts), landing.landing_with(audience, key, facts)
    if counted is not None and landed is not None:
        return landing.is_everybody(landed, counted.members)
    return bool(audience.identifiers) and not uncovered_identifiers(key, audience.identifiers)


def why_unfit(seen: Delivery, audiences: Iterable[Audience], facts: Facts, answers: Answers) -> Reason:
    """Return why Segment itself refuses the events: they lack an audience's fields (docs/segment.md#mapping-problems).

    A mapping whose settings were read has its hidden fields, or its own check fails first. One that the wizard repaired
    had others before.
    """
    mapping = subjects.seen_mapping(facts, answers)
    if mapping is None or not mapping.settings or facts.repaired_at:
        return "Most likely a hidden field of the mapping is missing or edited.", FIELDS_FIX
    audiences = tuple(audiences)
    if _is_all_refused(seen, audiences, facts) and any(_is_activated(one, facts, answers) for one in audiences):
        return f"Most likely {_LACKS_A_FIELD}", f"In Segment, go to Engage → Audiences, {_SWITCH_ON}"
    return (
        "Most likely a computed trait is attached to the destination, which takes audiences only.",
        "In Segment, go to Unify → Traits, open the trait and disconnect it from the destination.",
    )
