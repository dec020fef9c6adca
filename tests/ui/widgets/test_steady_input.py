"""Fields in an app where nothing moves, such as one with TEXTUAL_ANIMATIONS=none."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from wizard.ui.safe_app import SafeApp
from wizard.ui.widgets.fields.secret_input import SecretInput
from wizard.ui.widgets.open_input import OpenInput


class Fields(SafeApp[None]):
    def compose(self) -> ComposeResult:
        yield OpenInput()
        yield SecretInput(lambda _: True)


@pytest.mark.parametrize("calm", [True, False])
async def test_the_cursor_blinks_only_where_things_move(calm: bool) -> None:
    app = Fields(calm=calm)
    async with app.run_test():
        assert [field.cursor_blink for field in app.query(Input)] == [not calm, not calm]


async def test_no_line_of_a_paste_is_lost_unseen() -> None:
    app = Fields()
    async with app.run_test() as pilot:
        field = app.query_one(OpenInput)
        field.focus()
        for text in ("  one\r\n two \n\n", "\n"):
            field.post_message(events.Paste(text))
            await pilot.pause()
        assert field.value == "one two"
