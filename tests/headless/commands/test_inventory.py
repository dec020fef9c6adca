"""`inventory`: every synced segment with its audience and its flags, with few calls and within the limits."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.benchmarks.inventory import PER_MINUTE, many, timed
from tests.faulty import Fault, with_fault
from tests.headless.runs import SETUP, World, tokens
from tests.headless.targets.worlds import TWO
from wizard.domain.services.launchdarkly import Project
from wizard.flow.walk import Walk
from wizard.headless.commands.inventory_command import read_project
from wizard.headless.options import Options
from wizard.sandbox.behaviors import Behavior

STATES = {
    ("production", "Vip customers", "new-checkout vip-prices"): "in_step",
    ("production", "New signups", ""): "in_step",
    ("production", "Trial users", ""): "late",
    ("production", "Cart abandoners", "free-shipping"): "more_members",
    ("production", "Loyalty gold", ""): "orphan",
    ("production", "Vip customers", "vip-lounge"): "double",
    ("production", "Summer sale 2023", ""): "orphan",
    ("staging", "Vip customers", ""): "orphan",
}


async def test_every_segment_of_the_project_has_its_state_and_its_flags(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")

    ran = await world.run("inventory")

    rows = ran.document["segments"]
    assert {(one["environment"], one["name"], " ".join(one["flags"])): one["state"] for one in rows} == STATES
    assert ran.code == 1
    assert rows[0]["audience"]["size"] == rows[0]["members"] == 1_234
    assert rows[0]["destination"]
    assert rows[0]["mapping"]
    assert world.writes() == []
    assert world.breaches == []


async def test_segments_beyond_the_newest_are_read_where_no_list_shows_which_are_synced(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    world.sandbox.world.behaviors |= {Behavior.FILTERS_REFUSED, Behavior.EXTERNAL_NOT_LISTED}
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    of_another = next(one for one in segments.values() if one.key.startswith("amplitude-"))
    for number in range(30):
        key, at = f"amplitude-{number}", of_another.created_at + timedelta(days=900)
        segments[key] = replace(of_another, key=key, name=key, created_at=at)

    ran = await world.run("inventory", as_json=False)

    assert ran.out.startswith("shop: 8 synced segments")
    assert "31 more synced segments get" in ran.out


async def test_a_person_reads_a_table_the_reasons_and_the_command_for_each(tmp_path: Path) -> None:
    ran = await World(tmp_path, "many-segments").run("inventory", as_json=False)

    assert ran.out.startswith(
        "shop: 8 synced segments in 2 of 3 environments, 6 out of step.\n\nproduction\n  ✓ Vip customers"
    )
    assert "Don't delete it yet: vip-lounge uses it." in ran.out
    assert "troubleshoot more-members --environment shop/production --audience cart_abandoners" in ran.out
    assert "1 more synced segment gets its members from another partner" in ran.out


async def test_scripts_and_spreadsheets_get_a_long_name_whole(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].segments
    segment = next(one for one in segments.values() if one.external)
    segment.name = f"Vip {'x' * 300}"

    document = (await world.run("inventory")).document
    spreadsheet = (await world.run("inventory", as_json=False, as_csv=True)).out

    assert segment.name in {one["name"] for one in document["segments"]}
    assert segment.name in {row["name"] for row in csv.DictReader(io.StringIO(spreadsheet))}


async def test_a_spreadsheet_gets_one_line_a_segment_and_no_formula(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].segments
    next(iter(segments.values())).name = "=HYPERLINK(1)"

    ran = await world.run("inventory", as_json=False, as_csv=True)

    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["state"] for row in rows] == list(STATES.values())
    assert rows[-1]["name"] == "'=HYPERLINK(1)"


async def test_the_command_of_a_row_looks_at_that_audience_in_that_environment(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")

    ran = await world.run(
        "troubleshoot", symptom="worked-before", environment="shop/staging", audience="vip_customers", as_json=False
    )

    assert (ran.code, "shop / staging is switched off" in ran.out) == (0, True), ran.out
    assert "no command repairs it" in ran.err
    assert "  Or: " not in ran.out


async def test_a_diagnosis_of_a_row_goes_on_with_that_row(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")

    ran = await world.run(
        "troubleshoot", symptom="fewer-members", environment="shop/production", audience="trial_users", as_json=False
    )

    assert " --environment shop/production --audience trial_users --answer count=ANSWER" in ran.out


@pytest.mark.parametrize("given", ["staging", "shop/", "a/b/c"])
async def test_half_a_place_is_refused(tmp_path: Path, given: str) -> None:
    ran = await World(tmp_path).run("troubleshoot", symptom="empty", environment=given)
    assert (ran.code, "as shop/production" in ran.err) == (2, True)


async def test_several_environments_of_one_project_are_listed_once(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")

    ran = await world.run("inventory", setup=TWO)
    one = await world.run("inventory", setup=TWO, target="shop/staging")

    assert (ran.code, ran.document["projects"], len(ran.document["segments"])) == (1, ["shop"], 8)
    assert one.document["segments"] == ran.document["segments"]


async def test_a_project_that_nobody_could_read_leaves_the_verdict_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_the_first_alone(walk: Walk, options: Options) -> Project | None:
        project = await read_project(walk, options)
        return project if "production" in walk.session.target else None

    assert (await World(tmp_path).run("inventory", setup=TWO)).code == 0
    monkeypatch.setattr("wizard.headless.targets.inventory_targets.read_project", read_the_first_alone)
    ran = await World(tmp_path).run("inventory", setup=TWO)
    assert (ran.code, ran.document["projects"]) == (3, ["shop"])


async def test_nothing_synced_is_all_in_step(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("inventory")
    assert (ran.code, ran.document["segments"]) == (0, [])


async def test_without_segment_nobody_can_tell(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    world.vault = tokens(world, segment_token="")

    ran = await world.run("inventory", setup=SETUP.replace("[segment]", "[segment]\nby_hand = true"))

    assert ran.code == 3
    assert {one["state"] for one in ran.document["segments"]} == {"unknown"}
    assert "Without a Segment Public API token" in ran.document["segments"][0]["reason"]


async def test_with_a_token_that_sees_no_space_no_segment_is_called_an_orphan(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    world.sandbox.world.workspaces[0].spaces.clear()

    ran = await world.run("inventory")

    assert ran.code == 3
    assert {one["state"] for one in ran.document["segments"]} == {"unknown"}
    assert "can't see any Engage space" in ran.document["segments"][0]["reason"]


async def test_without_launchdarkly_nobody_can_tell(tmp_path: Path) -> None:
    ran = await World(tmp_path, "many-segments").run(
        "inventory", wrap=with_fault(Fault.ERROR_BEFORE, "GET", "/api/v2/segments/.*", 10_000)
    )
    assert (ran.code, len(ran.document["not_read"])) == (3, 3)


async def test_two_hundred_segments_take_as_long_as_the_limits_make_them(tmp_path: Path) -> None:
    world = many(World(tmp_path), 200)

    took = await timed(world)

    floor = (200 // PER_MINUTE - 1) * 60.0
    assert took.seconds <= 1.3 * floor
    assert took.calls <= 240
    assert took.told
    assert world.breaches == []


async def test_an_interrupted_inventory_goes_on_with_the_next_run(tmp_path: Path) -> None:
    world = many(World(tmp_path), 60)
    stopped = await timed(world, stop_after=40.0)
    assert stopped.lookups == PER_MINUTE

    rest = await timed(world)

    assert rest.lookups == 60 - PER_MINUTE
    assert "Continuing the interrupted inventory" in rest.told
    assert not (tmp_path / "default" / "inventory.json").exists()


async def test_a_project_that_could_not_be_read_is_told_with_its_reason(tmp_path: Path) -> None:
    world = World(tmp_path, "sdk-key-pasted")
    told, ran = await world.run("inventory", as_json=False), await world.run("inventory")

    assert told.code == ran.code == 3
    assert "We couldn't read the project in LaunchDarkly. This is an SDK key, not an access token." in told.err
    assert "Next: audience-wizard doctor" in told.err
    assert ran.document["not_read"][0]["reason"] == "This is an SDK key, not an access token."
