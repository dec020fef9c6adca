"""Coming back to a finished setup: the home page, and starting over without losing anything."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from textual.pilot import Pilot

from tests.ui.finished_setup import WizardOnProfile, back, saved_answers, seen
from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.waiting import until
from tests.walks import stage_on
from wizard.domain.answers import Answers, Secrets
from wizard.flow.handouts.setup_report import read_report
from wizard.flow.home import fill_from
from wizard.flow.profile.session import Session
from wizard.flow.targets.environments import environments_of
from wizard.sandbox.app import Sandbox
from wizard.sandbox.state.account import Segment
from wizard.ui.screens.dialogs.start_over import StartOverScreen
from wizard.ui.screens.inventory import InventoryScreen
from wizard.ui.screens.troubleshoot import TroubleshootScreen
from wizard.ui.walk.screen import WELCOME
from wizard.vault import MemoryVault

START_OVER = ("end", "enter")  # the tenth way has no number


async def test_a_finished_setup_opens_on_its_home_page_and_each_way_leads_to_its_step(
    sandbox: Sandbox, folder: Path
) -> None:
    before = saved_answers(folder)
    async with back(sandbox, folder) as (app, pilot):
        assert "✓ Healthy since 1 September 2026, 12:" in seen(pilot)
        assert "VIP customers → Vip customers · 1,234 of 1,234 members" in seen(pilot)
        assert "Checked just now" in seen(pilot)
        assert "──▶" not in seen(pilot)
        await _where_there_is_room_it_has_the_picture_and_the_commands(pilot)

        for key, at in (("1", "first_sync"), ("2", "audiences"), ("6", "prerequisites"), ("enter", "prerequisites")):
            await reach(pilot, (key,))
            assert app.walk_screen.at == at
            await reach(pilot, ("escape",))
            assert app.walk_screen.at == WELCOME, f"back from {at}"
        await reach(pilot, ("4",))
        assert isinstance(app.screen, TroubleshootScreen)
        await reach(pilot, ("f2",))

        await reach(pilot, START_OVER)
        assert isinstance(app.screen, StartOverScreen)
        await reach(pilot, ("enter",))
        assert app.state.answers != Answers(), "Enter in the question keeps the setup"

        await reach(pilot, (*START_OVER, "right", "enter"))
        assert app.walk_screen.at == "prerequisites"
        assert app.state.answers == Answers()
        await reach(pilot, ("escape",))
        assert "VIP customers → Vip customers" in seen(pilot), "before a step is confirmed, nothing is lost"
        assert saved_answers(folder) == before
        await reach(pilot, (*START_OVER, "right", "enter", "ctrl+q"))
    assert saved_answers(folder) == before, "nor by quitting right after"


async def _where_there_is_room_it_has_the_picture_and_the_commands(pilot: Pilot[Any]) -> None:
    await pilot.resize_terminal(120, 40)
    await until(pilot, lambda: "VIP customers ──▶ LaunchDarkly - shop / production" in seen(pilot))
    assert "Key    segment-audiences-aud_" in seen(pilot)
    for width in (60, 120):
        await pilot.resize_terminal(width, 60)
        await until(pilot, lambda: "Page" in seen(pilot))
        unbroken = "".join(seen(pilot).split())
        assert "https://app.launchdarkly.com/projects/shop/segments/segment-audiences-aud_" in unbroken
        assert "/targeting?env=production" in unbroken
        assert "…" not in seen(pilot)
    await pilot.resize_terminal(120, 40)
    await until(pilot, lambda: "audience-wizard doctor checks this setup" in seen(pilot))
    assert "audience-wizard doctor checks this setup" in seen(pilot)
    assert "2 Add an audience                                      through the same destination" in seen(pilot)
    await reach(pilot, ("down",) * 6)
    await pilot.resize_terminal(60, 15)
    await until(pilot, lambda: "▸ 7 Export" in seen(pilot))
    await reach(pilot, ("home",))
    await pilot.resize_terminal(120, 40)
    await pilot.resize_terminal(80, 24)
    await until(pilot, lambda: pilot.app.screen.size == (80, 24))


async def test_in_the_sandbox_finish_shows_the_home_page_of_what_was_made() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:first_sync", "leap:3600", "enter"))
        await until(pilot, lambda: app.walk_screen.is_home and "VIP customers → Vip customers" in seen(pilot))
        assert app.walk_screen.at == WELCOME
        assert "✓ Healthy since" in seen(pilot)
        assert "PgDn more" not in seen(pilot), "all of it is in view"
        await reach(pilot, ("up",))
        assert "▸ 1 See the segment" in seen(pilot), "nothing stands above"
        await reach(pilot, ("f1",))
        assert "1 to 9" in seen(pilot)
        await reach(pilot, ("escape", "8", "escape"))
        assert "▸ 8 List every synced segment" in seen(pilot)


async def test_what_broke_meanwhile_is_named_on_the_home_page(sandbox: Sandbox, folder: Path) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        destination.enabled = False
    async with back(sandbox, folder) as (_, pilot):
        assert "✗ The destination LaunchDarkly - shop / production is switched off." in seen(pilot)
    assert json.loads((folder / "setup.json").read_text())["healthy_since"] is None


async def test_more_members_than_the_audience_are_said_so_and_lead_to_their_cause(
    sandbox: Sandbox, folder: Path
) -> None:
    (segment,) = (one for one in _segments(sandbox) if one.name == "Vip customers")
    segment.counted_at |= dict.fromkeys([f"left-{number}" for number in range(1_000)], segment.created_at)
    async with back(sandbox, folder, "f2") as (_, pilot):
        assert "2,234 of 1,234" not in seen(pilot)
        assert "▸ 4 The segment has more members than the audience" in seen(pilot)
        await reach(pilot, ("escape",))
        said = " ".join(seen(pilot).split())
        assert (
            "! VIP customers → Vip customers · 2,234 members, 1,000 more than the audience · F2 finds out why" in said
        )


def _segments(sandbox: Sandbox) -> list[Segment]:
    projects = [project for account in sandbox.world.accounts for project in account.projects.values()]
    return [one for project in projects for place in project.environments.values() for one in place.segments.values()]


async def test_from_home_files_are_saved_an_audience_is_added_and_a_profile_is_begun(
    sandbox: Sandbox, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with back(sandbox, folder) as (app, pilot):
        await _what_exists_is_saved_and_a_file_that_is_there_is_kept(pilot, tmp_path)
        await _an_audience_is_added_and_reviewed_alone(pilot)
        app.walk_screen.go(WELCOME)
        await _the_new_profile_is_what_the_wizard_goes_on_with(app, pilot, folder.parent)


async def _what_exists_is_saved_and_a_file_that_is_there_is_kept(pilot: Pilot[Any], place: Path) -> None:
    await reach(pilot, ("7", "down", "down", "enter"))
    assert "Save a dated report of this setup?" in seen(pilot)
    await reach(pilot, ("enter",))
    await until(pilot, lambda: (place / "setup-report.md").exists())
    assert read_report((place / "setup-report.md").read_text()).healthy is True
    await reach(pilot, ("ctrl+p", *"terraform", "enter"))
    assert "Save Segment's side as Terraform?" in seen(pilot)
    (place / "audience-wizard.tf").write_text("mine")
    await reach(pilot, ("enter",))
    assert "! Not saved." in seen(pilot)
    assert (place / "audience-wizard.tf").read_text() == "mine"
    await reach(pilot, ("escape",))


async def _an_audience_is_added_and_reviewed_alone(pilot: Pilot[Any]) -> None:
    await reach(pilot, ("2", "down", "space", "enter"))
    assert "2 selected: VIP customers, New sign-ups" in seen(pilot)
    assert "✗" not in seen(pilot), "that it isn't attached yet is what Review is for"
    await reach(pilot, ("until:review",))
    assert "1 to add, 0 to change, 3 already right" in seen(pilot)


async def _the_new_profile_is_what_the_wizard_goes_on_with(app: WizardOnProfile, pilot: Pilot[Any], home: Path) -> None:
    app.open_profile = lambda name: stage_on(app.sandbox, session=Session(home / name, app.clock)).walk
    await reach(pilot, ("3",))
    await pilot.click("#profile")
    await reach(pilot, (*"bad name", "enter"))
    assert "Use letters, digits" in seen(pilot)
    await reach(pilot, ("home", *("delete",) * 8, *"staging", "enter"))
    assert app.next_options == ("--profile", "staging", "--target", "")
    assert (home / "staging" / "setup.json").exists()


async def test_the_inventory_lists_every_segment_and_leads_to_its_rule(sandbox: Sandbox, folder: Path) -> None:
    flag = sandbox.world.accounts[0].projects["shop"].environments["production"].flags["vip-lounge"]
    (segment,) = (one for one in _segments(sandbox) if one.name == "Vip customers")
    segment.counted_at = dict(list(segment.counted_at.items())[:600])
    staging = sandbox.world.accounts[0].projects["shop"].environments["staging"].segments
    staging |= {f"gone-{at}": replace(segment, key=f"gone-{at}", name=f"Gone {at}") for at in range(40)}
    async with back(sandbox, folder, "8") as (app, pilot):
        assert isinstance(app.screen, InventoryScreen)
        await until(pilot, lambda: ": 1 out of step, 40 unknown" in seen(pilot))
        await until(pilot, lambda: "▸ ! Vip customers  late " in seen(pilot))
        assert "Enter find out why" in seen(pilot)
        asked = len(sandbox.requests)
        await reach(pilot, ("f5",))
        await until(pilot, lambda: len(sandbox.requests) > asked and ": 1 out of step, 40 unknown" in seen(pilot))
        await reach(pilot, ("pagedown",) * 9)
        assert "▸ ? Gone 39" in seen(pilot)  # the row is in view, and so are its details
        assert "neither its audience nor a destination" in seen(pilot)
        await reach(pilot, ("pageup",) * 9)
        await reach(pilot, ("ctrl+r", *"lounge", "enter"))
        await until(pilot, lambda: "Context in segment Vip customers, serve true" in seen(pilot))
        await reach(pilot, ("enter",))  # Close has the focus
        assert flag.rules == []
        await reach(pilot, ("ctrl+r", *"lounge", "enter", "y", "enter"))
        await until(pilot, lambda: "✓ The flag has the rule." in seen(pilot))
        assert len(flag.rules) == 1
        await reach(pilot, ("escape",))
        assert "1 flag" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "▸ 3 The segment has fewer members than the audience" in seen(pilot)
        assert not any(isinstance(screen, InventoryScreen) for screen in app.screen_stack)


async def test_a_new_profile_gets_what_does_not_depend_on_the_environment(sandbox: Sandbox, folder: Path) -> None:
    clock = sandbox.clock
    walk = stage_on(sandbox, session=Session(folder, clock)).walk
    walk.resume()
    walk.take(replace(walk.state.answers, engage_source="src_1"))
    await fill_from(walk, stage_on(sandbox, session=Session(folder.parent / "staging", clock)).walk)
    answers = Session(folder.parent / "staging", clock).saved.answers
    assert (answers.space, answers.audiences) == (walk.state.answers.space, walk.state.answers.audiences)
    assert (answers.context_kind, answers.context_key) == ("user", "user_id_only")
    assert (answers.environment, answers.client_side_id, answers.destination) == ("", "", "")
    assert answers.engage_source == ""
    assert walk.session.has_sibling("staging")


class Saved(MemoryVault):
    """A vault that remembers the secrets that it was given to save."""

    secrets = Secrets()

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        self.secrets = secrets
        return await super().save(secrets, client_side_id)


@pytest.mark.parametrize("is_made", [False, True])
async def test_a_token_that_was_made_for_one_environment_is_none_for_another(
    sandbox: Sandbox, folder: Path, is_made: bool
) -> None:
    walk = stage_on(sandbox, session=Session(folder, sandbox.clock)).walk
    walk.resume()
    token, segments = SecretStr("api-made"), SecretStr("sgp_of_the_workspace")
    walk.state = replace(walk.state, secrets=Secrets(token, segments))
    walk.own_tokens |= {"": token} if is_made else {}
    walk.take(replace(walk.state.answers, keep_secrets=True))
    new = stage_on(sandbox, vault=Saved("", {}), session=Session(folder.parent / "new", sandbox.clock)).walk

    await fill_from(walk, new)

    assert isinstance(new.ports.vault, Saved)
    assert new.ports.vault.secrets == Secrets(None if is_made else token, segments)


async def test_environments_are_added_from_home_and_one_yes_makes_what_is_new(sandbox: Sandbox, folder: Path) -> None:
    further_source(sandbox)
    async with back(sandbox, folder) as (_, pilot):
        await reach(pilot, ("ctrl+p", *"environments", "enter", *"shop", "space"))
        assert "1 selected: Shop / Staging" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "3 to add, 0 to change, 3 already right in 2 environments" in seen(pilot)
        await reach(pilot, ("y", "enter", "enter"))
        assert "shop / staging" in seen(pilot)
        assert sandbox.breaches == []
    saved = Session(folder, sandbox.clock)
    own, staging = saved.saved, saved.of_target("shop/staging").saved
    assert list(environments_of(saved)) == ["shop/production", "shop/staging"]
    assert (staging.answers.space, staging.answers.audiences) == (own.answers.space, own.answers.audiences)
    assert len(staging.made) == len(own.made) == 4
    assert "review" in staging.accepted


def further_source(sandbox: Sandbox) -> None:
    """Add a source for a further destination, as Segment's web app does."""
    workspace = sandbox.world.workspaces[0]
    first = workspace.sources[0]
    workspace.sources.append(replace(first, id="furtherSource1234567890", slug=f"{first.slug}2", name="Personas (2)"))
