"""Draft what happens to each audience: compare what exists with what is wanted. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.checks.segment.audience import EXISTS as AUDIENCE_EXISTS
from wizard.domain.checks.segment.audience_attached import ACTIVATION as AUDIENCE_ACTIVATION
from wizard.domain.checks.segment.audience_attached import ATTACHED as AUDIENCE_ATTACHED
from wizard.domain.checks.segment.audience_attached import is_known_to_send, silent_activation
from wizard.domain.connections import connection_to, is_paused
from wizard.domain.facts import Facts, is_closed
from wizard.domain.failure import Failure
from wizard.domain.planning import resync
from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change, attaching, by_hand, compared
from wizard.domain.planning.ground import Ground, NotKnown, existing, is_without_destination, why_all_by_hand
from wizard.domain.planning.mapping_draft import to_set, why_to_set
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.mapping import Difference
from wizard.domain.services.segment import Activation, Audience, Connection, Connections
from wizard.domain.signals import segment_of_audience
from wizard.domain.signals.activations import activations_of, edits_of, possible_settings
from wizard.domain.tokens.closed import ATTACH, SHOW_ACTIVATIONS, why_not_done
from wizard.domain.wanted import activation_settings, wanted_destination_name

CONNECT = "connect_to_destination"  # the switch that pauses a connection
ACTIVATE = "activation_enabled"  # the switch of an activation

CONNECTION_OFF = "The connection is switched off, so Segment sends nothing."
NO_FIELD_FOR_IT = "Segment's API has no field for this switch, but its web app does."

RESYNC: Mapping[str, Any] = {"resync": True}  # the whole `after` of a change that only sends all members again


WITH_OTHER_KEYS = (
    "Segment sent the members as other contexts before, and doesn't send them again on its own. The old contexts "
    "stay in the segment, so it gets more members than the audience. To remove them, delete the segment in "
    "LaunchDarkly first, if no flag uses it."
)


AFTER_A_REPAIR = "Before the repair, members were refused or not sent. Segment doesn't send them again on its own."


ACTIVATION_NAME = "LaunchDarkly sync"


ACTIVATION_TYPE = "Audience Membership Changed"


_ACTIVATION = {"name": ACTIVATION_NAME, "type": ACTIVATION_TYPE, "enabled": True, "resync": True}


_ActivationEdits = tuple[tuple[Activation, tuple[Difference, ...]], ...]


def audience_change(ground: Ground, chosen: str) -> Change | NotKnown:
    """Draft what happens to an audience. `chosen` is its ID, or its key if no audience can be read."""
    audience = ground.audiences.get(chosen)
    if audience is None:
        unlisted = Audience(chosen, chosen, chosen, "")
        return _attach(ground, unlisted, why_all_by_hand(ground)) if why_all_by_hand(ground) else AUDIENCE_EXISTS.id
    seen = ground.facts.connections.get(audience.id)
    connection = connection_to(ground.destination, seen)
    if connection:
        change = existing(attaching(audience.key), f"Connection to {audience.name}", connection.id, ground)
        change = replace(change, needs=(DESTINATION, MAPPING), settings=_activation_settings(ground))
        return _connected(change, ground, audience, connection)
    if is_closed(seen) and (proof := segment_of_audience.segment_proving_attachment(audience, ground.facts)):
        return _proven(ground, audience, proof)
    hand = why_all_by_hand(ground) or _why_attached_by_hand(ground, seen)
    if ground.destination and not hand and not isinstance(seen, Connections):
        return AUDIENCE_ATTACHED.id
    return _attach(ground, audience, hand)


def _proven(ground: Ground, audience: Audience, proof: LaunchDarklySegment) -> Change:
    """Keep an audience that was attached by hand. Its connection can't be read, but its new segment proves it."""
    there = existing(attaching(audience.key), f"Connection to {audience.name}", "", ground)
    return replace(
        there,
        needs=(DESTINATION, MAPPING),
        summary=f"{there.title} is as wanted.",
        reason=f"Segment shows no connections here. But the segment {proof.name} appeared since attaching, which "
        "proves it.",
    )


def _is_half_done(ground: Ground, audience: Audience, connection: Connection) -> bool:
    """Return whether a connection that the wizard made was never activated, because a run ended between the two.

    A connection made in the app sends without an activation. So does the wizard's own, once someone set its Send
    switches in the app. Then members have arrived, and nothing is half done.
    """
    seen = ground.facts.activations.get(audience.id)
    unseen = isinstance(seen, tuple) and all(one.connection_id != connection.id for one in seen)
    is_ours = connection.id in ground.made_by_us
    sends = ground.facts.attached_at is not None and is_known_to_send(audience, ground.facts, ground.answers)
    return unseen and is_ours and not sends


def _activate(there: Change, audience: Audience) -> Change:
    return replace(
        there,
        action=Action.UPDATE,
        summary=f"Activate the connection of the audience {audience.name} and send all members now.",
        reason="The audience is connected, but the connection was never activated. A connection alone doesn't sync.",
        before={"activation": None},
        after={"activation": _ACTIVATION},
    )


def _activation_unseen(
    there: Change, ground: Ground, audience: Audience, connection: Connection, failure: Failure
) -> Change | NotKnown:
    """Draft what happens to a connection whose activations Segment doesn't show.

    A connection made in the app sends without an activation. One that the wizard made is right if members have arrived.
    Otherwise a person has to switch on sending.
    """
    if connection.id not in ground.made_by_us:
        return compared(there, (), ours=False)
    if is_known_to_send(audience, ground.facts, ground.answers):
        reason = "Segment shows no activations here, but members have arrived."
        return replace(compared(there, (), ours=True), reason=reason)
    if not is_closed(failure):
        return AUDIENCE_ACTIVATION.id
    start = replace(
        there,
        summary=f"Switch on Send Identify or Send Track of the audience {audience.name} for the destination.",
        reason="The audience is connected, and we can't tell whether the connection sends.",
        after={"send": "Identify or Track"},
    )
    return by_hand(start, why_not_done(failure, SHOW_ACTIVATIONS))


def _switched_on(there: Change, switch: str, what: str, *, reason: str, why: str) -> Change:
    """Draft a change in which a person switches on `what` in Segment's app."""
    change = replace(
        there,
        action=Action.UPDATE,
        summary=f"{there.title}: switch on {what}.",
        reason=reason,
        before={switch: False},
        after={switch: True},
    )
    return by_hand(change, why)


def _connection_on(there: Change) -> Change:
    return _switched_on(there, CONNECT, "Connect to destination", reason=CONNECTION_OFF, why=NO_FIELD_FOR_IT)


def _activation_on(there: Change, off: Activation) -> Change:
    """Draft switching the activation on by hand: in the app, Send Identify or Send Track may send instead."""
    reason = "The activation is switched off, and Segment has counted no events."
    why = "Segment's web app shows whether Send Identify or Send Track is on instead."
    own = replace(there, resource_id=off.id)
    return _switched_on(own, ACTIVATE, f"the activation {off.name}", reason=reason, why=why)


def _connected(there: Change, ground: Ground, audience: Audience, connection: Connection) -> Change | NotKnown:
    if _is_half_done(ground, audience, connection):
        return _activate(there, audience)
    if is_paused(connection, ground.destination):
        return _connection_on(there)
    if off := silent_activation(audience, connection, ground.facts):
        return _activation_on(there, off)
    if (unseen := ground.facts.activations.get(audience.id)) and isinstance(unseen, Failure):
        return _activation_unseen(there, ground, audience, connection, unseen)
    edits = _activation_edits(ground, audience, connection, there.settings)
    if edits:
        return by_hand(_realigned(there, ground, edits), why_all_by_hand(ground))
    if reason := _why_sent_again(ground, audience, connection):
        return _sent_again(there, reason)
    return compared(there, (), ours=connection.id in ground.made_by_us)


def _why_sent_again(ground: Ground, audience: Audience, connection: Connection) -> str:
    """Return why all members have to be sent again; empty if they don't, or if no activation can do that."""
    facts, answers = ground.facts, ground.answers
    if why_all_by_hand(ground) or not resync.sent_again_by(audience, connection, facts):
        return ""
    if audience.key in ground.resync:
        return "You asked for it. On its own, Segment sends only changes."
    if resync.is_due(audience, facts):
        return "The segment was deleted in LaunchDarkly. Segment doesn't send earlier members again on its own."
    gets_other_keys = ground.has_other_keys and _sends_through_the_mapping(audience, connection, facts)
    if gets_other_keys or resync.has_other_keys(audience, facts):
        return WITH_OTHER_KEYS
    is_after_a_repair = ground.is_repaired and resync.follows_a_repair(audience, facts, answers)
    if is_after_a_repair or resync.is_owed(audience, facts, answers):
        return AFTER_A_REPAIR
    return ""


def _sends_through_the_mapping(audience: Audience, connection: Connection, facts: Facts) -> bool:
    """Return whether the segment exists and an activation that uses the destination's mapping fills it."""
    own = activations_of(audience.id, connection, facts)
    is_there = segment_of_audience.found(audience, facts) is not None
    return is_there and any(not possible_settings(one, facts) for one in own)


def repairs_what_is_there(change: Change | NotKnown) -> bool:
    """Return whether the change lets through events that were refused or not sent: any update but a new name does."""
    if isinstance(change, str) or change.action is not Action.UPDATE:
        return False
    return bool(set(change.after or {}) - {"name"})


def changes_keys(change: Change | NotKnown) -> bool:
    """Return whether the change makes Segment send members as other contexts than before."""
    if isinstance(change, str) or change.action is not Action.UPDATE:
        return False
    return bool({"context_key", "context_kind"} & set((change.after or {}).get("settings", {})))


def _sent_again(there: Change, reason: str) -> Change:
    return replace(
        there,
        action=Action.UPDATE,
        summary=f"{there.title}: send all members again.",
        reason=reason,
        before={},
        after=RESYNC,
        undoable=False,
    )


def _activation_settings(ground: Ground) -> Mapping[str, Any]:
    return activation_settings(ground.facts, ground.answers, ground.destination, ground.made_by_us)


def _activation_edits(
    ground: Ground, audience: Audience, connection: Connection, wanted: Mapping[str, Any]
) -> _ActivationEdits:
    """Return the differences in the mapping of each activation that makes the connection send."""
    facts = ground.facts
    every = activations_of(audience.id, connection, facts)
    found = ((one, edits_of(one, facts, wanted, ours=one.id in ground.made_by_us)) for one in every)
    return tuple((activation, edits) for activation, edits in found if edits)


def _realigned(there: Change, ground: Ground, found: _ActivationEdits) -> Change:
    """Draft the update of the activations. If only the mapping changed, members would get keys of two kinds."""
    edits = [edit for _, edits in found for edit in edits]
    todo, because = dict.fromkeys(map(to_set, edits)), dict.fromkeys(map(why_to_set, edits))
    whose = " and ".join(_activation_in_words(activation, ground) for activation, _ in found)
    return replace(
        there,
        action=Action.UPDATE,
        summary=f"{there.title}: {'; '.join(todo)} in {whose}, then send all members again.",
        reason=f"An activation has its own mapping, and there {'; '.join(because)}. "
        "Members that are already in the segment stay as they are.",
        before={"activations": {one.id: {edit.key: edit.now for edit in edits} for one, edits in found}},
        after={"activations": {one.id: {edit.key: edit.wanted for edit in edits} for one, edits in found}}
        | {"resync": True},
    )


def _activation_in_words(activation: Activation, ground: Ground) -> str:
    whose = "the activation" if activation.id in ground.made_by_us else "someone else's activation"
    return f"{whose} {activation.name}"


def _why_attached_by_hand(ground: Ground, seen: Connections | Failure | None) -> str:
    listed = ground.facts.attach_by_api
    if listed is False:
        return "Segment's API can't attach this destination, but its web app can."
    looked_at = ground.facts.connections.values() if seen is None else (seen,)
    refused = (one for one in (listed, *looked_at) if is_closed(one))
    return next((why_not_done(one, ATTACH) for one in refused), "")


def _attach(ground: Ground, audience: Audience, hand: str) -> Change:
    facts, answers, seen = ground.facts, ground.answers, ground.destination
    connections = facts.connections.get(audience.id) if seen else None
    destination = seen.name if seen else wanted_destination_name(facts, answers)
    change = Change(
        id=attaching(audience.key),
        action=Action.CREATE,
        title=f"Connection to {audience.name}",
        summary=f"Connect the audience {audience.name} to {destination}, activate the connection and send all members.",
        reason="The audience doesn't send to this destination yet. A connection alone doesn't sync."
        if is_without_destination(ground) or isinstance(connections, Connections)
        else "The wizard can't see whether the audience already sends to this destination.",
        host=facts.segment_host,
        before=None,
        after={
            "connection": {"audience": audience.name, "destination": destination},
            "activation": _ACTIVATION,
        },
        undoable=True,
        needs=(DESTINATION, MAPPING),
        settings=_activation_settings(ground),
    )
    if not hand:
        return change
    in_the_app = (
        f"Add the destination {destination} to the audience {audience.name}, with Send Identify or Send Track on."
    )
    after = {"connection": {"audience": audience.name, "destination": destination}, "send": "Identify or Track"}
    return by_hand(replace(change, summary=in_the_app, after=after), hand)
