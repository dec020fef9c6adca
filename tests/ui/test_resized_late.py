"""A resize that is handled once its page shows no list any more, or has closed, changes nothing."""

from __future__ import annotations

from tests.ui import minimal_walk
from wizard.ui.screens.troubleshoot_page import TroubleshootPage
from wizard.ui.widgets.lists.numbered import NumberedChoices


def test_a_list_without_rows_has_none_to_scroll_to() -> None:
    NumberedChoices().see_row()


def test_a_page_that_is_not_on_a_screen_is_not_fitted() -> None:
    TroubleshootPage(minimal_walk.walk()).fit()
