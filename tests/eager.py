"""A task factory that runs the first step of each task at once, on every Python.

Textual sets asyncio's own where there is one (from 3.12 on); on 3.11 the same order of events is made here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

_TASKS: Any = asyncio.tasks  # of 3.11 alone: what is private does not change there any more


def _begin_at_once(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any) -> Any:
    task = _TASKS._PyTask(coro, loop=loop, **more)
    if loop.is_running():
        _take_the_first_step(loop)
    return task


def _take_the_first_step(loop: Any) -> None:
    """Run what the new task has just scheduled, as the task that is then the current one."""
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
    """Every task that the test starts runs at once until it has to wait."""
    asyncio.get_running_loop().set_task_factory(eager_task_factory)


@pytest.fixture(params=["eager", "lazy"])
async def either_order_of_tasks(request: pytest.FixtureRequest) -> None:
    """The test runs twice: tasks that begin at once, and tasks that begin at the loop's next turn."""
    if request.param == "eager":
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
