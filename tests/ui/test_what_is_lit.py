"""Only the focused widget is lit, and the key bar says what Enter does there."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.widget import Widget

from tests.terminal import Terminal, killed, spawned
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach, settled
from tests.ui.test_keys import without_a_browser
from tests.ui.waiting import until
from tests.walks import go_on_to, stage
from wizard.domain.step_id import StepId
from wizard.flow.blocking import blocking_finding
from wizard.flow.kept_secrets import load_secrets
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.dialogs.quit import QuitScreen
from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.finding_row import FindingRow
from wizard.ui.widgets.lists.picker import Filter
from wizard.ui.widgets.lit import is_lit


@asynccontextmanager
async def walked(*does: str, world: str = "happy") -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reach(pilot, does)
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def cells_in_reverse(app: SimulatedWizard) -> Iterator[Offset]:
    """Yield the cells in bold and reverse, which show without colors; a scrollbar isn't bold."""
    for y, strip in enumerate(app.screen._compositor.render_strips(app.size)):
        x = 0
        for segment in strip:
            if segment.style is not None and segment.style.reverse and segment.style.bold:
                yield from (Offset(x + at, y) for at in range(segment.cell_length))
            x += segment.cell_length


def lit_in(app: SimulatedWizard, region: Region) -> bool:
    """Return whether all lit cells are in this region, and there are any."""
    cells = list(cells_in_reverse(app))
    return bool(cells) and all(region.contains_point(cell) for cell in cells)


async def round_by_tab(pilot: Pilot[Any]) -> list[Widget]:
    """Press Tab once around the screen, check the invariants at each stop, and return the stops."""
    stops: list[Widget] = []
    while pilot.app.screen.focused not in stops:
        focused = pilot.app.screen.focused
        assert focused is not None
        assert isinstance(pilot.app, SimulatedWizard)
        stops.append(focused)
        if isinstance(focused, Button):
            label = str(focused.label)
            assert lit_in(pilot.app, focused.region), f"{label} is not the one that is lit"
            word = label.partition(" (")[0].partition(":")[0]
            assert f"Enter {word[0].lower()}{word[1:]} " in f"{seen(pilot)} ", label
        await pilot.press("tab")
        await pilot.pause()
    return stops


async def test_along_the_walk_what_has_the_focus_is_lit_and_named_beside_enter() -> None:
    async with walked() as (app, pilot):
        assert {"Begin", "Quit"} <= await buttons_by_tab(pilot)
        await reach(pilot, ("f2",))
        _check_focus(app, "NumberedChoices", "Enter check it ")
        await reach(pilot, ("escape", "until:launchdarkly", "f1"))
        assert {"Close", "Open the page (o)"} <= await buttons_by_tab(pilot)
        await reach(pilot, ("escape", "enter"))
        await _a_question_that_enter_passed_by_is_named_with_the_key_that_leads_to_it(app, pilot)
        await reach(pilot, ("until:segment", "f6"))
        _check_focus(app, "Rail", "Enter go there ")
        await reach(pilot, ("escape",))
        await _on_a_page_one_widget_is_lit_and_none_under_a_dialog(app, pilot)
        await reach(pilot, ("escape",))
        assert {"Back", "Next", "Quit"} <= await buttons_by_tab(pilot)
        app.walk_screen.query_one("#pane-segment #next", Button).focus()
        await reach(pilot, ("shift+tab", "shift+tab"))
        _check_focus(app, "Head", "Enter change ")
        await reach(pilot, ("until:audiences", "down"))
        _check_focus(app, "Rows", "Enter confirm ")
        await reach(pilot, ("until:review",))
        assert {"Back", "Make 3 changes", "Quit"} <= await buttons_by_tab(pilot)


def _check_focus(app: SimulatedWizard, kind: str, said: str) -> None:
    focused, shown = app.screen.focused, text_on(app)
    assert focused is not None
    assert type(focused).__name__ == kind
    assert said in shown
    assert "▸" in shown if kind == "NumberedChoices" else lit_in(app, focused.region)


async def _a_question_that_enter_passed_by_is_named_with_the_key_that_leads_to_it(
    app: SimulatedWizard, pilot: Pilot[Any]
) -> None:
    assert "Enter next   ↑ also set up   Esc back" in seen(pilot)
    pane = app.walk_screen.pane
    assert pane is not None
    await reach(pilot, ("up",))
    assert "Enter answer   ↑↓ move   Esc back" in seen(pilot)
    await _arrows_move_on_a_page_that_scrolls_too(app, pilot)
    await reach(pilot, ("up", "down", "down"))
    assert app.focused is pane.next
    await reach(pilot, ("up", "enter"))
    assert pane.current is not None
    assert pane.current.ask.id == "other_environments"


async def _arrows_move_on_a_page_that_scrolls_too(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    pane, before = app.walk_screen.pane, app.size
    assert pane is not None
    await pilot.resize_terminal(60, 9)
    await settled(pilot)
    assert pane.body.max_scroll_y > 0
    shown = [one for one in pane.questions if one.display]
    await reach(pilot, ("up",) * len(shown))
    assert app.focused is shown[0].head
    await reach(pilot, ("down",) * (len(shown) - 1))
    assert app.focused is shown[-1].head
    await pilot.resize_terminal(*before)
    await settled(pilot)


async def _on_a_page_one_widget_is_lit_and_none_under_a_dialog(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    # the highlighted row is on a lighter ground while the filter has the focus
    assert isinstance(app.focused, Filter)
    row = next(strip for strip in app.screen._compositor.render_strips(app.size) if "▸ ○" in strip.text)
    grounds = {segment.style.bgcolor.name for segment in row if segment.style and segment.style.bgcolor}
    assert app.theme_variables["raised"] in grounds

    # the primary button is not lit while another one is
    await reach(pilot, ("enter",))
    next_button, back = (app.walk_screen.query_one(f"#pane-segment {id}", Button) for id in ("#next", "#back"))
    assert next_button.has_focus
    assert lit_in(app, next_button.region)
    await reach(pilot, ("tab",))
    assert next_button.variant == "primary"
    assert not lit_in(app, next_button.region)

    # a widget that got the focus under a dialog is lit when the dialog closes
    await reach(pilot, ("shift+tab", "f1"))
    _check_dialog_over_the_page(app, pilot)
    assert next_button.has_focus
    assert not is_lit(next_button)
    back.focus()
    await until(pilot, lambda: back.has_focus)
    assert not is_lit(back)
    await reach(pilot, ("escape",))
    assert is_lit(back)
    assert lit_in(app, back.region)

    await reach(pilot, ("ctrl+p",))
    _check_dialog_over_the_page(app, pilot)


def _check_dialog_over_the_page(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    """Check that the dialog doesn't replace the page."""
    assert app.screen.query_one(".dialog").region.x > 0
    assert "Audience Wizard" in seen(pilot)


async def buttons_by_tab(pilot: Pilot[Any]) -> set[str]:
    return {str(stop.label) for stop in await round_by_tab(pilot) if isinstance(stop, Button)}


@pytest.mark.parametrize(
    ("world", "fixes"),
    [
        ("wrong-pair", "Change Environment"),
        ("no-engage", "Check again"),
        ("mapping-edited", "Repair it: review 1 change"),
    ],
)
async def test_the_first_button_of_a_finding_is_the_one_that_fixes_it(world: str, fixes: str) -> None:
    """On a screen, the first button is lit: see the two tests that follow."""
    first, *others = (await _stopped_by_a_finding(world))._ways()
    assert (str(first.label), first.variant) == (fixes, "primary")
    assert "primary" not in {one.variant for one in others}


async def _stopped_by_a_finding(world: str) -> FindingScreen:
    """Return the screen that Enter alone leads to."""
    walk = stage(world).walk
    await load_secrets(walk)
    finding = blocking_finding(walk, walk.step(await go_on_to(walk, StepId.REVIEW)))
    assert finding is not None
    return FindingScreen(walk, finding)


def _check_first_button(app: SimulatedWizard, fixes: str) -> None:
    first = app.screen.query(Button).first()
    assert (str(first.label), first.variant, first.has_focus) == (fixes, "primary", True)
    assert [one.variant for one in app.screen.query(Button)].count("primary") == 1


async def test_a_finding_in_a_page_is_lit_and_its_dialog_begins_with_what_fixes_it() -> None:
    async with walked("until:destination", "tab", world="two-destinations") as (app, pilot):
        assert isinstance(app.screen.focused, FindingRow)
        assert "Enter read " in seen(pilot)
        assert lit_in(app, app.screen.focused.region)
        await reach(pilot, ("shift+tab", "finding"))
        _check_first_button(app, "Let a colleague do it (sandbox)")

        # a colleague makes a fix that needs the web app
        await pilot.click("#colleague")
        await until(pilot, lambda: "6 checks passed" in seen(pilot))
        assert not isinstance(app.screen, FindingScreen)


async def test_the_keys_and_buttons_of_a_finding_say_nothing_that_is_not_so(monkeypatch: pytest.MonkeyPatch) -> None:
    without_a_browser(monkeypatch)
    async with walked("finding", world="reader-token") as (app, pilot):
        assert isinstance(app.screen, FindingScreen)
        _check_first_button(app, "Change Access token")
        assert "Enter see the problem" not in seen(pilot)
        assert "P copy policy" in seen(pilot)
        shown = app.screen.query_one(".evidence", Aligned).plain
        assert shown.startswith("The smallest policy"), "the fix says that the policy is below it"
        labels = {"Check again", "Change Access token", "Continue anyway", "Close"}
        assert labels <= await buttons_by_tab(pilot)
        app.screen.query_one("#again").focus()
        await reach(pilot, ("enter",))
        assert isinstance(app.screen, FindingScreen)
        assert "Checked just now: same result." in seen(pilot)
        await reach(pilot, ("o",))
        await until(pilot, lambda: "No browser here" in seen(pilot))
        await reach(pilot, ("escape",))
        assert "Enter see the problem" in seen(pilot)
        await reach(pilot, ("f5",))
        assert "Checked just now: same result." in seen(pilot)

        # changing the answer goes to the question that the finding is about
        await reach(pilot, ("enter", "enter"))
        pane = app.walk_screen.pane
        assert pane is not None
        assert pane.current is not None
        assert pane.current.ask.id == "launchdarkly_token"


async def test_a_finding_that_asked_nothing_shows_no_requests() -> None:
    hints = (await _stopped_by_a_finding("sdk-key-pasted")).keys()
    bar = {hint.key for hint in hints}
    assert "O" in bar
    assert "W" not in bar


async def test_what_is_stuck_is_not_called_usually_there() -> None:
    async with walked("until:first_sync", "wait:60", world="approvals-required") as (_, pilot):
        assert "Due about" in seen(pilot)
        await reach(pilot, ("leap:2400",))
        assert "Usually there by" not in seen(pilot)
        assert "Attached 41 min ago (simulated time)" in seen(pilot)


async def test_a_problem_of_the_first_sync_is_what_enter_reads_while_its_counts_go_on() -> None:
    async with walked("until:first_sync", "leap:420", world="delivery-failing") as (app, pilot):
        row, pane = app.screen.focused, app.walk_screen.pane
        assert isinstance(row, FindingRow)
        assert pane is not None
        assert pane.body.region.contains_region(row.region)
        before = row.finding.summary
        assert "Most likely an IP allowlist" in row.plain
        assert "under Organization settings → Security in LaunchDarkly" in row.plain
        await reach(pilot, ("leap:300",))
        assert row.finding.summary != before
        assert app.screen.focused is row
        await reach(pilot, ("f5",))
        assert isinstance(app.screen.focused, FindingRow), "also when its row went away meanwhile"

        await reach(pilot, ("enter",))
        assert isinstance(app.screen, FindingScreen)
        assert pane.next.enter_does == "quit and watch later"
        assert "W API calls" in seen(pilot)
        told = app.screen.query_one(".evidence", Aligned).plain
        assert "answered 403" in told
        assert "{" not in told, "facts are words"

        # leaving before the segment has appeared asks first too
        await reach(pilot, ("escape",))
        pane.next.focus()
        await reach(pilot, ())
        assert "Enter quit and watch later" in seen(pilot)
        await reach(pilot, ("enter",))
        assert isinstance(app.screen, QuitScreen)
        assert "Enter stay" in seen(pilot)
        await pilot.press("right", "enter")  # an ended app doesn't settle any more
        await until(pilot, lambda: app.return_code == 0)


# --- in a terminal without colors ---------------------------------------------------------------------------------


def test_the_focus_shows_without_colors(tmp_path: os.PathLike[str]) -> None:
    """With colors refused and unknown to the terminal, only bold and reverse are left."""
    without = {"NO_COLOR": "1", "TERM": "xterm", "COLORTERM": ""}
    environment = {**os.environ, "AUDIENCE_WIZARD_HOME": str(tmp_path), **without}
    child = spawned(sys.executable, ["-m", "wizard", "--sandbox", "happy"], environment)
    terminal = Terminal(child)
    try:
        until_lit(terminal, "Begin", "Enter begin")
        terminal.press("\t")
        until_lit(terminal, "Quit", "Enter quit")
    finally:
        killed(child)


def until_lit(terminal: Terminal, word: str, key: str) -> None:
    for _ in range(100):
        rows = terminal.screen.buffer
        cells = (rows[y][x] for y in range(24) for x in range(80))
        lit = "".join(cell.data for cell in cells if cell.reverse and cell.bold).strip()
        if lit == word and key in terminal.text:
            return
        terminal.press("")  # reads more output
    raise AssertionError(f"{word} was never lit; {lit} is:\n{terminal.text}")


async def test_up_from_next_stops_at_a_finding_on_its_way() -> None:
    async with walked("until:launchdarkly", "enter", world="approvals-required") as (app, pilot):
        assert "Enter next   ↑ findings" in seen(pilot)
        await reach(pilot, ("up",))
        assert isinstance(app.focused, FindingRow)
        assert "Enter read" in seen(pilot)


async def test_up_from_next_reaches_a_finding_on_a_scrolled_page_too() -> None:
    async with walked("until:launchdarkly", "enter", "pagedown", world="custom-role-missing-update") as (app, pilot):
        assert "Policy" in seen(pilot)
        assert "Enter next   ↑ findings" in seen(pilot)
        await reach(pilot, ("up", "enter"))
        assert isinstance(app.screen, FindingScreen)
