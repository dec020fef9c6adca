"""Signals that stop a command."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


async def until_stopped(begin: Callable[[], Awaitable[T]]) -> T:
    """Run `begin`; SIGTERM or a closed terminal cancels it at its next await, like Ctrl+C."""
    with _cancelled_by(signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        return await begin()


@contextlib.contextmanager
def _cancelled_by(*signals: signal.Signals | None) -> Iterator[None]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    taken = []
    for each in signals:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            if each is not None and task is not None:
                loop.add_signal_handler(each, task.cancel)
                taken.append(each)
    try:
        yield
    finally:
        for each in taken:
            loop.remove_signal_handler(each)
