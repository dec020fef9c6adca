"""Commands say the same on a machine whose clock is wrong, except about that clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.headless.runs import World

DAY_S = 86_400.0
A_WHILE_S = 1_200.0


async def said(folder: Path, scenario: str, off_s: float) -> list[Any]:
    """Return the commands' documents for one setup, from the first plan to checks twenty minutes later."""
    world = World(folder, scenario, off_s=off_s)
    ran = [await world.run("plan"), await world.run("apply", watch=True, timeout_s=900.0)]
    await world.clock.sleep(A_WHILE_S)
    ran += [
        await world.run("doctor"),
        await world.run("plan"),
        await world.run("troubleshoot", symptom="never-appeared"),
    ]
    return [(one.code, [_without_the_clock(each) for each in one.documents]) for one in ran]


def _without_the_clock(document: dict[str, Any]) -> dict[str, Any]:
    checks = [one for one in document.get("checks", ()) if one["id"] != "machine.clock"]
    return {**document, "checks": checks, "summary": None, "report": None}


@pytest.mark.parametrize("scenario", ["happy", "silent-audience", "refused-lately", "segment-made-again"])
async def test_a_wrong_clock_changes_nothing_that_is_said(tmp_path: Path, scenario: str) -> None:
    folders = [tmp_path / name for name in ("right", "ahead", "behind")]
    for folder in folders:
        folder.mkdir()
    right, *wrong = [await said(*one) for one in zip(folders, [scenario] * 3, (0.0, DAY_S, -DAY_S), strict=True)]
    assert wrong == [right, right]
