"""Next takes what Enter takes: what is typed, marked or highlighted, for every kind of question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui import minimal_walk
from tests.ui.minimal_walk import CHOICE, TOKEN
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.waiting import until
from tests.ui.walk.test_screen import begin, opened, paste, seen
from wizard.domain.answers import ContextKey
from wizard.domain.step_id import StepId
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.ui.app import AudienceWizard
from wizard.ui.screens.dialogs.quit import QuitScreen
from wizard.ui.widgets.buttons.button import Button

Way = Callable[[Pilot[Any]], Awaitable[None]]


async def by_enter(pilot: Pilot[Any]) -> None:
    await pilot.press("enter")


async def by_click(pilot: Pilot[Any]) -> None:
    button = pilot.app.walk_screen.pane.next  # type: ignore[attr-defined]
    await until(pilot, lambda: not button.has_class("-active"))  # a button that was just pressed takes no click
    await pilot.click(button)


async def by_tab(pilot: Pilot[Any]) -> None:
    await tab_to(pilot, "next")
    await pilot.press("enter")


async def tab_to(pilot: Pilot[Any], id: str) -> None:
    for _ in range(12):
        focused = pilot.app.screen.focused
        if focused is not None and focused.id == id:
            return
        await pilot.press("tab")
    raise AssertionError(f"Tab never came to {id}")


def text_on(app: AudienceWizard) -> Walk:
    assert app.walk_screen.walk is not None
    return app.walk_screen.walk


# --- every kind of question, on a small walk -------------------------------------------------------------------------


async def at_secret(_: AudienceWizard, pilot: Pilot[Any]) -> None:
    await begin(pilot)
    await paste(pilot, TOKEN)


async def at_pick(app: AudienceWizard, pilot: Pilot[Any], way: Way = by_enter) -> None:
    await at_secret(app, pilot)
    await way(pilot)
    await until(pilot, lambda: "40 listed" in seen(pilot))
    assert _token_of(app) == TOKEN
    await pilot.press("down", "down")


async def arrive(app: AudienceWizard, pilot: Pilot[Any], step: StepId) -> None:
    """Arrive at a step: after the last answer Next has gone on already, while Enter needs a second press."""
    if app.walk_screen.at != step:
        await pilot.press("enter")
    await until(pilot, lambda: app.walk_screen.at == step)


def _token_of(app: AudienceWizard) -> str:
    token = text_on(app).state.secrets.launchdarkly_token
    return token.get_secret_value() if token else ""


async def at_choice(app: AudienceWizard, pilot: Pilot[Any], way: Way = by_enter) -> None:
    await at_pick(app, pilot, way)
    await way(pilot)
    await until(pilot, lambda: text_on(app).state.answers.space == "spa_2")
    await arrive(app, pilot, StepId.MAPPING)
    await pilot.press("down")


async def at_text(app: AudienceWizard, pilot: Pilot[Any], way: Way = by_enter) -> None:
    await at_choice(app, pilot, way)
    await way(pilot)
    await until(pilot, lambda: text_on(app).state.answers.context_kind == "device")
    assert app.walk_screen.at == StepId.MAPPING
    assert text_on(app).state.answers.destination_name == "", "the question after is only opened"
    await pilot.press("home", *"Mine: ")


async def at_many(app: AudienceWizard, pilot: Pilot[Any], way: Way = by_enter) -> None:
    await at_text(app, pilot, way)
    await way(pilot)
    await until(pilot, lambda: text_on(app).state.answers.destination_name.startswith("Mine: LaunchDarkly - shop"))
    await arrive(app, pilot, StepId.AUDIENCES)
    await pilot.press("space", "down", "down", "space")


@pytest.mark.parametrize("way", [by_enter, by_click])
async def test_next_takes_what_enter_takes(way: Way) -> None:
    """Answer each kind of question in turn, and check each answer."""
    async with opened(minimal_walk.walk()) as (app, pilot):
        await at_many(app, pilot, way)
        await pilot.press("escape")
        await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
        await by_click(pilot)
        await until(pilot, lambda: app.walk_screen.at == StepId.AUDIENCES)
        assert "2 selected" in seen(pilot), "going away and back keeps what was marked"
        await way(pilot)
        await until(pilot, lambda: text_on(app).state.answers.audiences == ("spa_0", "spa_2"))


@pytest.mark.parametrize("way", [by_enter, by_tab])
async def test_next_refuses_what_enter_refuses_and_what_was_typed_stays(way: Way) -> None:
    async with opened(minimal_walk.walk()) as (app, pilot):
        await begin(pilot)
        await paste(pilot, "sdk-1234567890")
        await way(pilot)
        await until(pilot, lambda: "This is an SDK key" in seen(pilot) and getattr(app.focused, "password", False))
        assert "•" * 14 in seen(pilot)
        assert text_on(app).state.secrets.launchdarkly_token is None


@pytest.mark.parametrize("way", [by_enter, by_tab, by_click])
async def test_a_question_without_a_suggestion_is_answered_by_a_choice_only(way: Way) -> None:
    step = Step(StepId.PREREQUISITES, "First things", "One choice.", (replace(CHOICE, suggest=lambda _: ""),))
    async with opened(minimal_walk.walk(steps=(step,))) as (app, pilot):
        await begin(pilot)
        bar = seen(pilot).splitlines()[-1]
        assert bar.startswith(" ↑↓ choose one"), "Enter would only say so"
        assert "Press ↑ or ↓ to see what each answer means." in seen(pilot)
        await way(pilot)
        await until(pilot, lambda: "✗ Choose one" in seen(pilot))
        assert text_on(app).state.answers.context_kind == ""
        await pilot.press("down")
        await way(pilot)
        await until(pilot, lambda: text_on(app).state.answers.context_kind == "user")


# --- on real flows ---------------------------------------------------------------------------------------------------


async def test_next_takes_what_is_highlighted_and_a_blind_tab_and_enter_never_quits() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:launchdarkly",))
        assert "▸ ○ Shop / Production" in seen(pilot)
        await by_tab(pilot)
        await settled(pilot)
        assert (app.state.answers.project, app.state.answers.environment) == ("shop", "production")

        await reach(pilot, ("until:segment",))
        await tab_to(pilot, "quit")
        await reach(pilot, ("enter",))
        assert isinstance(app.screen, QuitScreen)
        await reach(pilot, ("enter",))
        assert app.walk_screen.is_active
        assert app.return_code is None

        assert app.walk_screen.pane is not None
        app.walk_screen.pane.next.focus()
        await reach(pilot, ("until:mapping", "enter", "down"))
        await by_click(pilot)
        await settled(pilot)
        assert app.state.answers.context_key is ContextKey.EMAIL_ONLY
        assert app.state.answers.batching is None
        assert app.walk_screen.pane is not None
        assert app.walk_screen.pane.current is not None
        assert app.walk_screen.pane.current.ask.id == "batching"


async def test_what_is_highlighted_or_marked_is_taken_wherever_another_question_opens() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:destination",))
        await _a_name_that_was_only_suggested_follows_the_answer_it_is_made_of(app, pilot)

        await reach(pilot, ("until:mapping", "down", "tab", "enter"))
        assert app.state.answers.context_kind == "organization"
        assert "▸ ● Use Segment UserId only" in seen(pilot)
        await reach(pilot, ("tab", "enter"))
        assert app.state.answers.context_key is None, "nobody chose it: it is only suggested"

        await reach(pilot, ("until:audiences", *"vip"))
        assert app.walk_screen.pane is not None
        app.walk_screen.pane.query_one("#back", Button).press()
        await until(pilot, lambda: app.walk_screen.at == "mapping")  # whatever the filter holds
        await reach(pilot, ("until:audiences", "escape", "down", "space"))
        assert app.walk_screen.at == "audiences"
        await by_tab(pilot)
        await settled(pilot)
        assert app.walk_screen.at == "review"
        assert len(app.state.answers.audiences) == 1


async def _a_name_that_was_only_suggested_follows_the_answer_it_is_made_of(
    app: SimulatedWizard, pilot: Pilot[Any]
) -> None:
    assert "▌ LaunchDarkly - shop / production" in seen(pilot)
    await reach(pilot, ("escape", "escape"))
    assert app.walk_screen.pane is not None
    app.walk_screen.pane.open_ask("environment")
    await reach(pilot, ("down", "enter", "until:destination"))
    assert "▌ LaunchDarkly - shop / staging" in seen(pilot)


async def test_a_field_to_type_into_says_what_enter_takes_and_leads_up_to_the_answer_above() -> None:
    step = Step(StepId.PREREQUISITES, "First things", "A choice, a token.", (CHOICE, minimal_walk.SECRET))
    async with opened(minimal_walk.walk(steps=(step,))) as (app, pilot):
        await begin(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "paste here" in seen(pilot))
        assert _bar(pilot).startswith(" Ctrl+O open page   ↑ answers"), "there is nothing to take"
        await pilot.press("up")
        assert _bar(pilot).startswith(" Enter change")
        await pilot.press("down")
        await paste(pilot, TOKEN)
        await until(pilot, lambda: _bar(pilot).startswith(" Enter confirm"))
        await pilot.press("enter")
        await until(pilot, lambda: _token_of(app) == TOKEN)
        await pilot.press("up", "enter")
        await until(pilot, lambda: _bar(pilot).startswith(" Enter keep it"))


def _bar(pilot: Pilot[Any]) -> str:
    return seen(pilot).splitlines()[-1]
