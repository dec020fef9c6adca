"""The readings from Segment, in the order of the journey."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from wizard.domain.connections import connections_in
from wizard.domain.facts import Slot, listed
from wizard.domain.failure import Failure
from wizard.domain.services.segment import (
    Activation,
    Audience,
    Connection,
    Connections,
    Delivery,
    Destination,
    Use,
    Workspace,
)
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination, fitting_destinations
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.segment import Segment
from wizard.flow.reading.clients import Inputs, chosen_audiences, segment_host, segment_of, token_to_send
from wizard.flow.reading.reading import Reading, each
from wizard.flow.reading.segment_lists import Lists, lists_of
from wizard.flow.state import State

_MINUTES_FOR, _HOURS_FOR = timedelta(hours=4), timedelta(days=13)  # how long Segment keeps its counts
_LEAST = timedelta(seconds=1)  # times are sent in whole seconds, and Segment refuses an empty span
AUDIT_SPAN = timedelta(days=90)  # what the trail keeps (docs/segment.md#audit-trail)
_CREATED = "Integration Created"  # the event's name in the audit trail
_ENOUGH = 10  # audiences are enough to find the Engage source, or to see that the token can't
_COUNTED = 40  # audiences; connections can be listed 50 times a minute (docs/segment.md#rate-limits)
_LOOKED_UP = 10  # audiences by key; a page of the list has 200
_SPACE_ID = "spa_"  # how a space's ID begins
_ON_A_PAGE = 200  # audiences (docs/segment.md#paging-and-query-strings)


# --- inputs of the readings -------------------------------------------------------------------------------------


def _workspace(state: State) -> Hashable | None:
    workspace = state.facts.workspace
    return (state.secrets.segment_token, workspace) if isinstance(workspace, Workspace) else None


def in_space(state: State) -> Hashable | None:
    """Return the workspace and the space's ID; None for a space's name, which an ID replaces once spaces are read."""
    workspace, spaces, space = _workspace(state), state.facts.spaces, state.answers.space
    if isinstance(spaces, Failure):
        is_id = spaces.is_closed or space.startswith(_SPACE_ID)
    else:
        is_id = any(seen.id == space for seen in spaces or ())
    return (workspace, space) if workspace and space and is_id else None


def _destination_id(state: State) -> str:
    """Return the ID of the destination that was chosen, or that already exists for this environment."""
    chosen = chosen_destination(state.facts, state.answers)
    return chosen.id if chosen else ""


def of_destination(state: State) -> Hashable | None:
    workspace, destination = _workspace(state), _destination_id(state)
    return (workspace, destination) if workspace and destination else None


def _of_audiences(state: State) -> Hashable | None:
    """Return the space and the audiences, once the destination is known, which decides how many to look at."""
    space, ids = in_space(state), _looked_at_ids(state)
    return (space, ids) if space and ids and state.facts.destinations is not None else None


def listed_ids(state: State) -> tuple[str, ...]:
    """Return the IDs of the chosen audiences, without those that are known only by key."""
    return tuple(audience.id for audience in chosen_audiences(state) if audience.id)


def _looked_at_ids(state: State) -> tuple[str, ...]:
    """Return the IDs of the audiences to look at: just a few if there is no destination to be connected to."""
    ids = listed_ids(state)
    return ids if _destination_id(state) else ids[:_ENOUGH]


def _attach_kinds(state: State) -> Hashable | None:
    space, kinds = in_space(state), _kinds(state)
    return (space, kinds) if space and kinds else None


def _kinds(state: State) -> tuple[str, ...]:
    return tuple(sorted({audience.kind for audience in chosen_audiences(state)}))


def attached_ids(state: State) -> tuple[str, ...]:
    """Return the IDs of the chosen audiences that are connected to the destination."""
    destination = _destination_id(state)
    return tuple(
        audience_id
        for audience_id, seen in state.facts.connections.items()
        if any(one.destination_id == destination for one in connections_in(seen))
    )


def _of_attached(state: State) -> Hashable | None:
    space, destination, attached = in_space(state), of_destination(state), attached_ids(state)
    return (space, destination, attached) if space and destination and attached else None


def delivered(state: State) -> Hashable | None:
    """Return the destination whose deliveries to count; None unless it exists and a chosen audience is attached."""
    return (of_destination(state) or None) if attached_ids(state) else None


def _delivered_since_attaching(state: State) -> Hashable | None:
    """Return what deliveries to count, and since when: those from before this attaching don't matter."""
    destination = delivered(state)
    return (destination, listed_ids(state), state.facts.attached_at) if destination else None


# --- how it is read ---------------------------------------------------------------------------------------------


async def reread_audiences(ports: Ports, state: State) -> tuple[Audience, ...] | None:
    """Return the known list with the chosen audiences read again; None when reading the whole list is better."""
    listed, ids = state.facts.audiences, state.answers.audiences
    if not isinstance(listed, tuple) or len(ids) > len(listed) // _ON_A_PAGE:
        return None
    client = segment_of(ports, state)
    asked = await asyncio.gather(*(client.audience(state.answers.space, audience_id) for audience_id in ids))
    seen = {audience.id: audience for audience in asked if isinstance(audience, Audience)}
    now = (replace(seen[one.id], key=seen[one.id].key or one.key) if one.id in seen else one for one in listed)
    return tuple(now) if len(seen) == len(ids) else None


async def _audiences(
    ports: Ports, state: State, first: Callable[[tuple[Audience, ...]], None] = lambda _: None
) -> tuple[Audience, ...] | Failure:
    """Return just the chosen audiences if all can be looked up, else the whole list, to choose from."""
    client, space = segment_of(ports, state), state.answers.space
    wanted = state.answers.audiences
    if state.looks_up and 0 < len(wanted) <= _LOOKED_UP:
        found = await asyncio.gather(*(_looked_up(client, space, one) for one in wanted))
        if all(isinstance(one, Audience) for one in found):
            return tuple(one for one in found if isinstance(one, Audience))
    return await client.audiences(space, first)


async def _looked_up(client: Segment, space: str, wanted: str) -> Audience | Failure | None:
    """Return the audience with this ID or key; None if it isn't found."""
    if not wanted.startswith("aud_"):
        return await client.audience_of_key(space, wanted)
    found = await client.audience(space, wanted)
    return None if isinstance(found, Audience) and not found.key else found  # the list may have its key


async def _connections(ports: Ports, state: State) -> dict[str, Connections | Failure]:
    lists, space = lists_of(ports, state), state.answers.space
    return await each(_looked_at_ids(state), partial(lists.connections, space))


def _of_rivals(state: State) -> Hashable | None:
    """Return the destinations that lead to the environment, if there are several to choose from, and the audiences."""
    space, rivals = in_space(state), fitting_destinations(state.facts, state.answers)
    audiences = listed(state.facts.audiences)
    ids = tuple(audience.id for audience in audiences[:_COUNTED])
    return (space, tuple(one.id for one in rivals), ids) if space and ids and len(rivals) > 1 else None


async def _destination_use(ports: Ports, state: State) -> dict[str, Use] | Failure:
    client, space = segment_of(ports, state), state.answers.space
    audiences = listed(state.facts.audiences)[:_COUNTED]
    seen = await asyncio.gather(*(client.connections(space, audience.id) for audience in audiences))
    failure = next((one for one in seen if isinstance(one, Failure)), None)
    if failure is not None:
        return failure
    found = [connection for one in seen for connection in connections_in(one)]
    rivals = fitting_destinations(state.facts, state.answers)
    created = await asyncio.gather(*(_created(client, rival, ports.clock.now()) for rival in rivals))
    of = {rival.id: [one for one in found if one.destination_id == rival.id] for rival in rivals}
    return {rival.id: _use(of[rival.id], at) for rival, at in zip(rivals, created, strict=True)}


def _use(connections: list[Connection], created: datetime | None) -> Use:
    since = min((one.created_at for one in connections if one.created_at is not None), default=None)
    return Use(len(connections), since, created)


async def _created(client: Segment, destination: Destination, now: datetime) -> datetime | None:
    """Return when the destination was created; None if the audit trail doesn't say."""
    events = await client.audit_events(destination.id, now - AUDIT_SPAN, now)
    created = (event.at for event in events if event.kind == _CREATED) if isinstance(events, tuple) else ()
    return min((at for at in created if at is not None), default=None)


async def _activations(ports: Ports, state: State) -> dict[str, tuple[Activation, ...] | Failure]:
    lists, space = lists_of(ports, state), state.answers.space
    return await each(attached_ids(state), partial(lists.activations, space))


async def _attach_by_api(ports: Ports, state: State) -> bool | Failure:
    """Return True only when every kind of chosen audience can be attached through the API."""
    client = segment_of(ports, state)
    seen = await asyncio.gather(*(client.attach_by_api(state.answers.space, kind) for kind in _kinds(state)))
    return next((answer for answer in seen if isinstance(answer, Failure)), all(seen))


async def _delivery(ports: Ports, state: State) -> Any:
    destination = chosen_destination(state.facts, state.answers)
    if destination is None:
        return None
    client, many = segment_of(ports, state), len(chosen_audiences(state)) > 1
    return await delivered_since(client, destination, state.facts.attached_at, ports.clock.now(), apart=many)


async def delivered_since(
    client: Segment, destination: Destination, began: datetime | None, end: datetime, *, apart: bool = False
) -> Delivery | Failure:
    """Return Segment's delivery counts since attaching began.

    Look at the last four hours first, then, if they have no delivery, at all the days that Segment keeps. With
    `apart`, add the counts by audience, if Segment tells the audiences apart.
    """
    lately, longest = _span(began, end)
    for start in dict.fromkeys((lately, longest)):
        seen = await client.delivery(destination.source_id, destination.id, start, end)
        if isinstance(seen, Failure):
            return seen
        if seen.delivered or seen.failed:
            return await _with_audiences(client, destination, seen, start, end) if apart else seen
    return seen


def _span(began: datetime | None, end: datetime) -> tuple[datetime, datetime]:
    """Return the usual and the earliest start. If attaching began in the future, the clock was set back since."""
    lately = end - _MINUTES_FOR
    if began is None or began >= end:
        return lately, lately
    began = min(began, end - _LEAST)
    return max(began, lately), max(began, end - _HOURS_FOR)


async def _with_audiences(
    client: Segment, destination: Destination, seen: Delivery, start: datetime, end: datetime
) -> Delivery:
    """Add the counts by audience, if Segment can be read for them."""
    parts = await client.delivery_by_audience(destination.source_id, destination.id, start, end)
    return seen if isinstance(parts, Failure) else replace(seen, by_audience=parts)


def _from_segment(
    slot: Slot, step: StepId, doing: str, inputs: Inputs, call: Callable[[Segment, State], Awaitable[Any]]
) -> Reading:
    return Reading(slot, step, doing, segment_host, inputs, lambda ports, state: call(segment_of(ports, state), state))


def _listed(
    slot: Slot, step: StepId, doing: str, inputs: Inputs, call: Callable[[Lists, State], Awaitable[Any]]
) -> Reading:
    return Reading(slot, step, doing, segment_host, inputs, lambda ports, state: call(lists_of(ports, state), state))


SEGMENT_READINGS: tuple[Reading, ...] = (
    _from_segment(
        "workspace", StepId.SEGMENT, "asking which workspace this token opens", token_to_send,
        lambda client, _: client.workspace(),
    ),
    _from_segment("spaces", StepId.SEGMENT, "reading spaces", _workspace, lambda client, _: client.spaces()),
    _from_segment("sources", StepId.SEGMENT, "reading sources", _workspace, lambda client, _: client.sources()),
    _from_segment(
        "catalog", StepId.SEGMENT, "reading the catalog entry of LaunchDarkly Audiences", _workspace,
        lambda client, _: client.catalog(),
    ),
    _listed(
        "destinations", StepId.SEGMENT, "reading destinations", _workspace,
        lambda lists, _: lists.destinations(),
    ),
    Reading(
        "audiences", StepId.SEGMENT, "reading the space's audiences", segment_host, in_space, _audiences,
        in_parts=_audiences, chosen_at=StepId.AUDIENCES,
    ),
    Reading(
        "destination_use", StepId.DESTINATION, "counting the audiences of each destination", segment_host,
        _of_rivals, _destination_use,
    ),
    _listed(
        "subscriptions", StepId.DESTINATION, "reading the destination's mappings", of_destination,
        lambda lists, state: lists.subscriptions(_destination_id(state)),
    ),
    Reading(
        "connections", StepId.AUDIENCES, "reading what the audiences are connected to", segment_host,
        _of_audiences, _connections, lambda state, failure: dict.fromkeys(state.answers.audiences, failure),
    ),
    Reading(
        "activations", StepId.AUDIENCES, "reading what starts the attached audiences", segment_host,
        _of_attached, _activations, lambda state, failure: dict.fromkeys(attached_ids(state), failure),
    ),
    Reading(
        "attach_by_api", StepId.AUDIENCES, "asking whether the API can attach them", segment_host,
        _attach_kinds, _attach_by_api,
    ),
    Reading("delivery", StepId.AUDIENCES, "reading deliveries", segment_host, _delivered_since_attaching, _delivery),
)  # fmt: skip
