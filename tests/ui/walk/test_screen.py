"""The walk's screen as a person uses it, on a small walk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from textual import events
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fake_clock import FakeClock
from tests.ui import minimal_walk
from tests.ui.minimal_walk import TOKEN, Reads
from tests.ui.plain import text_on
from tests.ui.quiet import PATIENCE_S
from tests.ui.waiting import until
from wizard.domain.answers import AskId
from wizard.domain.findings import Finding, Status
from wizard.domain.step_id import StepId
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk
from wizard.ui.app import LONGEST_PASTE, AudienceWizard
from wizard.ui.appearance.palette import DARK
from wizard.ui.appearance.theme import LIGHT
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.dialogs.quit import QuitScreen
from wizard.ui.walk.key_bar import keys_in_the_rail
from wizard.ui.walk.pages import Pages
from wizard.ui.widgets.frame import Hint, fit
from wizard.ui.widgets.rail import Rail

FAILED = Finding("a.b", "May write", Status.FAIL, "It may not [/write].", "A role denies it.", "Give it Writer.")


@asynccontextmanager
async def opened(
    load: Walk | Callable[[], Walk], size: tuple[int, int] = (80, 24), heard: list[Message] | None = None
) -> AsyncIterator[tuple[AudienceWizard, Pilot[Any]]]:
    app = AudienceWizard(load if callable(load) else lambda: load, calm=True)
    hook = heard.append if heard is not None else None
    async with app.run_test(size=size, notifications=True, tooltips=True, message_hook=hook) as pilot:
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


async def begin(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: pilot.app.screen.walk is not None)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await pilot.pause()


async def paste(pilot: Pilot[Any], text: str) -> None:
    focused = pilot.app.screen.focused
    assert focused is not None
    focused.post_message(events.Paste(text))
    await pilot.pause()


async def test_enter_before_the_walk_is_loaded_is_not_lost() -> None:
    gate = threading.Event()
    walk = minimal_walk.walk()

    def load() -> Walk:
        gate.wait(PATIENCE_S)
        return walk

    async with opened(load) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert "Beginning" in seen(pilot)
        assert "Enter begin" not in seen(pilot)
        assert "keyring" not in seen(pilot)
        gate.set()
        await until(pilot, lambda: app.walk_screen.at == StepId.LAUNCHDARKLY)


@pytest.fixture
def slow_pages(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Mount no page ahead until the returned event is set."""
    gate, mount_all = asyncio.Event(), Pages._mount_all

    async def held_back(pages: Pages, shown: str) -> None:
        await gate.wait()
        await mount_all(pages, shown)

    monkeypatch.setattr(Pages, "_mount_all", held_back)
    return gate


async def test_the_first_step_waits_for_no_other_page_and_one_that_is_awaited_is_made_next(
    slow_pages: asyncio.Event,
) -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        screen = app.walk_screen
        await begin(pilot)
        assert screen.at == StepId.LAUNCHDARKLY
        screen.go(StepId.AUDIENCES)
        assert screen.at == StepId.LAUNCHDARKLY
        slow_pages.set()
        await until(pilot, lambda: screen.at == StepId.AUDIENCES and screen.focused is not None)
        assert [pane.step.id for pane in screen.pages.all] == [StepId.LAUNCHDARKLY, StepId.AUDIENCES]
        assert [pane.step.id for pane in screen.pages.all if pane.display] == [StepId.AUDIENCES]
        assert not any(field.cursor_blink for field in screen.query(Input))


async def test_what_is_typed_before_a_page_is_there_reaches_that_page(slow_pages: asyncio.Event) -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        app.walk_screen.open_question(StepId.MAPPING, cast("AskId", "name"))
        app.simulate_key("7")
        app.post_message(events.Paste("8"))
        app.simulate_key("9")
        await pilot.pause()
        assert not any(field.value for field in app.screen.query(Input))
        slow_pages.set()
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value.endswith("789"))


async def test_the_styles_are_read_again_for_another_theme_only(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    reparse = Stylesheet.reparse

    def noted(sheet: Stylesheet) -> None:
        read.append("all")
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", noted)
    async with opened(minimal_walk.walk()) as (app, pilot):
        await pilot.pause()
        assert not read
        assert app.walk_screen.styles.background.hex.lower() == DARK.background
        app.theme = LIGHT.name
        await pilot.pause()
        assert read
        assert app.walk_screen.styles.background.hex.lower() == LIGHT.background


async def test_the_welcome_promises_no_keyring_to_a_run_without_one() -> None:
    async with opened(minimal_walk.walk(), (120, 40)) as (_, pilot):
        await until(pilot, lambda: "The keyring is off." in seen(pilot))


async def test_a_saved_setup_goes_on_with_the_page_that_is_made_first() -> None:
    session = Session(None, FakeClock())
    session.keep(session.saved.answers, (StepId.LAUNCHDARKLY,))
    async with opened(minimal_walk.walk(session=session)) as (app, pilot):
        await until(pilot, lambda: app.walk_screen.walk is not None)
        assert [pane.step.id for pane in app.walk_screen.pages.all] == [StepId.MAPPING]


async def test_keys_faster_than_paint_reach_the_right_field() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen.focused, Input) and not app.screen.focused.password)
        await pilot.press(*"12", "enter", "enter")
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        walk = app.walk_screen.walk
        assert walk is not None
        assert walk.state.answers.space == "spa_12"


# --- the hidden field, and the list after it -----------------------------------------------------------------------


async def test_a_token_is_pasted_looked_at_and_taken_and_no_message_carries_it() -> None:
    heard: list[Message] = []
    reads = Reads()
    async with opened(minimal_walk.walk(reads), heard=heard) as (app, pilot):
        await begin(pilot)
        await until(pilot, lambda: len(app.walk_screen.pages.all) == 2)
        made = [pane.step.id for pane in app.walk_screen.pages.all]
        assert made == [StepId.LAUNCHDARKLY, StepId.MAPPING], "the next page is made while this one is read"

        await _a_mistake_is_named_before_any_call(app, pilot)
        assert reads.times == 0
        await paste(pilot, f"  {TOKEN}\n")
        assert "40 characters, ends in 1a2b" in seen(pilot)
        await pilot.press("ctrl+a", "ctrl+x")
        assert TOKEN not in app.clipboard
        await _a_resize_keeps_what_was_typed_and_a_narrow_window_has_no_rail(app, pilot)
        assert reads.times == 0

        await pilot.press("enter")
        await until(pilot, lambda: "40 listed" in seen(pilot))
        assert all(field.value != TOKEN for field in app.query(Input))
        assert "40 characters, ends in 1a2b" in seen(pilot)
        await _escape_clears_a_filter_first(app, pilot)
        await _enter_in_the_empty_field_keeps_the_token(app, pilot)
    told = [repr(message) for message in heard if not isinstance(message, events.Paste)]
    assert not [message for message in told if TOKEN in message]


async def _a_mistake_is_named_before_any_call(app: AudienceWizard, pilot: Pilot[Any]) -> None:
    """A paste's control characters don't reach a field, and a file pasted by mistake is cut."""
    (field,) = (field for field in app.query(Input) if field.password)
    for pasted, said, kept in (
        (f"{TOKEN}\n{TOKEN}\n", "Two tokens were pasted", f"{TOKEN}\n{TOKEN}"),
        ("sdk-1234567890", "This is an SDK key", "sdk-1234567890"),
        ("sdk-12\x1b]0;title\x07\x9d34\ufffd", "This is an SDK key", "sdk-12]0;title34\ufffd"),
        ("sdk-" * LONGEST_PASTE, "This is an SDK key", ("sdk-" * LONGEST_PASTE)[:LONGEST_PASTE]),
    ):
        app.post_message(events.Paste(pasted))  # as the terminal sends it
        await pilot.pause()
        assert said in seen(pilot)
        assert field.value == kept
        field.value = ""
        await pilot.pause()
        assert said not in seen(pilot)


async def _a_resize_keeps_what_was_typed_and_a_narrow_window_has_no_rail(
    app: AudienceWizard, pilot: Pilot[Any]
) -> None:
    await pilot.resize_terminal(50, 24)
    await pilot.pause()
    assert "Step 1 of 3" in seen(pilot)
    assert not app.query_one(Rail).display
    await pilot.resize_terminal(120, 40)
    await pilot.pause()
    assert "•" * 40 in seen(pilot)
    assert app.query_one(Rail).display
    await pilot.resize_terminal(80, 24)
    await pilot.pause()


async def _escape_clears_a_filter_first(app: AudienceWizard, pilot: Pilot[Any]) -> None:
    await pilot.press("9")
    assert "40 listed" not in seen(pilot)
    await pilot.press("escape")
    await pilot.pause()
    assert app.walk_screen.at == StepId.LAUNCHDARKLY
    assert "40 listed" in seen(pilot)


async def _enter_in_the_empty_field_keeps_the_token(app: AudienceWizard, pilot: Pilot[Any]) -> None:
    app.walk_screen.open_question(StepId.LAUNCHDARKLY, minimal_walk.SECRET.id)
    await until(pilot, lambda: "paste here" in seen(pilot))
    await pilot.press("enter")
    await until(pilot, lambda: "40 characters, ends in 1a2b" in seen(pilot))
    assert "paste here" not in seen(pilot)


async def test_answers_and_what_was_typed_are_kept_and_a_choice_that_is_gone_is_not_selected_any_more() -> None:
    walk = minimal_walk.walk()
    async with opened(walk) as (app, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: "40 listed" in seen(pilot))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        await pilot.press("enter")
        await pilot.press("ctrl+a", "M", "i", "n", "e", "escape")
        await until(pilot, lambda: app.walk_screen.at == StepId.LAUNCHDARKLY)
        assert "Space 0" in seen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        assert "Mine" in seen(pilot)

        app.walk_screen.go(StepId.AUDIENCES)
        await until(pilot, lambda: app.walk_screen.at == StepId.AUDIENCES)
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: "2 selected: Space 0, Space 1" in seen(pilot))
        walk.record("spaces", Reads().spaces[1:])
        await until(pilot, lambda: "39 listed" in seen(pilot))
        assert "1 selected: Space 1" in seen(pilot)


async def test_a_failure_stands_in_the_way_until_the_user_goes_on_anyway() -> None:
    """Checking again reads again; its result isn't shown on another page."""
    reads = Reads()
    async with opened(minimal_walk.walk(reads, findings=(FAILED,))) as (app, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: "40 listed" in seen(pilot))
        assert reads.times == 1
        await pilot.press("f5")
        await until(pilot, lambda: reads.times == 2 and "40 listed" in seen(pilot))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, FindingScreen))
        assert "It may not [/write]." in seen(pilot)

        reads.arrive = asyncio.Event()
        await pilot.press("enter")
        await until(pilot, lambda: reads.times == 3)
        app.walk_screen.go(StepId.MAPPING)
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        reads.arrive.set()
        await until(pilot, lambda: not any(worker.is_running for worker in app.workers if worker.group == "read"))
        assert app.screen is app.walk_screen
        assert app.walk_screen.at == StepId.MAPPING

        await pilot.press("escape")
        await until(pilot, lambda: app.walk_screen.at == StepId.LAUNCHDARKLY)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FindingScreen))
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)


async def test_f10_asks_as_the_button_does_and_ctrl_c_only_when_something_would_be_lost() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.walk_screen)
        await pilot.press("enter", "f10")
        await until(pilot, lambda: "You can start again at any time." in seen(pilot))  # as after the Quit button
        await pilot.press("escape", "ctrl+c")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 0


async def test_a_folded_question_has_nothing_to_lose() -> None:
    walk = minimal_walk.walk()
    walk.answer(minimal_walk.SECRET, TOKEN)
    await walk.read()
    walk.answer(minimal_walk.MANY, ("spa_1",))
    async with opened(walk) as (app, pilot):
        await begin(pilot)
        app.walk_screen.go(StepId.AUDIENCES)
        await until(pilot, lambda: app.walk_screen.at == StepId.AUDIENCES)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 0


async def test_the_mouse_reaches_rail_choices_and_quit() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        await pilot.click(Rail, offset=(3, 1))
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        await pilot.click("#pane-mapping Rows", offset=(6, 1))
        walk = app.walk_screen.walk
        assert walk is not None
        await until(pilot, lambda: walk.state.answers.context_kind == "device")
        await pilot.click("#pane-mapping #quit")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.click("#leave")
        await until(pilot, lambda: app.return_code == 0)


async def test_a_wait_says_what_is_called_and_next_waits_for_it() -> None:
    reads = Reads(arrive=asyncio.Event())
    async with opened(minimal_walk.walk(reads)) as (_, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: "api.example.com · reading spaces · 0 s" in seen(pilot))
        assert "waits for the spaces of this token" in seen(pilot)
        assert reads.arrive is not None
        reads.arrive.set()
        await until(pilot, lambda: "40 listed" in seen(pilot))


async def test_a_programming_error_in_a_worker_is_shown_without_values() -> None:
    class Broken(Reads):
        async def read(self, *_: object) -> Any:
            secret = TOKEN
            raise ValueError(secret)

    async with opened(minimal_walk.walk(Broken())) as (_, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: "The wizard itself had a problem" in seen(pilot))
        assert "ValueError" in seen(pilot)
        assert TOKEN not in seen(pilot)


async def test_a_notification_is_never_markup() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        app.notify("[/x] [@click=app.exit]name[/]")
        await pilot.pause()
        assert "[/x]" in seen(pilot)


def test_a_long_word_is_shortened_before_a_key_is_left_out() -> None:
    takes = Hint("Enter", "take Use Segment UserId only", "", short="take")
    save, back = Hint("^S", "save", "", spare=3), Hint("Esc", "clear the filter", "", spare=2, short="clear")
    every = (takes, back, save, Hint("F10", "quit", ""))
    assert {width: [hint.word for hint in fit(every, width)] for width in (75, 66, 60, 32, 20)} == {
        75: ["take Use Segment UserId only", "clear the filter", "save", "quit"],
        66: ["take Use Segment UserId only", "clear the filter", "quit"],
        60: ["take Use Segment UserId only", "clear", "quit"],
        32: ["take", "clear", "quit"],
        20: ["take", "quit"],
    }


def test_the_tightest_words_keep_the_keys_of_a_narrow_panel() -> None:
    takes = Hint("Enter", "take VIP customers", "", short="take it", tight="take")
    trouble = Hint("F2", "troubleshoot", "", tight="cause")
    every = (takes, trouble, Hint("F10", "quit", ""))
    assert {width: [hint.word for hint in fit(every, width)] for width in (51, 40, 36, 30, 29)} == {
        51: ["take VIP customers", "troubleshoot", "quit"],
        40: ["take it", "troubleshoot", "quit"],
        36: ["take it", "cause", "quit"],
        30: ["take", "cause", "quit"],
        29: ["take", "cause"],
    }


def test_keys_that_can_be_spared_make_room_for_those_that_cannot() -> None:
    keys = (Hint("Enter", "next", ""), Hint("PgDn", "more", "", spare=True), Hint("F4", "ask", "", spare=True))
    every = (*keys, Hint("F10", "quit", ""))
    fitting = {width: [hint.key for hint in fit(every, width)] for width in (60, 39, 31, 20, 5)}
    assert fitting == {
        60: ["Enter", "PgDn", "F4", "F10"],
        39: ["Enter", "PgDn", "F4", "F10"],
        31: ["Enter", "PgDn", "F10"],
        20: ["Enter", "F10"],
        5: ["Enter", "F10"],
    }


async def test_a_complete_step_that_is_left_ahead_by_the_rail_is_done_as_with_next() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        walk, rail = app.walk_screen.walk, app.walk_screen.rail
        assert walk is not None

        async def choose(place: int, step_id: StepId) -> None:
            await pilot.click(Rail, offset=(3, place))
            await until(pilot, lambda: app.walk_screen.at == step_id)
            await app.workers.wait_for_complete()

        await choose(1, StepId.MAPPING)
        await choose(2, StepId.AUDIENCES)
        assert not walk.accepted, "nobody has answered the steps that were left"
        await choose(1, StepId.MAPPING)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: not walk.missing(walk.step(StepId.MAPPING)))
        await choose(0, StepId.LAUNCHDARKLY)
        assert not walk.accepted, "going back isn't going on"
        await choose(1, StepId.MAPPING)
        await choose(2, StepId.AUDIENCES)
        assert walk.accepted == {StepId.MAPPING}
        assert [step.sign.word for step in rail._steps] == ["to do", "done", "to do"]


def test_the_tight_word_of_troubleshooting_says_of_no_page_that_something_is_broken() -> None:
    assert [hint.word for hint in fit(keys_in_the_rail(), 54)] == ["choose", "back", "help", "debug", "quit"]


async def test_in_the_rail_the_step_that_an_arrow_leads_to_is_lit() -> None:
    def lit(rail: Rail) -> list[str]:
        rows = [rail.render_line(y) for y in range(rail.size.height)]
        return [row.text.split()[1] for row in rows if any(part.style and part.style.reverse for part in row)]

    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        rail = app.walk_screen.rail
        rail.focus()
        await pilot.pause()
        before = lit(rail)
        await pilot.press("down")
        assert len(before) == len(lit(rail)) == 1
        assert lit(rail) != before


async def test_next_takes_no_row_from_a_user_who_unselected_all_of_them() -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        walk = app.walk_screen.walk
        assert walk is not None
        walk.answer(minimal_walk.SECRET, TOKEN)
        await walk.read()
        app.walk_screen.go(StepId.AUDIENCES)
        await until(pilot, lambda: app.walk_screen.at == StepId.AUDIENCES)
        await pilot.press("space", "space")
        await pilot.click("#pane-audiences #next")
        await pilot.pause()
        assert "Nothing is selected." in seen(pilot)
        assert not walk.state.answers.audiences


async def test_a_page_key_on_a_button_moves_in_the_list_that_the_bar_means() -> None:
    async with opened(minimal_walk.walk(), size=(120, 40)) as (app, pilot):
        await begin(pilot)
        await paste(pilot, TOKEN)
        await pilot.press("enter")
        await until(pilot, lambda: "40 listed" in seen(pilot))
        pane = app.walk_screen.pane
        assert pane is not None
        pane.next.focus()
        await pilot.pause()
        bar = seen(pilot).splitlines()[-1]
        assert "PgDn more" in bar
        before = seen(pilot)
        await pilot.press("pagedown")
        assert seen(pilot) != before
        await pilot.press("pageup")
        assert seen(pilot) == before


async def test_who_unselects_all_of_an_optional_answer_has_none() -> None:
    optional = replace(minimal_walk.STEPS[2], asks=(replace(minimal_walk.MANY, optional=True),))
    walk = minimal_walk.walk(steps=(*minimal_walk.STEPS[:2], optional))
    async with opened(walk) as (app, pilot):
        await begin(pilot)
        walk.answer(minimal_walk.SECRET, TOKEN)
        await walk.read()
        walk.answer(optional.asks[0], ("spa_0",))
        app.walk_screen.open_question(StepId.AUDIENCES, optional.asks[0].id)
        await until(pilot, lambda: "1 selected" in seen(pilot))
        await pilot.press("space")
        await pilot.click("#pane-audiences #next")
        await until(pilot, lambda: walk.state.answers.audiences == ())


async def test_escape_closes_a_reopened_question_and_keeps_its_answer() -> None:
    walk = minimal_walk.walk()
    walk.answer(minimal_walk.SECRET, TOKEN)
    await walk.read()
    walk.answer(minimal_walk.PICK, "spa_1")
    async with opened(walk) as (app, pilot):
        await begin(pilot)
        app.walk_screen.go(StepId.LAUNCHDARKLY)
        await until(pilot, lambda: app.walk_screen.at == StepId.LAUNCHDARKLY)
        await pilot.press("shift+tab", "shift+tab", "enter", "down")
        await until(pilot, lambda: "Esc close" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Esc back" in seen(pilot))
        assert app.walk_screen.at == StepId.LAUNCHDARKLY
        assert walk.state.answers.space == "spa_1"
        await pilot.press("escape")
        await until(pilot, lambda: app.walk_screen.at != StepId.LAUNCHDARKLY)
