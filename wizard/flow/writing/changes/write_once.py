"""Make one write, and only once: look before and after it, and enter it in the journal before and after."""

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
Look: TypeAlias = Callable[[], Awaitable[Made | Failure | None]]  # None: it doesn't exist
Make: TypeAlias = Callable[[], Awaitable[Made | Failure]]

LEFT_FOR_AN_ANSWER_S = 3.0  # real time, because someone waits for the run to end
SHOWN_LATER_S = (0.0, 1.0, 3.0)  # pauses before looks: a service may show a write a moment later
LOST_SHOWN_LATER_S = (*SHOWN_LATER_S, 6.0, 10.0, 10.0)  # writing again too early would make it twice
LOOKS_AGAIN_AFTER_S = 3.0
REPEATED_AFTER_429 = 5


@dataclass(frozen=True, slots=True)
class Written(Generic[Made]):
    """The end of a write. `seen` is the resource, the failure that kept it from existing, or None if it didn't appear.

    If `is_listed` is False, the service answered that it made the resource, but doesn't list it yet.
    """

    seen: Made | Failure | None
    was_there: bool = False
    is_listed: bool = True
    met_a_conflict: bool = False  # someone else made it at the moment of our write


class Writer:
    """Make each resource once, one after the other. `earlier`: the journal of earlier runs."""

    def __init__(self, journal: Journal, clock: Clock, earlier: Iterable[Entry] = ()) -> None:
        self._journal = journal
        self._clock = clock
        self._earlier = tuple(earlier)

    async def write_once(
        self, write: Write, look: Look[Made], make: Make[Made], at_first: Look[Made] | None = None
    ) -> Written[Made]:
        """Return the resource that exists, else make it. `at_first` replaces the look before the write.

        If a killed run began to make it a moment ago, look until it would be listed, and only then make it.
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
        """Look for what an earlier run began to make until it would be listed. If it appears, record it as ours."""
        while self._may_be_there(write):
            await self._clock.sleep(LOOKS_AGAIN_AFTER_S)
            there = await look()
            if there is not None:
                self._note(write, there)
                return there
        return None

    def _may_be_there(self, write: Write) -> bool:
        """Return whether an earlier run may have made this. Not for a change, which does no harm when repeated."""
        begun = may_be_there(self._earlier, self._clock.now(), WRITTEN_AGAIN_AFTER)
        return not write.changes and any(entry.place == write.place for entry in begun)

    async def _made_once(self, write: Write, look: Look[Made], make: Make[Made]) -> Written[Made]:
        """Write, and look for the result. Repeat the write only if the looks didn't find it.

        A write whose answer was lost is repeated once, one that met a rate limit up to `REPEATED_AFTER_429` times: the
        looks wait as long as the service asks.
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
        if made.kind is FailureKind.CONFLICT:  # someone else may have made it at the same moment
            return Written(there, was_there=True, met_a_conflict=True)
        self._note(write, there)  # the service made it, although it answered otherwise
        return Written(there)

    async def _make(
        self, write: Write, look: Look[Made], make: Make[Made]
    ) -> tuple[Made | Failure, Made | Failure | None]:
        """Return what the service answered, and what the looks after the write saw."""
        made = await self.answered(write, make)
        is_lost = isinstance(made, Failure) and made.outcome_unknown
        return made, await self._seen_after(look, LOST_SHOWN_LATER_S if is_lost else SHOWN_LATER_S)

    async def answered(self, write: Write, make: Make[Made]) -> Made | Failure:
        """Write and return the answer, with a journal entry before and after.

        If the run is interrupted meanwhile, wait a moment for the answer, so that the journal has it.
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
        """Note that a new resource is switched off, if the look after the write shows that and the answer didn't."""
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
