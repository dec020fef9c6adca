"""F1 lists a key only where it does something, at that moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.inventory import InventoryScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.widgets.aligned import Aligned


@asynccontextmanager
async def walked(*does: str, world: str = "happy") -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard(world)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await reach(pilot, does)
        yield app, pilot


async def keys_in_help(pilot: Pilot[Any]) -> set[str]:
    await reach(pilot, ("f1",))
    keys = pilot.app.screen.query_one("Aligned.keys", Aligned).plain
    await reach(pilot, ("escape",))
    return {key for line in keys.splitlines() for key in line.partition(" ")[0].split(",")}


async def test_along_the_walk_keys_come_and_go_with_what_they_do() -> None:
    async with walked("until:prerequisites") as (_, pilot):
        here = await keys_in_help(pilot)
        assert not {"Ctrl+R", "F7", "F4", "Y", "A", "O", "Letters"} & here
        assert {"F5", "F6"} <= here
        await reach(pilot, ("until:launchdarkly",))
        assert {"Ctrl+O", "F4", "Letters"} <= await keys_in_help(pilot)
        await reach(pilot, ("until:mapping",))
        assert "F7" not in await keys_in_help(pilot), "no audience is chosen"
        await reach(pilot, ("until:review",))
        at_review = await keys_in_help(pilot)
        assert {"Y", "F7"} <= at_review
        assert not {"Ctrl+O", "Ctrl+R"} & at_review
        await reach(pilot, ("y", "enter"))
        assert "Y" not in await keys_in_help(pilot)
        await reach(pilot, ("until:first_sync",))
        assert not {"A", "O"} & await keys_in_help(pilot), "there is no segment for a flag"
        await reach(pilot, ("wait:3600",))
        assert {"A", "O"} <= await keys_in_help(pilot)


async def test_saving_is_listed_where_the_setup_is_real() -> None:
    async with walked("until:prerequisites") as (app, pilot):
        assert "Ctrl+S" not in await keys_in_help(pilot)
        assert app.walk_screen.walk is not None
        app.walk_screen.walk.state = replace(app.walk_screen.walk.state, sandbox="")
        assert "Ctrl+S" in await keys_in_help(pilot)


async def test_a_repair_is_listed_where_there_is_one() -> None:
    async with walked("until:destination", world="destination-disabled") as (_, pilot):
        assert "Ctrl+R" in await keys_in_help(pilot)


async def test_by_hand_the_keys_follow_the_step() -> None:
    does = ("enter", "down", "enter", "until:review", "still", "y", "enter", "wait:1")
    async with walked(*does) as (app, pilot):
        assert isinstance(app.screen, ByHandScreen)
        assert len(app.screen.step.values) == 1
        with_one_value = await keys_in_help(pilot)
        assert {"1", "Space", "R"} <= with_one_value
        assert "↑" not in with_one_value
        await reach(pilot, ("right", "right", "f1"))
        assert "1 to 3" in text_on(app)
        await reach(pilot, ("escape",))
        assert "↑" in await keys_in_help(pilot)
        await reach(pilot, ("right",) * 9)
        assert "Space" not in await keys_in_help(pilot), "the last step is seen, not done"


async def test_while_checks_run_troubleshooting_lists_no_key_of_the_page_before() -> None:
    async with walked("f2", "freeze") as (app, pilot):
        app.mute["segment"] = "hang"
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, TroubleshootScreen) and not app.screen.page.choices.display)
        assert not {"1", "Enter", "S", "F5", "PgDn"} & await keys_in_help(pilot)


async def test_the_key_that_shows_more_is_listed_while_there_is_more() -> None:
    async with walked() as (_, pilot):
        for page in ((), ("f2",)):
            await reach(pilot, page)
            for size, lists in (((60, 15), True), ((120, 40), False)):
                await pilot.resize_terminal(*size)
                await reach(pilot, ())
                assert ("PgDn" in await keys_in_help(pilot)) == lists, (page, size)


async def test_a_dialog_lists_its_own_keys() -> None:
    async with walked("until:prerequisites", "ctrl+p", *"quit", "f1") as (app, pilot):
        assert "Keys of this dialog" in text_on(app)
        assert "clear the filter" in text_on(app)
        await reach(pilot, ("f1",))
        assert {"Enter", "Esc", "↑", "Letters", "F2", "F10"} <= await keys_in_help(pilot)
        await reach(pilot, ("escape", "escape", "f10"))
        of_a_question = await keys_in_help(pilot)
        assert "Enter" in of_a_question
        assert not {"Letters", "F5"} & of_a_question
        await reach(pilot, ("f1",))
        assert text_on(app).count("F10") == 1, "the dialog's own F10 is the one everywhere"


async def test_the_inventory_lists_the_keys_of_a_row_where_there_is_one() -> None:
    of_a_row = {"Letters", "Ctrl+R", "Ctrl+O"}
    for world, lists in (("many-segments", of_a_row), ("fresh", set())):
        async with walked("until:review", "ctrl+p", *"inventory", "enter", world=world) as (app, pilot):
            assert isinstance(app.screen, InventoryScreen)
            keys = await keys_in_help(pilot)
            assert of_a_row & keys == lists, world
            assert {"F5", "F2"} <= keys


@pytest.mark.parametrize("step", ["audiences", "review"])
async def test_help_lists_each_key_once(step: str) -> None:
    async with walked(f"until:{step}", "f1") as (app, _):
        heads = [str(line.head) for line in app.screen.query_one("Aligned.keys", Aligned)._lines]
        assert "Enter" in heads
        assert len(heads) == len(set(heads))


async def test_help_on_review_explains_the_signs_of_this_plan() -> None:
    async with walked("until:review", "f1") as (app, _):
        listed = app.screen.query_one("Aligned.keys", Aligned).plain
        assert "Sign + the wizard adds this" in listed
        assert "Sign ~" not in listed, "the plan changes nothing"
    async with walked("until:review", "f1", world="destination-disabled") as (app, _):
        listed = app.screen.query_one("Aligned.keys", Aligned).plain
        assert "Sign ~ the wizard changes this" in listed
        assert "Sign = this is right already" in listed
