"""Review on the screen: no stray key makes a change, and after changes the walk goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.faulty import Fault, meeting
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.waiting import until
from wizard.domain.answers import AskId
from wizard.flow.writing.result import Outcome
from wizard.sandbox.ids import key_with_uuid
from wizard.ui.panes.review import ReviewPane
from wizard.ui.panes.review_stage import Stage
from wizard.ui.widgets.button import Button
from wizard.wiring import Wrap

YES = ("y", "enter")


@asynccontextmanager
async def walked(
    *does: str, world: str = "happy", wrap: Wrap = lambda transport: transport
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world, wrap=wrap)
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def review_of(app: SimulatedWizard) -> ReviewPane:
    pane = app.walk_screen.pane
    assert isinstance(pane, ReviewPane)
    return pane


def key(character: str) -> events.Key:
    return events.Key("enter" if character == "\r" else _character_to_key(character), character)


# --- making the changes ----------------------------------------------------------------------------------------------


async def test_y_lights_the_button_and_enter_makes_the_changes() -> None:
    async with walked("until:review") as (app, pilot):
        assert "Y then Enter make them" in seen(pilot)
        await reach(pilot, ("y",))
        assert app.applying is None
        assert app.focused is review_of(app).make
        assert "Enter make 3 changes" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "Everything was made and read back." in seen(pilot)


async def test_what_is_right_already_is_said_once_after_the_changes_too() -> None:
    right = "= Already right: Destination LaunchDarkly - shop / production"
    async with walked("until:review", world="mapping-edited") as (_, pilot):
        assert right in _page(pilot)
        await reach(pilot, YES)
        assert "✓ Mapping" in _page(pilot)
        assert right in _page(pilot)
        assert "was there" not in _page(pilot)


def _page(pilot: Pilot[Any]) -> str:
    """Return the text right of the rail, on one line."""
    return " ".join(word for line in seen(pilot).splitlines() for word in line.rpartition("│")[2].split())


async def test_the_button_is_reached_by_tab_too() -> None:
    async with walked("until:review", "tab", "tab") as (app, pilot):
        assert "Enter make 3 changes" in seen(pilot)
        await reach(pilot, ("enter",))
        assert app.applying is not None


async def test_a_click_on_the_button_makes_the_changes() -> None:
    async with walked("until:review") as (app, pilot):
        await pilot.click(review_of(app).make)
        await settled(pilot)
        assert app.applying is not None


async def test_a_paste_that_comes_as_keys_makes_nothing() -> None:
    async with walked("until:review") as (app, pilot):
        for text in ("shy-key", "shy-key\r", "y-key\r", "yes\ryes\r", "day\r\rbody\r", "y\r"):
            for character in text:
                app.post_message(key(character))  # without a pause, as one write to the terminal
            await settled(pilot)
            assert app.applying is None, text
            assert "Make 3 changes" in seen(pilot), text
            assert app.focused is (review_of(app).make if text == "y\r" else review_of(app).changes), text


async def test_a_button_that_means_something_else_now_has_to_be_lit_again() -> None:
    async with walked("until:review", "y") as (app, pilot):
        review_of(app).make.put_out()
        await reach(pilot, ("enter",))
        assert app.applying is None
        await reach(pilot, YES)
        assert app.applying is not None


async def test_a_plan_that_is_another_one_by_now_is_shown_instead_of_made() -> None:
    async with walked("until:review", "y") as (app, pilot):
        walk = review_of(app).walk
        walk.take_state(replace(walk.state, answers=replace(walk.state.answers, destination_name="Another name")))
        await reach(pilot, ("enter",))
        assert app.applying is None
        assert "Another name" in seen(pilot)


async def test_a_word_that_is_typed_makes_nothing() -> None:
    async with walked("until:review") as (app, pilot):
        for text in ("shy-key\r", "yes\r", "sunday\r"):
            for character in text:
                app.post_message(key(character))
                await settled(pilot)
            assert app.applying is None, text
            assert app.focused is review_of(app).changes, text


async def test_another_letter_puts_the_light_out() -> None:
    async with walked("until:review", "y", "x") as (app, pilot):
        assert app.focused is review_of(app).changes
        await reach(pilot, ("enter",))
        assert app.applying is None
        await reach(pilot, ("y", "y", "enter"))
        assert app.applying is not None


# --- after a yes ---------------------------------------------------------------------------------------------------


async def test_an_audience_that_is_added_brings_a_new_plan_and_a_new_yes() -> None:
    async with walked("until:review", *YES, "escape") as (app, pilot):
        await _open(pilot, app, "audiences")
        await reach(pilot, ("down", "space", "enter", "until:review"))
        assert "Make 1 change" in seen(pilot)
        await reach(pilot, YES)
        assert app.applying is not None
        assert [one.outcome for one in app.applying.results.values()].count(Outcome.DONE) == 1
        assert "Everything was made and read back." in seen(pilot)


async def test_another_context_key_brings_a_new_plan_and_a_new_yes() -> None:
    async with walked("until:review", *YES) as (app, pilot):
        app.walk_screen.go("mapping")
        await settled(pilot)
        await _open(pilot, app, "context_key")
        await reach(pilot, ("down", "enter", "until:review"))
        assert "Everything was made" not in seen(pilot)
        assert review_of(app)._stage is Stage.TO_APPROVE
        await reach(pilot, YES)
        assert "Everything was made and read back." in seen(pilot)


async def test_another_token_brings_a_new_plan_and_a_new_yes_when_the_first_one_was_reset() -> None:
    async with walked("until:review", *YES) as (app, pilot):
        tokens = app.sandbox.world.accounts[0].tokens
        other = replace(tokens[0], id="another", secret=key_with_uuid("api", "another"))
        tokens.append(other)
        tokens[0].secret = key_with_uuid("api", "reset")
        app.walk_screen.go("launchdarkly")
        await settled(pilot)
        await _open(pilot, app, "launchdarkly_token")
        await reach(pilot, (f"paste:{other.secret}", "enter"))
        app.walk_screen.go("review")
        await settled(pilot)
        assert "Everything was made" not in seen(pilot)
        assert "Make 1 change" in seen(pilot)


async def test_an_answer_that_stays_the_same_leaves_what_was_made_on_the_screen() -> None:
    async with walked("until:review", *YES) as (app, pilot):
        app.walk_screen.go("mapping")
        await settled(pilot)
        await _open(pilot, app, "context_key")
        await reach(pilot, ("enter", "until:review"))
        assert "Everything was made and read back." in seen(pilot)


async def _open(pilot: Pilot[Any], app: SimulatedWizard, ask_id: AskId) -> None:
    assert app.walk_screen.pane is not None
    app.walk_screen.pane.open_ask(ask_id)
    await settled(pilot)


async def test_what_somebody_switches_off_is_asked_for_again() -> None:
    async with walked("until:review", *YES) as (app, pilot):
        for destination in app.sandbox.world.workspaces[0].destinations.values():
            destination.enabled = False
        await reach(pilot, ("f5",))
        assert "Everything was made" not in seen(pilot)
        assert "Make 1 change" in seen(pilot)


async def test_after_a_failure_enter_looks_again_and_shows_the_plan() -> None:
    refuses = meeting(Fault.ERROR_BEFORE, "POST", ".*/destinations", times=3)
    async with walked("until:review", *YES, wrap=refuses) as (app, pilot):
        assert review_of(app)._stage is Stage.FAILED
        assert "Enter check again" in seen(pilot)
        reads = len(app.sandbox.requests)
        await reach(pilot, ("enter",))
        assert len(app.sandbox.requests) > reads
        assert "Make 3 changes" in seen(pilot)
        assert app.focused is review_of(app).changes
        await reach(pilot, ("enter", "enter"))
        assert review_of(app)._stage is Stage.TO_APPROVE
        await reach(pilot, YES)
        assert "Everything was made and read back." in seen(pilot)


async def test_after_a_failure_another_answer_brings_the_new_plan() -> None:
    refuses = meeting(Fault.ERROR_BEFORE, "POST", ".*/destinations", times=3)
    async with walked("until:review", *YES, wrap=refuses) as (app, pilot):
        app.walk_screen.go("mapping")
        await settled(pilot)
        await _open(pilot, app, "context_key")
        await reach(pilot, ("down", "enter", "until:review"))
        assert "Some changes failed." not in seen(pilot)
        assert "Make 3 changes" in seen(pilot)


async def test_what_is_done_by_hand_is_reviewed_again_when_an_answer_changed() -> None:
    async with walked("enter", "down", "enter", "until:review", "still", *YES, "wait:1", "escape") as (app, pilot):
        assert review_of(app)._stage is Stage.BY_HAND
        app.walk_screen.go("mapping")
        await settled(pilot)
        await _open(pilot, app, "context_key")
        await reach(pilot, ("down", "enter", "until:review"))
        assert review_of(app)._stage is Stage.TO_APPROVE


# --- repairs, rows -----------------------------------------------------------------------------------------------


async def test_one_key_repairs_a_finding_and_leads_back_to_its_step() -> None:
    async with walked("until:destination", "r", world="destination-disabled") as (app, pilot):
        assert "off → on" in seen(pilot)
        assert "Make 1 change" in seen(pilot)
        await reach(pilot, YES)
        assert "Back to Destination" in seen(pilot)
        await reach(pilot, ("enter",))
        assert app.walk_screen.at == "destination"
        assert "is switched off" not in seen(pilot)


async def test_going_on_anyway_at_review_only_unblocks_the_plan() -> None:
    async with walked("until:review", world="anonymous-audience") as (app, pilot):
        app.walk.waived.clear()
        review_of(app).show()
        await reach(pilot, ("enter",))
        assert "Go on anyway" in seen(pilot)
        pilot.app.screen.query_one("#anyway", Button).press()
        await settled(pilot)
        assert app.walk_screen.at == "review"
        assert review_of(app)._stage is Stage.DONE, "all is as wanted"


async def test_a_repair_under_way_is_not_forgotten_by_a_look_elsewhere() -> None:
    waits = meeting(Fault.TOO_MANY, "PATCH", r"/destinations/[^/]+")
    async with walked("until:destination", "r", "y", world="destination-disabled", wrap=waits) as (app, pilot):
        await reach(pilot, ("freeze", "enter"))
        await until(pilot, lambda: review_of(app)._stage is Stage.APPLYING)
        for step in ("mapping", "review"):
            app.walk_screen.go(step)
            await pilot.pause()
        assert review_of(app)._stage is Stage.APPLYING
        app.clock.auto = True
        await app.clock.advance(10)
        app.frozen = False
        await settled(pilot)
        assert "Back to Destination" in seen(pilot)


@pytest.mark.parametrize("key", ["r", "enter"])
async def test_an_answer_that_fixes_a_finding_is_given_by_its_key_and_by_its_button(key: str) -> None:
    async with walked("finding", key, world="anonymous-audience") as (app, pilot):
        assert app.state.answers.context_key == "user_id_then_email_then_anonymousId"
        assert "No member of VIP customers can sync" not in seen(pilot)


async def test_enter_unfolds_the_highlighted_change_and_folds_it_again() -> None:
    async with walked("until:review") as (app, pilot):
        assert "Enter expand " in seen(pilot)
        assert "Service Token" not in seen(pilot)
        await reach(pilot, ("enter",))
        assert "LaunchDarkly Service Token" in seen(pilot)
        assert "Enter collapse " in seen(pilot)
        await reach(pilot, ("enter",))
        assert "Service Token" not in seen(pilot)
        assert app.applying is None
        await reach(pilot, ("enter", "y", "enter"))
        assert "✓ Everything was made" in seen(pilot), "also with details in view"


async def test_the_first_line_counts_the_changes_and_the_last_one_too_where_the_first_is_out_of_view() -> None:
    async with walked("until:review") as (_, pilot):
        assert seen(pilot).count("3 to add, 0 to change, 0 already right") == 1
        await reach(pilot, ("enter",))
        assert "LaunchDarkly Service Token" in seen(pilot)
        await reach(pilot, ("pagedown", "pagedown"))
        assert "3 to add, 0 to change, 0 already right" in seen(pilot)
        await reach(pilot, ("enter",))
        assert seen(pilot).count("3 to add, 0 to change, 0 already right") == 1
