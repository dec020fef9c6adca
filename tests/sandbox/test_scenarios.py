"""Each scenario's world is what its title promises."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.fake_clock import START, FakeClock
from tests.sandbox import walk
from tests.sandbox.conftest import ALPHA, World
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios import SCENARIOS, UnknownScenario
from wizard.sandbox.scenarios.hostile import HOSTILE_NAMES
from wizard.sandbox.segment import catalog


def test_each_scenario_is_the_same_world_with_credentials_like_real_ones() -> None:
    for name, scenario in SCENARIOS.items():
        world = scenario.build(START)
        assert world == scenario.build(START), name
        credentials = world.credentials
        token = credentials.launchdarkly_access_token or credentials.launchdarkly_admin_token
        assert re.fullmatch(r"(api|sdk)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", token), name
        assert re.fullmatch(r"[0-9a-f]{24}", credentials.launchdarkly_client_side_id), name
        assert re.fullmatch(r"sgp_[0-9a-zA-Z]{60}", credentials.segment_public_api_token), name
        assert token not in repr(credentials), name


def test_an_unknown_scenario_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownScenario, match=r"hapy\. Did you mean happy\?"):
        Sandbox("hapy", FakeClock())


async def test_reader_token_may_look_and_not_write(play: Callable[[str], World]) -> None:
    world = play("reader-token")
    assert (await world.launchdarkly(world.project)).status_code == 200
    await walk.set_up(world)
    await world.pass_time(minutes=20)
    assert await walk.synced_segments(world) == []


async def test_wrong_pair_syncs_nothing(play: Callable[[str], World]) -> None:
    world = play("wrong-pair")
    destination_id = await walk.set_up(world)
    await world.pass_time(minutes=20)
    assert (await walk.deliveries(world, "failed-delivery", destination_id))["403"] >= 1234


async def test_an_eu_account_is_out_of_the_destinations_reach(play: Callable[[str], World]) -> None:
    world = play("eu-account")
    destination_id = await walk.set_up(world)
    await world.pass_time(minutes=20)
    assert (await walk.deliveries(world, "failed-delivery", destination_id))["401"] >= 1234


async def test_a_colleague_attaches_what_the_wizard_waits_for(play: Callable[[str], World]) -> None:
    world = play("attach-needs-app")
    path = f"{await walk.audience_path(world, 'vip_customers')}/destination-connections"

    async def connections() -> int:
        return len((await world.segment(path, media=ALPHA)).json()["data"]["connections"])

    assert await connections() == 0
    destination_id = await walk.make_destination(world)
    await walk.make_mapping(world, destination_id)
    with pytest.raises(AssertionError, match="must be added to Engage"):
        await walk.attach(world, "vip_customers", destination_id)
    seen = []
    for _ in range(6):
        await world.pass_time(seconds=40)
        seen.append(await connections())
    assert seen[0] == 0
    assert seen[-1] == 1
    assert len(world.sandbox.world.workspaces[0].connections) == 3 + 1
    await world.pass_time(minutes=12)
    assert len(await walk.synced_segments(world)) == 1


async def test_create_needs_app_until_a_colleague_makes_the_destination(play: Callable[[str], World]) -> None:
    world = play("create-needs-app")

    async def destinations() -> list[str]:
        listed = (await world.segment("/destinations?pagination.count=200")).json()["data"]["destinations"]
        return [one["name"] for one in listed if "LaunchDarkly" in one["name"]]

    for _ in range(2):
        with pytest.raises(AssertionError, match="not enabled for this workspace"):
            await walk.make_destination(world)
    await world.pass_time(minutes=2)
    assert await destinations() == []
    await world.pass_time(minutes=2)
    assert await destinations() == ["LaunchDarkly - shop / production"]


async def test_hostile_names_arrive_unchanged(play: Callable[[str], World]) -> None:
    world = play("hostile-names")
    projects = (await world.launchdarkly("/api/v2/projects?limit=100")).json()["items"]
    assert set(HOSTILE_NAMES) <= {project["name"] for project in projects}
    space = await walk.space_path(world)
    listed = (await world.segment(f"{space}/audiences?pagination.count=200", media=ALPHA)).json()["data"]["audiences"]
    assert set(HOSTILE_NAMES) <= {audience["name"] for audience in listed}


async def test_hostile_names_do_not_keep_the_sync_from_working(play: Callable[[str], World]) -> None:
    world = play("hostile-names")
    await walk.set_up(world)
    await world.pass_time(minutes=12)
    [segment] = await walk.synced_segments(world)
    assert segment["name"] == "Vip customers"


async def test_slow_answers_take_one_to_three_felt_seconds(play: Callable[[str], World]) -> None:
    world = play("slow")
    await world.launchdarkly("/api/v2/projects")
    await world.segment("/sources")
    assert all(1 <= seconds <= 3 for seconds in world.clock.sleeps)
    assert len(world.clock.sleeps) == 2


async def test_flaky_requests_get_through_when_tried_again(play: Callable[[str], World]) -> None:
    world = play("flaky")
    seen = set()
    for path in ("versions", "projects", "tokens", "roles", "caller-identity", "projects/shop", "auditlog"):
        first = await world.launchdarkly(f"/api/v2/{path}")
        seen.add(first.status_code)
        assert (await world.launchdarkly(f"/api/v2/{path}")).status_code == 200
    assert len(seen & {429, 500, 502, 503, 504}) >= 2
    assert world.sandbox.breaches == []


async def test_a_lost_answer_means_that_the_write_happened(play: Callable[[str], World]) -> None:
    world = play("flaky")
    source = world.sandbox.world.workspaces[0].sources[0].id
    body = {"sourceId": source, "metadataId": catalog.LAUNCHDARKLY_ID, "settings": {"apiKey": "a", "clientId": "b"}}
    lost = await world.segment("/destinations", "POST", json=body)
    assert (lost.status_code, lost.headers["content-type"].partition(";")[0]) == (502, "text/html")
    assert "LaunchDarkly Audiences" in [one.name for one in world.sandbox.world.workspaces[0].destinations.values()]


async def test_outage_leaves_segment_alone(play: Callable[[str], World]) -> None:
    world = play("outage")
    answer = await world.launchdarkly("/api/v2/versions")
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert (await world.segment("/")).status_code == 200


async def test_requests_are_recorded_without_headers(happy: World) -> None:
    await happy.launchdarkly("/api/v2/projects?limit=5")
    [recorded] = happy.sandbox.requests
    assert (recorded.method, recorded.host, recorded.path) == ("GET", "app.launchdarkly.com", "/api/v2/projects")
    assert (recorded.query, recorded.status, recorded.at) == ((("limit", "5"),), 200, START)
    assert happy.sandbox.tokens.launchdarkly_access_token not in repr(recorded)
