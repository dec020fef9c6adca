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
    """What existed when the steps were made. Anything newer is the person's work."""

    destinations: frozenset[str] = frozenset()  # ids
    segments: Collection[str] = ()  # keys of synced segments


def take_baseline(state: State, known_segments: Collection[str] = ()) -> Baseline:
    return Baseline(frozenset(one.id for one in listed(state.facts.destinations)), known_segments)


def why_unseen(slot: object, state: State) -> Tick:
    """Return the tick for a slot without an answer: why the wizard can't see it."""
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
    """Return the destination with this ID; without an ID, one that fits, no matter who made it, else a new one.

    A new one that another environment of the profile uses doesn't count: it was made for that environment.
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
    """Return the mapping with this ID; without an ID, the sync's own best one, except the mapping `without`."""
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
    """Return the audience that a change is about; if no list has it, one with only its key."""
    key = attached_key(change_id)
    listed = (one for one in chosen_audiences(state) if one.key == key)
    return next(listed, Audience(id="", key=key, name=plain(key), space_id=""))


def connections_of(state: State, audience: Audience) -> Connections | Failure | None:
    return state.facts.connections.get(audience.id) if audience.id else None


# --- LaunchDarkly -----------------------------------------------------------------------------------------------


def new_segment(state: State, audience: Audience, baseline: Baseline) -> LaunchDarklySegment | None:
    """Return the audience's segment if it's new. A new segment proves all steps in Segment."""
    seen = listed(state.facts.segments)
    found = match_segments(audience, seen, baseline.segments).found
    return found if found and found.key not in baseline.segments else None
