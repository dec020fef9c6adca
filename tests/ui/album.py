"""Situations drawn at both sizes. One that goes on from the one before is reached from there, not from the welcome."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot

from tests.ui.coming_back import OnAProfile, finished_yesterday
from tests.ui.scenarios import LARGE, SMALL, SimulatedWizard, Situation, reach, settled
from tests.ui.waiting import until

SIZES = (SMALL, LARGE)
Drawn = dict[tuple[int, int], str]


class Album:
    """Keeps the app of the last situation, for the one that may go on from there."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._last: Situation | None = None
        self._pilot: Pilot[Any] | None = None
        self._drawn: Drawn = {}

    def drawn(self, situation: Situation) -> Drawn:
        if situation != self._last:
            self._drawn = self._runner.run(self._draw(situation))
        return self._drawn

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _draw(self, situation: Situation) -> Drawn:
        pilot = await self._reach(situation)
        return {size: await _taken(pilot, size) for size in SIZES}

    async def _reach(self, situation: Situation) -> Pilot[Any]:
        pilot, last, self._pilot, self._last = self._pilot, self._last, None, None  # not to go on from what failed
        if pilot is not None and last is not None and goes_on_from(last, situation):
            await _resize(pilot, SMALL)
            await reach(pilot, situation.does[len(last.does) :])
        else:
            pilot = await self._open(situation)
            await reach(pilot, situation.does)
        self._pilot, self._last = pilot, situation
        return pilot

    async def _open(self, situation: Situation) -> Pilot[Any]:
        await self._stack.aclose()
        app = await self._come_back(situation) if situation.comes_back else situation.app()
        running: AbstractAsyncContextManager[Pilot[Any]] = app.run_test(size=SMALL, notifications=True, tooltips=True)
        return await self._stack.enter_async_context(running)

    async def _come_back(self, situation: Situation) -> SimulatedWizard:
        folder = Path(self._stack.enter_context(TemporaryDirectory())) / "home" / "default"
        return OnAProfile(await finished_yesterday(folder, situation.world), folder)


def goes_on_from(last: Situation, next: Situation) -> bool:
    from_there = last.world == next.world and last.comes_back == next.comes_back
    return from_there and next.does[: len(last.does)] == last.does


async def _taken(pilot: Pilot[Any], size: tuple[int, int]) -> str:
    await _resize(pilot, size)
    return pilot.app.export_screenshot(title=pilot.app.title, simplify=True)


async def _resize(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    if size != pilot.app.size:
        await pilot.resize_terminal(*size)
        await until(pilot, partial(_is_of, pilot, size))
        await settled(pilot)


def _is_of(pilot: Pilot[Any], size: tuple[int, int]) -> bool:
    return pilot.app.screen.size == size
