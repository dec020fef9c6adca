"""Nothing is cut, and the room is used: from a panel of fifteen rows to a screen of sixty."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from tests.ui.plain import text_on
from tests.ui.quiet import quiet
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.test_what_is_lit import buttons_by_tab
from tests.ui.waiting import until
from wizard.domain.services.links import LAUNCHDARKLY_TOKENS, SEGMENT_TOKENS
from wizard.ui.crash_app import CrashApp
from wizard.ui.panes.step import StepPane
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.finding_row import FindingRow
from wizard.ui.widgets.frame import HintBar
from wizard.ui.widgets.lists.rows import Rows
from wizard.ui.widgets.rail import Rail

SIZES = ((60, 15), (80, 24), (100, 14), (120, 40), (200, 60))
OF_OWN_LAYOUT = ((80, 24), (60, 15), (120, 40))  # the app's layouts, except the lowest
TINY = (20, 5)
LONG = ("launchdarkly", "mapping")  # a list, and choices, where the row that Enter takes is below others
STEPS = ("prerequisites", "launchdarkly", "segment", "destination", "mapping", "audiences")
WIDEST = 30 + 106  # the rail, and the page


@asynccontextmanager
async def walked(*does: str, world: str = "happy", size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    async with SimulatedWizard(world).run_test(size=size) as pilot:
        await reach(pilot, does)
        yield pilot


async def resize(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    if size != pilot.app.size:
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: pilot.app.screen.size == size)
        await settled(pilot)


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def pane_of(pilot: Pilot[Any]) -> StepPane:
    assert isinstance(pilot.app, SimulatedWizard)
    pane = pilot.app.walk_screen.pane
    assert pane is not None
    return pane


def is_in_view(widget: Widget) -> bool:
    """Return whether the whole widget is on the screen, and inside the view of every scrolling ancestor."""
    around = [each for each in widget.ancestors if isinstance(each, VerticalScroll)]
    return all(each.region.contains_region(widget.region) for each in (*around, widget.screen))


def open_list(pane: StepPane) -> Rows | None:
    return next((rows for rows in pane.query(Rows) if rows.is_on_screen and rows.region.height), None)


# --- every step at every size --------------------------------------------------------------------------------------


async def test_a_step_at_every_size() -> None:
    """The last step, with the longest list and lines, is checked at more sizes, and with longer names."""
    async with walked() as pilot:
        sizes = OF_OWN_LAYOUT
        for step in STEPS[:-1]:
            await reach(pilot, (f"until:{step}",))
            for size in (*sizes, TINY) if step in LONG else sizes:
                await _check_step(pilot, step, size)
            sizes = sizes[::-1]  # the next step begins at the size of this one
        await reach(pilot, (f"until:{STEPS[-1]}",))
        for size in (*SIZES, TINY):
            await _check_step(pilot, STEPS[-1], size)
    async with walked(f"until:{STEPS[-1]}", world="hostile-names") as pilot:
        for size in ((80, 24), (60, 15)):
            await _check_step(pilot, "hostile names", size)


async def _check_step(pilot: Pilot[Any], step: str, size: tuple[int, int]) -> None:
    await resize(pilot, size)
    check_choice(pilot, f"{step} {size}")
    if size != TINY:
        check_page(pilot, f"{step} {size}")


def check_choice(pilot: Pilot[Any], where: str) -> None:
    """Check that the row that Enter takes is in view."""
    pane, rows = pane_of(pilot), open_list(pane_of(pilot))
    if rows is not None and rows.at is not None:
        row = Region(rows.region.x, rows.region.y + rows.at - rows.scroll_offset.y, rows.region.width, 1)
        assert pane.body.region.contains_region(row), where
        assert seen(pilot).splitlines()[row.y][row.x :].startswith("▸"), where


def check_page(pilot: Pilot[Any], where: str) -> None:
    """Check that buttons are whole, there's at most one scrollbar, and no line is too wide to read."""
    pane = pane_of(pilot)
    assert all(is_in_view(button) for button in pane.query(Button)), where
    scrolling = [each for each in (pane.body, *pane.query(Rows)) if each.scrollbar_size_vertical and each.is_on_screen]
    assert sum(each.show_vertical_scrollbar for each in scrolling) <= 1, where
    assert max(len(line) for line in seen(pilot).splitlines() if "─" not in line) <= WIDEST, where


async def test_the_page_of_a_token_is_one_key_away_its_environments_stay_in_view_and_the_rail_folds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with walked("until:launchdarkly") as pilot:
        opened: list[str] = []
        monkeypatch.setattr(pilot.app, "open_url", opened.append)
        await reach(pilot, ("shift+tab", "enter"))
        assert "https://app.launchdarkly.com/settings/authorization\n" in re.sub(" +\n", "\n", seen(pilot)), "whole"
        assert "Ctrl+O open page" in seen(pilot)
        await reach(pilot, ("ctrl+o",))
        assert opened == [pane_of(pilot).questions[0].ask.help.link]

        await resize(pilot, (60, 15))
        pane_of(pilot).open_ask("environment")
        await settled(pilot)
        rows = open_list(pane_of(pilot))
        assert rows is not None
        assert rows.size.height >= 3
        for key in ("end", "pageup", "home", "pagedown", "pagedown", "pagedown", "pagedown"):
            await reach(pilot, (key,))
            check_choice(pilot, key)

        await resize(pilot, (120, 40))
        assert "✓ 1 Prerequisites      done" in seen(pilot)
        assert seen(pilot).count("in progress") == 1, "the token is answered, and the rail has no word for it"
        assert "to do" not in seen(pilot), "a step that was not begun has no word in the rail"
        assert "· 8 First sync " in seen(pilot)
        for size, is_folded in (((74, 24), True), ((75, 24), False), ((80, 17), True)):
            await resize(pilot, size)
            assert pilot.app.screen.query_one(Rail).display is not is_folded, size
            assert ("Step 2 of 8 · LaunchDarkly" in seen(pilot)) is is_folded, size


async def test_a_large_screen_explains_the_question_and_fits_all_audiences_of_which_a_smaller_one_has_some() -> None:
    async with walked("until:mapping", size=(120, 40)) as pilot:
        pane = pane_of(pilot)
        assert "Then   Audiences. The audiences that become segments in LaunchDarkly." in seen(pilot)
        assert pane.foot.region.bottom == pane.body.region.bottom
        await resize(pilot, (80, 24))
        assert "Batching" in seen(pilot)
        assert "Then   Audiences" not in seen(pilot), "it takes no room from anything else"

        await resize(pilot, (120, 40))
        await reach(pilot, ("until:audiences",))
        rows = open_list(pane_of(pilot))
        assert rows is not None
        assert rows.fits
        assert "vip_customers" in seen(pilot)
        await resize(pilot, (60, 15))
        bar = seen(pilot).rstrip().splitlines()[-1].split()
        assert {"Enter", "Space", "Esc", "F1", "F10"} <= set(bar), "the keys that lead away stay"
        assert "PgDn" not in bar, "the list's scrollbar says so"
        await resize(pilot, (80, 24))
        assert not rows.fits
        assert "1,234 members  Live" in seen(pilot)

        await reach(pilot, ("down", "down", "space"))
        assert rows.at == 2  # the row doesn't move when it's selected
        assert "1 selected: Trial users" in seen(pilot)
        await reach(pilot, ("n", "escape"))
        boxes = [line for line in seen(pilot).splitlines() if "□" in line or "■" in line]
        assert "■ Trial users" in boxes[0]


async def test_what_a_yes_does_is_said_on_review() -> None:
    async with walked("until:review", size=(120, 40)) as pilot:
        assert "Undo   Ctrl+P, then Undo, takes back what the wizard made." in seen(pilot)
        assert "Then   First sync." in seen(pilot)
        assert "3 to add, 0 to change, 0 already right" in seen(pilot)
        assert "environments" not in seen(pilot), "only one was picked"
        assert "The same in all" not in seen(pilot)
        await reach(pilot, ("still", "y", "enter"))
        assert "Undo   Ctrl+P" not in seen(pilot)


async def test_steps_by_hand_are_announced_on_review_and_have_whole_names_and_their_numbers() -> None:
    async with walked("enter", "down", "enter", "until:review", size=(120, 40)) as pilot:
        assert "Yes    The wizard shows each step in Segment's web app" in seen(pilot)
        assert "Undo   Ctrl+P" not in seen(pilot)
        await reach(pilot, ("still", "y", "enter", "wait:1", *("right",) * 7))
        assert "▸ 8 Add destination: VIP customers " in seen(pilot)
        assert "· 9 Send Identify, Send Track: VIP customers " in seen(pilot)
        assert "Then    9 Send Identify, Send Track: VIP customers" in seen(pilot)
        await resize(pilot, (120, 12))
        assert "▸ 8 Add destination: VIP customers " in seen(pilot)
        await reach(pilot, ("right",))
        await resize(pilot, (60, 15))
        assert " Send Identify, Send Track: VIP customers\n" in seen(pilot)
        assert {"Enter", "PgDn", "Esc", "F1", "F10"} <= set(seen(pilot).rstrip().splitlines()[-1].split())
        await resize(pilot, (80, 24))
        assert {"Esc", "F1", "F2", "F10"} <= set(seen(pilot).rstrip().splitlines()[-1].split())
        assert {"Done", "Leave"} <= await buttons_by_tab(pilot)


async def test_the_inventory_lists_the_worst_first_and_says_what_its_words_mean_where_there_is_room() -> None:
    async with walked("until:review", "ctrl+p", *"inventory", "enter", world="many-segments", size=(120, 40)) as pilot:
        await until(pilot, lambda: "▸ ! Trial users" in seen(pilot))
        assert "orphan        No audience syncs to it." in seen(pilot)
        await resize(pilot, (80, 24))
        assert "Nothing sends members" not in seen(pilot)
        for size in ((60, 15), (60, 12), (40, 10)):
            await resize(pilot, size)
            assert "▸ ! Trial users" in seen(pilot), f"the lit row gives way to nothing: {size}"
        await resize(pilot, (60, 15))
        assert "Fix    Wait an hour." in seen(pilot)


async def test_of_a_segment_in_the_inventory_all_is_said_that_fits_below_the_list() -> None:
    async with walked("until:review", "ctrl+p", *"inventory", "enter", world="synced", size=(60, 15)) as pilot:
        await until(pilot, lambda: "▸ ✓ Vip customers" in seen(pilot))
        assert "Key    segment-audiences-aud_" in seen(pilot)


# --- findings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("world", "does"),
    [("two-destinations", ("until:destination",)), ("reader-token", ("finding", "escape"))],
    ids=["two-destinations", "reader-token"],
)
async def test_a_fix_is_read_whole_or_scrolled_to(world: str, does: tuple[str, ...]) -> None:
    async with walked(*does, world=world) as pilot:
        for size in OF_OWN_LAYOUT:
            await resize(pilot, size)
            pane = pane_of(pilot)
            pane.body.scroll_home(animate=False)
            await settled(pilot)
            check_page(pilot, str(size))
            for row in pane.query(FindingRow):
                fully = is_in_view(row)
                assert fully or "PgDn more" in seen(pilot), size
                pane.next.focus()
                for _ in range(20):
                    if is_in_view(row) or pane.body.scroll_y == pane.body.max_scroll_y:
                        break
                    await reach(pilot, ("pagedown",))
                last_line = row.region.bottom - 1
                assert pane.body.region.y <= last_line < pane.body.region.bottom, size
                assert row.finding.fix.split()[-1] in seen(pilot), size


async def test_the_links_of_a_finding_and_of_help_are_whole_in_a_narrow_terminal() -> None:
    async with walked("finding", world="reader-token", size=(60, 40)) as pilot:
        finding = pilot.app.screen
        assert isinstance(finding, FindingScreen)
        assert finding._finding.links
        for url in finding._finding.links:
            assert url in _joined(pilot)
    async with walked("until:destination", "f1", size=(40, 50)) as pilot:
        assert "https://app.segment.com/goto-my-workspace/destinations" in _joined(pilot)


def _joined(pilot: Pilot[Any]) -> str:
    """Return the text of a dialog without its edges and blanks."""
    return re.sub(r"[\s│]", "", seen(pilot))


async def test_why_a_sync_is_late_and_what_to_do_are_above_the_fold() -> None:
    async with walked("until:first_sync", "leap:7200", "wait:10", world="silent-audience") as pilot:
        assert "Send Identify and Send Track are both off" in seen(pilot), "a possible cause"
        assert "──▶" not in seen(pilot)
        await resize(pilot, (60, 15))
        assert "Is the\n              mapping on?" in seen(pilot), "what to do, to its end"
        await resize(pilot, (120, 40))
        assert "──▶" in seen(pilot)


# --- what lies on top ----------------------------------------------------------------------------------------------


DIALOGS = {
    "keys": ("f1",),
    "finding": ("escape", "finding"),
    "quit": ("escape", "until:segment", "enter", "tab", "enter"),
    "long help": ("escape", "until:audiences", "f1"),
}


async def test_a_dialog_keeps_its_buttons_and_keys_at_any_height() -> None:
    async with walked(world="reader-token") as pilot:
        for name, does in DIALOGS.items():
            await resize(pilot, (80, 24))
            await reach(pilot, does)
            for size in ((60, 15), (80, 20), (120, 10), (40, 10)):  # low, almost as high as usual, lowest
                await resize(pilot, size)
                await _check_dialog(pilot, f"{name} {size}")


async def _check_dialog(pilot: Pilot[Any], where: str) -> None:
    dialog = pilot.app.screen
    assert dialog.is_modal, where
    for kept in (*dialog.query(Button), *dialog.query(HintBar)):
        assert dialog.region.contains_region(kept.region), (where, kept)
        assert kept.region.height, (where, kept)
    body = next(iter(dialog.query(".body")), None)
    if body is not None:
        assert body.size.height >= 1, where
        await reach(pilot, ("home",))
        assert bool(body.max_scroll_y) == ("PgDn more" in seen(pilot)), where
        await reach(pilot, ("end",))
        assert body.scroll_y == body.max_scroll_y, where
        assert "PgDn more" not in seen(pilot), where


async def test_welcome_is_read_to_the_end_with_the_keyboard_and_has_a_picture_where_there_is_room() -> None:
    async with walked(size=(60, 15)) as pilot:
        assert "PgDn more" in seen(pilot)
        assert "Nothing changes before" not in seen(pilot)
        await reach(pilot, ("pagedown", "pagedown"))
        assert "Nothing changes before" in seen(pilot)
        await reach(pilot, ("home",))
        assert "Prerequisites" in seen(pilot)
        await reach(pilot, ("end",))
        assert "Nothing changes before" in seen(pilot)
        await resize(pilot, (80, 24))
        assert "──▶" not in seen(pilot)
        await resize(pilot, (120, 40))
        await until(pilot, lambda: "Segment audience ──▶ LaunchDarkly Audiences destination" in seen(pilot))
        for width in (40, 60):  # no key there copies an address
            await resize(pilot, (width, 80))
            for page in (LAUNCHDARKLY_TOKENS, SEGMENT_TOKENS):
                assert page.url in "".join(line.strip() for line in seen(pilot).splitlines()), width


# --- the parts -----------------------------------------------------------------------------------------------------


async def test_what_an_answer_means_has_room_on_the_first_page_and_moves_nothing() -> None:
    async with walked("until:prerequisites", size=(80, 24)) as pilot:
        before = pane_of(pilot).questions[1].region
        await reach(pilot, ("down",))
        assert pane_of(pilot).questions[1].region == before
        await resize(pilot, (60, 15))
        assert "You don't need a Public API token" in seen(pilot)

        await reach(pilot, ("f2",))
        assert "PgDn more" in seen(pilot), "troubleshooting says that there is more"
        await reach(pilot, ("pagedown", "pagedown", "pagedown"))
        assert "The segment never appeared" not in seen(pilot)
        await reach(pilot, ("f1",))
        assert "check the highlighted" in seen(pilot)
        await reach(pilot, ("escape", "escape"))

        await reach(pilot, ("up", "enter"))
        await resize(pilot, (50, 24))
        lines = seen(pilot).splitlines()
        at = next(at for at, line in enumerate(lines) if line.startswith(" Segment's part"))
        assert lines[at] == " Segment's part    The wizard, with Segment's", "a long answer wraps beside its label"
        assert lines[at + 1] == "                   Public API"


async def test_in_the_lowest_terminal_a_mistake_leaves_in_view_what_it_is_about() -> None:
    async with walked("until:prerequisites", "enter", "enter", size=(40, 10)) as pilot:
        for size in ((40, 10), (60, 15), (40, 10)):
            await resize(pilot, size)
            assert "   ○ At least one server-side SDK" in seen(pilot), size
            assert " ✗ Choose one with ↑ or ↓, then press" in seen(pilot), size
        assert seen(pilot).splitlines()[5] == " Enter."
        await reach(pilot, ("until:launchdarkly", *"zzz", "enter"))
        of_a_search = seen(pilot).splitlines()[3:6]
        assert of_a_search[0].startswith(" ▌ zzz ")
        assert of_a_search[2] == " ✗ Nothing in the list matches. Press"


async def test_a_page_comes_to_rest_in_a_window_of_one_column() -> None:
    """A scrollbar would take the only column; without a column there would be nothing to scroll, and so on."""
    page = CrashApp(("The wizard stopped", "The page is longer than the window.", "It scrolls."))
    async with page.run_test(size=(1, 3)):
        await quiet(page)


async def test_a_problem_is_in_view_in_a_low_terminal_before_what_follows_from_the_answers() -> None:
    async with walked("until:mapping", *["enter"] * 3, world="mapping-disabled", size=(60, 15)) as pilot:
        await until(pilot, lambda: "✗ failed" in seen(pilot))
        assert "A profile with userId" not in seen(pilot)
        await resize(pilot, (80, 24))
        assert "A profile with userId" in seen(pilot)
