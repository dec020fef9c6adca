"""Draft each change of a plan: compare what exists with what is wanted. Pure; `plan` puts the drafts together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.domain.answers import NEW_DESTINATION, Answers, ContextKey
from wizard.domain.checks.launchdarkly import launchdarkly_environment
from wizard.domain.checks.segment import segment_engage
from wizard.domain.checks.segment.audience import EXISTS as AUDIENCE_EXISTS
from wizard.domain.checks.segment.audience_attached import ACTIVATION as AUDIENCE_ACTIVATION
from wizard.domain.checks.segment.audience_attached import ATTACHED as AUDIENCE_ATTACHED
from wizard.domain.checks.segment.audience_attached import is_known_to_send
from wizard.domain.checks.segment.destination import EXISTS as DESTINATION_EXISTS
from wizard.domain.checks.segment.mapping import EXISTS as MAPPING_EXISTS
from wizard.domain.checks.sync import segment_of_audience
from wizard.domain.facts import Facts, is_closed, is_making_a_token
from wizard.domain.failure import Failure
from wizard.domain.planning import resync
from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change, Edit, attaching, by_hand, compared
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.mapping import FIELD_LABELS, LABELS, VISIBLE_FIELDS, Difference, differences
from wizard.domain.services.segment import (
    Activation,
    Audience,
    Connection,
    Connections,
    Destination,
    Source,
    Subscription,
)
from wizard.domain.signals.activations import activations_of, edits_of
from wizard.domain.tokens import held_token
from wizard.domain.tokens.closed import ATTACH, SHOW_ACTIVATIONS, why_not_done
from wizard.domain.wanted import (
    activation_settings,
    asks_to_rename,
    catalog_entry,
    chosen_destination,
    chosen_mapping,
    distinct_name,
    engage_sources_of,
    environment_words,
    free_sources,
    mapping_settings,
    source_for_a_new_destination,
    wanted_client_side_id,
    wanted_destination_name,
)

RESYNC: Mapping[str, Any] = {"resync": True}  # all that such a change does
AFTER_A_REPAIR = "Members were refused or not sent before the repair. Segment doesn't send them again on its own."
NEW_TOKEN = "the new service token"  # noqa: S105 - words, no secret
ACTIVATION_NAME = "LaunchDarkly sync"
ACTIVATION_TYPE = "Audience Membership Changed"
_ACTIVATION = {"name": ACTIVATION_NAME, "type": ACTIVATION_TYPE, "enabled": True, "resync": True}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the changes are drawn from; without a `destination`, one is to be made."""

    facts: Facts
    answers: Answers
    made_by_us: frozenset[str]
    destination: Destination | None
    audiences: Mapping[str, Audience]  # by id
    resync: frozenset[str] = frozenset()  # keys of audiences whose members are to be sent again, as the user asked
    is_repaired: bool = False  # the plan makes the destination or its mapping let events through


_ActivationEdits = tuple[tuple[Activation, tuple[Difference, ...]], ...]
NotKnown = str  # the check that has to be answered before the change can be drawn


def changes_what_is_there(facts: Facts, answers: Answers) -> bool:
    """Whether the destination or its mapping exists and is not as wanted."""
    ground = Ground(facts, answers, frozenset(), chosen_destination(facts, answers), {})
    drawn = (destination_change(ground), mapping_change(ground)) if ground.destination else ()
    return any(isinstance(change, Change) and change.resource_id and change.before for change in drawn)


# --- destination ------------------------------------------------------------------------------------------------


def destination_change(ground: Ground) -> Change | NotKnown:
    if not wanted_client_side_id(ground.facts, ground.answers):
        return launchdarkly_environment.CLIENT_SIDE_ID.id
    if not _hand(ground) and not isinstance(ground.facts.destinations, tuple):
        return DESTINATION_EXISTS.id
    if ground.destination:
        return _existing_destination(ground, ground.destination)
    hand = _hand(ground) or _hand_for_a_source(ground)
    source = source_for_a_new_destination(ground.facts, ground.answers)
    return _new_destination(ground, source, hand) if source or hand else segment_engage.ENGAGE.id


def _new_destination(ground: Ground, source: Source | None, hand: str) -> Change:
    facts, answers = ground.facts, ground.answers
    name, where = wanted_destination_name(facts, answers), environment_words(facts, answers)
    settings = {
        "client_side_id": wanted_client_side_id(facts, answers),
        "token": _our_token(ground),
    }
    change = Change(
        id=DESTINATION,
        action=Action.CREATE,
        title=f"Destination {name}",
        summary=f"Create the destination {name}{f' on {source.name}' if source else ''} and switch it on.",
        reason=f"This space has no destination for {where} yet."
        if isinstance(facts.destinations, tuple)
        else f"The wizard can't see whether a destination already sends to {where}.",
        host=facts.segment_host,
        before=None,
        after={"name": name, "enabled": True, "settings": settings} | ({"source": source.name} if source else {}),
        undoable=True,
    )
    return by_hand(change, hand)


def _hand_for_a_source(ground: Ground) -> str:
    """Return why a new destination is added by hand: only the web app adds a second one, on a source of its own.

    See docs/segment.md#one-instance-for-an-environment.
    """
    if is_closed(ground.facts.sources):
        return "The Segment token can't see the space's sources."
    sources = engage_sources_of(ground.facts, ground.answers)
    if not sources or free_sources(ground.facts, ground.answers):
        return ""
    taken = sources[0].id in ground.facts.sources_taken
    has = "gets another environment's LaunchDarkly destination" if taken else "already has a LaunchDarkly destination"
    return f"{sources[0].name} {has}. Only Segment's web app can add another one."


def _existing_destination(ground: Ground, seen: Destination) -> Change:
    edits = tuple(edit for edit in _destination_edits(ground, seen) if edit.now != edit.wanted)
    change = _existing(DESTINATION, f"Destination {distinct_name(seen, ground.facts)}", seen.id, ground)
    # The token that is replaced cannot be read, so it cannot be put back.
    undoable = all(edit.key != "token" for edit in edits)
    hand = _hand(ground) or _hand_for_the_token(ground, edits)
    return compared(replace(change, undoable=undoable), edits, ours=seen.id in ground.made_by_us, hand=hand)


def _hand_for_the_token(ground: Ground, edits: tuple[Edit, ...]) -> str:
    is_unfit = not held_token.is_ours_fit(ground.facts, ground.answers)
    if is_unfit and any(edit.key == "token" for edit in edits):
        return "Your access token isn't fit for the destination: it's personal, or it can't write segments."
    return ""


def _destination_edits(ground: Ground, seen: Destination) -> Iterable[Edit]:
    facts, answers = ground.facts, ground.answers
    if asks_to_rename(seen, facts, answers):
        name = wanted_destination_name(facts, answers)
        yield Edit("name", seen.name, name, f"rename it to {name}", "you chose another name")
    if seen.enabled is False:
        yield Edit("enabled", False, True, "switch it on", "it's switched off")
    wanted, where = wanted_client_side_id(facts, answers), environment_words(facts, answers)
    set_id, elsewhere = f"set the client-side ID of {where}", "it sends to another environment"
    yield Edit("client_side_id", seen.client_side_id, wanted, set_id, elsewhere, in_settings=True)
    if _gets_our_token(ground, seen):
        ours, theirs = _our_token(ground), _shown(seen.token_last_four)
        yield Edit("token", theirs, ours, "set this access token", "it holds another token", in_settings=True)


def _gets_our_token(ground: Ground, seen: Destination) -> bool:
    """A token that works stays. But with a new client-side ID ours is sent too (docs/segment.md#secret-settings)."""
    facts, answers = ground.facts, ground.answers
    has_one = facts.launchdarkly_token_last_four or is_making_a_token(facts, answers)
    if not (has_one and seen.token_last_four):
        return False
    is_moved = seen.client_side_id != wanted_client_side_id(facts, answers)
    is_wanted = held_token.has_to_go(facts, answers) and held_token.is_ours_fit(facts, answers)
    return is_moved or is_wanted


# --- mapping ----------------------------------------------------------------------------------------------------


def mapping_change(ground: Ground) -> Change | NotKnown:
    seen = ground.facts.subscriptions
    closed = "The Segment token can't read or change mappings." if is_closed(seen) else ""
    hand = _hand(ground) or closed
    is_new = ground.destination is None or ground.answers.destination == NEW_DESTINATION
    if not is_new and not hand and not isinstance(seen, tuple):
        return MAPPING_EXISTS.id
    mapping = chosen_mapping(ground.facts, ground.answers, ground.destination, ground.made_by_us)
    return _existing_mapping(ground, mapping, hand) if mapping else _new_mapping(ground, hand)


def _new_mapping(ground: Ground, hand: str) -> Change:
    catalog, settings = catalog_entry(ground.facts), mapping_settings(ground.facts, ground.answers, None)
    visible = ", ".join(f"{FIELD_LABELS[key]} {_in_words(settings[key])}" for key in VISIBLE_FIELDS)
    change = Change(
        id=MAPPING,
        action=Action.CREATE,
        title=f"Mapping {catalog.preset_name}",
        summary=f"Create the mapping {catalog.preset_name} and switch it on: {visible}.",
        reason="The destination has no mapping for the sync yet."
        if isinstance(ground.facts.destinations, tuple)
        else "The wizard can't see whether the destination already has a mapping.",
        host=ground.facts.segment_host,
        before=None,
        after={"name": catalog.preset_name, "enabled": True, "trigger": catalog.trigger, "settings": settings},
        undoable=True,
        needs=(DESTINATION,),
        settings=settings,
    )
    return by_hand(change, hand)


def _existing_mapping(ground: Ground, seen: Subscription, hand: str) -> Change:
    change = _existing(MAPPING, f"Mapping {seen.name}", seen.id, ground)
    settings = mapping_settings(ground.facts, ground.answers, seen)
    change = replace(change, needs=(DESTINATION,), settings=settings)
    edits = tuple(_mapping_edits(ground, seen, settings))
    return compared(change, edits, ours=seen.id in ground.made_by_us, hand=hand)


def _mapping_edits(ground: Ground, seen: Subscription, settings: Mapping[str, Any]) -> Iterable[Edit]:
    """Yield what differs in the mapping. Apply sends the full settings, since a partial write may replace them.

    See docs/segment.md#mapping-calls.
    """
    if seen.enabled is False:
        yield Edit("enabled", False, True, "switch it on", "it's switched off")
    for one in differences(seen, trigger=catalog_entry(ground.facts).trigger, settings=settings):
        yield Edit(one.key, one.now, one.wanted, _todo(one), _because(one), in_settings=one.key != "trigger")


def _todo(edit: Difference) -> str:
    label = FIELD_LABELS.get(edit.key)
    return f"set {label} to {_in_words(edit.wanted)}" if label else f"restore {edit.key}"


def _because(edit: Difference) -> str:
    label = FIELD_LABELS.get(edit.key)
    return f"{label} is {_in_words(edit.now)}" if label else f"{edit.key} was edited"


# --- audiences --------------------------------------------------------------------------------------------------


def audience_change(ground: Ground, chosen: str) -> Change | NotKnown:
    """`chosen` is an audience's id; its key when the Segment side is done by hand and no audience can be read."""
    audience = ground.audiences.get(chosen)
    if audience is None:
        unlisted = Audience(chosen, chosen, chosen, "")
        return _attach(ground, unlisted, _hand(ground)) if _hand(ground) else AUDIENCE_EXISTS.id
    seen = ground.facts.connections.get(audience.id)
    connection = _connection(ground, seen)
    if connection:
        change = _existing(attaching(audience.key), f"Connection to {audience.name}", connection.id, ground)
        change = replace(change, needs=(DESTINATION, MAPPING), settings=_activation_settings(ground))
        return _connected(change, ground, audience, connection)
    if is_closed(seen) and (proof := segment_of_audience.proves_attaching(audience, ground.facts)):
        return _proven(ground, audience, proof)
    hand = _hand(ground) or _hand_for_attaching(ground, seen)
    if ground.destination and not hand and not isinstance(seen, Connections):
        return AUDIENCE_ATTACHED.id
    return _attach(ground, audience, hand)


def _proven(ground: Ground, audience: Audience, proof: LaunchDarklySegment) -> Change:
    """Attached by hand, as what arrived shows: its connection can't be read."""
    there = _existing(attaching(audience.key), f"Connection to {audience.name}", "", ground)
    return replace(
        there,
        needs=(DESTINATION, MAPPING),
        summary=f"{there.title} is as wanted.",
        reason=f"Segment shows no connections here. The segment {proof.name} came since attaching, which proves it.",
    )


def _connection(ground: Ground, seen: Connections | Failure | None) -> Connection | None:
    if ground.destination is None or not isinstance(seen, Connections):
        return None
    return next((one for one in seen.items if one.destination_id == ground.destination.id), None)


def _is_half_done(ground: Ground, audience: Audience, connection: Connection) -> bool:
    """Return whether a connection of ours was never activated: a run ended between the two.

    One made in the app sends without an activation. So does ours once somebody set its Send switches there, and then
    what it sends has arrived.
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
    """Segment doesn't show whether our connection was ever activated; what arrived since attaching proves it.

    One made in the app sends without an activation.
    """
    if connection.id not in ground.made_by_us:
        return compared(there, (), ours=False)
    if is_known_to_send(audience, ground.facts, ground.answers):
        reason = "Segment shows no activations here, but what the audience sends has arrived."
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


def _connected(there: Change, ground: Ground, audience: Audience, connection: Connection) -> Change | NotKnown:
    if _is_half_done(ground, audience, connection):
        return _activate(there, audience)
    if (unseen := ground.facts.activations.get(audience.id)) and isinstance(unseen, Failure):
        return _activation_unseen(there, ground, audience, connection, unseen)
    edits = _activation_edits(ground, audience, connection, there.settings)
    if edits:
        return by_hand(_realigned(there, ground, edits), _hand(ground))
    if reason := _why_sent_again(ground, audience, connection):
        return _sent_again(there, reason)
    return compared(there, (), ours=connection.id in ground.made_by_us)


def _why_sent_again(ground: Ground, audience: Audience, connection: Connection) -> str:
    """Return why all members are sent again; empty when nothing needs it, or no activation can."""
    facts, answers = ground.facts, ground.answers
    if _hand(ground) or not resync.sent_again_by(audience, connection, facts):
        return ""
    if audience.key in ground.resync:
        return "You asked for it. On its own, Segment sends only changes."
    if resync.is_due(audience, facts):
        return "The segment was deleted in LaunchDarkly. Segment doesn't send earlier members again on its own."
    is_after_a_repair = ground.is_repaired and resync.follows_a_repair(audience, facts, answers)
    if is_after_a_repair or resync.is_owed(audience, facts, answers):
        return AFTER_A_REPAIR
    return ""


def repairs_what_is_there(change: Change | NotKnown) -> bool:
    """Return whether the change lets events through that were refused or not sent: all updates but a new name."""
    if isinstance(change, str) or change.action is not Action.UPDATE:
        return False
    return bool(set(change.after or {}) - {"name"})


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
    """What differs in the mapping of each activation that makes the connection send."""
    facts = ground.facts
    every = activations_of(audience.id, connection, facts)
    found = ((one, edits_of(one, facts, wanted, ours=one.id in ground.made_by_us)) for one in every)
    return tuple((activation, edits) for activation, edits in found if edits)


def _realigned(there: Change, ground: Ground, found: _ActivationEdits) -> Change:
    """A changed mapping alone would leave members under keys of two kinds: the activation goes on with the old one."""
    edits = [edit for _, edits in found for edit in edits]
    todo, because = dict.fromkeys(map(_todo, edits)), dict.fromkeys(map(_because, edits))
    whose = " and ".join(_whose_activation(activation, ground) for activation, _ in found)
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


def _whose_activation(activation: Activation, ground: Ground) -> str:
    whose = "the activation" if activation.id in ground.made_by_us else "someone else's activation"
    return f"{whose} {activation.name}"


def _hand_for_attaching(ground: Ground, seen: Connections | Failure | None) -> str:
    listed = ground.facts.attach_by_api
    if listed is False:
        return "Segment's API doesn't attach this destination. Its web app does."
    looked_at = ground.facts.connections.values() if seen is None else (seen,)
    refused = (one for one in (listed, *looked_at) if is_closed(one))
    return next((why_not_done(one, ATTACH) for one in refused), "")


def _attach(ground: Ground, audience: Audience, hand: str) -> Change:
    facts, answers, seen = ground.facts, ground.answers, ground.destination
    destination = seen.name if seen else wanted_destination_name(facts, answers)
    change = Change(
        id=attaching(audience.key),
        action=Action.CREATE,
        title=f"Connection to {audience.name}",
        summary=f"Connect the audience {audience.name} to {destination}, activate the connection and send all members.",
        reason="The audience doesn't send to this destination yet. A connection alone doesn't sync."
        if isinstance(facts.destinations, tuple)
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


# --- what they share ------------------------------------------------------------------------------------------------


def _hand(ground: Ground) -> str:
    """Why all of the Segment side is done by hand; empty when its API does it."""
    if ground.answers.by_hand:
        return "You do Segment's part in its web app."
    return "The Segment token can't read destinations." if is_closed(ground.facts.destinations) else ""


def _existing(id_: str, title: str, resource_id: str, ground: Ground) -> Change:
    """Something that is there, before it is compared."""
    host = ground.facts.segment_host
    return Change(id_, Action.NONE, title, "", "", host, None, None, undoable=True, resource_id=resource_id)


def _shown(last_four: str) -> str:
    return f"ends in {last_four}" if last_four else "the token that you gave"


def _our_token(ground: Ground) -> str:
    is_made = is_making_a_token(ground.facts, ground.answers)
    return NEW_TOKEN if is_made else _shown(ground.facts.launchdarkly_token_last_four)


def _in_words(value: object) -> str:
    """Return a setting's value as the App shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in tuple(ContextKey):
        return f"“{LABELS[ContextKey(str(value))]}”"
    return "not set" if value is None else str(value)
