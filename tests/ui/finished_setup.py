"""The wizard opened again on a setup that was finished yesterday."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.fake_clock import FakeClock
from tests.shared_folder import shared_folder
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.walk_copies import copied
from tests.walks import stage_on
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk
from wizard.sandbox.app import Sandbox

DAY_S = 86_400.0
_FINISHED = ("until:review", "y", "enter", "enter", "leap:3540", "wait:60")


class WizardOnProfile(SimulatedWizard):
    """The wizard on a profile and in a world that go on after the wizard ends."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        super().__init__(sandbox.scenario.name)
        assert isinstance(sandbox.clock, FakeClock)
        self.sandbox, self.clock, self._folder = sandbox, sandbox.clock, folder

    def _build(self) -> Walk:
        return stage_on(self.sandbox, session=Session(self._folder, self.clock)).walk


_KEPT: dict[str, tuple[Sandbox, Path]] = {}


async def finished_yesterday(folder: Path, world: str = "happy") -> Sandbox:
    """Return a world whose setup was finished a day ago, on a profile in `folder`: walked once, then copied."""
    if world not in _KEPT:
        place = shared_folder()
        _KEPT[world] = (await _finished(place, world), place)
    finished, place = _KEPT[world]
    shutil.copytree(place, folder)
    return copied(finished)


async def _finished(folder: Path, world: str) -> Sandbox:
    clock = FakeClock(auto=True)
    sandbox = Sandbox(world, clock)
    async with WizardOnProfile(sandbox, folder).run_test(size=(80, 24)) as pilot:
        await reach(pilot, _FINISHED)
    await clock.advance(DAY_S)
    return sandbox


@asynccontextmanager
async def back(sandbox: Sandbox, folder: Path, *does: str) -> AsyncIterator[tuple[WizardOnProfile, Pilot[Any]]]:
    app = WizardOnProfile(sandbox, folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def saved_answers(folder: Path) -> dict[str, Any]:
    saved: dict[str, Any] = json.loads((folder / "setup.json").read_text())["answers"]
    return saved
