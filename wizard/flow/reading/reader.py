"""Keep facts and answers consistent: read concurrently what can be read, forget what depended on other answers.

Which reading needs what is data (`wizard.flow.reading.reading`); the walk judges what the facts mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import datetime
from typing import Any

from wizard.domain.facts import Facts, Slot, host_in_region
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.requests import begin_reading
from wizard.flow.reading.reading import Reading, UnderWay
from wizard.flow.state import State

_EMPTY: dict[str, Any] = {
    field.name: field.default if field.default_factory is MISSING else field.default_factory()
    for field in fields(Facts)
    if field.name != "now"
}


class Reader:
    """Read the services into the state. All of it is safe to repeat: nothing is written to a service.

    `changed` is called in the event loop after each change of state, and when a call begins or ends.
    """

    def __init__(self, ports: Ports, readings: tuple[Reading, ...], state: State) -> None:
        self.ports = ports
        self.state = state
        self.under_way: dict[Slot, UnderWay] = {}
        self.changed: Callable[[], None] = lambda: None
        self.left_out: frozenset[Slot] = frozenset()  # slots that this run doesn't need and doesn't read
        self.asked_for: frozenset[Slot] = frozenset()  # slots that are read on request, and were requested
        self.durations_s: dict[Slot, float] = {}  # seconds that a person waited for each slot, when it was last read
        self.read_at: dict[Slot, datetime] = {}  # when each slot was last read, even without an answer
        self._readings = {reading.slot: reading for reading in readings}
        self._read_with: dict[Slot, Hashable] = {}  # by slot that was read: its inputs
        self._reading_with: dict[Slot, Hashable] = {}  # by slot that is being read: its inputs
        self._tasks: dict[Slot, asyncio.Task[None]] = {}  # by slot that is being read
        self._first_rows: dict[Slot, asyncio.Future[None]] = {}  # by slot that is being read: done with its first rows
        self._closed = False

    def settled(self, state: State) -> State:
        """Return the state with the answers that follow from what was read."""
        return state

    def set_state(self, state: State) -> None:
        """Take a new state, and forget what was read with other inputs than now, and what depends on that."""
        self.state = self.settled(state)
        while outdated := self._outdated(self._read_with):
            self._clear(outdated)
        self._stop(self._outdated(self._reading_with))

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(self._readings.values())

    @property
    def slots_read(self) -> frozenset[Slot]:
        """Return the slots whose answer belongs to the current inputs."""
        return frozenset(self._read_with)

    def copy_readings(self, other: Reader) -> None:
        """Copy what another reader has read with the same clients. `set_state` forgets what has other inputs here."""
        self._read_with, self.read_at = dict(other._read_with), dict(other.read_at)
        self.state = replace(other.state, first_rows={})

    async def read(self, *step_ids: StepId) -> None:
        """Read concurrently all that can be read now for these steps, or for all when none is named.

        Calls belong to the reader: cancelling a `read` stops the waiting, not the calls, and two `read`s at the same
        time share the calls that both need.
        """
        wanted = self._named(step_ids)
        while not self._closed:
            began = False
            for reading, inputs in self._ready(wanted):
                self._start(reading, inputs)
                began = True
            self.changed()
            running = [one for slot in self._tasks if (one := self._awaited(slot, wanted)) and not one.done()]
            if not running and not began:
                return
            if not running:  # what was started has ended already, and other readings may depend on it
                continue
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()

    def _awaited(self, slot: Slot, step_ids: set[StepId]) -> asyncio.Future[None] | None:
        """Return what these steps wait for: a reading's end, or a list's first rows if they don't choose from it."""
        reading = self._readings[slot]
        if reading.step not in step_ids:
            return None
        is_enough = reading.in_parts is not None and reading.chosen_at not in step_ids
        return self._first_rows[slot] if is_enough else self._tasks[slot]

    def use(self, *slots: Slot) -> None:
        """Read these slots, although they were left out before."""
        self.left_out -= frozenset(slots)

    def ask_for(self, *slots: Slot) -> None:
        """Request evidence that no step needs, so that the next `read` reads it too."""
        self.asked_for |= frozenset(slots)

    async def close(self) -> None:
        """Stop every reading in progress, and read nothing from now on."""
        self._closed = True
        tasks = tuple(self._tasks.values())
        self._stop(tuple(self.under_way))
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_again(self, *step_ids: StepId) -> None:
        """Forget what was read for these steps and read it again."""
        self.forget(*step_ids)
        await self.read(*step_ids)

    def forget(self, *step_ids: StepId) -> None:
        """Forget what was read for these steps, except what is costly, and stop calls: their answers may be old."""
        wanted = self._named(step_ids)
        again = (reading for reading in self._readings.values() if reading.step in wanted and not reading.costly)
        self.forget_slots(*(reading.slot for reading in again))

    def forget_slots(self, *slots: Slot) -> None:
        """Forget these slots and what depends on them."""
        self._stop([slot for slot in slots if slot in self.under_way])
        self._clear([slot for slot in slots if slot in self._read_with])
        self.set_state(self.state)
        self.changed()

    def forget_failures(self) -> None:
        """Forget the calls that failed, so that the next `read` tries them again."""
        self._clear([slot for slot in self._read_with if isinstance(getattr(self.state.facts, slot), Failure)])
        self.set_state(self.state)
        self.changed()

    def give_up(self, after_s: float = 0.0) -> None:
        """Stop the calls that a person has waited for this many seconds: they count as not answered in time."""
        slow = [slot for slot, call in self.under_way.items() if self.waited(call) >= after_s]
        late = {slot: self._late(self._readings[slot]) for slot in slow}
        if not late:
            return
        self._read_with |= {slot: self._reading_with[slot] for slot in late}
        self._stop(tuple(late))
        self.set_state(replace(self.state, facts=replace(self.state.facts, **late)))
        self.changed()

    def record(self, slot: Slot, seen: object) -> None:
        """Take what a poll saw for a slot, as if the slot had been read now."""
        inputs = self._inputs(self._readings[slot])
        if inputs is not None:
            self._take(slot, inputs, seen)
        self.changed()

    async def refresh_known(self, *slots: Slot) -> tuple[Failure, ...]:
        """Read again, concurrently, those of the slots that were read. Return the failures of calls without an answer.

        An earlier answer counts until a new one replaces it. What depends on it is forgotten only if the new answer is
        different.
        """
        again = [self._readings[slot] for slot in slots if slot in self._read_with]
        seen = await asyncio.gather(*(self._ask(reading, self.state) for reading in again))
        silent: list[Failure] = []
        for reading, answer in zip(again, seen, strict=True):
            if failure := _why_silent(answer):
                silent.append(failure)
            elif reading.slot in self._read_with:  # otherwise its inputs have changed meanwhile
                self.record(reading.slot, answer)
        return tuple(silent)

    async def _ask(self, reading: Reading, state: State) -> Any:
        begin_reading(reading.slot, self.ports.requests.walk_number)
        return await reading.read(self.ports, state)

    def is_reading(self, step_id: StepId) -> bool:
        return any(self._readings[slot].step == step_id for slot in self.under_way)

    def waited(self, under_way: UnderWay) -> float:
        """Return the seconds that a person has been waiting for a call."""
        return self.ports.stopwatch.monotonic() - under_way.since

    def _late(self, reading: Reading) -> Any:
        host = self._host(reading)
        status = next((one.status for _, one in reversed(self.ports.requests.behind((reading.slot,)))), None)
        services = self.ports.services
        kind, scheme = _kind_of_late(status), services.scheme_of(host)
        failure = Failure(services.owner_of(host), kind, host, "GET", "", status, scheme=scheme)
        return reading.late(self.state, failure)

    def _host(self, reading: Reading) -> str:
        return host_in_region(reading.host(self.ports), self.state.facts)

    def _named(self, step_ids: Iterable[StepId]) -> set[StepId]:
        return set(step_ids) or {reading.step for reading in self._readings.values()}

    def _ready(self, step_ids: set[StepId]) -> Iterator[tuple[Reading, Hashable]]:
        """Yield each reading that can start now, with its inputs.

        Lazily, because a reading that the caller starts may end at once, and give the next one its inputs.
        """
        for slot, reading in self._readings.items():
            is_open = slot not in self._read_with and slot not in self.under_way and slot not in self.left_out
            if is_open and reading.step in step_ids and self._is_wanted(reading):
                inputs = self._inputs(reading)
                if inputs is not None:
                    yield reading, inputs

    def _inputs(self, reading: Reading) -> Hashable | None:
        wanted = reading.when_asked if reading.slot in self.asked_for else None
        return (wanted or reading.inputs)(self.state)

    def _is_wanted(self, reading: Reading) -> bool:
        return not reading.on_request or reading.slot in self.asked_for or reading.needed(self.state)

    def _start(self, reading: Reading, inputs: Hashable) -> None:
        """Start a reading. With an eager task factory, it may end before this method does; then no task is kept."""
        slot, since = reading.slot, self.ports.stopwatch.monotonic()
        call = self.under_way[slot] = UnderWay(reading.doing, self._host(reading), since)
        self._reading_with[slot] = inputs
        first = self._first_rows[slot] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._fill(reading, call, inputs, self.state), name=slot)
        task.add_done_callback(lambda ended: _end_with(ended, first))
        if self.under_way.get(slot) is call:
            self._tasks[slot] = task
        elif task.done():
            task.result()

    def _stop(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            task = self._tasks.get(slot)
            self._ended(slot)
            if task is not None:
                task.cancel()

    def _ended(self, slot: Slot) -> None:
        del self.under_way[slot], self._reading_with[slot]
        self._first_rows.pop(slot, None)
        if slot in self.state.first_rows:
            left = {name: rows for name, rows in self.state.first_rows.items() if name != slot}
            self.state = replace(self.state, first_rows=left)
        self._tasks.pop(slot, None)

    async def _fill(self, reading: Reading, call: UnderWay, inputs: Hashable, state: State) -> None:
        """Read a slot with the state in which the call was started. Take the answer unless the call was stopped."""
        begin_reading(reading.slot, self.ports.requests.walk_number)
        try:
            seen = await self._read(reading, call, state)
        finally:
            self.durations_s[reading.slot] = self.ports.stopwatch.monotonic() - call.since
            is_wanted = self.under_way.get(reading.slot) is call
            if is_wanted:
                self._ended(reading.slot)
        if not is_wanted:
            return
        self._take(reading.slot, inputs, seen)
        self.changed()

    async def _read(self, reading: Reading, call: UnderWay, state: State) -> Any:
        """Read one slot. Show a long list's first rows to choose from while its other pages are read."""

        def show(rows: tuple[Any, ...]) -> None:
            if self.under_way.get(reading.slot) is call:
                self.state = replace(self.state, first_rows={**self.state.first_rows, reading.slot: rows})
                if not (first := self._first_rows[reading.slot]).done():
                    first.set_result(None)
                self.changed()

        if reading.in_parts is None:
            return await reading.read(self.ports, state)
        return await reading.in_parts(self.ports, state, show)

    def _take(self, slot: Slot, inputs: Hashable, seen: object) -> None:
        now = self.ports.clock.now()
        self._read_with[slot], self.read_at[slot] = inputs, now
        if self._readings[slot].costly:
            self.asked_for -= {slot}
        facts = replace(self.state.facts, now=now, **{slot: seen})  # type: ignore[arg-type]
        self.set_state(replace(self.state, facts=facts))

    def _clear(self, slots: list[Slot]) -> None:
        for slot in slots:
            del self._read_with[slot]
        cleared = {slot: _EMPTY[slot] for slot in slots}
        self.state = self.settled(replace(self.state, facts=replace(self.state.facts, **cleared)))

    def _outdated(self, read_with: dict[Slot, Hashable]) -> list[Slot]:
        return [slot for slot, inputs in read_with.items() if self._is_outdated(self._readings[slot], inputs)]

    def _is_outdated(self, reading: Reading, inputs: Hashable) -> bool:
        """Return whether a reading has other inputs now. A costly one is kept while its inputs are read again."""
        now = self._inputs(reading)
        return now != inputs and not (reading.costly and now is None)


def _end_with(task: asyncio.Task[None], waited_for: asyncio.Future[None]) -> None:
    """End the awaited future as the task ended, so that no error is lost."""
    if waited_for.done():
        return
    if task.cancelled():
        waited_for.cancel()
    elif error := task.exception():
        waited_for.set_exception(error)
    else:
        waited_for.set_result(None)


def _why_silent(seen: object) -> Failure | None:
    """Return the failure of a call that brought no answer, else None. A refusal is an answer."""
    every = seen.values() if isinstance(seen, Mapping) else (seen,)
    return next((one for one in every if isinstance(one, Failure) and not one.is_closed), None)


def _kind_of_late(status: int | None) -> FailureKind:
    """Return the failure of a reading that takes too long, by its last HTTP status: 429 and 5xx are answers."""
    if status == 429:
        return FailureKind.RATE_LIMITED
    return FailureKind.SERVER if status is not None and status >= 500 else FailureKind.TIMEOUT
