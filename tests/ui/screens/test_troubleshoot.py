"""Guided troubleshooting on the screen: a symptom, one cause, a repair through Review, and the requests behind it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.screens.test_key_lists import keys_in_help
from tests.ui.test_what_is_lit import buttons_by_tab
from tests.ui.waiting import until
from wizard.domain.diagnosis.conclusion import Diagnosis, Excluded
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.diagnosis.words import Copy
from wizard.domain.findings import Finding, Status
from wizard.flow.writing.result import Outcome
from wizard.ui.screens import key_lists
from wizard.ui.screens.dialogs.bug import BugScreen
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


async def test_an_open_finding_about_a_segment_that_is_there_leads_to_no_symptom() -> None:
    uncounted = Finding("sync.delivery", "Deliveries", Status.UNKNOWN, "Segment hasn't counted any deliveries.")
    async with walked("until:review", world="synced") as (app, _):
        there, walk = FindingScreen(app.walk, uncounted), app.walk
        assert there.symptom == ""
        walk.set_state(replace(walk.state, facts=replace(walk.state.facts, segments=())))
        assert there.symptom == "never-appeared"


async def test_a_safe_repair_goes_through_review_with_exactly_its_change_and_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with walked(world="destination-disabled") as (app, pilot):
        await _before_anything_is_chosen_it_says_that_little_could_be_checked(pilot)
        await reach(pilot, ("until:review",))
        await _a_finding_of_the_start_opens_in_the_walk(app, pilot)
        await _a_symptom_is_read_whole_in_a_narrow_panel(pilot)
        await reach(pilot, ("f2", "8"))
        await _excluded_is_folded_until_it_is_wanted(app, pilot)
        await _a_report_is_saved_after_a_yes_and_holds_no_token(app, pilot, tmp_path)
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


async def test_a_repair_from_before_the_last_questions_needs_its_yes_too() -> None:
    """At first, Review's button leads to a question; a moment later, Review shows the repair."""
    async with walked("until:destination", "f2", "8", "enter", world="destination-disabled") as (app, pilot):
        assert "Only the repair is shown." in seen(pilot)
        await reach(pilot, ("enter", "enter"))
        assert app.applying is None


async def _before_anything_is_chosen_it_says_that_little_could_be_checked(pilot: Pilot[Any]) -> None:
    await reach(pilot, ("f2", "8"))
    assert "No environment or audience is chosen yet" in seen(pilot)
    await reach(pilot, ("f2",))


async def _a_finding_of_the_start_opens_in_the_walk(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("f2", "tab", "enter"))
    assert isinstance(app.screen, FindingScreen)
    assert "Destination status" in seen(pilot)
    await reach(pilot, ("escape",))


async def _a_symptom_is_read_whole_in_a_narrow_panel(pilot: Pilot[Any]) -> None:
    """The page shows the true symptom instead of the picked one: without a segment, it can't lack members."""
    await reach(pilot, ("f2", "3"))
    assert "The segment never appeared in LaunchDarkly                         ✗ the cause" in seen(pilot)
    await _resize(pilot, 50, 15)
    lines = [line.strip() for line in seen(pilot).splitlines()]
    assert "The segment never appeared in LaunchDarkly" in lines
    assert "✗ the cause" in lines
    await _resize(pilot, 80, 24)
    await reach(pilot, ("c",))
    assert "The link:" in seen(pilot), "C copies the cause's page"
    await reach(pilot, ("f2",))


async def _a_report_is_saved_after_a_yes_and_holds_no_token(
    app: SimulatedWizard, pilot: Pilot[Any], folder: Path
) -> None:
    await reach(pilot, ("s", "shift+tab"))
    assert "Enter save it" in seen(pilot), "in the field too"
    for place in ("/nowhere", "~nobody/"):
        await reach(pilot, ("home", *place, "enter"))
        assert "Not saved." in seen(pilot), place
        assert "Errno" not in seen(pilot), "the system's number and its temporary file say nothing to a user"
    await reach(pilot, ("escape", "s"))
    assert not os.listdir(folder)
    assert "Not saved." not in seen(pilot)
    await reach(pilot, ("enter",))
    (name,) = os.listdir(folder)
    assert "✓ Saved:" in seen(pilot)
    token = app.state.secrets.launchdarkly_token
    assert token is not None
    assert token.get_secret_value() not in (folder / name).read_text(encoding="utf-8")


async def _excluded_is_folded_until_it_is_wanted(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    assert "E shows why" in seen(pilot)
    assert "Repair   Destination LaunchDarkly - shop / production: switch it on." in seen(pilot)
    first, mapping = "· The destination's token expired?", "The mapping is switched off?"
    assert first not in seen(pilot)
    await _resize(pilot, 120, 40)
    assert first in seen(pilot), "a page with the room shows some"
    assert mapping not in seen(pilot), "and not all, beside the cause"
    assert re.search(r"and \d+ more. E shows all\.", seen(pilot))
    assert "Repair  Review shows exactly this repair" in seen(pilot), "what comes next"
    assert "PgDn" not in seen(pilot)
    await _resize(pilot, 80, 24)
    assert "Repair  Review shows" not in seen(pilot)
    assert "PgDn more" not in seen(pilot)
    assert {"Repair it: review 2 changes", "Check again", "Close"} <= await buttons_by_tab(pilot)
    await reach(pilot, ("e",))
    assert "The destination's token expired? LaunchDarkly accepts" in seen(pilot), "what was unfolded is in view"
    await reach(pilot, ("home",))
    assert "The destination's token expired?" not in seen(pilot)
    await reach(pilot, ("end",))
    assert "PgDn more" not in seen(pilot)
    shown = app.screen.query_one(".more", Aligned).plain
    assert "The mapping is switched off? The mapping Sync Engage Audience to LaunchDarkly is switched on." in shown
    assert "E shows why" not in shown


async def _resize(pilot: Pilot[Any], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: pilot.app.screen.size == (width, height))
    await pilot.pause()


async def _going_elsewhere_brings_the_whole_plan_back(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, ("escape",))
    assert _symptom(app) == "worked-before"
    await reach(pilot, ("f2",))
    assert app.walk_screen.is_current
    assert "Only the repair is shown." not in seen(pilot)
    assert "= Already right" in seen(pilot)


async def test_questions_lead_to_one_cause_and_back_again() -> None:
    async with walked("f2", "6", "3") as (_, pilot):
        assert "✗ the cause" in seen(pilot)
        assert "Rust, Haskell and edge SDKs treat nobody as a member." in " ".join(seen(pilot).split())
        assert {"E", "O"} <= await keys_in_help(pilot)
        await reach(pilot, ("escape",))
        assert "Which SDK evaluates the flag where it's wrong?" in seen(pilot)
        assert "Still possible" not in seen(pilot)
        of_the_cause_alone = {"W", "O"}
        at_a_question = await keys_in_help(pilot)
        assert not of_the_cause_alone & at_a_question, "they do nothing at a question"
        assert "F5" in at_a_question
        await _resize(pilot, 120, 40)
        assert "Still possible: 9 causes" in seen(pilot)
        assert "· The environment has no persistent store" in seen(pilot)
        await reach(pilot, ("escape",))
        assert "What do you see?" in seen(pilot)
        assert "About   Pick what you see." in seen(pilot)
        assert not {*of_the_cause_alone, "E", "F5"} & await keys_in_help(pilot)
        await _resize(pilot, 80, 24)
        await reach(pilot, ("8",))
        assert "The workspace has no LaunchDarkly destination" in seen(pilot), "though nothing is chosen yet"


async def test_on_the_symptoms_the_key_bar_and_help_say_the_same() -> None:
    async with walked("f2") as (_, pilot):
        bar = seen(pilot).rstrip().splitlines()[-1]
        assert "Esc close" in bar
        assert "S report" in bar
        assert {"Esc", "S"} <= await keys_in_help(pilot)
        await reach(pilot, ("escape",))
        assert "What do you see?" not in seen(pilot)


async def test_the_links_of_a_cause_are_whole_at_any_width() -> None:
    """A short key bar leaves out the keys that open and copy the first link."""
    async with walked("until:review", "f2", "home", *("down",) * 7, "enter", world="paused") as (app, pilot):
        assert isinstance(app.screen, TroubleshootScreen)
        end = app.screen._now
        assert isinstance(end, Diagnosis)
        for width in (80, 50):
            await _resize(pilot, width, 40)
            shown = "".join(line.strip() for line in seen(pilot).splitlines())
            assert all(url in shown for url in end.links)


async def test_at_a_question_every_cause_can_be_read() -> None:
    flag_off = ("f2", "home", *("down",) * 4, "enter")
    async with walked("until:review", *flag_off, "7", "4", world="other-rule-first") as (_, pilot):
        last = "· Your app uses another environment"
        assert "Still possible" in seen(pilot)
        assert "more. E shows all." in seen(pilot)
        assert last not in seen(pilot)
        await reach(pilot, ("e",))
        assert last in seen(pilot)
        await reach(pilot, ("e",))
        assert last not in seen(pilot)
        assert "▸ 1" in seen(pilot), "the answers are in view again"


def test_help_on_a_cause_lists_a_key_only_where_it_does_something() -> None:
    cause = Diagnosis("token-role", "says", "fix")
    everywhere = {
        line.head for line in key_lists.of_cause(cause, has_requests=False, has_more=False, can_name_user=False)
    }
    more = replace(cause, links=("https://e.com",), copies=(Copy("Policy", "[]"),), excluded=(Excluded("a", "b", "c"),))
    there = {line.head for line in key_lists.of_cause(more, has_requests=True, has_more=False, can_name_user=True)}
    assert there - everywhere == {"1", "O, C", "W", "E", "U"}


async def test_what_contradicts_the_symptom_is_said_first() -> None:
    async with walked("until:review", "f2", "1", world="synced") as (_, pilot):
        said = " ".join(seen(pilot).split())
        assert "✓ nothing wrong The segment is there: Vip customers, 1,234 of 1,234 members." in said
        assert "Why LaunchDarkly names the segment after the audience's key, vip_customers, not after" in said


async def test_a_finding_shows_its_requests_and_a_card_and_starts_with_its_symptom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with walked("finding", world="reader-token") as (app, pilot):
        finding = app.screen
        assert isinstance(finding, FindingScreen)
        assert "F2 find the cause" in seen(pilot)
        await _the_requests_behind_it_are_lines_without_a_token(app, pilot, monkeypatch)
        assert app.screen is finding
        await reach(pilot, ("f4",))
        assert "Request: a LaunchDarkly service token" in seen(pilot), "it is about a token"
        await reach(pilot, ("escape",))
        assert app.screen is finding
        await reach(pilot, ("f2",))
        assert _symptom(app) == "failed-deliveries"
        await reach(pilot, ("f2", "escape"))
        app.screen.query(FindingRow).first().focus()
        await reach(pilot, ("f2",))
        assert _symptom(app) == "failed-deliveries", "the row is enough"


async def _the_requests_behind_it_are_lines_without_a_token(
    app: SimulatedWizard, pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def take(_: Helper, text: str) -> bool:
        given.append(text)
        return True

    monkeypatch.setattr(clipboard, "find_helper", lambda _: Helper(("xclip",)))
    monkeypatch.setattr(clipboard, "_take", take)
    await reach(pilot, ("w", "enter"))
    assert 'Authorization: $LAUNCHDARKLY_ACCESS_TOKEN"' in "".join(given)
    token = app.state.secrets.launchdarkly_token
    assert token is not None
    assert token.get_secret_value() not in "".join(given) + seen(pilot)
    await reach(pilot, ("escape",))


def _symptom(app: SimulatedWizard) -> str:
    assert isinstance(app.screen, TroubleshootScreen)
    return SYMPTOMS[app.screen.page.choices.at].id


async def test_the_answer_that_a_cause_is_about_is_one_key_away() -> None:
    async with walked("finding", "f2", "1", world="expired-token") as (app, pilot):
        assert "Change Access token" in seen(pilot)
        assert {"Esc", "C", "F10"} <= set(seen(pilot).rstrip().splitlines()[-1].split()), "for F2 there's a button"
        await reach(pilot, ("enter",))
        assert app.walk_screen.is_current
        assert app.walk_screen.pane is not None
        assert app.walk_screen.pane.current is not None
        assert app.walk_screen.pane.current.ask.id == "launchdarkly_token"


async def test_from_a_first_sync_that_is_over_it_starts_with_what_the_page_warns_of() -> None:
    async with walked("until:first_sync", "wait:60", world="audience-made-again") as (app, pilot):
        assert "F2" in seen(pilot).splitlines()[-1]
        await reach(pilot, ("f2",))
        assert _symptom(app) == "two-of-one-name"


async def test_a_low_terminal_shows_the_answers_above_the_reason_for_their_question() -> None:
    async with walked("f2", "enter", world="switches-off") as (_, pilot):
        assert seen(pilot).index("Segment's API didn't") < seen(pilot).index("1 None")
        await _resize(pilot, 60, 15)
        assert "▸ 1 None" in seen(pilot)
        assert "3 401" in seen(pilot)
        assert "Segment's API didn't" not in seen(pilot), "it is a page below"
        assert "PgDn more" in seen(pilot)


async def test_after_a_mistake_of_our_own_it_checks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with walked("f2", "1") as (app, pilot):
        walk, tries = app.walk_screen.walk, list[str]()
        assert walk is not None

        async def mistaken(*_: object) -> None:
            tries.append("read")
            raise ZeroDivisionError

        monkeypatch.setattr(walk, "read", mistaken)
        monkeypatch.setattr(walk, "read_again", mistaken)
        for times in (1, 2):
            await reach(pilot, ("f5",))
            assert len(tries) == times
            assert isinstance(app.screen, BugScreen)
            await reach(pilot, ("escape",))
            assert isinstance(app.screen, TroubleshootScreen)
