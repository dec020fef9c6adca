"""Every screen through real flows on the sandbox, as an SVG and as text; `screenshots/` are the same pictures.

After a wanted change: `pytest tests/ui/test_pictures.py --snapshot-update`, then read the diff of the `.txt` files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.ui.plain import steady, text_of
from tests.ui.scenarios import LARGE, SCREENSHOTS, SITUATIONS, SMALL, Situation, reach, settled
from tests.ui.waiting import until

TEXTS = Path(__file__).with_name("__snapshots__") / "text"
PICTURES = Path(__file__).parents[2] / "screenshots"
SIZES = (SMALL, LARGE)
CASES = [pytest.param(one, size, id=f"{one.name}-{size[0]}x{size[1]}") for one in SITUATIONS for size in SIZES]
SnapCompare = Callable[..., bool]


@pytest.mark.parametrize(("situation", "size"), CASES)
def test_a_screen_looks_as_reviewed(
    situation: Situation,
    size: tuple[int, int],
    snap_compare: SnapCompare,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = _drawn(situation)[size]
    monkeypatch.setattr("textual._doc.take_svg_screenshot", lambda **_: drawn)  # the picture was taken already
    same = snap_compare(App())
    update = bool(request.config.getoption("update_snapshots"))
    _compare(TEXTS / f"{situation.name}-{size[0]}x{size[1]}.txt", text_of(drawn), update)
    if situation.name in SCREENSHOTS and size == SMALL:
        _compare(PICTURES / f"{situation.name}.svg", steady(drawn), update)
    assert same, situation.shows


@lru_cache(maxsize=1)
def _drawn(situation: Situation) -> dict[tuple[int, int], str]:
    """Draw the situation at each size: reach it once, then resize the terminal."""
    return asyncio.run(_draw(situation))


async def _draw(situation: Situation) -> dict[tuple[int, int], str]:
    drawn = {}
    async with situation.app().run_test(size=SIZES[0], notifications=True, tooltips=True) as pilot:
        await reach(pilot, situation.does)
        for size in SIZES:
            if size != pilot.app.size:
                await pilot.resize_terminal(*size)
                await until(pilot, partial(_is_of, pilot, size))
                await settled(pilot)
            drawn[size] = pilot.app.export_screenshot(title=pilot.app.title, simplify=True)
    return drawn


def _is_of(pilot: Pilot[Any], size: tuple[int, int]) -> bool:
    return pilot.app.screen.size == size


def test_no_picture_is_left_over() -> None:
    expected = {case.id for case in CASES}
    assert {path.stem for path in TEXTS.glob("*.txt")} == expected
    assert {path.stem for path in PICTURES.glob("*.svg")} == set(SCREENSHOTS)


def _compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale"
