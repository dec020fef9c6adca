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
from tests.ui.waiting import until
from wizard.domain.step_id import StepId
from wizard.flow.by_hand.step import HandStep
from wizard.ui.panes.changes.review import ReviewPane
from wizard.ui.panes.changes.review_stage import Stage
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.handouts.plain_text import PlainTextScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.terminal import clipboard
from wizard.ui.terminal.clipboard import Helper

CHOSEN = ("enter", "down", "enter", "until:review", "still", "y", "enter", "wait:1")
DONE = ("space", "wait:1")


@asynccontextmanager
async def by_hand(
    app: SimulatedWizard, *does: str, heard: list[Message] | None = None
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    hook = heard.append if heard is not None else None
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True, message_hook=hook) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def screen_of(app: SimulatedWizard) -> ByHandScreen:
    assert isinstance(app.screen, ByHandScreen)
    return app.screen


def token_of(app: SimulatedWizard) -> str:
    token = app.state.secrets.launchdarkly_token
    assert token is not None
    return token.get_secret_value()


@pytest.fixture
def pasteboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the texts for the clipboard program of this machine."""
    given: list[str] = []
    monkeypatch.setattr(clipboard, "find_helper", lambda _: Helper(("wl-copy",)))

    def take(_: Helper, text: str) -> bool:
        given.append(text)
        return True

    monkeypatch.setattr(clipboard, "_take", take)
    return given


async def test_all_of_it_can_be_read_and_copied_before_anything_is_done(
    pasteboard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Message] = []
    async with by_hand(SimulatedWizard("happy"), *CHOSEN, heard=heard) as (app, pilot):
        await _f1_says_which_keys_there_are(app, pilot)
        await _troubleshooting_opens_over_it_and_closes_to_it(app, pilot)
        await _the_request_card_is_copied_whole_and_holds_no_secret(app, pilot, pasteboard)
        await _each_page_is_one_line_that_a_key_copies(app, pilot, pasteboard)
        await reach(pilot, ("left",) * 8)
        assert screen_of(app).step.title == "Basic settings"
        await _what_does_not_fit_is_said_to_go_on(app, pilot)
        with monkeypatch.context() as without:
            without.setattr(clipboard, "find_helper", lambda _: None)
            await _the_last_link_is_in_view_also_below_what_has_just_been_copied(app, pilot)
        await _a_token_is_copied_and_neither_drawn_nor_kept(app, pilot, pasteboard)
        await _a_click_on_a_value_copies_it(pilot, pasteboard)
        await _the_value_that_was_shown_is_copied_though_another_step_follows_at_once(app, pilot, pasteboard)
        await _an_answer_that_changed_is_reviewed_again(app, pilot)
        token = token_of(app)
    assert not [message for message in heard if not isinstance(message, events.Paste) and token in repr(message)]


async def _f1_says_which_keys_there_are(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("f1",))
    assert "copy the highlighted value" in seen(pilot)
    await reach(pilot, ("escape",))
    assert isinstance(app.screen, ByHandScreen)


async def _troubleshooting_opens_over_it_and_closes_to_it(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("f2",))
    assert isinstance(app.screen, TroubleshootScreen)
    await reach(pilot, ("f2",))
    assert isinstance(app.screen, ByHandScreen)


async def _the_request_card_is_copied_whole_and_holds_no_secret(
    app: SimulatedWizard, pilot: Pilot[Any], pasteboard: list[str]
) -> None:
    await reach(pilot, ("r", "enter"))
    assert isinstance(app.screen, PlainTextScreen)
    (card,) = pasteboard
    assert card.startswith("Request: steps in Twilio Segment")
    assert card.rstrip().endswith("selected-env=production")
    assert token_of(app) not in card
    await reach(pilot, ("escape",))
    assert isinstance(app.screen, ByHandScreen)


async def _each_page_is_one_line_that_a_key_copies(
    app: SimulatedWizard, pilot: Pilot[Any], pasteboard: list[str]
) -> None:
    """The documentation's address can be selected as a whole too."""
    for _ in range(11):
        step = screen_of(app).step
        assert [line.strip() for line in seen(pilot).splitlines() if step.link.url[:40] in line], step.title
        assert step.docs is None or step.docs.url in marked(pilot), step.title
        await reach(pilot, ("c",))
        assert pasteboard[-1] == step.link.url
        await reach(pilot, ("right",))


def marked(pilot: Pilot[Any]) -> str:
    """Return the text that a user gets who selects the whole screen and pastes it without line breaks."""
    return seen(pilot).replace("\n", "")


async def _what_does_not_fit_is_said_to_go_on(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    docs = screen_of(app).step.docs
    assert docs is not None
    await _resize(pilot, 60, 20)
    assert "PgDn more" in seen(pilot)
    assert docs.url not in marked(pilot)
    screen_of(app).done.focus()  # with the focus on the values, Home and End would move among them
    for down, up in (("pagedown", "pageup"), ("end", "home")):
        await reach(pilot, (down,))
        assert docs.url in marked(pilot), down
        await reach(pilot, (up,))
        assert docs.url not in marked(pilot), up
    screen_of(app).values.focus()
    await _resize(pilot, 80, 24)


async def _resize(pilot: Pilot[Any], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: pilot.app.screen.size == (width, height))


async def _the_last_link_is_in_view_also_below_what_has_just_been_copied(
    app: SimulatedWizard, pilot: Pilot[Any]
) -> None:
    docs = screen_of(app).step.docs
    await reach(pilot, ("enter", "enter"))
    assert "if your terminal allows it" in seen(pilot)
    assert docs is not None
    assert docs.url in marked(pilot)
    assert "PgDn" not in seen(pilot)


async def _a_token_is_copied_and_neither_drawn_nor_kept(
    app: SimulatedWizard, pilot: Pilot[Any], pasteboard: list[str]
) -> None:
    await reach(pilot, ("2",))
    token = pasteboard[-1]
    assert token == token_of(app)
    assert "LaunchDarkly Service Token: copied" in seen(pilot)
    assert token not in seen(pilot)
    assert app.clipboard == ""
    assert not [worker for worker in app.workers if token in worker.description]


async def _a_click_on_a_value_copies_it(pilot: Pilot[Any], pasteboard: list[str]) -> None:
    before = len(pasteboard)
    await pilot.click("CopyRows", offset=(8, 2))
    await reach(pilot, ())
    assert len(pasteboard) == before + 1
    assert len(pasteboard[-1]) == 24


async def _the_value_that_was_shown_is_copied_though_another_step_follows_at_once(
    app: SimulatedWizard, pilot: Pilot[Any], pasteboard: list[str]
) -> None:
    screen, before = screen_of(app), len(pasteboard)
    screen.action_copy_value(1)
    screen.action_turn(-2)
    screen.action_turn(-1)
    await reach(pilot, ())
    assert app.screen is screen
    assert pasteboard[before:] == [token_of(app)]


async def _an_answer_that_changed_is_reviewed_again(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("escape",))
    assert _stage(app) is Stage.BY_HAND
    app.walk_screen.open_question(StepId.MAPPING, "context_key")
    await reach(pilot, ("down", "enter", "until:review"))
    assert _stage(app) is Stage.TO_APPROVE


def _stage(app: SimulatedWizard) -> Stage:
    review = app.walk_screen.pane
    assert isinstance(review, ReviewPane)
    return review._stage


async def test_each_step_is_marked_left_and_come_back_to_until_all_is_done(pasteboard: list[str]) -> None:
    async with by_hand(SimulatedWizard("happy"), *CHOSEN, *DONE * 2, "escape") as (app, pilot):
        assert "2 of 10 steps done" in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert "step 3 of 10" in seen(pilot)

        await _enter_copies_one_value_after_the_other(app, pilot, pasteboard)
        await reach(pilot, ("enter", "wait:1"))
        assert "step 4 of 10" in seen(pilot), "then it says done"
        assert "Basic settings · seen" in seen(pilot)
        assert "○ Now: The destination exists but is switched off." in seen(pilot)
        assert "different" not in seen(pilot), "it is what the step is about"

        _somebody_else_does(app, screen_of(app).step)
        await reach(pilot, ("left", "wait:10"))
        assert "Enable Destination · seen" in seen(pilot)
        assert "step 3 of 10" in seen(pilot), "a user who reads another step is left there"

        await reach(pilot, ("right", "right", *DONE * 6))
        assert "All steps are done" in seen(pilot)
        await reach(pilot, ("enter", "wait:1"))
        assert app.walk_screen.at == "first_sync"
        await reach(pilot, ("leap:3600",))
        assert "1,234 of 1,234" in seen(pilot)


def _somebody_else_does(app: SimulatedWizard, step: HandStep) -> None:
    assert app.walk.ports.colleague is not None
    pasted = {value.label: value.to_copy(app.state.secrets) for value in step.values}
    app.walk.ports.colleague(step.id, step.subject, pasted)


async def _enter_copies_one_value_after_the_other(
    app: SimulatedWizard, pilot: Pilot[Any], pasteboard: list[str]
) -> None:
    await reach(pilot, ("enter", "enter", "enter"))
    assert pasteboard == ["LaunchDarkly - shop / production", token_of(app), app.state.answers.client_side_id]
    assert "client-side ID: copied with wl-copy, and sent to the terminal." in seen(pilot)


async def test_what_somebody_else_does_meanwhile_ticks_itself() -> None:
    attached = ("until:review", "still", "y", "enter", "wait:1", "enter", "wait:1")
    async with by_hand(SimulatedWizard("attach-needs-app"), *attached) as (_, pilot):
        assert "step 1 of 3" in seen(pilot)
        await reach(pilot, ("wait:200",))
        assert "Add destination: VIP customers · seen" in seen(pilot)
        assert "step 2 of 3" in seen(pilot)


async def test_without_a_segment_token_the_users_word_does_and_can_be_taken_back() -> None:
    without = ("enter", "down", "enter", "until:audiences", *"vip_customers", "enter", *CHOSEN[3:])
    async with by_hand(SimulatedWizard("happy", segment_token=False), *without) as (_, pilot):
        assert "Without a Segment token, the wizard can't see this" in seen(pilot)
        assert "C link" in seen(pilot).splitlines()[-1], "for Space there's the button Done"
        await reach(pilot, DONE)
        assert "Add destination · marked as done" in seen(pilot)
        assert "step 2 of 10" in seen(pilot)
        await reach(pilot, ("left",))
        assert "Space not done" in seen(pilot).splitlines()[-1], "which no button does"
        await reach(pilot, DONE)
        assert "step 1 of 10" in seen(pilot)
        assert "· to do" in seen(pilot)
        await reach(pilot, (*DONE * 3, "escape"))
        assert "3 of 10 steps done" in seen(pilot)
        assert "> Destination" in seen(pilot), "it has a step left"
        await reach(pilot, ("enter", *DONE, "escape"))
        assert "0 changed" not in seen(pilot)
        assert "2 by hand, 1 done by hand" in seen(pilot)
        assert "✓ Destination" in seen(pilot)
