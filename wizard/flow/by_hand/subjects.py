"""Find the instance, mapping, connection and segment that a person made by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.planning.change import attached_key
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.mapping import own_mappings
from wizard.domain.services.naming import match_segments
from wizard.domain.services.segment import Audience, Connections, Destination, Subscription
from wizard.domain.wanted import (
    activation_names,
    catalog_entry,
    chosen_destination,
    chosen_mapping,
    is_used_elsewhere,
    wanted_client_side_id,
)
from wizard.flow.by_hand.step import Tick, cannot_tell, not_yet
from wizard.flow.reading.clients import chosen_audiences, reads_segment
from wizard.flow.state import State
from wizard.text import plain


@dataclass(frozen=True, slots=True)
class Baseline:
    """What existed when the steps were drawn. Anything newer is the person's work."""

    destinations: frozenset[str] = frozenset()  # ids
    segments: Collection[str] = ()  # keys of synced segments


def take_baseline(state: State, known_segments: Collection[str] = ()) -> Baseline:
    return Baseline(frozenset(one.id for one in listed(state.facts.destinations)), known_segments)


def why_unseen(slot: object, state: State) -> Tick:
    """Return why nothing is seen of a slot that wasn't read."""
    if not sees_segment(state):
        return cannot_tell(
            "Without a Segment token, the wizard can't see this. Mark this step as done when you've done it."
        )
    if isinstance(state.facts.workspace, Failure):
        return cannot_tell("The Segment token doesn't open the workspace. Mark this step as done when you've done it.")
    if not isinstance(slot, Failure):
        return not_yet("Not checked yet.")
    if slot.is_closed:
        return cannot_tell("The Segment token can't read this. Mark this step as done when you've done it.")
    return cannot_tell("Segment didn't answer. The wizard keeps asking.")


def sees_segment(state: State) -> bool:
    return state.secrets.segment_token is not None and reads_segment(state)


# --- destination and mapping ------------------------------------------------------------------------------------


def instance(state: State, baseline: Baseline, resource_id: str = "") -> Destination | None:
    """Return the destination to change; else one that fits, no matter who made it; else a new one.

    A new one that another environment uses was made there meanwhile.
    """
    every = listed(state.facts.destinations)
    if resource_id:
        return next((one for one in every if one.id == resource_id), None)
    chosen = chosen_destination(state.facts, state.answers)
    if chosen:
        return chosen
    wanted = wanted_client_side_id(state.facts, state.answers)
    free = (one for one in every if not is_used_elsewhere(one, state.facts))
    new = (one for one in free if one.id not in baseline.destinations)
    return min(new, key=lambda one: one.client_side_id != wanted, default=None)


def mapping(state: State, on: Destination, resource_id: str = "", without: str = "") -> Subscription | None:
    """Return the mapping to change, else the best of the sync's own. `without`: the ID of a mapping to be replaced."""
    seen = listed(state.facts.subscriptions)
    if resource_id:
        return next((one for one in seen if one.id == resource_id), None)
    facts = replace(state.facts, subscriptions=tuple(one for one in seen if one.id != without))
    return chosen_mapping(facts, state.answers, on)


def own_mapping_ids(state: State) -> frozenset[str]:
    seen = listed(state.facts.subscriptions)
    return frozenset(one.id for one in own_mappings(seen, catalog_entry(state.facts), activation_names(state.facts)))


# --- audiences --------------------------------------------------------------------------------------------------


def audience_of(state: State, change_id: str) -> Audience:
    """Return the listed audience; without a list, an audience of which only the key is known."""
    key = attached_key(change_id)
    listed = (one for one in chosen_audiences(state) if one.key == key)
    return next(listed, Audience(id="", key=key, name=plain(key), space_id=""))


def connections_of(state: State, audience: Audience) -> Connections | Failure | None:
    return state.facts.connections.get(audience.id) if audience.id else None


# --- LaunchDarkly -----------------------------------------------------------------------------------------------


def new_segment(state: State, audience: Audience, baseline: Baseline) -> LaunchDarklySegment | None:
    """Return the audience's segment if it is new; it proves every step before it."""
    seen = listed(state.facts.segments)
    found = match_segments(audience, seen, baseline.segments).found
    return found if found and found.key not in baseline.segments else None
