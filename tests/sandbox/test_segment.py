"""Segment's Public API: headers, media types, paging, secrets, limits, and each resource's fields."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.sandbox import walk
from tests.sandbox.conftest import ALPHA, BETA, V1, World
from wizard.domain.services.segment import Region
from wizard.sandbox.http.hosts import SEGMENT_HOSTS
from wizard.sandbox.segment import catalog
from wizard.sandbox.state.segment_workspace import PublicToken

EU = "https://eu1.api.segmentapis.com"


def test_the_sandbox_has_every_region_that_the_client_asks() -> None:
    assert set(SEGMENT_HOSTS) == {region.host for region in Region}


MASKED = "\u2022" * 10


async def errors_of(answer: Any) -> dict[str, Any]:
    [error] = answer.json()["errors"]
    assert "data" not in answer.json()
    return dict(error)


async def test_the_workspace_answers_in_its_own_region_with_a_bearer_token_only(happy: World) -> None:
    answer = await happy.segment("/")
    assert answer.json()["data"]["workspace"]["name"] == "Acme"
    assert answer.headers["content-type"] == V1
    assert (await happy.segment("/", host=EU)).status_code == 401
    assert (await happy.segment("/", Authorization="sgp_raw")).status_code == 401
    assert happy.why == ["Segment takes Authorization: Bearer <token>"]


async def test_a_version_that_is_not_offered_is_refused(happy: World) -> None:
    assert (await happy.segment("/spaces", media=V1)).status_code == 406
    assert (await happy.segment("/spaces", media=ALPHA)).status_code == 200
    assert (await happy.segment("/delivery-overview/successful-delivery", media=V1)).status_code == 406


async def test_plain_json_is_answered_but_noted(happy: World) -> None:
    assert (await happy.segment("/", media="application/json")).status_code == 200
    assert happy.why == [f"Accept should be {V1}"]


async def test_plain_json_is_refused_on_an_alpha_write(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    path = f"/destinations/{destination_id}/subscriptions"
    answer = await happy.segment(path, "POST", ALPHA, json={}, Content_Type="application/json")
    assert answer.status_code == 415
    assert "Content-Type" in happy.why[0]


async def test_lists_are_paged_in_the_dot_form(happy: World) -> None:
    first = (await happy.segment("/sources?pagination.count=2")).json()["data"]
    assert (len(first["sources"]), first["pagination"]) == (
        2,
        {"current": "MA==", "next": "Mg==", "totalEntries": 3},
    )
    last = (await happy.segment("/sources?pagination.count=2&pagination.cursor=Mg%3D%3D")).json()["data"]
    assert len(last["sources"]) == 1
    assert "next" not in last["pagination"]


async def test_the_bracket_form_is_ignored_and_noted(happy: World) -> None:
    answer = (await happy.segment("/sources?pagination[count]=1")).json()["data"]
    assert len(answer["sources"]) == 3
    assert "bracket form" in happy.why[0]


async def test_an_audience_page_holds_at_most_two_hundred(happy: World) -> None:
    space = await walk.space_path(happy)
    answer = await happy.segment(f"{space}/audiences?pagination.count=201", media=ALPHA)
    assert (answer.status_code, (await errors_of(answer))["field"]) == (422, "pagination.count")


async def test_the_stable_audience_list_ignores_search_and_paging(happy: World) -> None:
    space = await walk.space_path(happy)
    query = "pagination.count=1&search.type=KEY&search.query=vip"
    alpha = (await happy.segment(f"{space}/audiences?{query}", media=ALPHA)).json()["data"]
    assert [one["key"] for one in alpha["audiences"]] == ["vip_customers"]
    stable = (await happy.segment(f"{space}/audiences?{query}", media=V1)).json()["data"]
    assert len(stable["audiences"]) == 25


async def test_an_audience_shows_what_the_wizard_needs(happy: World) -> None:
    audience = (await happy.segment(await walk.audience_path(happy, "vip_customers"))).json()["data"]["audience"]
    assert (audience["name"], audience["key"], audience["status"]) == ("VIP customers", "vip_customers", "Live")
    assert (audience["size"], audience["computeCadence"]) == ({"count": 1234, "type": "USERS"}, {"type": "REALTIME"})


async def test_a_destination_is_made_with_200_and_its_secret_is_never_shown(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    token = happy.sandbox.tokens.launchdarkly_access_token
    for path in ("/destinations", f"/destinations/{destination_id}", f"/sources/{await walk.source_id(happy)}"):
        assert token not in (await happy.segment(path)).text
    shown = (await happy.segment(f"/destinations/{destination_id}")).json()["data"]["destination"]
    assert shown["settings"]["apiKey"] == MASKED + token[-4:]
    assert happy.sandbox.world.workspaces[0].destinations[destination_id].settings["apiKey"] == token


async def test_a_masked_secret_written_back_is_stored_and_noted(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    masked = {"settings": {"apiKey": MASKED + "dada", "clientId": "5f0c"}}
    assert (await happy.segment(f"/destinations/{destination_id}", "PATCH", json=masked)).status_code == 200
    assert happy.sandbox.world.workspaces[0].destinations[destination_id].settings["apiKey"] == MASKED + "dada"
    assert happy.why == ["a masked secret was written back"]


async def test_a_second_instance_on_one_source_is_refused(happy: World) -> None:
    await walk.make_destination(happy)
    with pytest.raises(AssertionError, match=r"Multiple configurations of this destination type not supported\."):
        await walk.make_destination(happy)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"name": None}, "name"),
        ({"enabled": "yes"}, "enabled"),
        ({"settings": {"apiKey": "api-1", "clientId": "1", "region": "eu"}}, "settings.region"),
        ({"settings": {"clientId": "1"}}, "settings.apiKey"),
    ],
)
async def test_bodies_hold_documented_keys_only(happy: World, changes: dict[str, Any], field: str) -> None:
    body = {
        "sourceId": await walk.source_id(happy),
        "metadataId": catalog.LAUNCHDARKLY_ID,
        "settings": {"apiKey": "api-1", "clientId": "1"},
    }
    answer = await happy.segment("/destinations", "POST", json=body | changes)
    assert (answer.status_code, (await errors_of(answer))["field"]) == (422, field)


async def test_the_catalog_holds_the_preset_and_hidden_fields(happy: World) -> None:
    entry = (await happy.segment(f"/catalog/destinations/{catalog.LAUNCHDARKLY_ID}")).json()["data"]
    [action] = entry["destinationMetadata"]["actions"]
    visible = [field["fieldKey"] for field in action["fields"] if not field["hidden"]]
    assert visible == ["context_kind", "context_key", "enable_batching"]
    [preset] = entry["destinationMetadata"]["presets"]
    assert (preset["actionId"], "audience_action" in preset["fields"]) == (action["id"], False)


async def test_a_mapping_is_changed_in_a_wrapped_body_and_normalised(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    path = f"/destinations/{destination_id}/subscriptions"
    mapping_id = await walk.make_mapping(happy, destination_id, enabled=False)
    bare = await happy.segment(f"{path}/{mapping_id}", "PATCH", ALPHA, json={"enabled": True})
    assert bare.status_code == 422
    changed = await happy.segment(f"{path}/{mapping_id}", "PATCH", ALPHA, json={"input": {"enabled": True}})
    subscription = changed.json()["data"]["subscription"]
    assert subscription["enabled"] is True
    assert set(subscription["settings"]) > set(catalog.PRESET_FIELDS)
    listed = (await happy.segment(path, media=ALPHA)).json()["data"]["subscriptions"]
    assert [one["id"] for one in listed] == [mapping_id]


async def test_a_second_mapping_of_the_action_is_noted(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    await walk.make_mapping(happy, destination_id)
    await walk.make_mapping(happy, destination_id)
    assert happy.why == ["a second mapping of the same action"]


async def test_a_trigger_that_is_no_query_is_refused(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    body = {"name": "x", "actionId": catalog.ACTION_ID, "trigger": "always", "enabled": True}
    answer = await happy.segment(f"/destinations/{destination_id}/subscriptions", "POST", ALPHA, json=body)
    assert (answer.status_code, (await errors_of(answer))["field"]) == (422, "trigger")


async def test_the_sixth_mapping_in_a_minute_is_refused_with_the_time_to_wait(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    for _ in range(5):
        await walk.make_mapping(happy, destination_id)
    body = {"name": "x", "actionId": catalog.ACTION_ID, "trigger": catalog.TRIGGER, "enabled": True}
    path = f"/destinations/{destination_id}/subscriptions"
    refused = await happy.segment(path, "POST", ALPHA, json=body)
    error = await errors_of(refused)
    assert (refused.status_code, error["type"]) == (429, "RequestError")
    assert int(refused.headers["Retry-After"]) == error["data"]["msBeforeNext"] / 1000 == 60
    await happy.pass_time(seconds=60)
    allowed = await happy.segment(path, "POST", ALPHA, json=body)
    assert allowed.status_code == 200
    assert parsedate_to_datetime(allowed.headers["X-RateLimit-Reset"]) > happy.clock.now()


async def test_a_connection_is_listed_once_and_not_made_twice(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    connection_id = await walk.attach(happy, "vip_customers", destination_id)
    path = f"{await walk.audience_path(happy, 'vip_customers')}/destination-connections"
    listed = (await happy.segment(f"{path}?pagination.count=200", media=ALPHA)).json()["data"]
    assert [(one["id"], one["destinationId"]) for one in listed["connections"]] == [(connection_id, destination_id)]
    body = {"destination": {"id": destination_id, "type": "destination"}}
    assert (await happy.segment(path, "POST", ALPHA, json=body)).status_code == 409
    assert happy.why == ["the destination is attached to this audience already"]


async def test_what_is_listed_late_is_there_by_its_id_and_as_strict(happy: World) -> None:
    happy.sandbox.world.workspaces[0].listed_after = {"destinations": timedelta(minutes=5)}
    destination_id = await walk.make_destination(happy)
    lists = ("/destinations?pagination.count=200", f"/sources/{await walk.source_id(happy)}/connected-destinations")

    for path in lists:
        assert destination_id not in (await happy.segment(path)).text
    assert (await happy.segment(f"/destinations/{destination_id}")).status_code == 200
    source = await walk.source_id(happy)
    body = {"sourceId": source, "metadataId": catalog.LAUNCHDARKLY_ID, "settings": {"apiKey": "a", "clientId": "b"}}
    assert (await happy.segment("/destinations", "POST", json=body)).status_code == 400

    await happy.pass_time(minutes=5)
    for path in lists:
        assert destination_id in (await happy.segment(path)).text


async def test_a_connection_with_an_activation_cannot_be_deleted(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    connection_id = await walk.attach(happy, "vip_customers", destination_id)
    await walk.activate(happy, "vip_customers", connection_id)
    audience = await walk.audience_path(happy, "vip_customers")
    one = f"{audience}/destination-connections/{connection_id}"
    assert (await happy.segment(one, "DELETE", ALPHA)).status_code == 409
    [activation] = (await happy.segment(f"{audience}/activations", media=ALPHA)).json()["data"]["activations"]
    gone = await happy.segment(f"{audience}/activations/{activation['id']}", "DELETE", ALPHA)
    assert gone.json() == {"data": {"status": "SUCCESS"}}
    assert (await happy.segment(one, "DELETE", ALPHA)).status_code == 200


async def test_a_changed_activation_sends_through_its_new_mapping(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    connection_id = await walk.attach(happy, "vip_customers", destination_id)
    await walk.activate(happy, "vip_customers", connection_id, own_mapping=True)
    audience = await walk.audience_path(happy, "vip_customers")
    [activation] = (await happy.segment(f"{audience}/activations", media=ALPHA)).json()["data"]["activations"]
    one = f"{audience}/activations/{activation['id']}"
    own = {"actionId": catalog.ACTION_ID, "settings": {**catalog.PRESET_FIELDS, "context_key": "email_only"}}

    changed = await happy.segment(one, "PATCH", ALPHA, json={"destinationMapping": own, "performResync": True})
    other_action = await happy.segment(one, "PATCH", ALPHA, json={"destinationMapping": {**own, "actionId": "other"}})
    other_type = await happy.segment(one, "PATCH", ALPHA, json={"activationType": "All Events"})

    assert changed.json()["data"]["activation"]["destinationMapping"] == own
    [mapping] = await walk.mappings(happy, destination_id)
    assert mapping["settings"]["context_key"] == "email_only"
    assert (other_action.status_code, other_type.status_code) == (422, 422)


async def test_a_destination_on_an_ordinary_source_cannot_be_attached(happy: World) -> None:
    sources = (await happy.segment("/sources")).json()["data"]["sources"]
    website = next(one["id"] for one in sources if one["metadata"]["slug"] == "javascript")
    destination_id = await walk.make_destination(happy, sourceId=website)
    path = f"{await walk.audience_path(happy, 'vip_customers')}/destination-connections"
    body = {"destination": {"id": destination_id, "type": "destination"}}
    assert (await happy.segment(path, "POST", ALPHA, json=body)).status_code == 400


async def test_supported_destinations_lists_launchdarkly(happy: World) -> None:
    space = await walk.space_path(happy)
    path = f"{space}/audienceType/USERS/supported-destinations?slug={catalog.LAUNCHDARKLY_SLUG}"
    listed = (await happy.segment(path, media=ALPHA)).json()["data"]["destinations"]
    assert list(listed) == [catalog.LAUNCHDARKLY_SLUG]


async def test_a_members_token_sees_no_write_keys_and_no_audiences(happy: World) -> None:
    happy.sandbox.world.workspaces[0].tokens[0] = PublicToken(
        happy.sandbox.tokens.segment_public_api_token, "member", owner=False
    )
    sources = (await happy.segment("/sources")).json()["data"]["sources"]
    assert [source["writeKeys"] for source in sources] == [[], [], []]
    space = await walk.space_path(happy)
    assert (await happy.segment(f"{space}/audiences", media=ALPHA)).status_code == 401


async def test_changing_an_audience_locks_it_and_is_noted(happy: World) -> None:
    path = await walk.audience_path(happy, "vip_customers")
    changed = await happy.segment(path, "PATCH", json={"enabled": True})
    assert "size" not in changed.json()["data"]["audience"]
    assert (await happy.segment(path)).json()["data"]["audience"]["status"] == "Locked"
    assert "its owner's decision" in happy.why[0]


async def test_only_linked_audiences_can_be_run(happy: World) -> None:
    for key, status in (("vip_customers", 400), ("warehouse_segment", 200)):
        path = await walk.audience_path(happy, key)
        assert (await happy.segment(f"{path}/runs", "POST", V1)).status_code == status


async def test_the_audit_trail_tells_of_a_new_destination(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    events = (await happy.segment(f"/audit-events?resourceId={destination_id}")).json()["data"]["events"]
    assert [event["type"] for event in events] == ["Integration Created"]


async def test_the_delivery_overview_refuses_a_range_that_is_too_long(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    query = (
        f"sourceId={await walk.source_id(happy)}&destinationConfigId={destination_id}&granularity=MINUTE"
        "&startTime=2026-09-01T06:00:00Z&endTime=2026-09-01T12:00:00Z"
    )
    answer = await happy.segment(f"/delivery-overview/failed-delivery?{query}", media=BETA)
    assert answer.status_code == 422


async def test_settings_sent_in_part_are_noted(happy: World) -> None:
    destination_id = await walk.make_destination(happy)
    part = {"settings": {"clientId": "5f0c"}}
    assert (await happy.segment(f"/destinations/{destination_id}", "PATCH", json=part)).status_code == 200
    assert "sent in part" in happy.why[0]


PREVIEW = {"definition": {"query": "nobody's"}, "audienceType": "USERS", "options": {"filterByExternalIds": ["email"]}}


async def test_audience_previews_are_limited_by_the_minute_and_by_the_month(happy: World) -> None:
    path = f"{await walk.space_path(happy)}/audiences/previews"
    begun = [await happy.segment(path, "POST", ALPHA, json=PREVIEW) for _ in range(6)]
    assert [answer.status_code for answer in begun] == [201] * 5 + [429]
    preview_id = begun[0].json()["data"]["audiencePreview"]["id"]
    await happy.pass_time(minutes=2)
    done = (await happy.segment(f"{path}/{preview_id}", media=ALPHA)).json()["data"]["audiencePreview"]
    assert (done["status"], done["failureReason"]) == ("FAILED", "Unknown definition")
    previews = happy.sandbox.world.workspaces[0].previews
    previews |= {f"p{n}": previews[preview_id] for n in range(695)}
    assert "this month" in (await errors_of(await happy.segment(path, "POST", ALPHA, json=PREVIEW)))["message"]
