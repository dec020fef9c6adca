"""One write, done once: a look before it, a look after it, a line in the journal before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from wizard.clock import Clock
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.flag import FlagRule
from wizard.domain.services.launchdarkly import MadeToken
from wizard.domain.services.segment import Activation, Connection, Destination, Subscription
from wizard.flow.profile.journal import (
    WRITTEN_AGAIN_AFTER,
    Entry,
    Journal,
    Write,
    as_started,
    may_be_there,
    written_lately,
)

Made = TypeVar("Made", bound=Destination | Subscription | Connection | Activation | FlagRule | MadeToken)
Look: TypeAlias = Callable[[], Awaitable[Made | Failure | None]]  # None: it is not there
Make: TypeAlias = Callable[[], Awaitable[Made | Failure]]

LEFT_FOR_AN_ANSWER_S = 3.0  # by the machine's time: someone waits for the end
SHOWN_LATER_S = (0.0, 1.0, 3.0)  # a service may show a write a moment later
LOST_SHOWN_LATER_S = (*SHOWN_LATER_S, 6.0, 10.0, 10.0)  # writing again too early would make it twice
LOOKS_AGAIN_AFTER_S = 3.0
REPEATED_AFTER_429 = 5


@dataclass(frozen=True, slots=True)
class Written(Generic[Made]):
    """What was seen in the end: the thing itself, why it isn't there, or None when it didn't appear.

    Not `is_listed`: the service answered that it made it, and does not list it yet.
    """

    seen: Made | Failure | None
    was_there: bool = False
    is_listed: bool = True
    met_a_conflict: bool = False  # it wasn't there before our write, so it was only just made


class Writer:
    """Make each thing once, one after the other. `earlier`: what the runs before this one wrote."""

    def __init__(self, journal: Journal, clock: Clock, earlier: Iterable[Entry] = ()) -> None:
        self._journal = journal
        self._clock = clock
        self._earlier = tuple(earlier)

    async def write_once(
        self, write: Write, look: Look[Made], make: Make[Made], at_first: Look[Made] | None = None
    ) -> Written[Made]:
        """Return what is there, else what was made. `at_first`: the look before the write, where it differs.

        What a run that was killed began to make a moment ago is looked for until it would be listed, then made.
        """
        there = await (at_first or look)()
        if there is None and (begun := await self._begun_earlier(write, look)) is not None:
            return Written(begun)
        if there is None and written_lately(self._earlier, write, self._clock.now()):
            there = await self._seen_after(look)
        if there is not None:
            return Written(there, was_there=True)
        return await self._made_once(write, look, make)

    async def _begun_earlier(self, write: Write, look: Look[Made]) -> Made | Failure | None:
        """Look for what an earlier run began, until it would be listed; what is seen is ours."""
        while self._may_be_there(write):
            await self._clock.sleep(LOOKS_AGAIN_AFTER_S)
            there = await look()
            if there is not None:
                self._note(write, there)
                return there
        return None

    def _may_be_there(self, write: Write) -> bool:
        """Return whether an earlier run may have made this. Only new things count: repeating a change does no harm."""
        begun = may_be_there(self._earlier, self._clock.now(), WRITTEN_AGAIN_AFTER)
        return not write.changes and any(entry.place == write.place for entry in begun)

    async def _made_once(self, write: Write, look: Look[Made], make: Make[Made]) -> Written[Made]:
        """Write, and repeat a write only after looks that didn't find it: once if its answer was lost.

        One that was refused for its rate is repeated more often. The looks wait as long as the service asks.
        """
        made, there = await self._make(write, look, make)
        for repeated in range(REPEATED_AFTER_429):
            if there is not None or not _may_be_repeated(made, repeated):
                break
            made, there = await self._make(write, look, make)
        if not isinstance(made, Failure):
            self._note_that_it_started_off(write, made, there)
            is_unlisted = there is None and not write.changes
            return Written(made if is_unlisted else there, is_listed=not is_unlisted)
        if there is None or isinstance(there, Failure):
            return Written(made)
        if made.kind is FailureKind.CONFLICT:  # someone may have made it at the same moment
            return Written(there, was_there=True, met_a_conflict=True)
        self._note(write, there)  # the service did it, whatever it answered
        return Written(there)

    async def _make(
        self, write: Write, look: Look[Made], make: Make[Made]
    ) -> tuple[Made | Failure, Made | Failure | None]:
        """Return what the service answered, and what was seen after it."""
        made = await self.answered(write, make)
        is_lost = isinstance(made, Failure) and made.outcome_unknown
        return made, await self._seen_after(look, LOST_SHOWN_LATER_S if is_lost else SHOWN_LATER_S)

    async def answered(self, write: Write, make: Make[Made]) -> Made | Failure:
        """Write, and return the answer. Noted in the journal before and after it.

        Also when someone interrupts the run meanwhile: then a moment is left for the answer.
        """
        self._journal.intend(write)
        asked = asyncio.ensure_future(make())
        try:
            made = await asyncio.shield(asked)
        except asyncio.CancelledError:
            await asyncio.wait([asked], timeout=LEFT_FOR_AN_ANSWER_S)
            if asked.done() and not asked.cancelled() and asked.exception() is None:
                self._note(write, asked.result())
            raise
        finally:
            asked.cancel()
        self._note(write, made)
        return made

    def _note(self, write: Write, made: Made | Failure) -> None:
        if not isinstance(made, Failure):
            self._journal.made(_as_started(write, made), made.id)
        elif not made.may_have_happened:
            self._journal.refused(write)

    def _note_that_it_started_off(self, write: Write, answered: Made, seen: Made | Failure | None) -> None:
        """Note it where only the list shows it: the answer said that it's on, or nothing."""
        if (
            seen is not None
            and not isinstance(seen, Failure)
            and _as_started(write, seen) != _as_started(write, answered)
        ):
            self._note(write, seen)

    async def _seen_after(self, look: Look[Made], pauses: tuple[float, ...] = SHOWN_LATER_S) -> Made | Failure | None:
        for pause in pauses:
            if pause:
                await self._clock.sleep(pause)
            seen = await look()
            if seen is not None:
                return seen
        return None


def _as_started(write: Write, seen: object) -> Write:
    return write if write.before is not None else replace(write, after=as_started(write.after, seen))


def _may_be_repeated(made: object, repeated: int) -> bool:
    return isinstance(made, Failure) and (made.is_held or (made.outcome_unknown and not repeated))
