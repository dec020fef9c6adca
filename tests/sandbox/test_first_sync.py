"""The first sync: what a client sees as time passes, and the destination's own rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox import walk
from tests.sandbox.conftest import World
from wizard.sandbox.state.segment_workspace import Audience, GeneratedProfiles


async def members(world: World) -> int | None:
    """Return the count that is shown for Segment's one segment; None while there is no segment."""
    found = await walk.synced_segments(world)
    return found[0].get("_unboundedMetadata", {}).get("includedCount", 0) if found else None


def without_history(world: World) -> Audience:
    audiences = world.sandbox.world.workspaces[0].audiences.values()
    audience = next(one for one in audiences if one.key == "vip_customers")
    audience.history = False
    return audience


async def status(world: World, key: str) -> str:
    answer = await world.segment(await walk.audience_path(world, key))
    return str(answer.json()["data"]["audience"]["status"])


async def test_everything_done_by_api_ends_with_a_segment_of_all_members(happy: World) -> None:
    await walk.set_up(happy)
    assert await walk.synced_segments(happy) == []
    await happy.pass_time(minutes=9, seconds=10)
    [segment] = await walk.synced_segments(happy)
    assert segment["name"] == "Vip customers"
    assert segment["unboundedContextKind"] == "user"
    assert "_unboundedMetadata" not in segment
    await happy.pass_time(seconds=30)
    [segment] = await walk.synced_segments(happy)
    assert 0 < segment["_unboundedMetadata"]["includedCount"] < 1234
    await happy.pass_time(minutes=5)
    [segment] = await walk.synced_segments(happy)
    assert segment["_unboundedMetadata"]["includedCount"] == 1234
    await happy.pass_time(hours=5)
    assert await members(happy) == 1234
    assert happy.sandbox.breaches == []


async def test_a_brand_new_audience_is_computed_once_it_is_attached(play: Callable[[str], World]) -> None:
    fresh = play("fresh")
    seen = [await status(fresh, "first_audience")]
    await walk.set_up(fresh, "first_audience")
    for _ in range(4):
        await fresh.pass_time(seconds=61)
        seen.append(await status(fresh, "first_audience"))
    assert seen == ["Not Computing", "Computing", "Computing", "Backfilling", "Live"]
    await fresh.pass_time(minutes=8)
    assert await members(fresh) == 25


async def test_a_connection_made_by_api_sends_nothing_without_an_activation(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    await walk.make_mapping(happy, destination_id)
    await walk.attach(happy, "vip_customers", destination_id)
    await happy.pass_time(hours=1)
    assert await members(happy) is None
    assert await walk.deliveries(happy, "successful-delivery", destination_id) == {}


async def test_attaching_in_the_app_sends_by_its_toggles(happy: World) -> None:
    actions, workspace = happy.sandbox.app_actions, happy.sandbox.world.workspaces[0]
    tokens = happy.sandbox.tokens
    made = actions.create_destination(
        workspace.sources[0].id, tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id
    )
    mapping = actions.create_mapping(made.id)
    assert (made.enabled, mapping.enabled) == (False, False)
    actions.enable_destination(made.id)
    mapping.enabled = True
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    actions.attach(audience.id, made.id, track=False)
    await happy.pass_time(minutes=12)
    assert await members(happy) == 1234


async def test_a_disabled_mapping_filters_every_event(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    await walk.make_mapping(happy, destination_id, enabled=False)
    await walk.activate(happy, "vip_customers", await walk.attach(happy, "vip_customers", destination_id))
    await happy.pass_time(minutes=16)
    assert await members(happy) is None
    filtered = await walk.deliveries(happy, "filtered-at-destination", destination_id)
    assert filtered["NO_MATCHING_MAPPING"] >= 1234
    assert filtered["FILTERED_BY_INTEGRATIONS_OBJECT"] > 0


async def test_a_reader_token_fails_with_403_and_a_wrong_one_with_401(happy: World) -> None:
    token = happy.sandbox.world.accounts[0].tokens[0]
    destination_id = await walk.set_up(happy)
    token.role = "reader"
    await happy.pass_time(minutes=15)
    assert (await walk.deliveries(happy, "failed-delivery", destination_id))["403"] >= 1234
    happy.sandbox.app_actions.update_destination(destination_id, api_key="api-wrong")
    await happy.pass_time(minutes=15)
    assert (await walk.deliveries(happy, "failed-delivery", destination_id))["401"] > 0
    assert await members(happy) is None


async def test_deliveries_show_after_five_minutes(happy: World) -> None:
    destination_id = await walk.set_up(happy)
    await happy.pass_time(minutes=10)
    assert await walk.deliveries(happy, "successful-delivery", destination_id) == {}
    await happy.pass_time(minutes=5)
    assert (await walk.deliveries(happy, "successful-delivery", destination_id))[""] >= 1234


async def test_a_repaired_destination_shows_signs_of_life(happy: World) -> None:
    destination_id = await walk.set_up(happy)
    happy.sandbox.app_actions.enable_destination(destination_id, enabled=False)
    await happy.pass_time(minutes=15)
    assert await members(happy) is None
    happy.sandbox.app_actions.enable_destination(destination_id)
    await happy.pass_time(minutes=6)
    assert (await members(happy) or 0) > 0


@pytest.mark.parametrize(
    ("context_key", "expected"),
    [("user_id_only", None), ("user_id_then_email", 50), ("email_only", 50), ("user_id_then_anonymousId", 50)],
)
async def test_one_member_without_the_identifier_fails_the_whole_batch(
    happy: World, context_key: str, expected: int | None
) -> None:
    workspace = happy.sandbox.world.workspaces[0]
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    audience.members = GeneratedProfiles(50, without_user_id_every=50)
    await walk.set_up(happy, context_key=context_key)
    await happy.pass_time(minutes=11)
    assert await members(happy) == expected


async def test_without_batching_only_the_bad_item_fails(happy: World) -> None:
    workspace = happy.sandbox.world.workspaces[0]
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    audience.members = GeneratedProfiles(50, without_user_id_every=50)
    await walk.set_up(happy, enable_batching=False)
    await happy.pass_time(minutes=11)
    assert await members(happy) == 49


async def test_a_hidden_field_that_was_edited_fails_validation(happy: World) -> None:
    destination_id = await walk.set_up(happy, segment_computation_action={"@path": "$.context.nothing"})
    await happy.pass_time(minutes=15)
    assert await members(happy) is None
    assert (await walk.deliveries(happy, "failed-delivery", destination_id))["BAD_REQUEST"] >= 1234


async def test_a_batch_audience_waits_for_its_next_run(happy: World) -> None:
    await walk.set_up(happy, "predicted_ltv")
    await happy.pass_time(hours=8)
    assert await members(happy) is None
    await happy.pass_time(minutes=15)
    assert await members(happy) == 2100


async def test_without_history_only_changes_flow(happy: World) -> None:
    audience = without_history(happy)
    destination_id = await walk.make_destination(happy)
    await walk.make_mapping(happy, destination_id)
    happy.sandbox.app_actions.attach(audience.id, destination_id)
    await happy.pass_time(minutes=20)
    assert 0 < (await members(happy) or 0) < 50


async def test_an_activation_that_asks_for_a_resync_sends_all_members_without_history_too(happy: World) -> None:
    without_history(happy)
    await walk.set_up(happy)
    await happy.pass_time(minutes=20)
    assert await members(happy) == 1234


async def test_an_activations_own_mapping_is_listed_with_its_own_trigger(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    connection_id = await walk.attach(happy, "vip_customers", destination_id)
    await walk.activate(happy, "vip_customers", connection_id, own_mapping=True)
    [mapping] = await walk.mappings(happy, destination_id)
    assert "context.personas.event_emitter_id" in mapping["trigger"]
    await happy.pass_time(minutes=12)
    assert await members(happy) == 1234


async def test_the_whole_way_by_hand_ends_with_a_segment(happy: World) -> None:
    tokens = happy.sandbox.tokens
    happy.sandbox.app_actions.set_up(
        "new_signups", tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id
    )
    await happy.pass_time(minutes=12)
    assert await members(happy) == 412


@pytest.mark.parametrize(
    "broken",
    [
        {"segment_audience_id": {"@path": "$.context.personas"}},
        {"user_email": {"@if": "nonsense"}, "context_key": "email_only"},
        {"traits_or_props": "text"},
        {"context_key": {"@path": "$.type"}},
    ],
)
async def test_a_mapping_that_makes_no_sense_delivers_nothing_and_breaks_nothing(
    happy: World, broken: dict[str, Any]
) -> None:
    await walk.set_up(happy, **broken)
    await happy.pass_time(minutes=12)
    assert await members(happy) is None
