"""The screen is painted when someone looks, and an error in drawing still fails the test in which it happens."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.widgets import Static

from tests.ui import minimal_walk
from tests.ui.quiet import quiet
from tests.ui.walk.test_screen import begin, opened


def broken() -> Content:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("shown", "left_with"),
    [((), ()), (("f1",), ()), (("f1",), ("escape",))],
    ids=["the app ends", "the app ends on a dialog", "a dialog closes"],
)
async def test_an_error_in_drawing_what_nobody_looked_at_is_raised_where_it_is_left(
    monkeypatch: pytest.MonkeyPatch, shown: tuple[str, ...], left_with: tuple[str, ...]
) -> None:
    async def drawn_wrongly() -> None:
        async with opened(minimal_walk.walk()) as (_, pilot):
            await begin(pilot)
            await pilot.press(*shown)
            await quiet(pilot.app)
            line = pilot.app.screen.query(Static).first()
            render = line.render
            monkeypatch.setattr(line, "render", broken)
            line.refresh()
            await pilot.press("down")  # paints nothing
            if left_with:
                await pilot.press(*left_with)
                monkeypatch.setattr(line, "render", render)

    with pytest.raises(ZeroDivisionError):
        await drawn_wrongly()
