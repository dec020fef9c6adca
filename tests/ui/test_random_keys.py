"""The wizard survives random input: seeded keys, clicks, pastes and resizes on the real app.

The first runs begin in the situations that lead furthest, the others at the beginning of each other world of the
sandbox.
`AUDIENCE_WIZARD_RANDOM_KEYS=20000` makes more runs. A failure names its seed (the number of the run) and the latest
input.
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.hands import Hands
from tests.ui.plain import text_of
from tests.ui.quiet import PATIENCE_S, paint_every_frame
from tests.ui.scenarios import SITUATIONS, SimulatedWizard, Situation, reach
from tests.walks import WORLDS

KEYS = int(os.environ.get("AUDIENCE_WIZARD_RANDOM_KEYS", "5000"))
SIZES = ((80, 24), (60, 15), (120, 40), (20, 5), (200, 60), (40, 10))
STARTS = (  # the first ones lead furthest into the walk
    *("audiences", "by-hand-values", "reader-token", "welcome", "cause", "many-audiences", "token-open", "first-sync"),
    *("hostile-audiences", "review", "request-card", "question", "quit-question", "mapping", "troubleshoot", "waiting"),
    *("work-shown", "appeared", "destination", "attach-by-hand", "stuck", "eu-account", "flaky-applied"),
)


_WALKED = {situation.world for situation in SITUATIONS if situation.name in STARTS}
RUNS = (*STARTS, *(f"world:{name}" for name in WORLDS if name not in _WALKED))
KEYS_OF_A_RUN = -(-KEYS // len(RUNS)) if 500 * len(RUNS) > KEYS else 500


class PressedWizard(SimulatedWizard):
    """The app, which stays open: input includes attempts to quit."""

    stays = True

    def exit(self, *args: Any, **more: Any) -> None:
        if not self.stays:
            super().exit(*args, **more)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        assert url.startswith("https://"), new_tab


@pytest.mark.timeout(10 * PATIENCE_S)  # `_until_answered` notices a stuck app sooner
@pytest.mark.parametrize("seed", range(max(len(RUNS), KEYS // KEYS_OF_A_RUN)))
async def test_nothing_that_hands_do_ends_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)  # a report may be saved
    paint_every_frame(monkeypatch)
    situation, size = _begun_with(RUNS[seed % len(RUNS)]), SIZES[seed % len(SIZES)]
    app = PressedWizard(situation.world)
    hands = Hands(app, seed)
    try:
        await _press(app, hands, situation, size)
    except BaseException as error:
        error.add_note(f"seed {seed}, from {situation.name} at {size}; last: {' · '.join(hands.done)}")
        raise
    assert app.return_code == 0
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def _begun_with(name: str) -> Situation:
    if name.startswith("world:"):
        return Situation(name, "The world's first step.", name.removeprefix("world:"), ("enter",))
    return next(situation for situation in SITUATIONS if situation.name == name)


async def _press(app: PressedWizard, hands: Hands, situation: Situation, size: tuple[int, int]) -> None:
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await reach(pilot, situation.does)
        app.clock.auto = False
        pressed = 0
        while pressed < KEYS_OF_A_RUN:
            pressed += await hands.act(KEYS_OF_A_RUN - pressed)
            await _until_answered(pilot)
            assert app.is_running, "it ended"
        hands.resize(*size)
        await _until_answered(pilot)
        assert text_of(app.export_screenshot()).strip(), "it draws nothing any more"
        await _leave(app, hands)


async def _until_answered(pilot: Pilot[Any]) -> None:
    """Wait until every widget has handled its messages."""
    async with asyncio.timeout(PATIENCE_S):
        await pilot.pause()


async def _leave(app: PressedWizard, hands: Hands) -> None:
    """Quit; the second time without a question."""
    app.stays = False
    hands.press("f10")
    hands.press("f10")
    async with asyncio.timeout(PATIENCE_S):
        while app.is_running:  # noqa: ASYNC110 - Textual tells nobody
            await asyncio.sleep(0.001)  # noqa: TID251 - real time: the loop gets its turn
