"""Find which other audiences use a destination. Each audience has to be asked, and Segment limits these calls.

See docs/segment.md#rate-limits and docs/segment.md#connections.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from wizard.domain.connections import connections_in
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Audience, Connections
from wizard.flow.outside.segment import Segment
from wizard.flow.reading.reading import each
from wizard.text import count

PER_MINUTE = 50
AT_MOST = 500  # audiences, which takes ten minutes


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How many audiences were checked, for a progress line or bar."""

    done: int
    total: int

    @property
    def takes_long(self) -> bool:
        return self.total > PER_MINUTE

    def __str__(self) -> str:
        head = f"Checking which audiences use the destination: {self.done:,} of {self.total:,}"
        minutes = (self.total - self.done - 1) // PER_MINUTE
        return f"{head}, about {count(minutes, 'minute')} left …" if minutes > 0 else f"{head} …"


OnProgress = Callable[[LookedAt], None]
Connected = Mapping[str, Connections | Failure]  # by audience


@dataclass(slots=True)
class OtherAudiences:
    """A check of all audiences in some spaces but our own; `ask` returns the connections of one (space, audience)."""

    client: Segment
    ask: Callable[[str, str], Awaitable[Connections | Failure]]
    on_progress: OnProgress
    names: dict[str, str] = field(default_factory=dict)  # by audience
    hides_a_list: bool = False  # the audiences of a space couldn't be listed
    _spaces: dict[str, str] = field(default_factory=dict)  # by audience

    async def connected(
        self, spaces: Iterable[str], own: Collection[str], destinations: Collection[str]
    ) -> tuple[Connected, int]:
        """Return the other audiences' connections, and how many audiences weren't checked.

        Stop early once every destination turns out to be in use. Check none if there are more than `AT_MOST`.
        """
        unlisted = 0
        for space in sorted(spaces):
            seen, beyond = await self._in(space, AT_MOST + len(own))
            unlisted += beyond
            self.names |= {audience.id: audience.name for audience in seen}
            self._spaces |= {audience.id: space for audience in seen if audience.id not in own}
        if unlisted or len(self._spaces) > AT_MOST:
            return {}, unlisted + len(self._spaces)
        connected = await self._until_all_are_used(set(destinations))
        return connected, len(self._spaces) - len(connected)

    async def _in(self, space: str, room: int) -> tuple[tuple[Audience, ...], int]:
        """Return a space's audiences, and how many more there are: only the first page if more than `room` exist."""
        page = await self.client.some_audiences(space)
        if isinstance(page, Failure):
            self.hides_a_list = True
            return (), 1
        first, beyond = page
        if not beyond or len(first) + beyond > room:
            return page
        every = await self.client.audiences(space)
        return page if isinstance(every, Failure) else (every, max(0, len(first) + beyond - len(every)))

    async def _until_all_are_used(self, destinations: set[str]) -> Connected:
        connected: dict[str, Connections | Failure] = {}
        self.on_progress(LookedAt(0, len(self._spaces)))
        for minutes_worth in _parts(self._spaces):
            connected |= await each(minutes_worth, self._asked)
            self.on_progress(LookedAt(len(connected), len(self._spaces)))
            if destinations <= _used(connected):
                break
        return connected

    async def _asked(self, audience: str) -> Connections | Failure:
        return await self.ask(self._spaces[audience], audience)


def _used(connected: Connected) -> set[str]:
    return {one.destination_id for seen in connected.values() for one in connections_in(seen)}


def _parts(audiences: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(audiences)
    while part := list(islice(rest, PER_MINUTE // 2)):
        yield part
