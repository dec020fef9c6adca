"""The requests of this run, each with the reading that it was made for. Kept in memory, the newest only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count

from wizard.domain.answer_shape import AnswerShape
from wizard.domain.sent_request import SentRequest

_KEPT = 1_000
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class _Purpose:
    """One reading of one slot; a later reading of the slot has a higher number."""

    slot: str = ""
    number: int = 0
    walk_number: int = 0  # each of several environments has its own walk


_purpose: ContextVar[_Purpose] = ContextVar("purpose of the requests", default=_Purpose())  # noqa: B039 - frozen


def begin_reading(slot: str, walk_number: int = 0) -> None:
    """Count the requests of this task, and of tasks that it starts, as those of a slot's reading."""
    _purpose.set(_Purpose(slot, next(_NUMBERS), walk_number))


class SentRequests:
    """The record of requests; the transport adds each one (`Runtime.trace`). `also` gets each sent request too."""

    def __init__(
        self, also: Callable[[SentRequest], None] | None = None, begun_with: SentRequests | None = None
    ) -> None:
        """Begin with the requests of another walk (`begun_with`) whose facts this walk has copied."""
        self._also = also
        self._kept: deque[tuple[_Purpose, SentRequest]] = begun_with._kept if begun_with else deque(maxlen=_KEPT)
        self._lineage: tuple[int, ...] = (next(_NUMBERS), *begun_with._lineage) if begun_with else (0,)
        self.taken: Container[str] | None = None  # slots whose facts came from the other walk; None: all
        self.shapes: deque[AnswerShape] = begun_with.shapes if begun_with else deque(maxlen=_KEPT)
        """What the newest answers looked like, in the order in which they came."""

    @property
    def walk_number(self) -> int:
        """Return the number of this walk, which its own readings carry."""
        return self._lineage[0]

    def add(self, request: SentRequest) -> None:
        self._kept.append((_purpose.get(), request))
        if self._also is not None and not request.shared:
            self._also(request)

    @property
    def all(self) -> tuple[SentRequest, ...]:
        """Return each request that was sent, in the order in which they ended."""
        return tuple(request for _, request in self._kept if not request.shared)

    def behind(self, slots: Iterable[str]) -> tuple[tuple[str, SentRequest], ...]:
        """Return (slot, request) for each slot's last reading: this walk's own, else that of the walk it began with."""
        return tuple((slot, one) for slot in slots for one in self._last_of(slot))

    def _last_of(self, slot: str) -> list[SentRequest]:
        read = [(purpose, one) for purpose, one in self._kept if purpose.slot == slot]
        there = {purpose.walk_number for purpose, _ in read}
        is_taken = self.taken is None or slot in self.taken
        walk_number = next(
            (one for one in self._lineage if one in there and (is_taken or one == self.walk_number)), None
        )
        latest = max((purpose.number for purpose, _ in read if purpose.walk_number == walk_number), default=0)
        return [one for purpose, one in read if purpose.number == latest]
