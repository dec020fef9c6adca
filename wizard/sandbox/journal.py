"""The record of what clients did: every request, and every breach of the services' rules. Holds no secret."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and the status of its response; `at` is world time."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    at: datetime

    @property
    def writes(self) -> bool:
        """Return whether the request asked for a change; a POST that searches or evaluates doesn't."""
        asks = self.path.endswith(("/search", "/evaluate"))
        return self.method not in {"GET", "HEAD"} and not asks


@dataclass(frozen=True, slots=True)
class Breach:
    """A call that the services ask clients not to make."""

    method: str
    host: str
    path: str
    why: str


@dataclass(slots=True)
class Journal:
    """The record of a world, for tests and for people who train with the sandbox."""

    requests: list[Recorded] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)


class PollingJudge:
    """Notices when a client reads one thing faster than the services ask it to.

    Five reads within less than two thirds of four intervals are a breach. A person who goes back and forth, or runs
    several commands, causes fewer quick reads than that; a loop doesn't stop.
    """

    _READINGS = 5
    _TOLERANCE = 2 / 3

    def __init__(self) -> None:
        self._read_at: dict[object, deque[float]] = defaultdict(lambda: deque(maxlen=self._READINGS))

    def too_fast(self, what: object, at: float, interval: float) -> bool:
        """Return whether this read breaks the guidance of one per `interval` seconds; `at` is in monotonic seconds."""
        readings = self._read_at[what]
        readings.append(at)
        if len(readings) < self._READINGS:
            return False
        return readings[-1] - readings[0] < interval * (self._READINGS - 1) * self._TOLERANCE
