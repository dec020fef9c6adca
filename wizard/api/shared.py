"""Work that several ask for at the same time and that is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Work(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Shared(Generic[T]):
    """Belongs to all who wait for it: it goes on while one of them is left, and ends with the last."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, _Work[T]] = {}

    def is_under_way(self, key: Hashable) -> bool:
        return key in self._under_way

    async def done(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The outcome of what is under way for this key, else of what is begun now."""
        work = self._under_way.get(key)
        if work is None:
            work = self._under_way[key] = _Work(asyncio.create_task(begin()))
        work.waiting += 1
        try:
            await asyncio.wait([work.task])  # who is cancelled here leaves the task to the others
        finally:
            work.waiting -= 1
            if not work.waiting:
                await self._ended(key, work)
        return work.task.result()

    def let_nobody_join(self) -> None:
        """What is under way may be older than what is asked for from now on."""
        self._under_way.clear()

    async def _ended(self, key: Hashable, work: _Work[T]) -> None:
        if self._under_way.get(key) is work:
            del self._under_way[key]
        if work.task.cancel():
            await asyncio.wait([work.task])
