"""Scenarios of a setup with one mistake: what a client can see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox import walk
from tests.sandbox.conftest import ALPHA, World
from wizard.sandbox.segment import catalog

EU = "https://eu1.api.segmentapis.com"


async def launchdarkly_destinations(world: World) -> list[dict[str, Any]]:
    listed = (await world.segment("/destinations?pagination.count=200")).json()["data"]["destinations"]
    return [one for one in listed if one["metadata"]["id"] == catalog.LAUNCHDARKLY_ID]


async def failures(world: World) -> dict[str, int]:
    [destination] = await launchdarkly_destinations(world)
    return await walk.deliveries(world, "failed-delivery", destination["id"], hours=4)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("wrong-token-in-destination", "401"),
        ("delivery-failing", "403"),
        ("mapping-edited", "BAD_REQUEST"),
        ("anonymous-audience", "BAD_REQUEST"),
    ],
)
async def test_failed_deliveries_name_their_reason(play: Callable[[str], World], scenario: str, reason: str) -> None:
    world = play(scenario)
    assert list(await failures(world)) == [reason]
    assert await walk.synced_segments(world) == []


async def test_a_mapping_that_is_off_filters_all(play: Callable[[str], World]) -> None:
    world = play("mapping-disabled")
    [destination] = await launchdarkly_destinations(world)
    filtered = await walk.deliveries(world, "filtered-at-destination", destination["id"], hours=4)
    assert filtered["NO_MATCHING_MAPPING"] >= 1234


@pytest.mark.parametrize("scenario", ["destination-disabled", "empty-audience"])
async def test_nothing_at_all_is_delivered(play: Callable[[str], World], scenario: str) -> None:
    world = play(scenario)
    assert await failures(world) == {}
    assert await walk.synced_segments(world) == []


async def test_without_history_a_small_part_of_the_members_is_there(play: Callable[[str], World]) -> None:
    world = play("no-history")
    [segment] = await walk.synced_segments(world)
    assert 0 < segment["_unboundedMetadata"]["includedCount"] < 200


async def test_an_unknown_context_kind_is_taken_and_shows_on_the_segment(play: Callable[[str], World]) -> None:
    world = play("context-kind-unseen")
    [segment] = await walk.synced_segments(world)
    kinds = (await world.launchdarkly(f"{world.project}/context-kinds")).json()["items"]
    assert segment["unboundedContextKind"] not in [kind["key"] for kind in kinds]


async def test_two_destinations_sit_on_two_sources_of_one_name(play: Callable[[str], World]) -> None:
    world = play("two-destinations")
    first, second = await launchdarkly_destinations(world)
    assert first["settings"] == second["settings"]
    assert first["sourceId"] != second["sourceId"]
    assert len(await walk.synced_segments(world)) == 1


async def test_resume_has_a_destination_and_a_mapping_and_no_connection(play: Callable[[str], World]) -> None:
    world = play("resume")
    [destination] = await launchdarkly_destinations(world)
    assert len(await walk.mappings(world, destination["id"])) == 1
    path = f"{await walk.audience_path(world, 'vip_customers')}/destination-connections"
    assert (await world.segment(path, media=ALPHA)).json()["data"]["connections"] == []


async def test_with_create_alone_the_segment_stays_empty(play: Callable[[str], World]) -> None:
    world = play("custom-role-missing-update")
    token = (await world.launchdarkly("/api/v2/caller-identity")).json()["tokenId"]
    [role_id] = (await world.launchdarkly(f"/api/v2/tokens/{token}")).json()["customRoleIds"]
    assert (await world.launchdarkly(f"/api/v2/roles/{role_id}")).json()["basePermissions"] == "reader"
    await walk.set_up(world)
    await world.pass_time(minutes=20)
    [segment] = await walk.synced_segments(world)
    assert segment["_unboundedMetadata"]["includedCount"] == 0


@pytest.mark.parametrize("scenario", ["other-environment-role", "approvals-required"])
async def test_nobody_becomes_a_member(play: Callable[[str], World], scenario: str) -> None:
    world = play(scenario)
    destination_id = await walk.set_up(world)
    await world.pass_time(minutes=20)
    assert (await walk.deliveries(world, "failed-delivery", destination_id))["403"] >= 1234


async def test_an_expired_token_is_unknown(play: Callable[[str], World]) -> None:
    assert (await play("expired-token").launchdarkly("/api/v2/caller-identity")).status_code == 401


async def test_without_engage_the_feature_is_off_and_no_source_is_engages(play: Callable[[str], World]) -> None:
    world = play("no-engage")
    assert (await world.segment("/spaces", media=ALPHA)).status_code == 403
    sources = (await world.segment("/sources")).json()["data"]["sources"]
    assert [source["name"] for source in sources] == ["Website"]


async def test_a_workspace_answers_at_its_own_region(play: Callable[[str], World]) -> None:
    world = play("wrong-region")
    assert (await world.segment("/")).status_code == 401
    assert (await world.segment("/", host=EU)).status_code == 200


async def test_without_the_attaching_api_connections_cannot_even_be_read(play: Callable[[str], World]) -> None:
    world = play("no-attach-api")
    path = f"{await walk.audience_path(world, 'vip_customers')}/destination-connections"
    assert (await world.segment(path, media=ALPHA)).status_code == 403


async def test_without_the_attaching_api_a_colleague_attaches_and_launchdarkly_shows_it(
    play: Callable[[str], World],
) -> None:
    world = play("no-attach-api")
    await walk.make_mapping(world, await walk.make_destination(world))
    for _ in range(20):
        await world.pass_time(minutes=1)
        found = await walk.synced_segments(world)
    assert [segment["name"] for segment in found] == ["Vip customers"]


async def test_without_a_store_none_is_listed(play: Callable[[str], World]) -> None:
    path = "/api/v2/integration-capabilities/big-segment-store"
    assert (await play("no-store").launchdarkly(path, LD_API_Version="beta")).json()["items"] == []


async def test_a_late_segment_comes_in_the_end(play: Callable[[str], World]) -> None:
    world = play("segment-late")
    await walk.set_up(world)
    await world.pass_time(minutes=39)
    assert await walk.synced_segments(world) == []
    await world.pass_time(minutes=2)
    assert len(await walk.synced_segments(world)) == 1


async def test_a_rate_limited_client_gets_through_by_waiting(play: Callable[[str], World]) -> None:
    world = play("rate-limited")
    statuses = [(await world.launchdarkly("/api/v2/projects")).status_code for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    await world.pass_time(seconds=10)
    assert (await world.launchdarkly("/api/v2/projects")).status_code == 200


async def test_huge_is_read_in_pages(play: Callable[[str], World]) -> None:
    world = play("huge")
    projects = (await world.launchdarkly("/api/v2/projects?limit=100&expand=environments")).json()
    assert (len(projects["items"]), projects["totalCount"]) == (100, 2000)
    space = await walk.space_path(world)
    audiences = (await world.segment(f"{space}/audiences?pagination.count=200", media=ALPHA)).json()["data"]
    assert (len(audiences["audiences"]), audiences["pagination"]["totalEntries"]) == (200, 10_000)
