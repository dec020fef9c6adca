"""A list of many pages can be chosen from after one round trip, while its other pages are read."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, on_with, reach, settled
from tests.ui.test_room import check_choice, check_page, resize
from tests.ui.waiting import until
from wizard.sandbox.scenarios import sizes
from wizard.ui.widgets.lists.rows import Rows


class Held(httpx.AsyncBaseTransport):
    """Holds every page after a list's first page until `let_go` is set."""

    def __init__(self) -> None:
        self.inner: httpx.AsyncBaseTransport | None = None
        self.let_go = asyncio.Event()
        self.holds: set[str] = set()

    def around(self, inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        self.inner = inner
        return self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.inner is not None
        if self.holds & request.url.params.keys():
            await self.let_go.wait()
        return await self.inner.handle_async_request(request)


LISTS = (  # the step before, the parameters that ask for more, what is listed before and after they are answered
    ("prerequisites", "launchdarkly", {"offset", "pagination.cursor"}, "219 listed", "1,023 listed"),
    ("mapping", "audiences", {"pagination.cursor"}, "200 listed", "1,000 listed"),
)


async def test_the_first_page_is_shown_before_the_second_one_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MANY_AUDIENCES", 1_000)  # five pages; the walk of tests/test_scenarios.py has fifty
    monkeypatch.setattr(sizes, "MANY_PROJECTS", 500)
    held = Held()
    app = SimulatedWizard("huge", wrap=held.around)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        for before, step, held.holds, first, every in LISTS:
            held.let_go.clear()
            app.frozen = True  # some calls won't end for a while
            await reach(pilot, (f"until:{before}",))
            while app.walk_screen.at != step:
                await reach(pilot, on_with(pilot))
            await until(pilot, lambda: first in text_on(app))  # noqa: B023 - asked at once
            assert app.asked  # for the second page
            await pilot.press("down", "down")
            rows = app.focused
            assert isinstance(rows, Rows)
            lit = rows.highlighted

            held.let_go.set()
            app.frozen = False
            await settled(pilot)
            assert every in text_on(app)
            assert rows.highlighted == lit, "what the user highlighted is still what Enter takes"

            await resize(pilot, (60, 15))
            check_choice(pilot, step)
            check_page(pilot, step)
            await resize(pilot, (80, 24))
            await pilot.press("home")
