"""Segment's lists, completed with what this setup made and the lists don't show yet.

Segment may list a new resource only minutes later. So what the journal says was made recently is also read by its ID:
if a list lacks the resource, that is no reason to make it again, or to remove what it depends on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, assert_never

from wizard.domain.facts import is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.segment import Activation, Connection, Connections, Destination, Subscription
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.segment import Segment
from wizard.flow.profile.journal import LISTED_WITHIN, Entry, Resource
from wizard.flow.reading.clients import segment_of
from wizard.flow.state import State

T = TypeVar("T", Destination, Subscription, Activation)


def lists_of(ports: Ports, state: State) -> Lists:
    return Lists(segment_of(ports, state), state.made, ports.clock.now())


class Lists:
    """Segment's lists, completed with `made`: what this setup made and hasn't undone."""

    def __init__(self, client: Segment, made: Iterable[Entry], now: datetime) -> None:
        self._client = client
        ever = tuple(one for one in made if one.is_creation)
        self._made = tuple(one for one in ever if now - one.at < LISTED_WITHIN)
        self._within = {one.resource_id: one.within for one in ever}

    async def destinations(self) -> tuple[Destination, ...] | Failure:
        seen = await self._client.destinations()
        seen = seen if isinstance(seen, Failure) else tuple(self._for_its_environment(one) for one in seen)
        made = self._of(Resource.DESTINATION)
        return await _completed(seen, made, lambda one: self._client.destination(one.resource_id))

    async def subscriptions(self, destination_id: str) -> tuple[Subscription, ...] | Failure:
        seen = await self._client.subscriptions(destination_id)
        made = self._of(Resource.MAPPING, destination=destination_id)
        return await _completed(seen, made, lambda one: self._client.subscription(destination_id, one.resource_id))

    async def activations(self, space_id: str, audience_id: str) -> tuple[Activation, ...] | Failure:
        seen = await self._client.activations(space_id, audience_id)
        seen = seen if isinstance(seen, Failure) else tuple(self._on_its_connection(one) for one in seen)
        made = self._of(Resource.ACTIVATION, audience=audience_id)
        return await _completed(seen, made, lambda one: self._client.activation(space_id, audience_id, one.resource_id))

    async def connections(self, space_id: str, audience_id: str) -> Connections | Failure:
        seen = await self._client.connections(space_id, audience_id)
        if isinstance(seen, Failure):
            return seen
        seen = replace(seen, items=tuple(self._at_its_destination(one) for one in seen.items))
        missing = _missing(seen.items, self._of(Resource.CONNECTION, audience=audience_id))
        there = await asyncio.gather(*(self._is_connected(one) for one in missing))
        found = tuple(
            Connection(one.resource_id, one.within["destination"])
            for one, is_there in zip(missing, there, strict=True)
            if is_there
        )
        return with_connections(seen, found)

    def _for_its_environment(self, one: Destination) -> Destination:
        """Return a destination with the client-side ID that the wizard gave it, where Segment shows none."""
        client_side_id = self._within.get(one.id, {}).get("client_side_id", "")
        return one if one.client_side_id else replace(one, client_side_id=client_side_id)

    def _at_its_destination(self, one: Connection) -> Connection:
        """Return a connection with the destination that the wizard made it for, even if Segment shows another ID."""
        destination = self._within.get(one.id, {}).get("destination", "")
        return replace(one, destination_id=destination) if destination else one

    def _on_its_connection(self, one: Activation) -> Activation:
        connection = self._within.get(one.id, {}).get("connection", "")
        return replace(one, connection_id=connection) if connection else one

    async def contains(self, made: Entry) -> bool | Failure:
        """Return whether Segment still has what a journal entry made."""
        within = made.within
        seen: Connections | tuple[Destination | Subscription | Activation, ...] | Failure
        match made.kind:
            case Resource.ACTIVATION:
                seen = await self.activations(within["space"], within["audience"])
            case Resource.CONNECTION:
                seen = await self.connections(within["space"], within["audience"])
            case Resource.MAPPING:
                seen = await self.subscriptions(within["destination"])
            case Resource.DESTINATION:
                seen = await self.destinations()
            case Resource.RULE | Resource.TOKEN:
                raise AssertionError("Segment has neither flags nor access tokens")
            case _:
                assert_never(made.kind)
        if isinstance(seen, Failure):
            return seen
        items = seen.items if isinstance(seen, Connections) else seen
        return any(one.id == made.resource_id for one in items)

    async def _is_connected(self, made: Entry) -> bool:
        """Return whether a connection still exists. It can't be read by its ID, so read the activations on it.

        If the wizard made none on it, assume that it exists. See docs/segment.md#connections.
        """
        on_it = self._of(Resource.ACTIVATION, connection=made.resource_id)
        space, audience = made.within["space"], made.within["audience"]
        seen = await asyncio.gather(*(self._client.activation(space, audience, one.resource_id) for one in on_it))
        return not any(is_failure(one, FailureKind.NOT_FOUND) for one in seen)

    def _of(self, kind: Resource, **within: str) -> Iterator[Entry]:
        return (one for one in self._made if one.kind is kind and within.items() <= dict(one.within).items())


def with_connections(seen: Connections, unlisted: tuple[Connection, ...]) -> Connections:
    """Add connections that aren't listed yet. `total` grows too: it still tells how many are hidden from the token."""
    total = None if seen.total is None else seen.total + len(unlisted)
    return replace(seen, items=(*seen.items, *unlisted), total=total)


def _missing(seen: Iterable[T | Connection], made: Iterable[Entry]) -> tuple[Entry, ...]:
    listed = {one.id for one in seen}
    return tuple(one for one in made if one.resource_id not in listed)


async def _completed(
    seen: tuple[T, ...] | Failure, made: Iterable[Entry], look: Callable[[Entry], Awaitable[T | Failure]]
) -> tuple[T, ...] | Failure:
    """Add to a list what we made recently and the list lacks. Return a failure if that can't be read."""
    if isinstance(seen, Failure):
        return seen
    there = list(seen)
    for found in await asyncio.gather(*(look(one) for one in _missing(seen, made))):
        if not isinstance(found, Failure):
            there.append(found)
        elif not found.is_closed:
            return found
    return tuple(there)
