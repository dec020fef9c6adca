"""One thing to read from a service, declared once: its inputs, its slot, and how a screen describes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from wizard.domain.facts import Slot
from wizard.domain.failure import Failure
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.state import State

T = TypeVar("T")

ReadInParts: TypeAlias = Callable[[Ports, State, Callable[[tuple[Any, ...]], None]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one slot of `Facts` is read.

    `inputs` returns everything that the answer depends on, or None while the slot can't be read yet. When that value
    changes, the answer is forgotten and read again.
    """

    slot: Slot
    step: StepId  # the step that first needs it
    doing: str  # "reading projects and environments"
    host: Callable[[Ports], str]
    inputs: Callable[[State], Hashable | None]
    read: Callable[[Ports, State], Awaitable[Any]]
    late: Callable[[State, Failure], Any] = lambda _, failure: failure  # what the slot holds if the call takes too long
    on_request: bool = False  # read only once something asks for it: `Reader.ask_for`
    needed: Callable[[State], bool] = lambda _: False  # if on request: when to read it without being asked
    costly: bool = False  # each reading uses up part of a limit: kept until its inputs change, and requested each time
    in_parts: ReadInParts | None = None  # as `read`, and calls its last argument with the first rows
    chosen_at: StepId | None = None  # if in parts: the step whose question lists the rows
    when_asked: Callable[[State], Hashable | None] | None = None  # its inputs if asked for, where others


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call in progress, and what a screen says about it."""

    doing: str
    host: str
    since: float  # stopwatch.monotonic()


async def each(keys: Iterable[str], ask: Callable[[str], Awaitable[T]]) -> dict[str, T]:
    """Call `ask` for all keys concurrently, and return the answers by key."""
    keys = tuple(keys)
    return dict(zip(keys, await asyncio.gather(*(ask(key) for key in keys)), strict=True))
