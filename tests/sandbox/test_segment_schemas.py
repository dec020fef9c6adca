"""Every answer of the simulated Segment fits the official model: no field is missing, and none is made up."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.sandbox.conftest import ALPHA, BETA, V1, World
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.api import ENDPOINTS

Json = dict[str, Any]
SCHEMAS = json.loads((Path(__file__).parent.parent / "contracts" / "segment-schemas.json").read_text())
SPACE, AUDIENCE = "/spaces/{spaceId}", "/spaces/{spaceId}/audiences/{audienceId}"
DESTINATION, MAPPING = "/destinations/{destinationId}", "/destinations/{destinationId}/subscriptions/{subscriptionId}"
CONNECTION, ACTIVATION = AUDIENCE + "/destination-connections/{connectionId}", AUDIENCE + "/activations/{activationId}"
OWN_MAPPING = {"actionId": catalog.ACTION_ID, "settings": catalog.PRESET_FIELDS}
ACTIVATE = {"activationName": "Sync", "activationType": "Audience Membership Changed", "performResync": True}
PREVIEW = {"definition": {"query": "event('Purchased').count() >= 3"}, "audienceType": "USERS"}
CALLS: list[tuple[str, str, str, Json | None]] = [
    ("GET", "/", V1, None),
    ("GET", "/echo?message=hi", V1, None),
    ("GET", "/spaces", ALPHA, None),
    ("GET", SPACE, ALPHA, None),
    ("GET", "/sources", V1, None),
    ("GET", "/sources/{sourceId}", V1, None),
    ("GET", "/sources/{sourceId}/connected-destinations", V1, None),
    ("GET", "/audit-events", V1, None),
    ("GET", "/roles", V1, None),
    ("GET", "/catalog/destinations", V1, None),
    ("GET", "/catalog/destinations/{id}", V1, None),
    ("GET", "/destinations", V1, None),
    ("GET", DESTINATION, V1, None),
    ("PATCH", DESTINATION, V1, {"name": "Renamed"}),
    ("GET", DESTINATION + "/subscriptions", ALPHA, None),
    ("GET", MAPPING, ALPHA, None),
    ("PATCH", MAPPING, ALPHA, {"input": {"enabled": True}}),
    ("GET", SPACE + "/audiences", ALPHA, None),
    ("GET", SPACE + "/audiences?include=schedules&search.type=KEY&search.query=ware", ALPHA, None),
    ("GET", AUDIENCE, V1, None),
    ("GET", AUDIENCE + "/audience-references", ALPHA, None),
    ("POST", SPACE + "/audiences/previews", V1, PREVIEW),
    ("GET", SPACE + "/audiences/previews/{previewId}", V1, None),
    ("GET", SPACE + "/audienceType/USERS/supported-destinations", ALPHA, None),
    ("GET", AUDIENCE + "/destination-connections", ALPHA, None),
    ("PATCH", CONNECTION, ALPHA, {"idSyncConfiguration": [{"externalId": "user_id", "strategy": "last"}]}),
    ("POST", CONNECTION + "/activations", ALPHA, {**ACTIVATE, "enabled": True, "destinationMapping": OWN_MAPPING}),
    ("GET", AUDIENCE + "/activations", ALPHA, None),
    ("GET", ACTIVATION, ALPHA, None),
    ("PATCH", ACTIVATION, ALPHA, {"enabled": True}),
    *(
        ("GET", f"/delivery-overview/{stage}", BETA, None)
        for stage in ("successful-delivery", "filtered-at-destination")
    ),
    ("GET", "/delivery-overview/successfully-received", BETA, None),
    ("GET", DESTINATION + "/delivery-metrics", BETA, None),
    ("DELETE", ACTIVATION, ALPHA, None),
    ("DELETE", CONNECTION, ALPHA, None),
    ("DELETE", MAPPING, ALPHA, None),
    ("DELETE", DESTINATION, V1, None),
    ("PATCH", AUDIENCE, V1, {"description": "Changed"}),
    ("POST", SPACE + "/audiences/{linkedId}/runs", V1, None),
]


def fits(operation: str, data: Any) -> None:
    schema = {**SCHEMAS["operations"][operation], "$defs": SCHEMAS["$defs"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)


def operation_of(method: str, path: str) -> str:
    """Return the endpoint of a path, with the sandbox's placeholders."""
    parts = path.partition("?")[0].split("/")
    for one in ENDPOINTS:
        wanted = one.path.split("/")
        pairs = zip(wanted, parts, strict=False)
        if one.method == method and len(wanted) == len(parts) and all(w.startswith("{") or w == p for w, p in pairs):
            return f"{method} {one.path}"
    raise AssertionError(f"the sandbox has no {method} {path}")


async def _set_up(world: World) -> dict[str, str]:
    """Make everything that the calls are about, and return its IDs by placeholder."""
    workspace = world.sandbox.world.workspaces[0]
    space, tokens = workspace.spaces[0], world.sandbox.tokens
    audiences = {one.key: one for one in workspace.audiences_of(space.id)}
    names = {"spaceId": space.id, "sourceId": workspace.sources[0].id, "id": catalog.LAUNCHDARKLY_ID}
    names |= {"audienceId": audiences["vip_customers"].id, "linkedId": audiences["warehouse_segment"].id}
    settings = {"apiKey": tokens.launchdarkly_access_token, "clientId": tokens.launchdarkly_client_side_id}
    destination = {"sourceId": names["sourceId"], "metadataId": names["id"], "enabled": True, "settings": settings}
    made = await _fitting(world, "POST", "/destinations", V1, destination)
    names["destinationId"] = made["destination"]["id"]
    mapping = {"name": "Sync", "actionId": catalog.ACTION_ID, "trigger": catalog.TRIGGER, "enabled": True}
    made = await _fitting(world, "POST", f"/destinations/{names['destinationId']}/subscriptions", ALPHA, mapping)
    names["subscriptionId"] = made["destinationSubscription"]["id"]
    target = {"destination": {"id": names["destinationId"], "type": "destination"}}
    where = f"/spaces/{space.id}/audiences/{names['audienceId']}/destination-connections"
    made = await _fitting(world, "POST", where, ALPHA, target)
    return names | {"connectionId": made["connection"]["id"]}


async def _fitting(world: World, method: str, address: str, media: str, body: Json | None) -> Json:
    """Return the answer's data, which fits."""
    answer = await world.segment(address, method, media, json=body)
    assert answer.is_success, (method, address, answer.text)
    data: Json = answer.json()["data"]
    fits(operation_of(method, address), data)
    return data


def _with_a_span(path: str, world: World, names: dict[str, str]) -> str:
    if "delivery" not in path:
        return path
    start, end = world.clock.now() - timedelta(hours=1), world.clock.now()
    span = f"startTime={start:%Y-%m-%dT%H:%M:%SZ}&endTime={end:%Y-%m-%dT%H:%M:%SZ}&granularity=MINUTE"
    groups = "" if "metrics" in path else "&groupBy.0=discardReason&groupBy.1=eventName"
    return f"{path}?sourceId={names['sourceId']}&destinationConfigId={names['destinationId']}&{span}{groups}"


async def test_every_answer_fits(happy: World) -> None:
    names = await _set_up(happy)
    for method, path, media, body in CALLS:
        data = await _fitting(happy, method, _with_a_span(path.format(**names), happy, names), media, body)
        if "activation" in data:
            names["activationId"] = data["activation"]["id"]
            await happy.pass_time(minutes=16)
        if "audiencePreview" in data:
            names["previewId"] = data["audiencePreview"]["id"]


def test_every_endpoint_is_called() -> None:
    made = ("/destinations", DESTINATION + "/subscriptions", AUDIENCE + "/destination-connections")
    asked = {operation_of(method, path) for method, path, _, _ in CALLS} | {operation_of("POST", one) for one in made}
    assert {f"{one.method} {one.path}" for one in ENDPOINTS} == asked == SCHEMAS["operations"].keys()


@pytest.mark.parametrize(
    "wrong",
    [{"workspace": {"id": "w", "slug": "acme"}}, {"workspace": {"id": "w", "slug": "a", "name": "A", "region": "US"}}],
)
def test_a_missing_field_and_one_that_is_made_up_are_noticed(wrong: Json) -> None:
    with pytest.raises(jsonschema.ValidationError):
        fits("GET /", wrong)
