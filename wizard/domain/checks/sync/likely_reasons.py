"""The likeliest reason of a silence or of refused events: of all that fit, one that nothing else speaks against."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.launchdarkly import launchdarkly_permissions
from wizard.domain.facts import Facts
from wizard.domain.services.mapping import uncovered_identifiers
from wizard.domain.services.segment import NEARLY_ALL, Activation, Audience, Delivery
from wizard.domain.signals import deliveries, landing, segment_of_audience
from wizard.domain.signals.activations import every_activation_of
from wizard.domain.signals.segment_of_audience import Presence
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.domain.wanted import chosen_connection, chosen_destination
from wizard.text import count

Reason = tuple[str, str]  # cause and fix

CLIENT_SIDE_ID_FIX = "In Segment, open the destination's Settings tab and set the environment's client-side ID."
CONTEXT_KEY_FIX = "In the Mapping step, choose a context key that every member has."
FIELDS_FIX = "Restore the preset's values of the mapping in Review (audience-wizard apply)."
_NOT_THERE = {Presence.AWAITED, Presence.MISSING}
_SWITCH = "Send Identify or Send Track"
_LACKS_A_FIELD = "the activation's events lack a field that the mapping needs, such as the audience's class."


# --- nothing is sent ----------------------------------------------------------------------------------------------


def why_silent(audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Reason:
    """Return why Segment counts nothing of the audiences. The two switches of the web app aren't in Segment's API."""
    page = _page(audiences)
    if all(_sends_changes_only(one, facts, answers) for one in audiences):
        return (
            "Most likely nobody entered or left the audience lately.",
            f"If members entered or left, {page} in Segment and check that {_SWITCH} is on for the destination.",
        )
    activated = [one for each in audiences for one in _activations(each, facts, answers)]
    if any(one.enabled is not False for one in activated):
        return (
            "Most likely Segment hasn't computed the audience since you attached the destination.",
            f"In Segment, {page} and wait for its next computation. If nothing is sent then, switch on {_SWITCH} for "
            "the destination.",
        )
    if activated:
        return (
            f"Most likely nothing sends the audience: its activation {activated[0].name} is switched off.",
            f"In Segment, {page}, open the destination and switch its activation on.",
        )
    return (
        "Most likely Send Identify and Send Track are both off. Segment's API doesn't show these switches.",
        f"In Segment, {page} and check that {_SWITCH} is on for the destination.",
    )


def _page(audiences: tuple[Audience, ...]) -> str:
    return f"go to Engage → Audiences{f' → {audiences[0].name}' if len(audiences) == 1 else ', open the audience'}"


def _sends_changes_only(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether silence is normal: the earlier members were sent already, as far as anyone sees, or never are."""
    is_missing = segment_of_audience.whereabouts(audience, facts, answers).presence in _NOT_THERE
    return audience.history is False or not is_missing


def _activations(audience: Audience, facts: Facts, answers: Answers) -> tuple[Activation, ...]:
    """Return what activates the audience's connection, also what is switched off."""
    connection = chosen_connection(audience, facts, answers)
    return every_activation_of(audience.id, connection, facts) if connection else ()


def _is_activated(audience: Audience, facts: Facts, answers: Answers) -> bool:
    return any(one.enabled is not False for one in _activations(audience, facts, answers))


# --- LaunchDarkly or Segment refuses the events ---------------------------------------------------------------------


def why_invalid(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Reason:
    """Return why LaunchDarkly answers 400. What refuses every event didn't refuse some where others were taken.

    See docs/segment.md#missing-identifiers and docs/segment.md#activations.
    """
    all_refused = _is_all_refused(seen, audiences, facts)
    if all_refused and not _is_id_known(facts, answers):
        return "Most likely the destination's client-side ID is wrong.", CLIENT_SIDE_ID_FIX
    by_activation = all_refused and any(_is_activated(one, facts, answers) for one in audiences)
    if not audiences or not all(_has_the_key(one, facts, answers) for one in audiences):
        return _no_identifier(audiences if by_activation else ())
    if by_activation:
        return f"Most likely {_LACKS_A_FIELD}", _switch_on(audiences)
    return (
        "LaunchDarkly doesn't say what it can't read in them. It isn't a missing context key: the audience admits "
        "only people who have one.",
        "In Segment, open the destination's Delivery Overview tab and look at one of the refused events.",
    )


def _is_all_refused(seen: Delivery, audiences: Iterable[Audience], facts: Facts) -> bool:
    """Return whether nothing was ever taken. Segment counts the last hours, and a segment shows what came before."""
    there = (segment_of_audience.found(one, facts) for one in audiences)
    return not seen.delivered and not any(one and segment_of_audience.has_arrived_since(one, facts) for one in there)


def _switch_on(audiences: tuple[Audience, ...]) -> str:
    return f"In Segment, {_page(audiences)} and switch on {_SWITCH} for the destination."


def _no_identifier(activated: tuple[Audience, ...]) -> Reason:
    """Return the reason; of audiences that an activation sends, with the other one that fits."""
    cause = "Most likely some members lack the identifier that the context key needs."
    if not activated:
        return cause, CONTEXT_KEY_FIX
    return (
        f"{cause} If every member has it, {_LACKS_A_FIELD}",
        f"{CONTEXT_KEY_FIX} If every member has one, {_page(activated)} in Segment and switch on {_SWITCH} for the "
        "destination.",
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


def why_unfit(seen: Delivery, audiences: tuple[Audience, ...], facts: Facts, answers: Answers) -> Reason:
    """Return why Segment itself refuses the events: they lack an audience's fields (docs/segment.md#mapping-problems).

    A mapping whose settings were read has its hidden fields, or its own check fails first. One that the wizard repaired
    had others before.
    """
    mapping = subjects.seen_mapping(facts, answers)
    if mapping is None or not mapping.settings or facts.repaired_at:
        return "Most likely a hidden field of the mapping is missing or edited.", FIELDS_FIX
    if _is_all_refused(seen, audiences, facts) and any(_is_activated(one, facts, answers) for one in audiences):
        return f"Most likely {_LACKS_A_FIELD}", _switch_on(audiences)
    return (
        "Most likely a computed trait is attached to the destination, which takes audiences only.",
        "In Segment, go to Unify → Traits, open the trait and disconnect it from the destination.",
    )


def why_settings(facts: Facts, answers: Answers) -> Reason:
    """Return why Segment finds the settings invalid, by what it shows of them. A masked token may hide its ending."""
    instance = chosen_destination(facts, answers)
    if instance is not None and not instance.client_side_id:
        return "The destination has no client-side ID.", CLIENT_SIDE_ID_FIX
    if instance is not None and not instance.token_last_four:
        return (
            "Most likely the destination has no token: its client-side ID is set.",
            "In Segment, open the destination's Settings tab and set LaunchDarkly Service Token.",
        )
    return (
        "The destination's token or client-side ID is missing.",
        "In Segment, open the destination's Settings tab and set the right token and client-side ID.",
    )


# --- members don't arrive -------------------------------------------------------------------------------------------


def why_missing(audience: Audience, members: int, facts: Facts, answers: Answers) -> Reason:
    """Return why a segment that LaunchDarkly still fills has far fewer members than its audience."""
    seen = deliveries.certain_of(audience, facts, answers)
    way = (
        f"Troubleshoot it with F2 (audience-wizard troubleshoot {'fewer-members' if members else 'empty'}) to find out "
    )
    if seen is not None and seen.failed:
        return (
            f"Most likely LaunchDarkly refused the others: {count(seen.failed, 'delivery', 'deliveries')} failed.",
            "Troubleshoot it with F2 (audience-wizard troubleshoot failed-deliveries) to find out why.",
        )
    if not members and seen is not None and seen.delivered >= NEARLY_ALL * (audience.size or 0):
        said = f"it accepted {count(seen.delivered, 'event')} and refused none"
        return f"Most likely LaunchDarkly hasn't counted the members yet: {said}.", f"{way}whether that's all."
    if not members and not may_write(facts, answers):
        return (
            "Most likely the destination's token can't change members (updateIncluded).",
            "In Segment, open the destination's Delivery Overview tab and look up why deliveries failed.",
        )
    if _has_the_key(audience, facts, answers):
        said = "the audience admits only people with the identifier that the context key needs"
        return f"We can't tell why the others didn't arrive: {said}.", f"{way}why."
    return (
        "Most likely the other profiles don't have the identifier that the context key needs.",
        f"{way}who is missing.",
    )


def may_write(facts: Facts, answers: Answers) -> bool:
    """Return whether the destination holds the token that was judged, and that token can do what the sync needs."""
    is_known = held_token.holding(facts, answers) in {Holding.OURS, Holding.KNOWN}
    return is_known and launchdarkly_permissions.may_write(facts, answers)
