"""One piece of work shared by everyone who asks for it at the same time."""

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


class SharedTasks(Generic[T]):
    """Tasks by key; a task is cancelled when the last caller that waits for it leaves."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, _Work[T]] = {}

    def is_under_way(self, key: Hashable) -> bool:
        return key in self._under_way

    async def run(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of the running task for `key`, or start one with `begin`."""
        work = self._under_way.get(key)
        if work is None:
            work = self._under_way[key] = _Work(asyncio.create_task(begin()))
        work.waiting += 1
        try:
            await asyncio.wait([work.task])  # cancelling one waiter doesn't cancel the task
        finally:
            work.waiting -= 1
            if not work.waiting:
                await self._ended(key, work)
        return work.task.result()

    def forget_running(self) -> None:
        """Start new work for every later caller, because running work may return what is out of date."""
        self._under_way.clear()

    async def _ended(self, key: Hashable, work: _Work[T]) -> None:
        if self._under_way.get(key) is work:
            del self._under_way[key]
        if work.task.cancel():
            await asyncio.wait([work.task])
