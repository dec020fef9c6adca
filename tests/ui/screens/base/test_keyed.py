"""The parts that every screen of the wizard has."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.widgets import Static

from tests.ui.scenarios import SimulatedWizard
from wizard.ui.screens.handouts.plain_text import PlainTextScreen


@pytest.mark.parametrize("above", [None, PlainTextScreen("A text", "text", "note")], ids=["walk", "text"])
async def test_a_press_on_what_was_removed_and_is_still_drawn_finds_nothing(
    above: PlainTextScreen | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Static("gone")
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        if above is not None:
            await app.push_screen(above)
        monkeypatch.setattr(app.screen._compositor, "get_widget_and_offset_at", lambda *_: (gone, Offset(0, 0)))
        assert app.screen.get_widget_and_offset_at(5, 5) == (None, None)
        await pilot.mouse_down(offset=(5, 5))
