"""At the end of the first sync a key shows how both services answered, after a yes; another one saves exactly that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.finished_setup import WizardOnProfile
from tests.ui.plain import text_on
from tests.ui.scenarios import reach
from wizard.flow.walk import Walk
from wizard.sandbox.app import Sandbox


class AsIfReal(WizardOnProfile):
    """The wizard on simulated services that the walk takes for real."""

    def _build(self) -> Walk:
        walk = super()._build()
        walk.state = replace(walk.state, sandbox="")
        return walk


def saved_in(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.iterdir()]


async def test_the_page_is_read_after_a_yes_and_saved_as_it_was_shown(
    sandbox: Sandbox, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    app = AsIfReal(sandbox, folder)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await reach(pilot, ("1",))
        assert "Press W to see how both services answered." in text_on(app)
        before = len(app.sandbox.requests)

        await reach(pilot, ("w",))
        assert "The wizard makes five more reads" in text_on(app)
        assert len(app.sandbox.requests) == before

        await reach(pilot, ("right", "enter"))
        assert len(app.sandbox.requests) - before == 5
        assert "# How both services answered" in text_on(app)
        assert saved_in(place) == []

        await reach(pilot, ("right", "enter"))
        (page,) = saved_in(place)
        assert page.startswith("# How both services answered\n\n- audiences chosen: 1, segments found: 1\n")
