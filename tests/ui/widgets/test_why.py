"""The line that says why a choice is there."""

from __future__ import annotations

from textual.app import ComposeResult

from wizard.ui.appearance.theme import DARK
from wizard.ui.safe_app import SafeApp
from wizard.ui.widgets.lists.why import Why


class Page(SafeApp[None]):
    def compose(self) -> ComposeResult:
        yield Why()


async def test_it_is_as_high_as_the_longest_reason_also_when_that_comes_later() -> None:
    app = Page()
    app.theme = DARK.name
    async with app.run_test(size=(20, 10)) as pilot:
        why = app.query_one(Why)
        why.measure(("short",))
        await pilot.pause()
        assert why.size.height == 1
        why.measure(("short", "this takes three lines of twenty cells each"))
        await pilot.pause()
        assert why.size.height == 3
