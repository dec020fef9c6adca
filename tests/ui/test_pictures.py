"""Every screen through real flows on the sandbox, as an SVG and as text; `screenshots/` are the same pictures.

After a wanted change: `pytest tests/ui/test_pictures.py --snapshot-update`, then read the diff of the `.txt` files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.app import App

from tests.ui.album import SIZES, Album, in_time
from tests.ui.plain import steady, text_of
from tests.ui.recording import RECORDING
from tests.ui.scenarios import SCREENSHOTS, SITUATIONS, SMALL, Situation
from wizard.domain.credentials import holds_a_token

TEXTS = Path(__file__).with_name("__snapshots__") / "text"
PICTURES = Path(__file__).parents[2] / "screenshots"
# A situation that continues another one comes right after it.
IN_ORDER = sorted(SITUATIONS, key=lambda one: (one.world, one.comes_back, *map(in_time, one.does)))
CASES = [pytest.param(one, size, id=f"{one.name}-{size[0]}x{size[1]}") for one in IN_ORDER for size in SIZES]
SnapCompare = Callable[..., bool]


@pytest.fixture(scope="module")
def album() -> Iterator[Album]:
    album = Album()
    yield album
    album.close()


@pytest.mark.parametrize(("situation", "size"), CASES)
def test_a_screen_looks_as_reviewed(
    situation: Situation,
    size: tuple[int, int],
    album: Album,
    snap_compare: SnapCompare,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = album.drawn(situation)[size]
    monkeypatch.setattr("textual._doc.take_svg_screenshot", lambda **_: drawn)  # the picture was taken already
    same = snap_compare(App())
    update = bool(request.config.getoption("update_snapshots"))
    _compare(TEXTS / f"{situation.name}-{size[0]}x{size[1]}.txt", text_of(drawn), update)
    if situation.name in SCREENSHOTS and size == SMALL:
        _compare(PICTURES / f"{situation.name}.svg", steady(drawn), update)
    assert same, situation.shows


def test_no_picture_is_left_over() -> None:
    expected = {case.id for case in CASES}
    assert {path.stem for path in TEXTS.glob("*.txt")} == expected
    assert {path.stem for path in PICTURES.glob("*.svg")} == {*SCREENSHOTS, RECORDING}


def test_no_picture_shows_a_token() -> None:
    """The pasted tokens are the sandbox's own, of every world that is photographed."""
    for path in (*TEXTS.glob("*.txt"), *PICTURES.glob("*.svg")):
        assert not holds_a_token(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8"))), path.name


def test_a_late_sync_is_reported_by_its_stages_alone() -> None:
    late = (TEXTS / "late-80x24.txt").read_text(encoding="utf-8")
    assert "! late       Delivered by Segment · 20 min" in late
    assert "attached 25" in late
    assert "Meanwhile" not in late, "no flag can be picked yet"
    assert "unknown" not in late


def test_blanks_before_a_text_are_no_part_of_its_width() -> None:
    drawn = '<text class="a" x="12.2" y="24.4" textLength="73.2" clip-path="url(#b)">&#160;&#160;Next</text>'
    assert steady(drawn) == '<text class="a" x="36.6" y="24.4" textLength="48.8" clip-path="url(#b)">Next</text>'


def _compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale"
