"""Review on the screen: no stray key makes a change, and after changes the walk goes on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.faulty import Fault, Faulty, with_fault
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.waiting import until
from wizard.domain.answers import AskId, ContextKey
from wizard.domain.step_id import StepId
from wizard.flow.writing.result import Outcome
from wizard.sandbox.ids import key_with_uuid
from wizard.ui.panes.changes.review import ReviewPane
from wizard.ui.panes.changes.review_stage import Stage
from wizard.ui.widgets.buttons.button import Button
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


async def test_only_y_then_enter_make_the_changes() -> None:
    """Tab and a click lead to the same button: see the two tests that follow."""
    async with walked("until:review") as (app, pilot):
        assert "Y then Enter make them" in seen(pilot)
        await _a_change_unfolds_and_folds_again(pilot)
        await _keys_that_arrive_in_one_burst_make_nothing(app, pilot)
        await _nor_do_they_where_drawing_takes_longer_than_arriving(app, pilot)
        await _a_word_that_is_typed_makes_nothing(app, pilot)
        await _a_yes_after_a_pause_is_one(app, pilot)
        await _a_button_that_is_not_lit_any_more_makes_nothing(app, pilot)
        await _a_plan_that_is_another_one_by_now_is_shown_instead(app, pilot)
        await reach(pilot, ("home",))
        if "LaunchDarkly Service Token" not in seen(pilot):  # the Enters of the bursts may have unfolded it
            await reach(pilot, ("enter",))
        await reach(pilot, ("y", "y"))
        assert app.applying is None
        assert app.focused is review_of(app).make
        assert "Enter make 3 changes" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "✓ All changes were made and read back." in seen(pilot), "also with details in view"


async def _a_change_unfolds_and_folds_again(pilot: Pilot[Any]) -> None:
    """The first line counts the changes; so does the last line when the first is out of view."""
    tally = "3 to add, 0 to change, 0 already right"
    assert "Enter expand " in seen(pilot)
    assert "Service Token" not in seen(pilot)
    assert seen(pilot).count(tally) == 1
    await reach(pilot, ("enter",))
    assert "LaunchDarkly Service Token" in seen(pilot)
    assert re.search(r"Source .*\n.* why  ", seen(pilot)), "a value below the reason would read as one"
    assert "Enter collapse " in seen(pilot)
    await reach(pilot, ("pagedown", "pagedown"))
    assert tally in seen(pilot)
    await reach(pilot, ("enter",))
    assert "Service Token" not in seen(pilot)
    assert seen(pilot).count(tally) == 1


async def _keys_that_arrive_in_one_burst_make_nothing(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    for text in ("shy-key", "shy-key\r", "y-key\r", "yes\ryes\r", "day\r\rbody\r", "y\r", "y\ry\r", "y\r\r\r"):
        for character in text:
            app.post_message(key(character))  # without a pause, as one write to the terminal
        await settled(pilot)
        assert app.applying is None, text
        assert "Make 3 changes" in seen(pilot), text
        assert app.focused is review_of(app).changes, text


async def _nor_do_they_where_drawing_takes_longer_than_arriving(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("x",))
    for event in [key(character) for character in "y\ry\r"]:
        app.post_message(event)
        await settled(pilot)
    assert app.applying is None
    assert app.focused is review_of(app).changes
    for text in ("y\r", "ab\r"):
        review_of(app).make.light()
        await settled(pilot)
        for event in [key(character) for character in text]:
            app.post_message(event)
        await settled(pilot)
        assert app.applying is None, "nor where the button is lit"
        assert app.focused is review_of(app).changes


async def _a_word_that_is_typed_makes_nothing(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("x",))
    for text in ("shy-key\r", "yes\r", "sunday\r"):
        for character in text:
            app.post_message(key(character))
            await settled(pilot)
        assert app.applying is None, text
        assert app.focused is review_of(app).changes, text


async def _a_yes_after_a_pause_is_one(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    before, later = key("x"), key("y")
    later.time = before.time + 2
    for event in (before, later):
        app.post_message(event)
        await settled(pilot)
    assert app.focused is review_of(app).make
    await reach(pilot, ("x",))


async def _a_button_that_is_not_lit_any_more_makes_nothing(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("y", "x"))
    assert app.focused is review_of(app).changes, "another letter puts the light out"
    await reach(pilot, ("enter", "enter"))
    assert app.applying is None
    await reach(pilot, ("y",))
    review_of(app).make.unlight()  # as when the button's meaning changed
    await reach(pilot, ("enter",))
    assert app.applying is None


async def _a_plan_that_is_another_one_by_now_is_shown_instead(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("y",))
    walk = review_of(app).walk
    walk.set_state(replace(walk.state, answers=replace(walk.state.answers, destination_name="Another name")))
    await reach(pilot, ("enter",))
    assert app.applying is None
    assert "Another name" in seen(pilot)


async def test_the_button_is_reached_by_tab_too_and_what_is_right_already_is_said_after_the_changes_too() -> None:
    right = "= Already right: Destination LaunchDarkly - shop / production"
    async with walked("until:review", "tab", "tab", world="mapping-edited") as (_, pilot):
        assert "Enter make 2 changes" in seen(pilot)
        assert right in _page(pilot)
        await reach(pilot, ("enter",))
        assert "✓ Mapping" in _page(pilot)
        assert right in _page(pilot)
        assert "was there" not in _page(pilot)


def _page(pilot: Pilot[Any]) -> str:
    """Return the text right of the rail, on one line."""
    return " ".join(word for line in seen(pilot).splitlines() for word in line.rpartition("│")[2].split())


# --- after a yes ---------------------------------------------------------------------------------------------------

MADE = "All changes were made and read back."


async def test_after_a_yes_only_what_is_new_brings_a_new_plan_and_a_new_yes() -> None:
    async with walked("until:review") as (app, pilot):
        await pilot.click(review_of(app).make)
        await settled(pilot)
        assert MADE in seen(pilot)

        await _answer(pilot, app, "mapping", "context_key", "enter", "until:review")
        assert MADE in seen(pilot), "the answer is the same"

        await _answer(pilot, app, "mapping", "context_key", "down", "enter", "until:review")
        assert MADE not in seen(pilot)
        assert review_of(app)._stage is Stage.TO_APPROVE
        await reach(pilot, YES)
        assert MADE in seen(pilot)

        await _answer(pilot, app, "audiences", "audiences", "down", "space", "enter", "until:review")
        assert "Make 1 change" in seen(pilot)
        await reach(pilot, YES)
        assert app.applying is not None
        assert [one.outcome for one in app.applying.results.values()].count(Outcome.DONE) == 1
        assert MADE in seen(pilot)

        for destination in app.sandbox.world.workspaces[0].destinations.values():
            destination.enabled = False
        await reach(pilot, ("f5",))
        assert MADE not in seen(pilot), "someone switched it off"
        assert "Make 1 change" in seen(pilot)
        await reach(pilot, YES)
        assert MADE in seen(pilot)

        await _give_another_token_for_the_one_that_was_reset(app, pilot)
        assert MADE not in seen(pilot)
        assert "Make 1 change" in seen(pilot)


async def _answer(pilot: Pilot[Any], app: SimulatedWizard, step: str, ask_id: AskId, *does: str) -> None:
    app.walk_screen.go(step)
    await settled(pilot)
    assert app.walk_screen.pane is not None
    app.walk_screen.pane.open_ask(ask_id)
    await reach(pilot, does)


async def _give_another_token_for_the_one_that_was_reset(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    tokens = app.sandbox.world.accounts[0].tokens
    other = replace(tokens[0], id="another", secret=key_with_uuid("api", "another"))
    tokens.append(other)
    tokens[0].secret = key_with_uuid("api", "reset")
    await _answer(pilot, app, "launchdarkly", "launchdarkly_token", f"paste:{other.secret}", "enter")
    app.walk_screen.go("review")
    await settled(pilot)


async def test_after_a_failure_enter_looks_again_and_another_answer_brings_the_new_plan() -> None:
    refusing: list[Faulty] = []

    def refuses(inner: httpx.AsyncBaseTransport) -> Faulty:
        refusing.append(Faulty(inner, Fault.ERROR_BEFORE, "POST", ".*/destinations", times=99))
        return refusing[-1]

    async with walked("until:review", *YES, wrap=refuses) as (app, pilot):
        assert review_of(app)._stage is Stage.FAILED
        assert "Some changes failed." in seen(pilot)
        await _answer(pilot, app, "mapping", "context_key", "down", "enter", "until:review")
        assert "Some changes failed." not in seen(pilot)
        assert "Make 3 changes" in seen(pilot)

        await reach(pilot, YES)
        assert review_of(app)._stage is Stage.FAILED
        assert "Enter check again" in seen(pilot)
        for each in refusing:
            each.times = 0
        reads = len(app.sandbox.requests)
        await reach(pilot, ("enter",))
        assert len(app.sandbox.requests) > reads
        assert "Make 3 changes" in seen(pilot)
        assert app.focused is review_of(app).changes
        await reach(pilot, ("enter", "enter"))
        assert review_of(app)._stage is Stage.TO_APPROVE
        await reach(pilot, YES)
        assert MADE in seen(pilot)


# --- repairs -----------------------------------------------------------------------------------------------------


async def test_one_key_repairs_a_finding_and_leads_back_to_its_step() -> None:
    """Looking at another step while the repair is being made doesn't lose the repair."""
    waits = with_fault(Fault.TOO_MANY, "PATCH", r"/destinations/[^/]+")
    async with walked("until:destination", "r", world="destination-disabled", wrap=waits) as (app, pilot):
        assert "off → on" in seen(pilot)
        assert "Make 1 change" in seen(pilot)
        await _it_says_where_it_leads_back_to(pilot)
        await reach(pilot, ("y", "freeze", "enter"))
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
        await reach(pilot, ("enter",))
        assert app.walk_screen.at == "destination"
        assert "is switched off" not in seen(pilot)


async def _it_says_where_it_leads_back_to(pilot: Pilot[Any]) -> None:
    """The repair can be asked for on the finding's own page too."""
    await reach(pilot, ("escape", "enter", "ctrl+r"))
    await _resize(pilot, 120, 40)
    assert "Only the repair is shown. Esc goes back to Destination." in seen(pilot)
    assert "Then   Back to Destination." in seen(pilot)
    assert "Then   First sync" not in seen(pilot)
    assert "Y then Enter make 1 change" in seen(pilot)
    await _resize(pilot, 80, 24)


async def _resize(pilot: Pilot[Any], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: pilot.app.screen.size == (width, height))
    await settled(pilot)


async def test_an_answer_that_a_repair_changed_counts_only_once_the_repair_is_made() -> None:
    async with walked("until:mapping", world="other-keys") as (app, pilot):
        before = app.state.answers.context_key
        for leave in ("escape", "f6"):
            await reach(pilot, ("ctrl+r",))
            assert app.state.answers.context_key == ContextKey.EMAIL_ONLY
            await reach(pilot, (leave, "home", "enter") if leave == "f6" else (leave,))
            assert app.state.answers.context_key == before, leave
            app.walk_screen.go("mapping")
            await settled(pilot)
        await reach(pilot, ("ctrl+r", *YES))
        assert MADE in seen(pilot)
        await reach(pilot, ("enter",))
        assert app.state.answers.context_key == ContextKey.EMAIL_ONLY


async def test_review_leads_to_the_first_open_question_instead_of_calling_all_as_wanted() -> None:
    async with walked(world="resume") as (app, pilot):
        for before, step, label in (
            ((), "Prerequisites", "Segment's part"),
            (("until:audiences",), "Audiences", "Audiences"),
        ):
            await reach(pilot, before)
            app.walk_screen.jump(StepId.REVIEW)
            await settled(pilot)
            assert f"{step}, still needs an answer" in seen(pilot)
            assert "Enter go to the question" in seen(pilot)
            assert "as wanted" not in seen(pilot)
            await pilot.press("enter")
            await settled(pilot)
            assert app.walk_screen.pane is not None
            assert app.walk_screen.pane.step.title == step
            assert app.walk_screen.pane.current is not None
            assert app.walk_screen.pane.current.ask.label == label


async def test_a_problem_comes_before_the_questions_that_wait_for_it() -> None:
    async with walked("until:launchdarkly", world="wrong-pair") as (app, pilot):
        app.walk_screen.jump(StepId.REVIEW)
        await settled(pilot)
        assert "You can't apply this yet: The client-side ID" in seen(pilot)


async def test_from_review_a_finding_is_waived_for_the_plan_alone_or_fixed_by_its_answer() -> None:
    async with walked("until:review", world="anonymous-audience") as (app, pilot):
        await _read_what_is_in_the_way(app, pilot)
        assert "Continue anyway" in seen(pilot)
        pilot.app.screen.query_one("#anyway", Button).press()
        await settled(pilot)
        assert app.walk_screen.at == "review"
        assert review_of(app)._stage is Stage.DONE, "all is as wanted"

        await _read_what_is_in_the_way(app, pilot)
        assert "No member of VIP customers can sync" in seen(pilot)
        await reach(pilot, ("enter",))
        assert app.state.answers.context_key == "user_id_then_email_then_anonymousId"
        assert "No member of VIP customers can sync" not in seen(pilot)


async def _read_what_is_in_the_way(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    app.walk.waived.clear()
    review_of(app).show()
    await reach(pilot, ("enter",))
