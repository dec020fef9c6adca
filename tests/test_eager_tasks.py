"""A whole walk with tasks that begin immediately, as Textual runs them from Python 3.12 on."""

from __future__ import annotations

import asyncio

import pytest

from tests.eager import eager_tasks
from tests.walks import apply_all, stage, walk_to_review, watch_to_the_end
from wizard.flow.writing.result import Outcome

pytestmark = pytest.mark.usefixtures("eager_tasks")
__all__ = ["eager_tasks"]


async def test_a_task_begins_before_the_line_after_it() -> None:
    events = []

    async def job() -> str:
        events.append("began")
        await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time
        events.append("ended")
        return "done"

    task = asyncio.create_task(job())
    events.append("went on")
    assert await task == "done"
    assert events == ["began", "went on", "ended"]


async def test_the_flow_leads_to_the_segment() -> None:
    staged = stage("happy")
    await walk_to_review(staged)
    results = await apply_all(staged)
    looks = await watch_to_the_end(staged, staged.clock.now())

    assert {result.outcome for result in results.values()} == {Outcome.DONE}
    assert looks[-1].audiences[0].segment is not None
    assert staged.sandbox.breaches == []
