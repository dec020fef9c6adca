"""Guided troubleshooting on the screen: a symptom, one cause, a repair through Review, and the requests behind it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.flow.writing.result import Outcome
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.terminal import clipboard
from wizard.ui.terminal.clipboard import Helper
from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.finding_row import FindingRow


@asynccontextmanager
async def walked(*does: str, world: str = "happy") -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


async def test_a_safe_repair_goes_through_review_with_exactly_its_change_and_a_yes() -> None:
    async with walked("until:review", "f2", "8", world="destination-disabled") as (app, pilot):
        await _excluded_is_folded_until_it_is_wanted(app, pilot)
        await reach(pilot, ("f5",))
        assert "✓ Checked just now: same result." in seen(pilot)
        await reach(pilot, ("enter",))
        assert app.walk_screen.at == "review"
        assert "Only the repair is shown." in seen(pilot)
        assert "= adopt" not in seen(pilot)
        await _going_elsewhere_brings_the_whole_plan_back(app, pilot)
        await reach(pilot, ("f2", "8", "enter"))
        assert "Only the repair is shown." in seen(pilot)
        await reach(pilot, ("enter", "enter"))
        assert app.applying is None, "Enter alone says no yes"
        await reach(pilot, ("y", "enter"))
        assert app.applying is not None
        made = {id: one.outcome for id, one in app.applying.results.items()}
        assert made == {"destination": Outcome.DONE, "audience:vip_customers": Outcome.DONE}


async def _excluded_is_folded_until_it_is_wanted(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    assert "E shows why" in seen(pilot)
    assert "Repair   Destination LaunchDarkly - shop / production: switch it on." in seen(pilot)
    first, mapping = "· The destination's token expired?", "The mapping is switched off?"
    assert first not in seen(pilot)
    await _resize(pilot, 120, 40)
    assert first in seen(pilot), "a page with the room shows some"
    assert mapping not in seen(pilot), "and not all, beside the cause"
    assert re.search(r"and \d+ more. E shows all\.", seen(pilot))
    await _resize(pilot, 80, 24)
    await reach(pilot, ("e",))
    shown = app.screen.query_one(".more", Aligned).plain
    assert "The mapping is switched off? The mapping Sync Engage Audience to LaunchDarkly is switched on." in shown
    assert "E shows why" not in shown


async def _resize(pilot: Pilot[Any], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: pilot.app.screen.size == (width, height))
    await pilot.pause()


async def _going_elsewhere_brings_the_whole_plan_back(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("escape",))
    assert isinstance(app.screen, TroubleshootScreen)
    assert SYMPTOMS[app.screen.choices.at].id == "worked-before"
    await reach(pilot, ("f2", "until:review"))
    assert "Only the repair is shown." not in seen(pilot)
    assert "= Already right" in seen(pilot)


async def test_questions_lead_to_one_cause_and_back_again() -> None:
    async with walked("f2", "6", "3") as (_, pilot):
        assert "✗ the cause" in seen(pilot)
        assert "Rust, Haskell and edge SDKs treat nobody as a member." in " ".join(seen(pilot).split())
        await reach(pilot, ("escape",))
        assert "Which SDK evaluates the flag where it's wrong?" in seen(pilot)
        assert "Still possible" not in seen(pilot)
        await _resize(pilot, 120, 40)
        assert "Still possible: 9 causes" in seen(pilot)
        assert "· There is no persistent store" in seen(pilot)
        await _resize(pilot, 80, 24)
        await reach(pilot, ("escape",))
        assert "What do you see?" in seen(pilot)


async def test_what_contradicts_the_symptom_is_said_first() -> None:
    async with walked("until:review", "f2", "1", world="synced") as (_, pilot):
        said = " ".join(seen(pilot).split())
        assert "✓ nothing wrong The segment is there: Vip customers, 1,234 of 1,234 members." in said
        assert "Why LaunchDarkly names the segment after the audience's key, vip_customers, not after" in said


async def test_a_report_is_saved_after_a_yes_and_holds_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with walked("until:review", "f2", "8", "s", "shift+tab", world="destination-disabled") as (app, pilot):
        for place in ("/nowhere", "~nobody/"):
            await reach(pilot, ("home", *place, "enter"))
            assert "Not saved." in seen(pilot), place
        await reach(pilot, ("escape", "s"))
        assert not os.listdir(tmp_path)
        assert "Not saved." not in seen(pilot)
        await reach(pilot, ("enter",))
        (name,) = os.listdir(tmp_path)
        assert "✓ Saved:" in seen(pilot)
        token = app.state.secrets.launchdarkly_token
        assert token is not None
        assert token.get_secret_value() not in (tmp_path / name).read_text(encoding="utf-8")


async def test_the_requests_behind_a_finding_are_lines_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []

    def take(_: Helper, text: str) -> bool:
        given.append(text)
        return True

    monkeypatch.setattr(clipboard, "find_helper", lambda _: Helper(("xclip",)))
    monkeypatch.setattr(clipboard, "_take", take)
    async with walked("finding", "w", "enter", world="reader-token") as (app, pilot):
        assert 'Authorization: $LAUNCHDARKLY_ACCESS_TOKEN"' in "".join(given)
        token = app.state.secrets.launchdarkly_token
        assert token is not None
        assert token.get_secret_value() not in "".join(given) + seen(pilot)
        await reach(pilot, ("escape",))
        assert isinstance(app.screen, FindingScreen)


async def test_from_a_finding_it_starts_with_the_symptom_that_the_finding_shows() -> None:
    async with walked("finding", world="reader-token") as (app, pilot):
        assert "F2 find the cause" in seen(pilot)
        await reach(pilot, ("f2",))
        assert isinstance(app.screen, TroubleshootScreen)
        assert SYMPTOMS[app.screen.choices.at].id == "failed-deliveries"
        await reach(pilot, ("f2", "escape"))
        app.screen.query(FindingRow).first().focus()
        await reach(pilot, ("f2",))
        assert isinstance(app.screen, TroubleshootScreen)
        assert SYMPTOMS[app.screen.choices.at].id == "failed-deliveries", "the row is enough"


async def test_a_finding_of_the_start_opens_in_the_walk() -> None:
    async with walked("until:review", "f2", "tab", "enter", world="destination-disabled") as (app, pilot):
        assert isinstance(app.screen, FindingScreen)
        assert "Destination status" in seen(pilot)


async def test_the_answer_that_a_cause_is_about_is_one_key_away() -> None:
    async with walked("finding", "f2", "1", world="expired-token") as (app, pilot):
        assert "Change Access token" in seen(pilot)
        assert {"Esc", "F2", "F10"} <= set(seen(pilot).rstrip().splitlines()[-1].split())
        await reach(pilot, ("enter",))
        assert app.walk_screen.is_current
        assert app.walk_screen.pane is not None
        assert app.walk_screen.pane.current is not None
        assert app.walk_screen.pane.current.ask.id == "launchdarkly_token"


async def test_it_opens_over_the_steps_by_hand_and_closes_to_them() -> None:
    async with walked("enter", "down", "enter", "until:review", "still", "y", "enter", "wait:1", "f2") as (app, pilot):
        assert isinstance(app.screen, TroubleshootScreen)
        await reach(pilot, ("f2",))
        assert isinstance(app.screen, ByHandScreen)


async def test_before_anything_is_chosen_it_says_that_little_could_be_checked() -> None:
    async with walked("f2", "8", world="two-destinations") as (_, pilot):
        assert "No environment or no audience is chosen yet" in seen(pilot)


async def test_before_anything_is_chosen_it_sees_that_segment_holds_no_destination() -> None:
    async with walked("f2", "8") as (_, pilot):
        assert "The workspace has no LaunchDarkly destination" in seen(pilot)


async def test_a_symptom_is_read_whole_in_a_narrow_panel() -> None:
    async with walked("until:review", "f2", "3", world="destination-disabled") as (_, pilot):
        assert "The segment has fewer members than the audience                    ✗ the cause" in seen(pilot)
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: pilot.app.screen.size == (60, 15))
        lines = [line.strip() for line in seen(pilot).splitlines()]
        assert "The segment has fewer members than the audience" in lines
        assert "✗ the cause" in lines


async def test_from_a_first_sync_that_is_over_it_starts_with_what_the_page_warns_of() -> None:
    async with walked("until:first_sync", "wait:60", world="audience-made-again") as (app, pilot):
        assert "F2" in seen(pilot).splitlines()[-1]
        await reach(pilot, ("f2",))
        assert isinstance(app.screen, TroubleshootScreen)
        assert SYMPTOMS[app.screen.choices.at].id == "two-of-one-name"


async def test_a_low_terminal_shows_the_answers_above_the_reason_for_their_question() -> None:
    async with walked("f2", "enter", world="switches-off") as (_, pilot):
        assert seen(pilot).index("Segment's API didn't") < seen(pilot).index("1 None")
        await _resize(pilot, 60, 15)
        assert "▸ 1 None" in seen(pilot)
        assert "3 401" in seen(pilot)
        assert "Segment's API didn't" not in seen(pilot), "it is a page below"
        assert "PgDn more" in seen(pilot)
