"""The wizard survives random input: seeded keys, clicks, pastes and resizes on the real app.

Each run begins in a situation far into the walk. On the way, the world is replaced by other worlds of the sandbox; all
runs together meet every world. A third of the runs paints every frame, the others paint only when the app is quiet.
Each of the 23 runs has its own situation, worlds and size, and enough keys to get beyond the first page. By default,
only the six runs that lead furthest are made, one at each size. `AUDIENCE_WIZARD_RANDOM_KEYS=5000` makes all runs, with
three times as many keys each, as `.ci/run` does on each Python but one; 20000 makes more runs.
A failure names its seed (the number of the run) and the latest input.
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from textual.pilot import Pilot

from tests.ui.hands import Hands
from tests.ui.plain import text_on
from tests.ui.quiet import PATIENCE_S, paint_every_frame, quiet
from tests.ui.scenarios import SITUATIONS, SimulatedWizard, Situation, reach
from tests.walks import WORLDS
from wizard.sandbox.app import Sandbox

KEYS = int(os.environ.get("AUDIENCE_WIZARD_RANDOM_KEYS", "450"))
SIZES = ((80, 24), (60, 15), (120, 40), (20, 5), (200, 60), (40, 10))
STARTS = (  # the first situations are furthest into the walk
    *("audiences", "by-hand-values", "reader-token", "welcome", "cause", "many-audiences", "token-open", "first-sync"),
    *("hostile-audiences", "review", "request-card", "question", "quit-question", "mapping", "troubleshoot", "waiting"),
    *("work-shown", "appeared", "destination", "attach-by-hand", "stuck", "eu-account", "flaky-applied"),
)


_WALKED = {situation.world for situation in SITUATIONS if situation.name in STARTS}
ELSEWHERE = tuple(name for name in WORLDS if name not in _WALKED)
KEYS_OF_A_RUN = min(500, max(75, -(-KEYS // len(STARTS))))
RUNS = -(-KEYS // KEYS_OF_A_RUN)


class PressedWizard(SimulatedWizard):
    """The app, which stays open: input includes attempts to quit. Its world may become another one."""

    stays = True

    def __init__(self, world: str) -> None:
        super().__init__(world, wrap=lambda transport: Moving(transport, self))
        self.elsewhere: httpx.AsyncBaseTransport | None = None

    def move_to(self, world: str) -> None:
        self.elsewhere = httpx.ASGITransport(Sandbox(world, self.clock).asgi)

    def exit(self, *args: Any, **more: Any) -> None:
        if not self.stays:
            super().exit(*args, **more)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        assert url.startswith("https://"), new_tab


class Moving(httpx.AsyncBaseTransport):
    """A transport to the app's current world."""

    def __init__(self, first: httpx.AsyncBaseTransport, app: PressedWizard) -> None:
        self._first, self._app = first, app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await (self._app.elsewhere or self._first).handle_async_request(request)


def test_every_world_is_met() -> None:
    """The 23 runs, which the gate makes, meet every world."""
    met = {world for seed in range(len(STARTS)) for world in _elsewhere(seed)}
    assert {*_WALKED, *met} >= set(WORLDS)


@pytest.mark.timeout(10 * PATIENCE_S)  # `_until_answered` notices a stuck app sooner
@pytest.mark.parametrize("seed", range(RUNS))
async def test_nothing_that_hands_do_ends_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)  # a report may be saved
    if (seed + seed // len(SIZES)) % 3 == 0:  # at every size
        paint_every_frame(monkeypatch)
    situation, size = _named(STARTS[seed % len(STARTS)]), SIZES[seed % len(SIZES)]
    app = PressedWizard(situation.world)
    hands = Hands(app, seed)
    try:
        await _press(app, hands, situation, size, _elsewhere(seed))
    except BaseException as error:
        error.add_note(f"seed {seed}, from {situation.name} at {size}; last: {' · '.join(hands.done)}")
        raise
    assert app.return_code == 0
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def _named(name: str) -> Situation:
    return next(situation for situation in SITUATIONS if situation.name == name)


def _elsewhere(seed: int) -> tuple[str, ...]:
    return ELSEWHERE[seed % len(STARTS) :: len(STARTS)]


async def _press(
    app: PressedWizard, hands: Hands, situation: Situation, size: tuple[int, int], elsewhere: tuple[str, ...]
) -> None:
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await reach(pilot, [step.replace("wait:", "leap:") for step in situation.does])
        app.clock.auto = False
        await _press_keys(pilot, app, hands, -(-KEYS_OF_A_RUN // 2))
        for world in elsewhere:
            app.move_to(world)
            hands.done.append(f"move to {world}")
            await _press_keys(pilot, app, hands, -(-KEYS_OF_A_RUN // (2 * len(elsewhere))))
        hands.resize(*size)
        await _until_answered(pilot)
        assert text_on(app).strip(), "it draws nothing any more"
        await _leave(app, hands)


async def _press_keys(pilot: Pilot[Any], app: PressedWizard, hands: Hands, number: int) -> None:
    pressed = 0
    while pressed < number:
        pressed += await hands.act(number - pressed)
        await _until_answered(pilot)
        assert app.is_running, "it ended"
        text_on(app)  # paints the screen, whatever it shows


async def _until_answered(pilot: Pilot[Any]) -> None:
    """Wait until every widget has handled its messages."""
    async with asyncio.timeout(PATIENCE_S):
        await pilot.pause()


async def _leave(app: PressedWizard, hands: Hands) -> None:
    """Quit with two presses of F10: the second one asks nothing."""
    app.stays = False
    hands.press("f10")
    hands.press("f10")
    async with asyncio.timeout(PATIENCE_S):
        while app.is_running:
            await quiet(app)
