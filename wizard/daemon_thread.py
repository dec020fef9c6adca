"""Calls that block, in a thread that doesn't keep the process from ending."""

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

    A call that nobody waits for anymore ends with the process. One that Ctrl+C ends, as on Windows, is cancelled.
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
