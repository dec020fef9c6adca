"""Rate limits in fixed windows, as both services count.

See docs/launchdarkly.md#rate-limits and docs/segment.md#rate-limits.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wizard.clock import Clock


@dataclass(frozen=True, slots=True)
class Taken:
    """One call counted in a window."""

    allowed: bool
    limit: int
    used: int
    resets_in: float
    resets_at: datetime

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class Limiter:
    """A counter of calls per key. A refused call isn't counted, so waiting until the reset always helps."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._windows: dict[Hashable, _Window] = {}

    def take(self, key: Hashable, limit: int, seconds: float) -> Taken:
        """Count one call against `limit` calls per `seconds`."""
        now = self.clock.monotonic()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + seconds)
        allowed = window.used < limit
        if allowed:
            window.used += 1
        resets_in = window.ends - now
        return Taken(allowed, limit, window.used, resets_in, self.clock.now() + timedelta(seconds=resets_in))
