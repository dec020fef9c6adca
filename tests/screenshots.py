"""`python -m tests.screenshots [NAME …]`: retake the README's pictures and its recording from real flows."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.ui.album import Album
from tests.ui.parsed_once import parse_once
from tests.ui.plain import steady
from tests.ui.quiet import wait_for_the_loop
from tests.ui.recording import RECORDING, record
from tests.ui.scenarios import SCREENSHOTS, SITUATIONS, SMALL
from wizard.ui.terminal import clipboard
from wizard.ui.widgets.buttons.button import Button

FOLDER = Path(__file__).parents[1] / "screenshots"


def take(names: list[str]) -> None:
    os.environ.pop("NO_COLOR", None)
    with pytest.MonkeyPatch.context() as patch:
        wait_for_the_loop(patch)
        parse_once(patch)
        patch.setattr(Button, "_start_active_affect", lambda _: None)
        patch.setattr(clipboard, "find_helper", lambda _: None)
        _take_pictures(names)
        if RECORDING in names:
            _write(RECORDING, asyncio.run(record()))


def _take_pictures(names: list[str]) -> None:
    album = Album()
    for situation in SITUATIONS:
        if situation.name in names:
            _write(situation.name, steady(album.drawn(situation)[SMALL]))
    album.close()


def _write(name: str, svg: str) -> None:
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    print(f"screenshots/{name}.svg  {len(svg.encode()) / 1024:.0f} KB")


if __name__ == "__main__":
    take(sys.argv[1:] or [*SCREENSHOTS, RECORDING])
