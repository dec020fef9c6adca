"""The parts that every screen of the wizard has."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.widgets import Static

from tests.ui.scenarios import SimulatedWizard


async def test_a_press_on_what_was_removed_and_is_still_drawn_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Static("gone")
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(app.screen._compositor, "get_widget_and_offset_at", lambda *_: (gone, Offset(0, 0)))
        assert app.screen.get_widget_and_offset_at(5, 5) == (None, None)
        await pilot.mouse_down(offset=(5, 5))
