"""A whole setup on the sandbox, from the welcome to the segment, as the frames of a film."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from textual.pilot import Pilot

from tests.ui.film import Frame, film_of, rows_of
from tests.ui.scenarios import SMALL, SimulatedWizard, on_with, reach, wizard
from wizard.domain.step_id import StepId
from wizard.flow.watching.progress import Progress
from wizard.ui.panes.first_sync import FirstSyncPane

RECORDING = "recording"
TITLE = "Audience Wizard: a whole setup in the sandbox"
PAGE_S, ANSWER_S, LETTER_S, REVIEW_S, WAIT_S, END_S = 2.0, 0.9, 0.25, 4.0, 0.6, 6.0
_MOST_KEYS = 60
_POLLS = 40
_POLL_S, _POLL_OF_MEMBERS_S = 60, 10  # seconds of the sandbox's time; members arrive quickly


async def record() -> str:
    app = SimulatedWizard("happy")
    async with app.run_test(size=SMALL, notifications=True, tooltips=True) as pilot:
        frames = [frame async for frame in _frames(pilot)]
    return film_of(_without_repeats(frames), TITLE)


async def _frames(pilot: Pilot[Any]) -> AsyncIterator[Frame]:
    await reach(pilot, ())
    yield _shot(pilot, PAGE_S)
    async for frame in _to(pilot, StepId.AUDIENCES):
        yield frame
    for key in (*"vip", "space"):
        await reach(pilot, (key,))
        yield _shot(pilot, LETTER_S if key != "space" else PAGE_S)
    async for frame in _to(pilot, StepId.REVIEW):
        yield frame
    yield _shot(pilot, REVIEW_S)
    async for frame in _made(pilot):
        yield frame
    async for frame in _watched(pilot):
        yield frame
    yield _shot(pilot, END_S)


async def _to(pilot: Pilot[Any], step: StepId) -> AsyncIterator[Frame]:
    """Press Enter until a step is reached, and yield the frames."""
    for _ in range(_MOST_KEYS):
        if wizard(pilot).walk_screen.at == step:
            return
        before = wizard(pilot).walk_screen.at
        await reach(pilot, on_with(pilot))
        yield _shot(pilot, ANSWER_S if wizard(pilot).walk_screen.at == before else PAGE_S)
    raise AssertionError(f"{step} was not reached: {wizard(pilot).walk_screen.at}")


async def _made(pilot: Pilot[Any]) -> AsyncIterator[Frame]:
    for key in ("still", "y", "enter"):
        await reach(pilot, (key,))
        yield _shot(pilot, ANSWER_S)
    yield _shot(pilot, PAGE_S)
    async for frame in _to(pilot, StepId.FIRST_SYNC):
        yield frame


async def _watched(pilot: Pilot[Any]) -> AsyncIterator[Frame]:
    for _ in range(_POLLS):
        await reach(pilot, (f"wait:{_POLL_OF_MEMBERS_S if _is_visible(pilot) else _POLL_S}",))
        yield _shot(pilot, WAIT_S)
        if _is_watched_to_the_end(pilot):
            return


def _is_visible(pilot: Pilot[Any]) -> bool:
    progress = _progress(pilot)
    return progress is not None and any(audience.segment for audience in progress.audiences)


def _is_watched_to_the_end(pilot: Pilot[Any]) -> bool:
    progress = _progress(pilot)
    return progress is not None and progress.is_green


def _progress(pilot: Pilot[Any]) -> Progress | None:
    pane = wizard(pilot).walk_screen.pane
    assert isinstance(pane, FirstSyncPane)
    return pane._progress


def _shot(pilot: Pilot[Any], seconds: float) -> Frame:
    return Frame(rows_of(pilot.app), seconds)


def _without_repeats(frames: list[Frame]) -> list[Frame]:
    """Return the frames without repeats; of equal frames, the last stays, which has the right duration."""
    return [
        frame for frame, after in zip(frames, [*frames[1:], None], strict=True) if not after or frame.rows != after.rows
    ]
