"""The requests of this run, each with the reading that it was made for. Kept in memory, the newest only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count

from wizard.domain.answer_shape import AnswerShape
from wizard.domain.sent_request import SentRequest

_KEPT = 1_000
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class _Purpose:
    """One reading of one slot; a later reading of it has a higher number."""

    slot: str = ""
    number: int = 0


_purpose: ContextVar[_Purpose] = ContextVar("purpose of the requests", default=_Purpose())  # noqa: B039 - frozen


def begin_reading(slot: str) -> None:
    """Count the requests of this task, and of tasks that it starts, as those of a slot's reading."""
    _purpose.set(_Purpose(slot, next(_NUMBERS)))


class SentRequests:
    """What `Runtime.trace` of the transport is given. `also` gets each request that went out too."""

    def __init__(self, also: Callable[[SentRequest], None] | None = None) -> None:
        self._kept: deque[tuple[_Purpose, SentRequest]] = deque(maxlen=_KEPT)
        self._also = also
        self.shapes: deque[AnswerShape] = deque(maxlen=_KEPT)
        """What the newest answers looked like, in the order in which they came."""

    def add(self, request: SentRequest) -> None:
        self._kept.append((_purpose.get(), request))
        if self._also is not None and not request.shared:
            self._also(request)

    @property
    def all(self) -> tuple[SentRequest, ...]:
        """Return each request that went out, in the order in which they ended."""
        return tuple(request for _, request in self._kept if not request.shared)

    def behind(self, slots: Iterable[str]) -> tuple[tuple[str, SentRequest], ...]:
        """Return the requests of each slot's last reading, with the slot."""
        latest = {purpose.slot: purpose.number for purpose, _ in self._kept}
        wanted = tuple(slots)
        last = [(p, one) for p, one in self._kept if p.slot in wanted and p.number == latest[p.slot]]
        return tuple((p.slot, one) for slot in wanted for p, one in last if p.slot == slot)
