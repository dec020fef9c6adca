"""Blocking calls in a daemon thread: their results, their exceptions and their interruptions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from wizard.daemon_thread import in_daemon_thread


def _raises(error: BaseException) -> Callable[[], str]:
    def call() -> str:
        raise error

    return call


async def test_what_it_returns() -> None:
    assert await in_daemon_thread(lambda: "an answer", "test") == "an answer"


@pytest.mark.parametrize("error", [ValueError("a mistake"), EOFError(), OSError(5, "closed")])
async def test_what_it_raises_reaches_whoever_waits(error: Exception) -> None:
    with pytest.raises(type(error)):
        await asyncio.wait_for(in_daemon_thread(_raises(error), "test"), 20)


async def test_ctrl_c_in_the_thread_cancels_whoever_waits() -> None:
    waiting = asyncio.create_task(in_daemon_thread(_raises(KeyboardInterrupt()), "test"))
    await asyncio.wait({waiting}, timeout=20)
    assert waiting.cancelled()
