"""Each key does what the key bar and help say: help, commands, steps, checking again, going on anyway, copying."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.events import Key
from textual.geometry import Region
from textual.pilot import Pilot
from textual.selection import SELECT_ALL
from textual.widgets import Static
from textual.widgets._toast import Toast

from tests.ui.hands import Hands
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.waiting import until
from wizard.domain.answers import ContextKey
from wizard.domain.step_id import StepId
from wizard.flow.steps.questions.target_flag import flag_page
from wizard.ui.panes.changes.review import ReviewPane
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.safe_app import SEEN_AFTER_S
from wizard.ui.screens.dialogs.commands import CommandsScreen
from wizard.ui.screens.dialogs.count_members import CountMembersScreen
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.dialogs.help import HelpScreen
from wizard.ui.screens.dialogs.quit import QuitScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.terminal.browser import find_browser
from wizard.ui.walk.screen import WalkScreen


@asynccontextmanager
async def walked(
    *does: str, world: str = "happy", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world)
    async with app.run_test(size=size, notifications=True) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


WORDS = ("troubleshoot", "requestcard", "save", "check", "steps", "quit", "undo", "theme", "help", "dark", "openthe")


async def test_on_the_first_page_help_opens_and_enter_takes_the_row_that_was_lit_whatever_follows() -> None:
    async with walked("enter", "question_mark") as (app, pilot):
        assert isinstance(app.screen, HelpScreen)
        await reach(pilot, ("escape",))
        app.simulate_key("enter")
        app.simulate_key("down")
        await settled(pilot)
        assert app.state.answers.by_hand is False


async def test_at_a_list_a_letter_is_typed_and_enter_names_what_it_takes() -> None:
    async with walked("until:launchdarkly", "question_mark") as (app, pilot):
        assert app.screen is app.walk_screen, "where text is typed, a question mark is text"
        await reach(pilot, ("escape", "ctrl+p"))
        await _every_command_is_found(app, pilot)

        await reach(pilot, ("escape", *"mob", "enter"))
        pane = app.walk_screen.pane
        assert pane is not None
        pane.open_ask("environment")
        assert pane.current is not None
        assert not pane.current.clear_filter(), "all choices are shown again"

        await reach(pilot, ("until:segment",))
        await _a_filter_that_finds_nothing_takes_nothing(app, pilot)
        await reach(pilot, ("until:mapping", "enter"))
        await _keys_after_an_enter_are_for_the_question_that_it_opens(app, pilot)
        await reach(pilot, ("until:audiences", *"vipcust"))
        for said in ("Enter confirm ", "Space select", "Esc clear", "F1 help", "F2 troubleshoot"):
            assert said in seen(pilot)
        await reach(pilot, ("z",))
        bar = seen(pilot).rstrip().splitlines()[-1].split()
        assert bar[:4] == ["Esc", "clear", "the", "filter"], "nothing matches, so there is nothing to select"
        await reach(pilot, ("escape",))
        assert "Esc back" in seen(pilot)


async def _every_command_is_found(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    for words in WORDS:  # as a user types them
        await reach(pilot, (f"paste:{words}",))  # replaces the words before
        assert isinstance(app.screen, CommandsScreen), words
        assert "nothing matches" not in seen(pilot), words
        assert "Enter run " in seen(pilot), words
    await reach(pilot, ("paste:zzz",))
    assert "nothing matches, Esc clears" in seen(pilot)
    assert "Esc clear the filter" in seen(pilot)
    await reach(pilot, ("escape",))
    assert isinstance(app.screen, CommandsScreen), "Esc clears the filter first"
    assert "Esc close" in seen(pilot)


async def _a_filter_that_finds_nothing_takes_nothing(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    await reach(pilot, (*"qqqq", "enter"))
    assert not app.state.answers.space
    assert "✗ Nothing in the list matches. Press Esc to clear the" in seen(pilot)
    assert "Enter" not in seen(pilot).splitlines()[-1]
    await reach(pilot, ("escape",))
    assert "Nothing in the list matches" not in seen(pilot)


async def _keys_after_an_enter_are_for_the_question_that_it_opens(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    for key in ("enter", "down", "enter"):
        app.post_message(Key(key, None))
    await until(pilot, lambda: app.state.answers.batching is False)
    assert app.state.answers.context_key == ContextKey.USER_ID_ONLY


async def test_in_the_middle_of_the_walk_keys_lead_to_commands_and_steps_and_to_the_end() -> None:
    async with walked("until:mapping") as (app, pilot):
        await _one_notice_at_a_time(app, pilot)
        await reach(pilot, ("escape",))

        # a command runs what its key does
        await reach(pilot, ("ctrl+p", *"trouble", "enter"))
        await until(pilot, lambda: isinstance(app.screen, TroubleshootScreen))
        await reach(pilot, ("escape",))

        # the list of steps knows Home, End and Esc
        await reach(pilot, ("f6", "end", "home", "enter"))
        assert app.walk_screen.at == StepId.PREREQUISITES
        await reach(pilot, ("f6", "end", "escape"))
        assert app.walk_screen.at == StepId.PREREQUISITES
        assert not app.walk_screen.rail.has_focus
        await reach(pilot, ("f6", "enter"))
        assert app.walk_screen.at == StepId.PREREQUISITES, "the step that was looked at before isn't lit any more"

        await reach(pilot, ("f4",))
        assert "You don't need to ask anyone for anything here." in seen(pilot)

        # Ctrl+C copies what is selected, and quits otherwise
        app.screen.selections = {app.walk_screen.query_one("#pane-prerequisites .purpose", Static): SELECT_ALL}
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "The selection: " in seen(pilot))
        assert app.is_running

        # where the rail has no room, the steps are a dialog
        await pilot.resize_terminal(60, 15)
        await reach(pilot, ("f6", *"laun", "enter"))
        await until(pilot, lambda: app.walk_screen.at == StepId.LAUNCHDARKLY)
        await pilot.resize_terminal(80, 24)

        await pilot.press("ctrl+c")
        await until(pilot, lambda: "it stores nothing" in seen(pilot))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code == 0)


async def _one_notice_at_a_time(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    """The notice covers only the title line, and goes at the next key."""
    app.notify("one notice")
    await until(pilot, lambda: "one notice" in seen(pilot))
    app.notify("another notice")
    await until(pilot, lambda: "another notice" in seen(pilot))
    await until(pilot, lambda: len(app.screen.query(Toast)) == 1)
    assert app.screen.query_one(Toast).region.bottom == app.walk_screen.title_line.region.bottom
    await reach(pilot, ("f1",))
    assert "another notice" in seen(pilot), "nobody could read it yet"
    app._notified_at -= SEEN_AFTER_S
    await reach(pilot, ("end",))
    await until(pilot, lambda: "another notice" not in seen(pilot))
    app.notify("three\nfour")
    await until(pilot, lambda: "four" in seen(pilot))
    assert app.screen.query_one(Toast).region == Region(app.size.width - 8, 0, 8, 2)


async def test_at_review_the_keys_that_lead_away_stay_numbers_are_read_again_and_members_counted() -> None:
    async with walked("until:mapping") as (app, pilot):
        assert "F7" not in seen(pilot), "no audience is chosen"
        await reach(pilot, ("f7",))
        assert "Choose the audiences first." in seen(pilot)
        await reach(pilot, ("right", "enter"))
        assert app.walk_screen.at == "audiences"
        await reach(pilot, ("escape", "until:review"))
        for width, away in (
            (80, ("Esc back", "F1 help", "F10 quit")),
            (60, ("Esc back", "F1 help", "F10 quit")),
        ):
            await pilot.resize_terminal(width, 24)
            await until(pilot, lambda: len(seen(pilot).splitlines()[1]) == app.size.width)
            for keys in ((), ("enter",)):
                await reach(pilot, keys)
                bar = seen(pilot).splitlines()[-1]
                assert bar.startswith((" Enter expand ", " Enter show ", " Enter collapse ", " Enter hide "))
                expanded = bar.startswith((" Enter collapse ", " Enter hide "))
                wide = ("PgDn more" if expanded else "F2",) if width == 80 else ()
                assert all(f" {key}" in bar for key in ("Y then Enter make", *away, *wide)), bar

        # a number that changed is not the same result
        await pilot.resize_terminal(80, 24)
        await reach(pilot, ("f5",))
        assert "Checked just now: same result." in seen(pilot)
        app.clear_notifications()
        vip = next(one for one in app.sandbox.world.workspaces[0].audiences.values() if one.name == "VIP customers")
        vip.members = replace(vip.members, size=1_500)
        await reach(pilot, ("f5",))
        assert "about 1,500 members" in seen(pilot)
        assert "Checked just now." in seen(pilot)
        assert "same result" not in seen(pilot)

        # members are counted after a yes to what it takes
        await reach(pilot, ("ctrl+p", *"count", "enter"))
        await until(pilot, lambda: isinstance(app.screen, CountMembersScreen))
        said = " ".join(seen(pilot).replace("│", " ").split())
        assert "The count shows how many members each context key reaches." in said
        assert "Counting takes 3 audience previews. In a preview, Segment counts the people" in said
        await reach(pilot, ("escape",))
        app.walk_screen.go("mapping")
        await until(pilot, lambda: "F7 count members" in seen(pilot))
        await reach(pilot, ("f7",))
        await until(pilot, lambda: isinstance(app.screen, CountMembersScreen))
        await pilot.press("right", "enter")
        await until(pilot, lambda: "Use email only: 1,500 of 1,500 members" in seen(pilot))
        await reach(pilot, ("enter",))
        assert app.screen is app.walk_screen
        assert "Use email only:" not in seen(pilot), "the counts stay until the user closes them, and no longer"
        await reach(pilot, ("f7",))
        assert "Use email only: 1,500 of 1,500 members" in seen(pilot), "and are there again at no cost"


@pytest.mark.parametrize("key", ["f10", "ctrl+c", "ctrl+p"])
@pytest.mark.parametrize("opens", ["f1", "f2"])
async def test_a_key_that_works_everywhere_comes_after_the_esc_before_it(opens: str, key: str) -> None:
    """A terminal may send both at once, and Esc must not close what the second key opens."""
    async with walked("until:launchdarkly", opens) as (app, pilot):
        hands = Hands(app, seed=0)
        hands.press("escape")
        hands.press(key)
        await settled(pilot)
        opened = CommandsScreen if key == "ctrl+p" else QuitScreen
        assert [type(screen) for screen in app.screen_stack] == [WalkScreen, opened]


def without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("world", "step"), [("destination-disabled", StepId.DESTINATION), ("empty-audience", StepId.AUDIENCES)]
)
async def test_a_failure_stops_next_even_where_review_or_time_fixes_it(world: str, step: StepId) -> None:
    async with walked("finding", world=world) as (app, pilot):
        assert (app.walk_screen.at, isinstance(app.screen, FindingScreen)) == (step, True)
        await reach(pilot, ("escape",))
        app.walk_screen.query_one(f"#pane-{step} #next").focus()
        await settled(pilot)
        assert "Enter see the problem" in seen(pilot)
        await reach(pilot, ("enter",))
        await pilot.click("#anyway")  # pressing the mouse moves the focus, which must not move the button
        await settled(pilot)
        assert app.walk_screen.at != step


async def test_going_on_with_two_destinations_leads_to_a_plan_that_can_be_made() -> None:
    async with walked("until:review", world="two-destinations") as (app, pilot):
        assert isinstance(app.walk_screen.pane, ReviewPane)
        assert not app.walk.plan().blocked_by
        assert "! A problem is left in step 4: Number of destinations." in seen(pilot)
        assert "✓ Everything" not in seen(pilot)
        await reach(pilot, ("until:first_sync", "leap:3600"))
        assert "! A problem is left in step 4: Number of destinations." in seen(pilot)


async def test_keys_before_the_walk_is_loaded_are_kept() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        app.simulate_key("enter")
        app.simulate_key("f2")
        await until(pilot, lambda: isinstance(app.screen, TroubleshootScreen))
        assert app.walk_screen.at == StepId.PREREQUISITES


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", ()),
        ({"DISPLAY": ":0"}, "linux", ("xdg-open",)),
        ({"DISPLAY": ":0", "BROWSER": "w3m"}, "linux", ("xdg-open",)),
        ({"BROWSER": "/usr/bin/lynx %s"}, "linux", ()),
        ({"BROWSER": "w3m:/vscode/browser.sh"}, "linux", ("/vscode/browser.sh",)),
        ({"BROWSER": "'"}, "linux", ()),
        ({}, "darwin", ("open",)),
        ({"SSH_CONNECTION": "a b"}, "darwin", ()),
    ],
)
def test_a_page_opens_in_a_window_or_not_at_all(
    environ: dict[str, str], platform: str, expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert find_browser(environ, platform) == expected


async def test_under_the_first_sync_each_key_does_what_the_bar_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys hold from the first minute until everything is undone."""
    without_a_browser(monkeypatch)
    async with walked("until:first_sync") as (app, pilot):
        # PgDn is in the key bar while something is below
        assert "PgDn more" in seen(pilot)
        stages = ("Attached to", "Audience computed", "Delivered by", "Visible in", "Members counted")
        assert all(stage in seen(pilot) for stage in stages)
        await reach(pilot, ("f5",))
        assert "Checked just now" in seen(pilot)
        assert all(stage in seen(pilot) for stage in stages)
        await reach(pilot, ("end",))
        assert "PgDn more" not in seen(pilot)
        await reach(pilot, ("home",))
        assert "PgDn more" in seen(pilot)
        await _checking_again_begins_the_wait_for_the_next_look_anew(pilot)
        assert isinstance(app.walk_screen.pane, FirstSyncPane)
        app.walk_screen.pane.enter()  # as an answer does: another watch takes this one's place
        await reach(pilot, ("wait:1", "wait:4"))
        left = _next_check_in(pilot)
        await reach(pilot, ("f5",))
        assert _next_check_in(pilot) > left

        # in the list of steps only its own keys are shown
        await reach(pilot, ("leap:3600",))
        assert "A rule" in seen(pilot)
        await reach(pilot, ("f6",))
        assert " Enter go there   ↑↓ choose   Esc back   F1 help" in seen(pilot)
        assert "A rule" not in seen(pilot)
        await reach(pilot, ("escape",))
        assert "A rule" in seen(pilot)

        app.clear_notifications()
        await reach(pilot, ("o",))
        await until(pilot, lambda: "No browser here" in seen(pilot))
        assert [note.message.splitlines()[-1] for note in app._notifications] == [flag_page(app.state, "")]
        assert "copied, if your terminal allows it" in seen(pilot), "no terminal says whether it took the link"
        assert "Finish" in seen(pilot), "a notice leaves the buttons in view"
        app.clear_notifications()

        # how both services answered isn't shown for the sandbox
        await reach(pilot, ("w",))
        assert app.screen is app.walk_screen
        assert "kinds of answers" not in seen(pilot)

        await _pick_a_flag(app, pilot)
        await _undo(app, pilot)


async def _checking_again_begins_the_wait_for_the_next_look_anew(pilot: Pilot[Any]) -> None:
    await reach(pilot, ("wait:60", "wait:4"))
    assert "next check in 6 s" in seen(pilot)
    await reach(pilot, ("f5",))
    assert "next check in 10 s" in seen(pilot)
    await reach(pilot, ("wait:4",))
    assert "next check in 6 s" in seen(pilot)


def _next_check_in(pilot: Pilot[Any]) -> int:
    found = re.search(r"next check in (\d+) s", seen(pilot))
    assert found, seen(pilot)
    return int(found[1])


async def _pick_a_flag(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    """Pick a flag from the list; Enter alone picks none."""
    pane = app.walk_screen.pane
    assert pane is not None
    pane.open_ask("flag")
    await until(pilot, lambda: "VIP lounge" in seen(pilot))
    assert "Enter skip it" in seen(pilot)
    await reach(pilot, (*"viplou",))
    assert "Enter choose it " in seen(pilot)
    await reach(pilot, ("enter",))
    assert app.state.answers.flag == "vip-lounge"
    assert "Add this rule to vip-lounge: Context in segment Vip" in seen(pilot)
    assert "O flag " in seen(pilot)


async def _undo(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    """Undo everything; the dialog shows a result for each item."""
    await reach(pilot, ("ctrl+p", *"undo", "enter"))
    await until(pilot, lambda: "Undo 4 items" in seen(pilot))
    await reach(pilot, ("y", "enter"))
    await until(pilot, lambda: seen(pilot).count("· deleted") == 4)
    assert "✓ The connection of VIP customers · deleted" in seen(pilot)
    assert "vip_customers" not in seen(pilot)
    await reach(pilot, ("escape", "f6", "end", "enter"))
    assert "The wizard hasn't made anything yet." in seen(pilot)
    assert "1,234 of 1,234" not in seen(pilot), "the segment that stays is no sync"
    await reach(pilot, ("enter",))
    assert app.walk_screen.at == "review"
