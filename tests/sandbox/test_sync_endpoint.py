"""What LaunchDarkly accepts from Segment's destination, sent exactly as the vendor's code sends it.

See docs/launchdarkly.md#the-sync-endpoint.
"""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.conftest import World

PATH = "/api/v2/segment-targets/segment-audiences"
AUDIENCE = "aud_2abcDEF"
KEY = f"segment-audiences-{AUDIENCE}"


def item(user_id: str | None = "u_1", **changes: Any) -> dict[str, Any]:
    made = {"userId": user_id, "cohortName": "Ld segment test", "cohortId": AUDIENCE, "value": True, **changes}
    return {name: value for name, value in made.items() if value is not None}


async def post(world: World, *items: dict[str, Any], client_side_id: str = "", **headers: str) -> httpx.Response:
    body = {
        "environmentId": client_side_id or world.sandbox.tokens.launchdarkly_client_side_id,
        "contextKind": "user",
        "batch": list(items),
    }
    return await world.launchdarkly(PATH, "POST", json=body, User_Agent="SegmentSyncAudiences/1.1.0", **headers)


def grant(world: World, *actions: str, resources: str = "proj/*:env/*:segment/*") -> None:
    token = world.sandbox.world.accounts[0].tokens[0]
    token.role = None
    token.inline_role = [
        {"effect": "allow", "resources": ["proj/*"], "actions": ["viewProject"]},
        {"effect": "allow", "resources": [resources], "actions": list(actions)},
    ]


async def test_the_first_accepted_request_makes_the_segment(happy: World) -> None:
    answer = await post(happy, item())
    assert (answer.status_code, answer.content) == (204, b"")
    segment = (await happy.launchdarkly(f"{happy.segments}/{KEY}")).json()
    assert (segment["name"], segment["_external"], segment["unbounded"]) == (
        "Ld segment test",
        "segment-audiences",
        True,
    )
    assert (segment["unboundedContextKind"], segment["generation"]) == ("user", 1)
    await happy.pass_time(minutes=2)
    segment = (await happy.launchdarkly(f"{happy.segments}/{KEY}")).json()
    assert segment["_unboundedMetadata"]["includedCount"] == 1
    assert happy.why == []


async def test_the_audit_log_names_the_token_of_every_change(happy: World) -> None:
    service, personal = (token.id for token in happy.sandbox.world.accounts[0].tokens[:2])
    await post(happy, item())
    await happy.pass_time(minutes=1)
    await post(happy, item("u_2"), item("u_3", value=False))
    log = "/api/v2/auditlog?spec=proj/shop:env/production:segment/*"
    items = (await happy.launchdarkly(f"{log}&token={service}")).json()["items"]
    assert [(one["accesses"][0]["action"], one["titleVerb"]) for one in items] == [
        ("updateIncluded", "updated the segment"),
        ("updateIncluded", "updated the segment"),
        ("createSegment", "created the segment"),
    ]
    assert {one["token"]["_id"] for one in items} == {service}
    assert (await happy.launchdarkly(f"{log}&token={personal}")).json()["items"] == []
    assert len((await happy.launchdarkly(f"{log}&token={personal}&token={service}")).json()["items"]) == 3


async def test_false_removes_a_member(happy: World) -> None:
    await post(happy, item("u_1"), item("u_2"))
    await post(happy, item("u_1", value=False))
    await happy.pass_time(minutes=2)
    segment = (await happy.launchdarkly(f"{happy.segments}/{KEY}")).json()
    assert segment["_unboundedMetadata"]["includedCount"] == 1


async def test_one_item_without_user_id_refuses_the_whole_request(happy: World) -> None:
    assert (await post(happy, item("u_1"), item(None))).status_code == 400
    assert (await happy.launchdarkly(f"{happy.segments}/{KEY}")).status_code == 404


async def test_malformed_bodies_are_refused(happy: World) -> None:
    assert (await post(happy)).status_code == 400
    assert (await post(happy, item(value="true"))).status_code == 400
    assert (await post(happy, item(cohortId="a" * 129))).status_code == 400


async def test_with_create_alone_the_segment_appears_and_stays_empty(happy: World) -> None:
    grant(happy, "createSegment")
    assert (await post(happy, item())).status_code == 403
    await happy.pass_time(minutes=2)
    grant(happy, "viewSegment")
    segment = (await happy.launchdarkly(f"{happy.segments}/{KEY}")).json()
    assert segment["_unboundedMetadata"]["includedCount"] == 0


async def test_without_create_nothing_appears(happy: World) -> None:
    grant(happy, "updateIncluded")
    assert (await post(happy, item())).status_code == 403
    assert (await happy.launchdarkly(f"{happy.segments}/{KEY}")).status_code == 404


async def test_the_segment_actions_alone_do_not_let_the_token_in(happy: World) -> None:
    grant(happy, "createSegment", "updateIncluded")
    assert (await post(happy, item())).status_code == 204
    happy.sandbox.world.accounts[0].tokens[0].inline_role.pop(0)
    assert (await post(happy, item())).status_code == 403


async def test_required_approvals_stop_members_unless_bypassed(happy: World) -> None:
    happy.sandbox.world.accounts[0].projects["shop"].environments["production"].segment_approvals = True
    refused = await post(happy, item())
    assert (refused.status_code, refused.json()["message"]) == (403, "approval is required")
    grant(happy, "createSegment", "updateIncluded", "bypassRequiredSegmentApproval")
    assert (await post(happy, item())).status_code == 204


async def test_an_environment_of_another_account_is_refused(happy: World) -> None:
    assert (await post(happy, item(), client_side_id="0" * 24)).status_code == 404


async def test_a_token_that_shows_more_than_its_maker_had_is_refused(happy: World) -> None:
    happy.sandbox.world.accounts[0].tokens[0].ceiling = "reader"
    assert (await post(happy, item())).status_code == 403


async def test_a_segment_that_was_deleted_comes_back_as_the_next_generation(happy: World) -> None:
    await post(happy, item())
    happy.sandbox.world.accounts[0].projects["shop"].environments["production"].segments[KEY].deleted = True
    assert (await happy.launchdarkly(f"{happy.segments}/{KEY}")).status_code == 404
    await post(happy, item())
    assert (await happy.launchdarkly(f"{happy.segments}/{KEY}")).json()["generation"] == 2


async def test_a_probe_by_anybody_else_is_noted(happy: World) -> None:
    await happy.launchdarkly(PATH, "POST", json={})
    assert happy.why == ["the sync endpoint writes: only Segment's destination calls it"]
