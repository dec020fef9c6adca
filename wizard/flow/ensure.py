"""One write, done once: a look before it, a look after it, a line in the journal before and after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from wizard.clock import Clock
from wizard.domain.model import Activation, Connection, Destination, Failure, Subscription
from wizard.flow.journal import Entry, Journal, Write, written_lately

Made = TypeVar("Made", bound=Destination | Subscription | Connection | Activation)
Look: TypeAlias = Callable[[], Awaitable[Made | Failure | None]]  # None: it is not there
Make: TypeAlias = Callable[[], Awaitable[Made | Failure]]

SHOWN_LATER_S = (0.0, 1.0, 3.0)  # a service may show a write a moment later


@dataclass(frozen=True, slots=True)
class Ensured(Generic[Made]):
    """What was seen in the end: the thing itself, why not, or None when it did not show."""

    seen: Made | Failure | None
    was_there: bool = False


class Writer:
    """Makes sure of things, one after the other. `earlier`: what the runs before this one wrote."""

    def __init__(self, journal: Journal, clock: Clock, earlier: Iterable[Entry] = ()) -> None:
        self._journal = journal
        self._clock = clock
        self._earlier = tuple(earlier)

    async def ensure(
        self, write: Write, look: Look[Made], make: Make[Made], at_first: Look[Made] | None = None
    ) -> Ensured[Made]:
        """What is there, else what was made and then seen. `at_first`: the look before the write, where it differs.

        A write whose answer was lost is repeated once, and only after a look that did not find it. What a run that
        was killed wrote a moment ago is given the same time to show.
        """
        there = await (at_first or look)()
        if there is None and written_lately(self._earlier, write, self._clock.now()):
            there = await self._seen_after(look)
        if there is not None:
            return Ensured(there, was_there=True)
        made, there = await self._make(write, look, make)
        is_lost = isinstance(made, Failure) and made.outcome_unknown
        if is_lost and there is None:
            made, there = await self._make(write, look, make)
        if not isinstance(made, Failure):
            return Ensured(there)
        if there is None or isinstance(there, Failure):
            return Ensured(made)
        if is_lost:
            self._journal.made(write, there.id)
        return Ensured(there, was_there=not is_lost)

    async def _make(
        self, write: Write, look: Look[Made], make: Make[Made]
    ) -> tuple[Made | Failure, Made | Failure | None]:
        """What the service answered, and what was seen after it."""
        self._journal.intend(write)
        made = await make()
        if not isinstance(made, Failure):
            self._journal.made(write, made.id)
        elif not made.outcome_unknown:
            self._journal.refused(write)
        return made, await self._seen_after(look)

    async def _seen_after(self, look: Look[Made]) -> Made | Failure | None:
        for pause in SHOWN_LATER_S:
            if pause:
                await self._clock.sleep(pause)
            seen = await look()
            if seen is not None:
                return seen
        return None
