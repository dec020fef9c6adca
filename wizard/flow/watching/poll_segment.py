"""Segment's side of a watch: read audiences, connections and deliveries as often as Segment's limits allow."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from wizard.domain.facts import is_closed
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Delivery, Destination, Subscription
from wizard.domain.wanted import chosen_destination
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import segment_of
from wizard.flow.reading.segment import delivered_since
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.state import State
from wizard.flow.watching.poll_launchdarkly import as_last_seen
from wizard.flow.watching.watched_audience import WatchedAudience

SEGMENT_EVERY_S = 15.0
AUDIENCE_LEAST_S = 10.0  # between two reads of one audience, for all watches together
AUDIENCES_AT_ONCE = 10  # 40 a minute; the documented limit is 50 lists of connections
DELIVERY_EVERY_S = 60.0
CLOSER_EVERY_S, CLOSER_WHILE_WELL_S = 60.0, 5 * 60.0


class SegmentPoller:
    """Polls Segment. A poll without an answer changes nothing that was seen, and `note` gets its failure."""

    def __init__(
        self,
        ports: Ports,
        state: State,
        watched: tuple[WatchedAudience, ...],
        note: Callable[[Failure], None],
    ) -> None:
        self._ports, self._state = ports, state
        self._watched = watched
        self._note = note
        self.destination = chosen_destination(state.facts, state.answers)
        self.destinations: tuple[Destination, ...] | None = None
        self.subscriptions: tuple[Subscription, ...] | None = None
        self.delivery: Delivery | Failure | None = None
        self._turn = 0  # position of the audience to read next
        self._due, self._delivery_due = -math.inf, DELIVERY_EVERY_S
        self._looked_closer: float | None = None  # None: at the beginning, everything was just read

    def hurry(self) -> None:
        """Make everything due at the next poll."""
        self._due = self._delivery_due = -math.inf
        self._looked_closer = -math.inf

    async def poll(self, elapsed: float, *, is_late: bool) -> None:
        """Read what is due, concurrently. `is_late`: a stage was late at the last poll."""
        await asyncio.gather(*self._looks(elapsed))
        await self._look_closer(elapsed, is_late=is_late)

    def _looks(self, elapsed: float) -> list[Coroutine[Any, Any, None]]:
        if not self._sees_segment:
            return []
        looks: list[Coroutine[Any, Any, None]] = []
        if elapsed >= self._due:
            self._due = elapsed + SEGMENT_EVERY_S
            due = self._next_in_turn()
            looks += [self._look_at_audience(watched) for watched in due]
            looks += [self._look_at_connections(watched) for watched in due]
            looks += [] if self.destination else [self._look_at_destinations()]
        if elapsed >= self._delivery_due and self.destination and not is_closed(self.delivery):
            self._delivery_due = elapsed + DELIVERY_EVERY_S
            looks.append(self._look_at_deliveries(self.destination))
        return looks

    @property
    def _sees_segment(self) -> bool:
        """Return whether Segment can be read: there's a token, and every audience has an ID."""
        listed = all(watched.audience.id for watched in self._watched)
        return listed and self._state.secrets.segment_token is not None

    async def _look_closer(self, elapsed: float, *, is_late: bool) -> None:
        """Read again what someone may have changed or removed meanwhile; more often when a stage is late."""
        if self._looked_closer is None and not is_late:
            self._looked_closer = elapsed
        since = math.inf if self._looked_closer is None else elapsed - self._looked_closer
        if not self._sees_segment or since < (CLOSER_EVERY_S if is_late else CLOSER_WHILE_WELL_S):
            return
        self._looked_closer = elapsed
        await self._look_at_destinations()
        if self.destination is None:
            return
        await asyncio.gather(*(self._read_connections(one) for one in self._watched[:AUDIENCES_AT_ONCE]))
        if is_closed(self.delivery):
            await self._look_at_deliveries(self.destination)
        seen = await lists_of(self._ports, self._state).subscriptions(self.destination.id)
        if isinstance(seen, Failure):
            self._note_unless_closed(seen)
        else:
            self.subscriptions = seen

    def _note_unless_closed(self, failure: Failure) -> None:
        if not failure.is_closed:
            self._note(failure)

    def _next_in_turn(self) -> tuple[WatchedAudience, ...]:
        begin, self._turn = self._turn, self._turn + AUDIENCES_AT_ONCE
        if self._turn >= len(self._watched):
            self._turn = 0
        return self._watched[begin : begin + AUDIENCES_AT_ONCE]

    async def _look_at_audience(self, watched: WatchedAudience) -> None:
        client, space, audience = segment_of(self._ports, self._state), watched.audience.space_id, watched.audience.id
        now = self._ports.clock.monotonic()
        seen = await self._ports.recent.read(
            (space, audience), now, AUDIENCE_LEAST_S, lambda: client.audience(space, audience)
        )
        if isinstance(seen, Failure):
            self._note(seen)
        else:
            watched.audience = seen

    async def _look_at_connections(self, watched: WatchedAudience) -> None:
        """Read connections until the audience is attached, unless the token can't see them: the closer look retries."""
        if not watched.is_attached(self.destination) and not is_closed(watched.connections):
            await self._read_connections(watched)

    async def _read_connections(self, watched: WatchedAudience) -> None:
        client = lists_of(self._ports, self._state)
        seen = await client.connections(watched.audience.space_id, watched.audience.id)
        if isinstance(seen, Failure):
            self._note_unless_closed(seen)
        watched.connections = as_last_seen(seen, watched.connections)

    async def _look_at_destinations(self) -> None:
        """Read the destinations, and use the chosen one, or else one that someone made by hand."""
        seen = await lists_of(self._ports, self._state).destinations()
        if isinstance(seen, Failure):
            self._note_unless_closed(seen)
            return
        facts, answers = replace(self._state.facts, destinations=seen), self._state.answers
        self.destinations = seen
        self.destination = chosen_destination(facts, answers) or chosen_destination(
            facts, replace(answers, destination="")
        )

    async def _look_at_deliveries(self, destination: Destination) -> None:
        client, many = segment_of(self._ports, self._state), len(self._watched) > 1
        began, now = self._state.facts.attached_at, self._ports.clock.now()
        seen = await delivered_since(client, destination, began, now, apart=many)
        if isinstance(seen, Failure):
            self._note_unless_closed(seen)
        self.delivery = as_last_seen(seen, self.delivery)
