"""Recent answers, shared by everyone who reads the same thing: several environments may use one audience."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from wizard.domain.failure import Failure

T = TypeVar("T")


class RecentAnswers:
    """Answers with the time of each, so that all readers of one thing together stay within its rate limit."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, tuple[float, Any]] = {}

    async def read(
        self, what: Hashable, now: float, max_age_s: float, call: Callable[[], Awaitable[T | Failure]]
    ) -> T | Failure:
        """Return what was read less than `max_age_s` seconds ago, or read it; `now` is in monotonic seconds."""
        at, seen = self._seen.get(what, (now - max_age_s, None))
        if now - at < max_age_s:
            return seen  # type: ignore[no-any-return]
        answer = await call()
        if not isinstance(answer, Failure):
            self._seen[what] = now, answer
        return answer
