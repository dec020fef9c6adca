"""Blocking calls in a daemon thread, which doesn't keep the process from ending."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(call: Callable[[], T], name: str) -> T:
    """Return what a blocking call returns, or raise what it raises.

    A call whose caller stopped waiting ends with the process. If Ctrl+C interrupts the call in its thread, as on
    Windows, the caller is cancelled.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[], object]) -> None:
        if not answer.done():
            how()

    def run() -> None:
        how: Callable[[], object]
        try:
            how = partial(answer.set_result, call())
        except KeyboardInterrupt:
            how = answer.cancel
        except Exception as error:  # noqa: BLE001 - handed to the caller that waits
            how = partial(answer.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, how)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await answer
