"""LaunchDarkly's REST API: permissions, visibility and paging."""

from __future__ import annotations

from collections.abc import Callable

from tests.sandbox.conftest import World

EU = "https://app.eu.launchdarkly.com"


async def test_a_bearer_prefix_is_refused_and_noted(happy: World) -> None:
    token = happy.sandbox.tokens.launchdarkly_access_token
    answer = await happy.launchdarkly("/api/v2/versions", Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert "without Bearer" in happy.why[0]


async def test_without_a_version_header_the_tokens_own_version_counts(happy: World) -> None:
    happy.sandbox.world.accounts[0].tokens[0].default_api_version = 20191212
    answer = await happy.launchdarkly("/api/v2/projects", LD_API_Version=None)
    assert "environments" in answer.json()["items"][0]
    assert happy.why == ["no LD-API-Version header"]


async def test_a_beta_resource_wants_the_beta_header(happy: World) -> None:
    path = "/api/v2/integration-capabilities/big-segment-store"
    assert (await happy.launchdarkly(path)).status_code == 403
    assert (await happy.launchdarkly(path, LD_API_Version="beta")).status_code == 200


async def test_a_token_works_in_its_own_instance_only(play: Callable[[str], World]) -> None:
    world = play("eu-account")
    assert (await world.launchdarkly("/api/v2/caller-identity")).status_code == 401
    assert (await world.launchdarkly("/api/v2/caller-identity", host=EU)).status_code == 200


async def test_an_sdk_key_names_itself_and_gets_nothing_else(play: Callable[[str], World]) -> None:
    world = play("sdk-key-pasted")
    identity = (await world.launchdarkly("/api/v2/caller-identity")).json()
    assert (identity["tokenKind"], identity["projectName"]) == ("server", "Shop")
    assert (await world.launchdarkly("/api/v2/projects")).status_code == 401
    assert (await world.launchdarkly("/api/v2/versions")).status_code == 401


async def test_an_expanded_environment_list_is_cut_at_twenty(happy: World) -> None:
    answer = (await happy.launchdarkly("/api/v2/projects?expand=environments&limit=100")).json()
    platform = next(project for project in answer["items"] if project["key"] == "platform")
    assert (len(platform["environments"]["items"]), platform["environments"]["totalCount"]) == (20, 24)
    more = (await happy.launchdarkly(platform["environments"]["_links"]["next"]["href"])).json()
    assert len(more["items"]) == 4
    assert "next" not in more["_links"]


async def test_lists_come_in_pages_with_relative_links(happy: World) -> None:
    first = (await happy.launchdarkly("/api/v2/projects?limit=4&expand=environments")).json()
    assert first["_links"]["next"]["href"] == "/api/v2/projects?limit=4&expand=environments&offset=4"
    second = (await happy.launchdarkly(first["_links"]["next"]["href"])).json()
    assert len(first["items"]) + len(second["items"]) == first["totalCount"] == 6
    assert (await happy.launchdarkly("/api/v2/projects?limit=101")).status_code == 400


async def test_a_hidden_project_is_left_out_and_refused(happy: World) -> None:
    token = happy.sandbox.world.accounts[0].tokens[0]
    token.role = None
    token.inline_role = [{"effect": "allow", "resources": ["proj/mobile-app"], "actions": ["viewProject"]}]
    listed = (await happy.launchdarkly("/api/v2/projects")).json()
    assert [project["key"] for project in listed["items"]] == ["mobile-app"]
    assert (await happy.launchdarkly("/api/v2/projects/shop")).status_code == 403
    assert (await happy.launchdarkly("/api/v2/projects/none")).status_code == 404
    assert (await happy.launchdarkly("/api/v2/auditlog")).status_code == 403


async def test_projects_can_be_searched(happy: World) -> None:
    found = (await happy.launchdarkly("/api/v2/projects?filter=query:PLAT,keys:platform|shop")).json()
    assert [project["key"] for project in found["items"]] == ["platform"]
    assert (await happy.launchdarkly("/api/v2/projects?filter=color:red")).status_code == 400


async def test_segments_can_be_filtered_by_expression(happy: World) -> None:
    async def keys(expression: str) -> list[str]:
        answer = await happy.launchdarkly(f"{happy.segments}?filter={expression}")
        return [item["key"] for item in answer.json()["items"]]

    assert await keys("external exists true") == ["amplitude-9f3k2"]
    assert await keys("unbounded equals true") == ["amplitude-9f3k2"]
    assert await keys('tags anyOf ["beta"],query equals "BETA"') == ["beta-testers"]
    assert len(await keys('(external exists true|tags anyOf ["beta"])')) == 2
    for bad in ("external equals true", "color exists true", "external exists", "(external exists true"):
        assert (await happy.launchdarkly(f"{happy.segments}?filter={bad}")).status_code == 400, bad


async def test_a_segments_flags_are_in_the_single_answer_only(happy: World) -> None:
    listed = (await happy.launchdarkly(happy.segments)).json()["items"]
    assert all("_flags" not in item for item in listed)
    single = (await happy.launchdarkly(f"{happy.segments}/beta-testers")).json()
    assert single["_flags"][0]["key"] == "new-checkout"


async def test_members_can_be_looked_up_and_contexts_evaluated(happy: World) -> None:
    path = f"{happy.segments}/amplitude-9f3k2/contexts"
    assert (await happy.launchdarkly(f"{path}/user-0001")).json()["included"] is True
    assert (await happy.launchdarkly(f"{path}/nobody")).json()["included"] is False
    evaluated = await happy.launchdarkly(
        f"{happy.project}/environments/production/segments/evaluate", "POST", json={"kind": "user", "key": "user-0002"}
    )
    assert {item["key"]: item["isMember"] for item in evaluated.json()["items"]}["amplitude-9f3k2"] is True


async def test_a_token_reads_itself_but_a_service_token_is_no_member(happy: World) -> None:
    identity = (await happy.launchdarkly("/api/v2/caller-identity")).json()
    token = (await happy.launchdarkly(f"/api/v2/tokens/{identity['tokenId']}")).json()
    assert (token["role"], token["token"]) == ("writer", happy.sandbox.tokens.launchdarkly_access_token[-4:])
    assert (await happy.launchdarkly("/api/v2/members/me?expand=roleAttributes")).status_code == 403


async def test_a_personal_token_is_capped_by_its_member(happy: World) -> None:
    account = happy.sandbox.world.accounts[0]
    own = account.tokens[1]
    account.members[own.member_id].role = "reader"
    body = {"key": "new", "name": "New"}
    answer = await happy.launchdarkly(happy.segments, "POST", json=body, Authorization=own.secret)
    assert answer.status_code == 403
    del account.members[own.member_id]
    assert (await happy.launchdarkly("/api/v2/versions", Authorization=own.secret)).status_code == 401


async def test_a_list_segment_made_by_hand_is_noted(happy: World) -> None:
    made = await happy.launchdarkly(happy.segments, "POST", json={"key": "mine", "name": "Mine"})
    assert made.status_code == 201
    assert "never be pre-created" in happy.why[0]


async def test_too_many_calls_are_told_when_to_come_back(happy: World) -> None:
    happy.sandbox.world.accounts[0].route_limit = 2
    for _ in range(2):
        answer = await happy.launchdarkly("/api/v2/versions")
    assert answer.headers["X-Ratelimit-Route-Remaining"] == "0"
    refused = await happy.launchdarkly("/api/v2/versions")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    wait = int(refused.headers["X-Ratelimit-Reset"]) / 1000 - happy.clock.now().timestamp()
    await happy.pass_time(seconds=wait)
    assert (await happy.launchdarkly("/api/v2/versions")).status_code == 200


async def test_polling_faster_than_the_guidance_is_noted(happy: World) -> None:
    for _ in range(6):
        await happy.launchdarkly(happy.segments)
        await happy.pass_time(seconds=10)
    assert happy.why == []
    for _ in range(4):
        await happy.launchdarkly(happy.segments)
        await happy.pass_time(seconds=2)
    assert "polling faster" in happy.why[-1]


async def test_the_client_host_knows_an_id_of_any_account_of_its_instance(play: Callable[[str], World]) -> None:
    world = play("wrong-pair")
    url = "https://clientsdk.launchdarkly.com/sdk/goals/"
    assert (await world.head(url + world.sandbox.tokens.launchdarkly_client_side_id)).status_code == 200
    assert (await world.head(url + "production")).status_code == 404
    eu = url.replace("clientsdk.", "clientsdk.eu.")
    assert (await world.head(eu + world.sandbox.tokens.launchdarkly_client_side_id)).status_code == 404


async def test_the_address_list_takes_any_string(happy: World) -> None:
    answer = await happy.launchdarkly("/api/v2/public-ip-list", Authorization="anything")
    assert answer.json()["addresses"]


async def test_unknown_routes_and_methods_are_noted(happy: World) -> None:
    assert (await happy.launchdarkly("/api/v2/made-up")).json()["code"] == "not_found"
    assert (await happy.launchdarkly("/api/v2/versions", "DELETE")).json()["code"] == "method_not_allowed"
    assert (await happy.segment("/made-up")).json()["errors"][0]["type"] == "not-found"
    assert len(happy.why) == 3


async def test_numbers_that_are_none_are_refused(happy: World) -> None:
    for bad in ("-1", "--1", "²", "many", "0"):
        assert (await happy.launchdarkly(f"/api/v2/projects?limit={bad}")).status_code == 400, bad
