"""However much changes between two frames, the walk is drawn exactly once for it."""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import Compositor
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from wizard.ui.screens.dialogs.help import HelpScreen
from wizard.ui.widgets.fields.secret_input import SecretInput


async def test_what_is_drawn_again_as_it_was_is_not_laid_out_and_looks_between_two_frames_are_drawn_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laid_out: list[None] = []
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        for stop in ("review", "first_sync"):
            await reach(pilot, (f"until:{stop}", "wait:60"))
            with monkeypatch.context() as watched:
                watched.setattr(Screen, "_refresh_layout", lambda *_, **__: laid_out.append(None))
                app.walk.changed()
                await reach(pilot, ())
                assert not laid_out, stop

        drawn, looks = counted(app, monkeypatch), len(app.sandbox.requests)
        await app.clock.advance(240)
        assert len(app.sandbox.requests) > looks + 20
        await reach(pilot, ())
        assert 1 <= len(drawn) <= 3


async def test_a_dialog_is_arranged_once_a_layout_and_a_change_below_it_is_drawn_though_it_closes_before_its_next_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:launchdarkly",))
        with monkeypatch.context() as watched:
            laid_out = arranged_by_layout(watched)
            await reach(pilot, ("f1",))
            assert set(laid_out) == {(app.screen, 1)}, "the page below is not arranged again"
        # the app styles without transitions, so no rule may have one
        assert not [rule for rule in app.stylesheet.rules if rule.styles.has_rule("transitions")]

        dialog, drawn = app.screen, counted(app, monkeypatch)
        assert isinstance(dialog, HelpScreen)
        dialog.refresh()
        app.walk.changed()
        await app.clock.settle()  # turns of the loop, without a frame
        assert not drawn
        dialog.dismiss()
        await until(pilot, lambda: app.screen is app.walk_screen)
        assert drawn


async def test_a_letter_in_a_hidden_field_moves_nothing_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:launchdarkly",))
        assert app.walk_screen.pane is not None
        app.walk_screen.pane.open_ask("launchdarkly_token")
        await reach(pilot, ("a",))
        with monkeypatch.context() as watched:
            laid_out = arranged_by_layout(watched)
            await reach(pilot, ("p", "i"))
            assert not laid_out
        assert isinstance(app.screen.focused, SecretInput)
        assert app.screen.focused.value == "api"


def arranged_by_layout(watched: pytest.MonkeyPatch) -> list[tuple[Widget, int]]:
    """Return a list that gets each layout from now on: the screen, and how often a screen was arranged for it."""
    arranged: list[Widget] = []
    laid_out: list[tuple[Widget, int]] = []
    arrange, refresh_layout = Compositor._arrange_root, Screen._refresh_layout

    def arranging(compositor: Compositor, root: Widget, size: Size, visible_only: bool = True) -> Any:
        arranged.append(root)
        return arrange(compositor, root, size, visible_only)

    def laying_out(screen: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:
        before = len(arranged)
        refresh_layout(screen, size, scroll)
        laid_out.append((screen, len(arranged) - before))

    watched.setattr(Compositor, "_arrange_root", arranging)
    watched.setattr(Screen, "_refresh_layout", laying_out)
    return laid_out


def counted(app: SimulatedWizard, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows each time the walk is drawn."""
    drawn: list[int] = []
    show_walk = app.walk_screen.show_walk

    def shown() -> None:
        drawn.append(len(drawn))
        show_walk()

    monkeypatch.setattr(app.walk_screen, "show_walk", shown)
    return drawn
