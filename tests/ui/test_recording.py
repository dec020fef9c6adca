"""The recording at the top of the README: a whole setup, as a picture that any page can show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

from tests.ui.film import CELL, Frame, film_of
from tests.ui.recording import RECORDING, record

FILE = Path(__file__).parents[2] / "screenshots" / f"{RECORDING}.svg"
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 1_000_000
MEMBERS = "1,234"
TOLD = (
    *("Begin", "▸ 1 Prerequisites", "▸ 2 LaunchDarkly", "▸ 3 Twilio Segment", "▸ 4 Destination", "▸ 5 Mapping"),
    *("▸ 6 Audiences", "▸ 7 Review", "▸ 8 First sync"),
)


async def test_it_tells_a_whole_setup(request: pytest.FixtureRequest) -> None:
    recorded = await record()
    if request.config.getoption("update_snapshots"):
        FILE.write_text(recorded, encoding="utf-8", newline="\n")
    told = "\n".join(texts(recorded))
    places = [told.find(words) for words in TOLD]
    assert -1 not in places, [words for words, place in zip(TOLD, places, strict=True) if place < 0]
    assert places == sorted(places)
    assert MEMBERS in texts(recorded)[-1]


def test_the_file_plays_where_only_pictures_are_allowed() -> None:
    svg = FILE.read_text("utf-8")
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    assert len(svg.encode()) < LARGEST
    assert not re.search(r"<script|<foreignObject|@import|@font-face|url\(|on\w+=", svg)
    assert {value for node in root.iter() for name, value in node.attrib.items() if name.endswith("href")} == {
        f"#{node.get('id')}" for node in root.iter(f"{SVG}g") if node.get("id")
    }


def test_frames_follow_one_another_and_equal_rows_are_kept_once() -> None:
    first, second = (row("same"), row("one")), (row("same"), row("<2>"))
    svg = film_of([Frame(first, 1), Frame(second, 3)], "A & B")
    assert texts(svg) == ["same\none", "same\n<2>"]
    assert svg.count(">same<") == 1
    assert f"25.000%{{transform:translateX(-{5 * CELL:g}px)}}" in svg
    assert "film 4s step-end infinite" in svg


def row(text: str) -> tuple[Segment, ...]:
    return (Segment(text.ljust(5), Style.parse("#ffffff on #000000")),)


def texts(svg: str) -> list[str]:
    """Return the text of each frame."""
    return list(_texts(ET.fromstring(svg)))  # noqa: S314 - our own file


def _texts(root: ET.Element) -> Iterator[str]:
    rows = {f"#{group.get('id')}": group for group in root.iter(f"{SVG}g") if group.get("id")}
    for frame in root.iter(f"{SVG}g"):
        if frame.get("transform"):
            yield "\n".join(_line(rows[use.attrib["href"]]) for use in frame.iter(f"{SVG}use"))


def _line(row: ET.Element) -> str:
    line = ""
    for text in row.iter(f"{SVG}text"):
        line = line.ljust(round(float(text.attrib["x"]) / CELL)) + (text.text or "")
    return line.replace("\xa0", " ")
