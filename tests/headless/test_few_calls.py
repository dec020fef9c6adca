"""Commands read by key and by search, so that a large account costs no more calls than a small one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.headless.round_trips import Rounds
from tests.headless.runs import SETUP, World
from wizard.sandbox.app import Sandbox
from wizard.sandbox.behaviors import Behavior

MOST_CALLS = 20
MOST_ROUND_TRIPS = 4


def calls(world: World, *parts: str) -> int:
    paths = [request.path for request in world.sandbox.requests]
    return sum(all(part in path for part in parts) for path in paths)


async def test_a_plan_in_a_huge_workspace_needs_few_calls_and_few_round_trips(tmp_path: Path) -> None:
    world = World(tmp_path, "huge")
    rounds = Rounds()

    ran = await world.run("plan", wrap=rounds.held)

    assert (ran.code, ran.actions()["audience:vip_customers"]) == (4, "create")
    assert len(world.sandbox.requests) <= MOST_CALLS
    assert len(rounds.asked) <= MOST_ROUND_TRIPS, rounds.asked


async def test_plan_then_apply_in_a_huge_workspace_waits_for_no_rate_limit(tmp_path: Path) -> None:
    world = World(tmp_path, "huge")
    began = world.clock.monotonic()

    codes = [(await world.run(command)).code for command in ("plan", "apply", "doctor")]

    assert codes == [4, 0, 3]
    assert world.clock.monotonic() - began <= 15
    assert calls(world, "/api/v2/projects") == calls(world, "/api/v2/projects/shop")


async def test_where_the_search_finds_nothing_the_list_is_read(tmp_path: Path) -> None:
    """An ignored search finds only what is on the first page. Tests of a refused search need no large world."""
    world = World(tmp_path)
    world.begin(Sandbox("huge", world.clock, behaviors=[Behavior.SEARCH_IGNORED]))
    audiences = world.sandbox.world.workspaces[0].audiences
    for audience_id in list(audiences)[1_000:]:  # five pages are enough
        del audiences[audience_id]
    last = list(audiences.values())[-1].key

    ran = await world.run("plan", setup=SETUP.replace("vip_customers", last))

    assert ran.code == 4
    assert f"audience:{last}" in ran.actions()
    assert calls(world, "/audiences") >= 5


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('"shop"', '"shpo"', "Nearest valid: shop"),
        ('"production"', '"prodction"', "Nearest valid: production"),
        ('"vip_customers"', '"vip_customer"', "Nearest valid: vip_customers"),
    ],
)
async def test_a_slip_still_brings_the_nearest_name(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    ran = await World(tmp_path).run("plan", setup=SETUP.replace(wrong, right))

    assert ran.code == 2
    assert said in ran.err


async def test_a_client_side_id_of_another_environment_is_still_noticed(tmp_path: Path) -> None:
    world = World(tmp_path)
    other = world.sandbox.world.accounts[0].projects["mobile-app"].environments["test"].id
    setup = SETUP.replace('environment = "production"', f'environment = "production"\nclient_side_id = "{other}"')

    ran = await world.run("plan", setup=setup)

    assert ran.code == 2
    assert "belongs to mobile-app / test" in ran.err


async def test_undo_still_looks_at_every_audience(tmp_path: Path) -> None:
    """What others use must stay, and the chosen audiences alone don't show all users."""
    world = World(tmp_path)
    await world.run("apply")
    workspace = world.sandbox.world.workspaces[0]
    made = next(one for one in workspace.destinations.values() if "LaunchDarkly" in one.name)
    other = next(one for one in workspace.audiences.values() if one.key == "new_signups")
    world.sandbox.app_actions.attach(other.id, made.id)

    await world.run("undo")

    assert made.id in workspace.destinations


async def test_undo_in_a_huge_workspace_asks_by_key_and_says_what_it_could_not_look_at(tmp_path: Path) -> None:
    world = World(tmp_path, "huge")
    await world.run("apply")
    before = len(world.sandbox.requests)

    ran = await world.run("undo")

    asked = [one.path for one in list(world.sandbox.requests)[before:]]
    assert len(asked) <= 70
    assert asked.count("/api/v2/projects") == 0
    assert sum(path.endswith("/audiences") for path in asked) <= 2
    assert "9,999 more than this setup's" in ran.out
