"""A space without audiences: its page leads to making one, and shows the first audience by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach


@asynccontextmanager
async def in_an_empty_space() -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any], Callable[[], None]]]:
    """Yield the wizard at the Audiences step, in time that only `wait` moves, and a function that adds audiences."""
    app = SimulatedWizard("happy")
    async with app.run_test(size=(100, 30)) as pilot:
        await reach(pilot, ())
        workspace = app.sandbox.world.workspaces[0]
        made = dict(workspace.audiences)
        workspace.audiences.clear()
        workspace.connections.clear()
        await reach(pilot, ("until:mapping", "still"))
        app.walk_screen.go("audiences")
        await reach(pilot, ("wait:1",))
        yield app, pilot, lambda: workspace.audiences.update(made)


async def test_the_first_audience_shows_on_its_own_and_another_step_stops_looking() -> None:
    async with in_an_empty_space() as (app, pilot, make_audiences):
        shown = " ".join(text_on(app).split())
        assert "Production has no audiences" in shown
        assert "an audience in this space" in shown

        app.walk_screen.go("mapping")
        await reach(pilot, ("wait:1",))
        before = len(app.sandbox.requests)
        await reach(pilot, ("wait:60",))
        assert len(app.sandbox.requests) == before, "nobody waits for one here"

        app.walk_screen.go("audiences")
        await reach(pilot, ("wait:1",))
        make_audiences()
        await reach(pilot, ("wait:5",))
        assert "VIP customers" not in text_on(app)
        await reach(pilot, ("wait:15",))
        assert "VIP customers" in text_on(app)
