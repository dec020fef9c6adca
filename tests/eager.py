"""A task factory that runs the first step of each task immediately, on every Python version.

From Python 3.12 on, Textual uses asyncio's own eager factory. This one gives 3.11 the same order of events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

_TASKS: Any = asyncio.tasks  # used on 3.11 only, whose private parts don't change anymore


def _begin_at_once(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any) -> Any:
    task = _TASKS._PyTask(coro, loop=loop, **more)
    if loop.is_running():
        _take_the_first_step(loop)
    return task


def _take_the_first_step(loop: Any) -> None:
    """Run the step that the new task has just scheduled, with that task as the current one."""
    scheduled = loop._ready.pop()
    outer = asyncio.current_task(loop)
    if outer is not None:
        _TASKS._leave_task(loop, outer)
    try:
        scheduled._run()
    finally:
        if outer is not None:
            _TASKS._enter_task(loop, outer)


eager_task_factory: Any = getattr(asyncio, "eager_task_factory", _begin_at_once)


@pytest.fixture
async def eager_tasks() -> None:
    """Run every task as soon as the test creates it, until it has to wait."""
    asyncio.get_running_loop().set_task_factory(eager_task_factory)


@pytest.fixture(params=["eager", "lazy"])
async def either_order_of_tasks(request: pytest.FixtureRequest) -> None:
    """Run the test twice: with tasks that begin immediately, and with tasks that begin at the loop's next turn."""
    if request.param == "eager":
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
