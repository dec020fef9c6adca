"""Every screen through real flows on the sandbox, as an SVG and as text; `screenshots/` are the same pictures.

After a wanted change: `pytest tests/ui/test_pictures.py --snapshot-update`, then read the diff of the `.txt` files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.plain import steady, text_of
from tests.ui.scenarios import LARGE, SCREENSHOTS, SITUATIONS, SMALL, Situation, reach

TEXTS = Path(__file__).with_name("__snapshots__") / "text"
PICTURES = Path(__file__).parents[2] / "screenshots"
SnapCompare = Callable[..., bool]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_a_screen_looks_as_reviewed(
    situation: Situation, size: tuple[int, int], snap_compare: SnapCompare, request: pytest.FixtureRequest
) -> None:
    drawn: list[str] = []

    async def run_before(pilot: Pilot[Any]) -> None:
        await reach(pilot, situation.does)
        drawn.append(pilot.app.export_screenshot())

    same = snap_compare(situation.app(), terminal_size=size, run_before=run_before)
    update = bool(request.config.getoption("update_snapshots"))
    _compare(TEXTS / f"{situation.name}-{size[0]}x{size[1]}.txt", text_of(drawn[0]), update)
    if situation.name in SCREENSHOTS and size == SMALL:
        _compare(PICTURES / f"{situation.name}.svg", steady(drawn[0]), update)
    assert same, situation.shows


def test_no_picture_is_left_over() -> None:
    expected = {f"{situation.name}-{w}x{h}" for situation in SITUATIONS for w, h in (SMALL, LARGE)}
    assert {path.stem for path in TEXTS.glob("*.txt")} == expected
    assert {path.stem for path in PICTURES.glob("*.svg")} == set(SCREENSHOTS)


def _compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale"
