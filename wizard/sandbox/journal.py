"""What clients did: every request, and every breach of the services' rules. Never a secret."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and the status it was answered with; `at` is world time."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Breach:
    """Something a client did that the services ask it not to do."""

    method: str
    host: str
    path: str
    why: str


@dataclass(slots=True)
class Journal:
    """The record that tests and a person who trains with the sandbox read."""

    requests: list[Recorded] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)


class PollingJudge:
    """Tells when one thing is read again and again faster than the services' guidance.

    Five readings in less than two thirds of the time that four intervals take are a breach: a person who goes back and
    forth, or runs one command after the other, causes a few quick readings; a loop goes on.
    """

    _READINGS = 5
    _TOLERANCE = 2 / 3

    def __init__(self) -> None:
        self._read_at: dict[object, deque[float]] = defaultdict(lambda: deque(maxlen=self._READINGS))

    def too_fast(self, what: object, at: float, interval: float) -> bool:
        """Whether this reading at monotonic second `at` breaks the guidance of one per `interval` seconds."""
        readings = self._read_at[what]
        readings.append(at)
        if len(readings) < self._READINGS:
            return False
        return readings[-1] - readings[0] < interval * (self._READINGS - 1) * self._TOLERANCE
