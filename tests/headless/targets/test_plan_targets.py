"""`plan` for several environments: one plan, with shared answers and requests once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.headless.round_trips import Rounds
from tests.headless.runs import SETUP, World
from tests.headless.targets.worlds import SHARED, STAGING, THREE, TWO

PRODUCTION_TWICE = SHARED + '[[targets]]\nenvironment = "production"\n[[targets]]\nenvironment = "production"\n'


async def test_one_plan_has_the_changes_of_every_environment(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", setup=THREE)

    assert ran.code == 4
    assert [one["target"] for one in ran.document["targets"]] == ["shop/production", "shop/staging", "qa"]
    made = [(one["target"], one["after"]["name"]) for one in ran.document["changes"] if one["id"] == "destination"]
    assert made == [
        ("shop/production", "LaunchDarkly - shop / production"),
        ("shop/staging", "LaunchDarkly - shop / staging"),
        ("qa", "LaunchDarkly - shop / test"),
    ]


async def test_a_second_destination_on_one_engage_source_is_by_hand_and_the_rest_is_made(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", setup=THREE)

    actions = {(one["target"], one["id"]): one["action"] for one in ran.document["changes"]}
    assert actions["shop/production", "destination"] == "create"
    assert actions["shop/staging", "destination"] == "create"
    assert actions["qa", "destination"] == "by_hand"
    reason = next(one["reason"] for one in ran.document["changes"] if one["action"] == "by_hand")
    assert "Personas Production gets another environment's LaunchDarkly destination." in reason


async def test_what_is_shared_is_said_once_and_what_differs_in_its_group(tmp_path: Path) -> None:
    lines = (await World(tmp_path).run("plan", setup=THREE, as_json=False)).out.splitlines()

    assert lines[0] == "Plan for 3 environments"
    assert lines[1] == "The same in all: segment.by_hand off, mapping.context_kind user, mapping.batching on"
    groups = [at for at, line in enumerate(lines) if line.startswith("Plan for shop")]
    assert lines[groups[2]].endswith(", called qa")
    assert lines[groups[2] + 1] == (
        "Only here: segment.space prod, mapping.context_key user_id_then_email, audiences.include new_signups"
    )
    assert f"Next: audience-wizard apply -c {tmp_path / 'setup.toml'}" in lines[-1]


async def test_a_change_that_is_the_same_elsewhere_is_reported_once(tmp_path: Path) -> None:
    lines = (await World(tmp_path).run("plan", setup=THREE, as_json=False)).out.splitlines()

    mapping = "+ Mapping Sync Engage Audience to LaunchDarkly"
    at = [number for number, line in enumerate(lines) if line == mapping]
    assert lines[at[1] + 1] == "  As in shop/production."
    assert lines[at[2] + 1].startswith("  Create the mapping")  # shown in full, because its context key differs


async def test_two_names_of_one_environment_are_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    production = world.sandbox.world.accounts[0].projects["shop"].environments["production"].id

    ran = await world.run("plan", setup=f'{TWO}\n[[targets]]\nname = "again"\nclient_side_id = "{production}"\n')

    assert ran.code == 2
    assert "shop/production and again are the same environment. Leave one of them out." in ran.err


async def test_several_environments_cost_no_round_trip_more_than_one(tmp_path: Path) -> None:
    one, several = World(tmp_path), World(tmp_path)
    alone, together = Rounds(), Rounds()

    await one.run("plan", wrap=alone.held)
    await several.run("plan", setup=THREE, wrap=together.held)

    assert len(together.asked) <= len(alone.asked)
    asked = [request.path for request in several.sandbox.requests]
    for shared in ("/api/v2/caller-identity", "/", "/spaces", "/sources", "/destinations", "/api/v2/projects/shop"):
        assert asked.count(shared) == 1, shared
    assert len(asked) <= len(one.sandbox.requests) + 2 * 4


async def test_one_environment_can_be_named_and_looks_as_if_it_were_alone(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", setup=THREE, target="shop/staging", as_json=False)

    assert "Plan for shop / staging" in ran.out
    assert "shop / production" not in ran.out
    assert f"Next: audience-wizard apply -c {tmp_path / 'setup.toml'} --target shop/staging" in ran.out
    document = (await World(tmp_path).run("plan", setup=THREE, target="shop/staging")).document
    assert set(document) == {"schema", "changes", "blocked_by"}


async def test_a_file_with_one_target_is_like_any_other_file(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", setup=SHARED + STAGING)

    assert set(ran.document) == {"schema", "changes", "blocked_by"}


@pytest.mark.parametrize(
    ("setup", "options", "said"),
    [
        (THREE, {"target": "shop/stagign"}, "doesn't have this target. Did you mean shop/staging?"),
        (SETUP, {"target": "staging"}, "has no targets, so the option isn't needed."),
        (THREE, {"resync": ("vip_customers",)}, "--resync is about one environment. Name it with --target."),
        (TWO.replace('"staging"', '"stagign"'), {}, ":14: targets.environment: the project shop has no environment"),
        (THREE.replace('"new_signups"', '"new_sign"'), {}, "targets.audiences: the space has no audience"),
        (PRODUCTION_TWICE, {}, ":11: targets: shop/production: another target has the same environment."),
    ],
)
async def test_a_mistake_is_named_and_nothing_is_planned(
    tmp_path: Path, setup: str, options: dict[str, Any], said: str
) -> None:
    ran = await World(tmp_path).run("plan", setup=setup, **options)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


async def test_a_token_without_rights_in_one_environment_blocks_only_that_one(tmp_path: Path) -> None:
    world = World(tmp_path, "other-environment-role")

    ran = await world.run("plan", setup=TWO)

    assert ran.code == 1
    assert {one["target"]: one["blocked_by"] for one in ran.document["targets"]} == {
        "shop/production": ["launchdarkly.token.permissions"],
        "shop/staging": [],
    }


async def test_in_an_outage_nothing_is_to_be_fixed_in_any_environment(tmp_path: Path) -> None:
    world = World(tmp_path, "outage")

    planned = await world.run("plan", setup=TWO, as_json=False)
    applied = await world.run("apply", setup=TWO, as_json=False)

    assert planned.out.endswith(f"Next: audience-wizard plan -c {tmp_path / 'setup.toml'}, once the service answers\n")
    assert "once the service answers" in applied.out + applied.err
    assert "fix the problem" not in planned.out + applied.out + applied.err


async def test_an_option_that_is_about_one_environment_names_the_command_for_each(tmp_path: Path) -> None:
    world, file = World(tmp_path), tmp_path / "setup.toml"
    there = f"-c {file} --target shop/staging"

    ran = await world.run("apply", setup=TWO, resync=("vip_customers",))
    assert (ran.code, ran.out) == (2, "")
    assert f"  audience-wizard apply {there} --resync vip_customers" in ran.err.splitlines()

    ran = await world.run("doctor", setup=TWO, against=tmp_path / "a report.md")
    assert (ran.code, ran.out) == (2, "")
    assert f"  audience-wizard doctor {there} --against '{tmp_path / 'a report.md'}'" in ran.err.splitlines()


async def test_a_command_that_is_about_one_environment_asks_which(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("troubleshoot", setup=TWO, symptom="never-appeared")

    assert ran.code == 2
    assert "Name it with --target.\nThe targets: shop/production, shop/staging" in ran.err


async def test_check_counts_the_targets(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("plan", setup=THREE, check_only=True)

    assert [one["target"] for one in ran.document["targets"]] == ["shop/production", "shop/staging", "qa"]
