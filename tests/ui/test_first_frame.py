"""The work before the first frame, counted: the walk is loaded only after that frame."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from tests.ui.scenarios import SimulatedWizard
from tests.ui.waiting import until
from wizard.ui.screens.dialogs.help import HelpScreen


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> Counter[DOMNode]:
    """Return a counter of how often each widget is styled, without the parts of widgets."""
    times: Counter[DOMNode] = Counter()
    apply = Stylesheet.apply

    def counted(sheet: Stylesheet, node: DOMNode, **more: Any) -> None:
        times[node] += type(node) is not DOMNode
        apply(sheet, node, **more)

    monkeypatch.setattr(Stylesheet, "apply", counted)
    return times


async def test_it_reads_few_rules_and_has_few_widgets_which_are_styled_once(styled: Counter[DOMNode]) -> None:
    seen: dict[str, int] = {}

    class First(SimulatedWizard):
        def _start_loading(self) -> None:
            seen["rules"] = len(self.stylesheet.rules)
            seen["widgets"] = len(list(self.screen.walk_children()))
            seen["styled"] = styled.total()
            super()._start_loading()

    app = First("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "styled" in seen)

    assert seen["rules"] <= 60
    assert seen["widgets"] <= 15
    assert seen["styled"] <= seen["widgets"] + 6  # the screen, the bars that scroll, and the button that has the focus


async def test_a_dialog_is_styled_once_when_it_opens(styled: Counter[DOMNode]) -> None:
    async with SimulatedWizard("happy").run_test(size=(80, 24)) as pilot:
        styled.clear()
        dialog = HelpScreen("Keys", None)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: dialog.is_active and dialog.focused is not None)
        often = [node for node in dialog.query(".dialog > Static") if styled[node] > 1]

    assert not often


async def test_a_dialog_that_a_key_opened_before_all_styles_were_read_gets_them() -> None:
    dialog = HelpScreen("Keys", None)

    class Early(SimulatedWizard):
        def _start_loading(self) -> None:
            self.push_screen(dialog)
            self.call_after_refresh(super()._start_loading)

    async with Early("happy").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(dialog.query(".dialog")))
        await until(pilot, lambda: str(dialog.query_one(".dialog").styles.width) == "76")
