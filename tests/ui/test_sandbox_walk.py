"""In a real flow, nothing changes without a yes, and a yes isn't lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tests.faulty import Fault, with_fault
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from wizard.domain.step_id import StepId
from wizard.flow.steps.prerequisites import NO
from wizard.flow.writing.result import Outcome
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.wiring import Wrap


@asynccontextmanager
async def walked(
    *does: str, world: str = "happy", wrap: Wrap = lambda transport: transport
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world, wrap=wrap)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


async def test_enter_alone_never_applies_and_a_revoked_token_is_called_that() -> None:
    async with walked("until:review", *["enter"] * 6) as (app, pilot):
        assert app.applying is None
        assert "Make 3 changes" in seen(pilot)
        app.sandbox.world.workspaces[0].tokens.clear()
        await reach(pilot, ("y", "enter"))
        assert "Segment doesn't know this token. Nothing was done." in seen(pilot)
        await reach(pilot, ("enter",))
        assert isinstance(app.screen, FindingScreen)
        assert "The token was mistyped or revoked" in seen(pilot)


async def test_yes_applies_what_was_shown_wherever_the_user_goes_meanwhile() -> None:
    async with walked("until:review", "y", "enter", "escape", "escape") as (app, pilot):
        assert app.applying is not None
        assert [result.outcome for result in app.applying.results.values()] == [Outcome.DONE] * 3
        await reach(pilot, ("until:review",))
        assert "All changes were made and read back." in seen(pilot)


async def test_the_screen_ends_on_the_segment_and_the_terminal_keeps_its_link() -> None:
    async with walked(
        "until:first_sync", "leap:500", "wait:100", "f2", "escape", "f1", "escape", "f6", "up", "enter"
    ) as (
        app,
        pilot,
    ):
        assert app.screen is app.walk_screen, "no worker ended in an error"
        assert app.walk_screen.at == "review"

        await reach(pilot, ("f6", "end", "enter", "pagedown", "wait:3600"))
        assert app.walk_screen.pane is not None
        assert app.walk_screen.pane.body.scroll_y == 0, "the end is read from its top"
        assert "VIP customers → Vip customers · 1,234 of 1,234 · 9 min" in seen(pilot)
        await reach(pilot, ("end", "pagedown"))
        assert "https://app.launchdarkly.com/projects/shop" in seen(pilot)
        assert app.farewell()[1].startswith("https://app.launchdarkly.com/projects/shop/segments/")
        assert app.farewell()[-1].startswith("Sandbox: nothing was stored.")
        await reach(pilot, ("home", "leap:3600", "f2", "1", "f2"))
        assert seen(pilot).count("No flag uses Vip customers yet.") == 1


async def test_a_silent_launchdarkly_on_return_is_no_deletion() -> None:
    back = ("until:first_sync", "leap:3570", "wait:30", "escape", "mute:launchdarkly=503", "enter", "wait:5")
    async with walked(*back) as (_, pilot):
        assert "Not checked: LaunchDarkly has a problem." in seen(pilot)
        assert "Enter quit" not in seen(pilot), "Next, which finished before, has lost the focus"
        for _ in range(4):
            assert not any(wrong in seen(pilot) for wrong in ("deleted", "is gone", "not there yet", "✗"))
            await reach(pilot, ("wait:30", "pagedown"))
        await reach(pilot, ("mute:", "wait:60", "pageup", "pageup", "pageup", "pageup"))
        assert "1,234 of 1,234" in seen(pilot)
        assert "Not checked" not in seen(pilot)

        # the flag that got the rule is the flag to target
        await reach(pilot, ("a", *"prices", "enter", "y", "enter", "enter"))
        await until(pilot, lambda: "Flags already use the segment: vip-prices." in seen(pilot))
        assert "Flag to target    vip-prices" in seen(pilot)
        assert "A rule  O flag" in seen(pilot)
        assert " F2 " in seen(pilot), "what a sync lacks has a cause"


async def test_next_says_what_keeps_a_question_waiting_when_a_service_is_down() -> None:
    async with walked("until:launchdarkly", "enter", "enter", world="outage") as (app, pilot):
        assert isinstance(app.screen, FindingScreen)
        assert "Checked just now: same result." in seen(pilot)
        assert "Change Environment" not in seen(pilot), "it waits, so nobody can answer it"
        await reach(pilot, ("escape",))
        assert "LaunchDarkly has a problem" in seen(pilot), "the page says why its question waits"


async def test_a_saved_environment_is_shown_though_nobody_can_list_it() -> None:
    async with walked("until:segment", "mute:launchdarkly=503", "escape", "f5") as (_, pilot):
        said = " ".join(word for line in seen(pilot).splitlines() for word in line.rpartition("│")[2].split())
        assert "Environment shop / production · waits for the token's projects" in said
        assert "? unknown LaunchDarkly has a problem." in said


async def test_the_dialog_of_a_step_names_a_finding_of_that_step() -> None:
    silent = with_fault(Fault.ERROR_BEFORE, "GET", ".*/audiences", times=99)
    async with walked("finding", "right", "right", "enter", world="reader-token", wrap=silent) as (app, pilot):
        assert app.walk_screen.at == "segment", "gone on anyway"
        await reach(pilot, ("until:audiences", "enter"))
        assert isinstance(app.screen, FindingScreen)
        assert "unknown  Audience" in seen(pilot)
        assert "/audiences" in seen(pilot)


WAITING = (
    ("audiences", "the space", "segment", "Twilio Segment"),
    ("mapping", "the environment", "launchdarkly", "LaunchDarkly"),
    ("destination", "the environment", "launchdarkly", "LaunchDarkly"),
)


async def test_a_question_that_waits_for_another_one_leads_to_it() -> None:
    async with walked("enter") as (app, pilot):
        for step, waits_for, leads_to, there in WAITING:
            app.walk_screen.go(step)
            await reach(pilot, ())
            assert f"waits for {waits_for}" in seen(pilot)
            assert f"Enter go to {there} " in seen(pilot)
            await reach(pilot, ("enter",))
            assert app.walk_screen.at == leads_to
            assert app.walk_screen.pane is not None
            assert app.walk_screen.pane.current is not None


async def test_what_a_colleague_made_while_the_review_was_open_is_not_said_to_be_ours() -> None:
    async with walked("until:review") as (app, pilot):
        given = app.sandbox.tokens
        app.sandbox.app_actions.set_up(
            "vip_customers", given.launchdarkly_access_token, given.launchdarkly_client_side_id
        )
        await reach(pilot, ("y", "enter"))
        assert "Everything is already as you want it." in seen(pilot)


async def test_after_a_changed_answer_the_next_step_says_that_next_confirms_it() -> None:
    async with walked("until:segment") as (app, pilot):
        sdks = next(ask for ask in app.walk.steps[0].asks if ask.id == "server_side")
        assert app.walk.answer(sdks, NO) == ""
        app.walk_screen.go(StepId.LAUNCHDARKLY)
        await reach(pilot, ())
        assert "? confirm" in seen(pilot)
        assert "? An earlier answer changed. Next confirms this step." in seen(pilot)
        await reach(pilot, ("enter", "escape"))
        assert "confirm" not in seen(pilot)


async def test_an_optional_list_says_so_once_and_esc_closes_it() -> None:
    async with walked("until:segment", "escape", "up", "enter") as (app, pilot):
        assert "Also set up  optional" in seen(pilot)
        assert "Optional" not in seen(pilot)
        bar = seen(pilot).splitlines()[-1]
        assert "Esc close" in bar
        assert "↑↓ choose" in bar
        assert "Space" not in bar, "no row is highlighted yet"
        await reach(pilot, ("down",))
        assert "Space select" in seen(pilot).splitlines()[-1]
        await reach(pilot, ("escape",))
        assert app.walk_screen.at == StepId.LAUNCHDARKLY
        assert "Also set up       none, optional" in seen(pilot)
