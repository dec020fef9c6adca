"""Several environments on the screen: picked in the walk, one review with a group for each, one yes, one page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.scenarios import IN_DEVELOPMENT, PICK_STAGING, SimulatedWizard, reach
from wizard.domain.findings import Finding, Status
from wizard.flow.handouts.summary import summary
from wizard.flow.steps.questions.target_flag import FLAG
from wizard.flow.targets.environments import question
from wizard.sandbox.state.segment_workspace import Destination
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.wiring import Wrap

YES = ("still", "y", "enter", "wait:1")
TICK = ("space", "wait:10")
WHY_BY_HAND = "Personas Production gets another environment's LaunchDarkly destination. Only Segment's web app can add"
UNDO = ("ctrl+p", *"undo", "enter")


@asynccontextmanager
async def at_review(
    *does: str, picked: tuple[str, ...] = (), wrap: Wrap = lambda transport: transport
) -> AsyncIterator[tuple[SimulatedWizard, Pilot[Any]]]:
    app = SimulatedWizard("happy", wrap=wrap)
    async with app.run_test(size=(120, 40)) as pilot:
        if picked:  # in the walk, without a key
            await reach(pilot, ("until:segment",))
            assert app.walk.answer(question(app.walk), picked) == ""
        await reach(pilot, (*does, "until:review"))
        yield app, pilot


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


def as_one_line(text: str) -> str:
    """Return the lines beside the rail joined into one, to find sentences that wrap."""
    return " ".join(" ".join(line.partition("│")[2] for line in text.splitlines()).split())


def destinations(app: SimulatedWizard) -> list[str]:
    every = app.sandbox.world.workspaces[0].destinations.values()
    return [one.name for one in every if "LaunchDarkly" in one.name]


async def test_one_yes_makes_all_one_page_follows_all_and_its_keys_ask_which_environment_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_review(*PICK_STAGING, *IN_DEVELOPMENT) as (app, pilot):
        assert "6 to add, 0 to change, 0 already right in 2 environments" in seen(pilot)
        assert "Environment    shop / production" in seen(pilot)
        assert "Environment    shop / staging" in seen(pilot)
        assert "Only here: Space Development" in seen(pilot)
        assert "Enter show details" in seen(pilot), "a heading has none, so the first change is highlighted"
        assert destinations(app) == []
        await reach(pilot, YES)
        assert destinations(app) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]
        assert "6 added, 0 changed, 0 already right in 2 environments" in seen(pilot)
        await reach(pilot, ("enter", "leap:300"))
        assert "0 of 2 environments are synced." in seen(pilot)
        assert "shop / staging · VIP customers (dev)" in seen(pilot)
        assert app.sandbox.breaches == []

        _of_staging(app).enabled = False
        await reach(pilot, ("f2",))
        assert "Troubleshoot which environment?" in seen(pilot)
        assert "shop / staging     0 of 1 audience synced" in seen(pilot)
        await reach(pilot, ("down", "enter", "enter"))
        assert "The destination LaunchDarkly - shop / staging is switched off." in seen(pilot)
        await reach(pilot, ("enter",))
        assert "Only the repair of shop / staging is shown." in seen(pilot)
        await reach(pilot, ("y", "enter"))
        assert "0 added, 2 changed, 0 already right" in seen(pilot)
        assert _of_staging(app).enabled
        await reach(pilot, ("enter",))
        assert "shop / staging" in seen(pilot).splitlines()[0]
        assert "has no LaunchDarkly Audiences destination" not in seen(pilot)
        await reach(pilot, ("escape", "leap:1200"))
        assert "✓ done       shop / production · Vip customers · 1,234 members" in seen(pilot)
        assert "✓ done       shop / staging · Vip customers · 20 members" in seen(pilot)
        assert "Finish" in seen(pilot)

        await reach(pilot, ("a",))
        assert "In which environment does a flag get the rule?" in seen(pilot)
        await reach(pilot, ("down", "enter", "enter"))
        assert "After your yes, the wizard adds it in shop / staging." in seen(pilot)
        await reach(pilot, ("escape",))
        await _the_flag_that_was_picked_here_opens_in_staging(app, pilot, monkeypatch)
        await _a_finding_of_staging_is_troubleshot_in_staging(app, pilot)
        await reach(pilot, ("ctrl+p", *"rotate", "enter"))
        assert "Rotate the token of which environment?" in seen(pilot)
        await reach(pilot, ("down", "enter", "wait:1"))
        assert "Destination LaunchDarkly - shop / staging: set the new token." in seen(pilot)
        await reach(pilot, ("escape", "ctrl+p", *"dated", "enter", "down", "enter", "enter"))
    assert "shop / staging" in (tmp_path / "setup-report.md").read_text()


async def _a_finding_of_staging_is_troubleshot_in_staging(app: SimulatedWizard, pilot: Pilot[Any]) -> None:
    pane = app.walk_screen.pane
    assert isinstance(pane, FirstSyncPane)
    _, (staging, _) = pane.environments
    failing = Finding("sync.delivery", "Deliveries", Status.FAIL, "7 of 7 deliveries failed.")
    app.walk_screen.finding_actions.open_beside(staging.walk, failing)
    await reach(pilot, ("f2",))
    assert "shop / staging" in seen(pilot).splitlines()[0]
    assert isinstance(app.screen, TroubleshootScreen)
    await reach(pilot, ("escape", "escape"))


async def _the_flag_that_was_picked_here_opens_in_staging(
    app: SimulatedWizard, pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(app, "open_url", opened.append)
    assert app.walk.answer(FLAG, "new-checkout") == ""
    await reach(pilot, ("o", "down", "enter"))
    assert [urlsplit(url).path for url in opened] == ["/projects/shop/flags/new-checkout/targeting"]
    assert "env=staging" in opened[0]
    await reach(pilot, ("a", "down", "enter"))
    assert "Rule for new-checkout" in seen(pilot), "the flag isn't asked for again"
    await reach(pilot, ("escape",))


async def test_second_instances_that_segment_refuses_are_by_hand_one_after_the_other_and_the_rest_goes_on() -> None:
    async with at_review(picked=("shop/staging", "shop/test")) as (app, pilot):
        assert "3 to add, 2 by hand, then 4 more in 3 environments" in as_one_line(seen(pilot))
        assert "Make 3 changes, do 2 by hand" in seen(pilot)
        assert WHY_BY_HAND in as_one_line(seen(pilot)), "before the yes"
        await reach(pilot, YES)
        assert "shop / staging. By hand first: 0 of 4 steps done." in seen(pilot)
        assert WHY_BY_HAND in as_one_line(seen(pilot)), "and after it"
        assert "3 added, 2 by hand, then 4 more" in seen(pilot)
        assert "VIP customers · after the steps by hand" in seen(pilot)
        assert "skipped" not in seen(pilot)
        assert "in progress" in seen(pilot).splitlines()[2], "something is left"
        await reach(pilot, ("enter",))
        assert "Engage → Engage Settings → Destinations → LaunchDarkly Audiences" in seen(pilot)
        assert "Connections → Catalog" not in seen(pilot)
        assert isinstance(app.screen, ByHandScreen)
        assert "shop / staging" in seen(pilot).splitlines()[0]
        await reach(pilot, (*TICK * 3, "escape"))
        assert "3 added, 2 by hand, then 4 more" in seen(pilot)
        await reach(pilot, ("enter", *TICK))
        assert "Done by hand. Review shows the remaining 2 changes." in seen(pilot)
        await reach(pilot, ("enter",))
        assert "2 to add, 1 by hand, then 2 more, 4 already right in 3 environments" in seen(pilot)
        assert "Make 2 changes, do 1 by hand" in seen(pilot)
        await reach(pilot, (*YES, "enter", "wait:10"))
        # the destination that was just made for staging is not taken for this one
        assert "shop / test" in seen(pilot).splitlines()[0]
        assert "By hand, step 1 of 4  Add destination" in seen(pilot)
        assert "The destination isn't there yet." in seen(pilot)
        await reach(pilot, TICK * 4)
        assert destinations(app)[1:] == ["LaunchDarkly - shop / staging", "LaunchDarkly - shop / test"]
        await reach(pilot, ("enter",))
        assert "2 to add, 0 to change, 4 already right in 2 environments" in seen(pilot)
        assert "=              Already right: " in seen(pilot), "the text has a column of its own"
        await reach(pilot, YES)
        assert "All changes were made and read back." in seen(pilot)
        assert "✓ done" in seen(pilot).splitlines()[2]
        assert "Also set up: shop/staging, shop/test." in summary(app.walk, "audience-wizard")
        app.clock.auto = True
        await reach(pilot, (*UNDO, "enter", "y", "enter"))
        assert "✓ Everything that the wizard made was taken back." in seen(pilot)
        left = re.findall("Stays in Segment: the destination (.*), with", seen(pilot))
        assert left == ["LaunchDarkly - shop / staging", "LaunchDarkly - shop / test"]
        assert "https://app.segment.com/goto-my-workspace/destinations" in seen(pilot)
        assert app.sandbox.breaches == []


class _Refuses(httpx.AsyncBaseTransport):
    """A Segment that doesn't create one environment's destination until `mended` has an entry."""

    def __init__(self, inner: httpx.AsyncBaseTransport, mended: list[bool]) -> None:
        self._inner, self._mended = inner, mended

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and "shop / staging" in request.content.decode() and not self._mended:
            return httpx.Response(500, json={"errors": [{"type": "internal", "message": "Internal error"}]})
        return await self._inner.handle_async_request(request)


async def test_what_failed_in_one_environment_is_made_again_and_undone_for_it_alone() -> None:
    mended: list[bool] = []
    async with at_review(*PICK_STAGING, *IN_DEVELOPMENT, wrap=lambda inner: _Refuses(inner, mended)) as (app, pilot):
        await reach(pilot, ("y", "enter"))
        assert "Some changes failed. The changes that were made stay." in seen(pilot)
        assert "3 added, 1 failed, 2 skipped in 2 environments" in seen(pilot)
        assert destinations(app) == ["LaunchDarkly - shop / production"]
        mended.append(True)
        await reach(pilot, ("enter",))
        assert "3 to add, 0 to change, 3 already right in 2 environments" in seen(pilot)
        await reach(pilot, ("y", "enter"))
        assert "All changes were made and read back." in seen(pilot)
        assert destinations(app) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]

        await reach(pilot, ("still", *UNDO, "down", "down", "enter"))  # the second environment
        assert "Delete the destination LaunchDarkly - shop / staging" in seen(pilot)
        assert "shop / production" not in seen(pilot).partition("Undo what")[2]
        await reach(pilot, ("y", "enter", "enter"))
        assert destinations(app) == ["LaunchDarkly - shop / production"]
        assert "3 to add, 0 to change, 3 already right in 2 environments" in seen(pilot)
        await reach(pilot, (*YES, *UNDO, "enter"))
        assert "Undo 8 items" in seen(pilot)
        await reach(pilot, ("y", "enter"))
        assert destinations(app) == []


async def test_an_environment_that_is_blocked_is_left_out_and_named_at_the_end() -> None:
    app = SimulatedWizard("other-environment-role")
    client_side_only = ("enter", "enter", "down", "down", "enter", "enter")
    staging_with_production = ("down", "enter", "shift+tab", "shift+tab", "enter", *"shop", "space", "enter")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, (*client_side_only, *staging_with_production, "until:review"))
        assert "3 to add, 0 to change, 0 already right in 1 of 2 environments" in seen(pilot)
        assert "✗ left out     This token can't create segments" in seen(pilot)
        await reach(pilot, ("still", "y", "enter"))
        assert "! Left out: shop / production. The plan says why." in seen(pilot)
        assert destinations(app) == ["LaunchDarkly - shop / staging"]
        await reach(pilot, ("enter",))
        assert app.walk_screen.at == "first_sync"


def _of_staging(app: SimulatedWizard) -> Destination:
    every = app.sandbox.world.workspaces[0].destinations.values()
    return next(one for one in every if one.name == "LaunchDarkly - shop / staging")
