"""Keeps a state whose facts fit it: reads what can be read, side by side, and forgets what rested on other answers.

Which reading needs what is data (`wizard.flow.reading`); what the facts mean is the walk's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import MISSING, fields, replace
from typing import Any

from wizard.domain.facts import Facts
from wizard.domain.model import Failure, FailureKind
from wizard.flow.exchanges import begin_reading
from wizard.flow.ports import Ports
from wizard.flow.reading import Reading, UnderWay
from wizard.flow.state import State

_EMPTY: dict[str, Any] = {
    field.name: field.default if field.default_factory is MISSING else field.default_factory()
    for field in fields(Facts)
    if field.name != "now"
}


class Reader:
    """Everything here is safe to repeat: nothing is written to a service.

    `changed` is called after each change of state or of what is under way, in the event loop.
    """

    def __init__(self, ports: Ports, readings: tuple[Reading, ...], state: State) -> None:
        self.ports = ports
        self.state = state
        self.under_way: dict[str, UnderWay] = {}
        self.changed: Callable[[], None] = lambda: None
        self.left_out: frozenset[str] = frozenset()  # slots that this run has no use for: their calls are spared
        self.took: dict[str, float] = {}  # seconds that a person waited for each slot, when it was last read
        self._readings = {reading.slot: reading for reading in readings}
        self._read_with: dict[str, Hashable] = {}  # by slot that was read
        self._reading_with: dict[str, Hashable] = {}  # by slot that is being read
        self._tasks: dict[str, asyncio.Task[None]] = {}  # alike
        self._closed = False

    def settled(self, state: State) -> State:
        """Where a new state comes to rest."""
        return state

    def judge(self) -> None:
        """Called with each new state, before anybody is told of it."""

    def become(self, state: State) -> None:
        """Takes a new state; what was read with other inputs than now is forgotten, and what rests on that too."""
        self.state = self.settled(state)
        while outdated := self._outdated(self._read_with):
            self._clear(outdated)
        self._stop(self._outdated(self._reading_with))
        self.judge()

    async def read(self, *step_ids: str) -> None:
        """Reads whatever can be read now for these steps (all when none is named), side by side, to the end.

        Readings belong to the reader: cancelling a `read` stops the waiting, not the calls, and two at a time never
        call twice for the same thing.
        """
        wanted = self._named(step_ids)
        while not self._closed:
            for reading, inputs in self._ready(wanted):
                self._start(reading, inputs)
            self.changed()
            running = [task for slot, task in self._tasks.items() if self._readings[slot].step in wanted]
            if not running:
                return
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()

    async def close(self) -> None:
        """Stops every reading under way; nothing is read any more."""
        self._closed = True
        tasks = tuple(self._tasks.values())
        self._stop(tuple(self._tasks))
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_again(self, *step_ids: str) -> None:
        """Forgets what was read for these steps and reads it anew."""
        self.forget(*step_ids)
        await self.read(*step_ids)

    def forget(self, *step_ids: str) -> None:
        """What was read for these steps, and what is being read: its answer may be older than this moment."""
        wanted = self._named(step_ids)
        self.forget_slots(*(slot for slot, reading in self._readings.items() if reading.step in wanted))

    def forget_slots(self, *slots: str) -> None:
        """As `forget`; what rests on them is forgotten too."""
        self._stop([slot for slot in slots if slot in self._tasks])
        self._clear([slot for slot in slots if slot in self._read_with])
        self.become(self.state)
        self.changed()

    def forget_failures(self) -> None:
        """So that the next `read` tries again what brought no answer."""
        self._clear([slot for slot in self._read_with if isinstance(getattr(self.state.facts, slot), Failure)])
        self.become(self.state)
        self.changed()

    def give_up(self) -> None:
        """Waits no longer: what is being read counts as not answered in time."""
        late = {slot: self._late(self._readings[slot]) for slot in self._tasks}
        self._read_with |= {slot: self._reading_with[slot] for slot in late}
        self._stop(tuple(late))
        self.become(replace(self.state, facts=replace(self.state.facts, **late)))
        self.changed()

    def saw(self, slot: str, seen: object) -> None:
        """Takes what somebody who polls saw of a slot, as if it had been read now."""
        inputs = self._readings[slot].inputs(self.state)
        if inputs is not None:
            self._read_with[slot] = inputs
            facts = replace(self.state.facts, now=self.ports.clock.now(), **{slot: seen})  # type: ignore[arg-type]
            self.become(replace(self.state, facts=facts))
        self.changed()

    def is_reading(self, step_id: str) -> bool:
        return any(self._readings[slot].step == step_id for slot in self.under_way)

    def waited(self, under_way: UnderWay) -> float:
        """Seconds that a person has been waiting for a call."""
        return self.ports.stopwatch.monotonic() - under_way.since

    def _late(self, reading: Reading) -> Any:
        host = reading.host(self.ports)
        failure = Failure(self.ports.services.owner_of(host), FailureKind.TIMEOUT, host, "GET", "")
        return reading.late(self.state, failure)

    def _named(self, step_ids: Iterable[str]) -> set[str]:
        return set(step_ids) or {reading.step for reading in self._readings.values()}

    def _ready(self, step_ids: set[str]) -> list[tuple[Reading, Hashable]]:
        """What is neither read nor being read, with what it will be read with."""
        candidates = (
            (reading, reading.inputs(self.state))
            for slot, reading in self._readings.items()
            if reading.step in step_ids and not {slot} & (self._read_with.keys() | self._tasks.keys() | self.left_out)
        )
        return [(reading, inputs) for reading, inputs in candidates if inputs is not None]

    def _start(self, reading: Reading, inputs: Hashable) -> None:
        since = self.ports.stopwatch.monotonic()
        self.under_way[reading.slot] = UnderWay(reading.doing, reading.host(self.ports), since)
        self._reading_with[reading.slot] = inputs
        self._tasks[reading.slot] = asyncio.create_task(self._fill(reading, inputs, self.state), name=reading.slot)

    def _stop(self, slots: Iterable[str]) -> None:
        for slot in slots:
            self._ended(slot).cancel()

    def _ended(self, slot: str) -> asyncio.Task[None]:
        del self.under_way[slot], self._reading_with[slot]
        return self._tasks.pop(slot)

    async def _fill(self, reading: Reading, inputs: Hashable, state: State) -> None:
        """Reads with the state that it was started with. When that is outdated meanwhile, the task is cancelled."""
        begin_reading(reading.slot)
        since = self.ports.stopwatch.monotonic()
        try:
            seen = await reading.read(self.ports, state)
        finally:
            self.took[reading.slot] = self.ports.stopwatch.monotonic() - since
            if self._tasks.get(reading.slot) is asyncio.current_task():
                self._ended(reading.slot)
        self._read_with[reading.slot] = inputs
        facts = replace(self.state.facts, now=self.ports.clock.now(), **{reading.slot: seen})
        self.become(replace(self.state, facts=facts))
        self.changed()

    def _clear(self, slots: list[str]) -> None:
        for slot in slots:
            del self._read_with[slot]
        cleared = {slot: _EMPTY[slot] for slot in slots}
        self.state = self.settled(replace(self.state, facts=replace(self.state.facts, **cleared)))

    def _outdated(self, read_with: dict[str, Hashable]) -> list[str]:
        return [slot for slot, inputs in read_with.items() if self._readings[slot].inputs(self.state) != inputs]
