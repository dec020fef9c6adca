"""Steps by hand on the screen: values copied but never drawn, steps that mark themselves, a place that is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.handouts.plain_text import PlainTextScreen
from wizard.ui.terminal import clipboard
from wizard.ui.terminal.clipboard import Helper

CHOSEN = ("enter", "down", "enter", "until:review", "still", "y", "enter", "wait:1")
SETTINGS = ("right", "right")


@asynccontextmanager
async def by_hand(
    *does: str, world: str = "happy", heard: list[Message] | None = None, chosen: tuple[str, ...] = CHOSEN
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world)
    hook = heard.append if heard is not None else None
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True, message_hook=hook) as pilot:
        await reach(pilot, (*chosen, *does))
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


@pytest.fixture
def pasteboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what a clipboard program of this machine gets."""
    given: list[str] = []
    monkeypatch.setattr(clipboard, "find_helper", lambda _: Helper(("wl-copy",)))

    def take(_: Helper, text: str) -> bool:
        given.append(text)
        return True

    monkeypatch.setattr(clipboard, "_take", take)
    return given


async def test_the_value_that_was_shown_is_copied_though_another_step_follows_at_once(pasteboard: list[str]) -> None:
    async with by_hand(*SETTINGS) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, ByHandScreen)
        screen.action_copy_value(2)
        screen.action_turn(-2)
        screen.action_turn(-1)
        await reach(pilot, ())
        assert app.screen is screen
        assert len(pasteboard) == 1


async def test_enter_copies_one_value_after_the_other_and_then_says_done(pasteboard: list[str]) -> None:
    async with by_hand(*SETTINGS, "enter", "enter", "enter") as (app, pilot):
        token = app.state.secrets.launchdarkly_token
        assert token is not None
        assert pasteboard == [
            "LaunchDarkly - shop / production",
            token.get_secret_value(),
            app.state.answers.client_side_id,
        ]
        assert "client-side ID: copied with wl-copy, and sent to the terminal." in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert "step 4 of 10" in seen(pilot)


async def test_a_token_is_copied_and_neither_drawn_nor_kept_nor_told(pasteboard: list[str]) -> None:
    heard: list[Message] = []
    async with by_hand(*SETTINGS, "2", heard=heard) as (app, pilot):
        token = pasteboard[0]
        assert "LaunchDarkly Service Token: copied" in seen(pilot)
        assert token not in seen(pilot)
        assert app.clipboard == ""
        assert not [worker for worker in app.workers if token in worker.description]
    assert not [message for message in heard if not isinstance(message, events.Paste) and token in repr(message)]


async def test_a_step_that_is_seen_is_left_behind_and_one_that_differs_is_named() -> None:
    async with by_hand(*SETTINGS, "space", "wait:1") as (_, pilot):
        assert "Basic settings · seen" in seen(pilot)
        assert "○ Now: The destination exists but is switched off." in seen(pilot)
        assert "different" not in seen(pilot), "it is what the step is about"
        await reach(pilot, ("space", "wait:1"))
        assert "step 5 of 10" in seen(pilot)


async def test_what_somebody_else_does_meanwhile_ticks_itself() -> None:
    chosen = ("until:review", "still", "y", "enter", "wait:1", "enter", "wait:1")
    async with by_hand(world="attach-needs-app", chosen=chosen) as (_, pilot):
        assert "step 1 of 3" in seen(pilot)
        await reach(pilot, ("wait:200",))
        assert "Add destination: VIP customers · seen" in seen(pilot)
        assert "step 2 of 3" in seen(pilot)


async def test_a_user_who_reads_another_step_is_left_there() -> None:
    chosen = ("until:review", "still", "y", "enter", "wait:1", "enter", "wait:1")
    async with by_hand("right", "right", "wait:200", world="attach-needs-app", chosen=chosen) as (_, pilot):
        assert "step 3 of 3" in seen(pilot)
        assert "Add destination: VIP customers · seen" in seen(pilot)


async def test_without_a_segment_token_the_users_word_does_and_can_be_taken_back() -> None:
    app = SimulatedWizard("happy", segment_token=False)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await reach(pilot, ("enter", "down", "enter", "until:audiences", *"vip_customers", "enter", *CHOSEN[3:]))
        assert "Without a Segment token, the wizard can't see this" in seen(pilot)
        await reach(pilot, ("space", "wait:1"))
        assert "Add destination · your word is taken" in seen(pilot)
        assert "step 2 of 10" in seen(pilot)
        await reach(pilot, ("left", "space", "wait:1"))
        assert "step 1 of 10" in seen(pilot)
        assert "· to do" in seen(pilot)


async def test_leaving_is_safe_and_coming_back_goes_on_there() -> None:
    async with by_hand("space", "wait:1", "space", "wait:1", "escape") as (app, pilot):
        assert "2 of 10 steps done" in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert isinstance(app.screen, ByHandScreen)
        assert "step 3 of 10" in seen(pilot)


async def test_all_done_goes_on_to_the_first_sync() -> None:
    async with by_hand(*SETTINGS, *("space", "wait:1") * 8) as (app, pilot):
        assert "All of it is done" in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert app.walk_screen.at == "first_sync"
        await reach(pilot, ("wait:3600",))
        assert "1,234 of 1,234" in seen(pilot)


async def test_the_request_card_is_copied_whole_and_holds_no_secret(pasteboard: list[str]) -> None:
    async with by_hand("r", "enter") as (app, pilot):
        assert isinstance(app.screen, PlainTextScreen)
        token = app.state.secrets.launchdarkly_token
        assert token is not None
        (card,) = pasteboard
        assert card.startswith("Request: steps in Twilio Segment")
        assert card.rstrip().endswith("selected-env=production")
        assert token.get_secret_value() not in card
        await reach(pilot, ("escape", "escape"))
        assert app.walk_screen.is_current


async def test_a_click_on_a_value_copies_it(pasteboard: list[str]) -> None:
    async with by_hand(*SETTINGS) as (_, pilot):
        await pilot.click("CopyRows", offset=(8, 2))
        await reach(pilot, ())
        assert len(pasteboard) == 1
        assert len(pasteboard[0]) == 24


# --- links -------------------------------------------------------------------------------------------------------


def marked(pilot: Pilot[Any]) -> str:
    """Return what a user gets who marks the screen from edge to edge and pastes it without line breaks."""
    return seen(pilot).replace("\n", "")


async def test_the_page_is_one_line_that_a_key_copies_and_the_documentation_can_be_marked_whole(
    pasteboard: list[str],
) -> None:
    async with by_hand() as (app, pilot):
        for _ in range(11):
            step = app.screen.step  # type: ignore[attr-defined]
            assert [line.strip() for line in seen(pilot).splitlines() if step.link.url[:40] in line], step.title
            assert step.docs is None or step.docs.url in marked(pilot), step.title
            await reach(pilot, ("c",))
            assert pasteboard[-1] == step.link.url
            await reach(pilot, ("right",))


async def test_the_last_link_is_in_view_also_below_what_has_just_been_copied() -> None:
    async with by_hand(*SETTINGS, "enter", "enter") as (app, pilot):
        step = app.screen.step  # type: ignore[attr-defined]
        assert step.title == "Basic settings"
        assert "if your terminal allows it" in seen(pilot)
        assert step.docs.url in marked(pilot)
        assert "PgDn" not in seen(pilot)


async def test_what_does_not_fit_is_said_to_go_on() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(60, 20)) as pilot:
        await reach(pilot, (*CHOSEN, *SETTINGS))
        step = app.screen.step  # type: ignore[attr-defined]
        assert "PgDn more" in seen(pilot)
        assert step.docs.url not in marked(pilot)
        await reach(pilot, ("pagedown",))
        assert step.docs.url in marked(pilot)


async def test_f1_says_which_keys_there_are_and_comes_back() -> None:
    async with by_hand("f1") as (app, pilot):
        assert "copy the value that is marked" in seen(pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, ByHandScreen)
