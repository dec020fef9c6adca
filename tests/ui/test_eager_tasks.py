"""A whole walk on the screen with tasks that begin at once, as Textual runs them from Python 3.12 on."""

from __future__ import annotations

import asyncio

import pytest

from tests.eager import eager_task_factory, eager_tasks
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach

pytestmark = pytest.mark.usefixtures("eager_tasks")
__all__ = ["eager_tasks"]


async def test_the_screen_leads_to_the_segment() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
        await reach(pilot, ("until:first_sync", "wait:60", "leap:3600"))
        assert "1,234 of 1,234" in text_on(app)
