"""The steps of a setup, made through the API by the services' rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.sandbox.conftest import ALPHA, BETA, World
from wizard.sandbox.segment import catalog


async def source_id(world: World) -> str:
    sources = (await world.segment("/sources?pagination.count=200")).json()["data"]["sources"]
    return str(next(one["id"] for one in sources if one["name"] == "Personas Production"))


async def space_path(world: World) -> str:
    spaces = (await world.segment("/spaces?pagination.count=200", media=ALPHA)).json()["data"]["spaces"]
    return f"/spaces/{spaces[0]['id']}"


async def audience_path(world: World, key: str) -> str:
    space = await space_path(world)
    found = await world.segment(
        f"{space}/audiences?pagination.count=200&search.type=KEY&search.query={key}", media=ALPHA
    )
    return f"{space}/audiences/{found.json()['data']['audiences'][0]['id']}"


async def make_destination(world: World, **changes: Any) -> str:
    tokens = world.sandbox.tokens
    settings = {"apiKey": tokens.launchdarkly_access_token, "clientId": tokens.launchdarkly_client_side_id}
    body = {
        "sourceId": await source_id(world),
        "metadataId": catalog.LAUNCHDARKLY_ID,
        "name": "LaunchDarkly - shop / production",
        "enabled": True,
        "settings": settings,
        **changes,
    }
    made = await world.segment("/destinations", "POST", json=body)
    assert made.status_code == 200, made.text
    return str(made.json()["data"]["destination"]["id"])


async def make_mapping(world: World, destination_id: str, enabled: bool = True, **settings: Any) -> str:
    body = {
        "name": catalog.PRESET_NAME,
        "actionId": catalog.ACTION_ID,
        "trigger": catalog.TRIGGER,
        "enabled": enabled,
        "settings": catalog.PRESET_FIELDS | settings,
    }
    made = await world.segment(f"/destinations/{destination_id}/subscriptions", "POST", ALPHA, json=body)
    assert made.status_code == 200, made.text
    return str(made.json()["data"]["destinationSubscription"]["id"])


async def attach(world: World, key: str, destination_id: str) -> str:
    path = f"{await audience_path(world, key)}/destination-connections"
    body = {"destination": {"id": destination_id, "type": "destination"}}
    made = await world.segment(path, "POST", ALPHA, json=body)
    assert made.status_code == 200, made.text
    return str(made.json()["data"]["connection"]["id"])


async def activate(world: World, key: str, connection_id: str, *, own_mapping: bool = False) -> None:
    path = f"{await audience_path(world, key)}/destination-connections/{connection_id}/activations"
    body: dict[str, Any] = {
        "activationName": "LaunchDarkly sync",
        "activationType": "Audience Membership Changed",
        "enabled": True,
        "performResync": True,
    }
    if own_mapping:
        body["destinationMapping"] = {"actionId": catalog.ACTION_ID, "settings": catalog.PRESET_FIELDS}
    made = await world.segment(path, "POST", ALPHA, json=body)
    assert made.status_code == 200, made.text


async def set_up(world: World, key: str = "vip_customers", **settings: Any) -> str:
    """Set everything up by API; return the destination's id."""
    destination_id = await make_destination(world)
    await make_mapping(world, destination_id, **settings)
    await activate(world, key, await attach(world, key, destination_id))
    return destination_id


async def synced_segments(world: World) -> list[dict[str, Any]]:
    found = await world.launchdarkly(f"{world.segments}?filter=external%20exists%20true&sort=-creationDate&limit=50")
    assert found.status_code == 200, found.text
    items = found.json()["items"]
    return [item for item in items if item["_external"] == "segment-audiences"]


async def deliveries(world: World, stage: str, destination_id: str, hours: int = 2) -> dict[str, int]:
    """Return the totals per discard reason ("" for none) over the last hours."""
    now = world.clock.now()
    span = f"startTime={(now - timedelta(hours=hours)).isoformat()}&endTime={now.isoformat()}".replace("+", "%2B")
    query = (
        f"sourceId={await source_id(world)}&destinationConfigId={destination_id}&granularity=HOUR"
        f"&groupBy.0=discardReason&{span}"
    )
    answer = await world.segment(f"/delivery-overview/{stage}?{query}", media=BETA)
    assert answer.status_code == 200, answer.text
    return {row["discardReason"]: row["total"] for row in answer.json()["data"]["dataset"]}


async def mappings(world: World, destination_id: str) -> list[dict[str, Any]]:
    answer = await world.segment(f"/destinations/{destination_id}/subscriptions", media=ALPHA)
    found: list[dict[str, Any]] = answer.json()["data"]["subscriptions"]
    return found
