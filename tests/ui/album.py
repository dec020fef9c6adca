"""Situations drawn at both sizes.

A situation that continues the one before, or shows a later moment of it, is reached from there, not from Welcome.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from rich.style import Style
from textual.pilot import Pilot

from tests.ui.finished_setup import WizardOnProfile, finished_yesterday
from tests.ui.scenarios import LARGE, SMALL, SimulatedWizard, Situation, reach, settled
from tests.ui.waiting import until

SIZES = (SMALL, LARGE)
Drawn = dict[tuple[int, int], str]


class Album:
    """Keeps the app of the last situation, because the next situation may continue there."""

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
        pilot, last, self._pilot, self._last = self._pilot, self._last, None, None  # nothing continues from a failure
        left = what_is_left(last, situation) if last is not None else None
        if pilot is not None and left is not None:
            await _resize(pilot, SMALL)
            await reach(pilot, left)
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
        return WizardOnProfile(await finished_yesterday(folder, situation.world), folder)


def what_is_left(last: Situation, next: Situation) -> tuple[str, ...] | None:
    """Return the steps of `does` that lead from one situation to another; None when none do."""
    length = len(last.does)
    if (last.world, last.comes_back) != (next.world, next.comes_back) or len(next.does) < length:
        return None
    if next.does[:length] == last.does:
        return next.does[length:]
    (*before, here), (*same, there) = last.does, next.does[:length]
    seconds = _seconds(there) - _seconds(here)
    is_later = before == same and bool(_seconds(here)) and seconds > 0
    return (f"wait:{seconds:g}", *next.does[length:]) if is_later else None


def in_time(step: str) -> tuple[str, float]:
    """Return the sort key of a step, which puts an earlier moment before a later one."""
    return ("wait", _seconds(step)) if _seconds(step) else (step, 0)


def _seconds(step: str) -> float:
    verb, _, seconds = step.partition(":")
    return float(seconds) if verb == "wait" else 0.0


async def _taken(pilot: Pilot[Any], size: tuple[int, int]) -> str:
    await _resize(pilot, size)
    with patch.object(Style, "__repr__", _said):  # Rich derives the picture's ID from the repr of its styles
        return pilot.app.export_screenshot(title=pilot.app.title, simplify=True)


_said = lru_cache(maxsize=None)(Style.__repr__)


async def _resize(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    if size != pilot.app.size:
        await pilot.resize_terminal(*size)
        await until(pilot, partial(_is_of, pilot, size))
        await settled(pilot)


def _is_of(pilot: Pilot[Any], size: tuple[int, int]) -> bool:
    return pilot.app.screen.size == size
