"""Making, renewing and deleting access tokens in the sandbox, as strict as the contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import World

WRITES = {"effect": "allow", "resources": ["proj/shop:env/production:segment/*"], "actions": ["createSegment"]}
BODY = {"name": "new", "serviceToken": True, "inlineRole": [WRITES], "defaultApiVersion": 20240415}
TOKENS = "/api/v2/tokens"


def admin(world: World) -> str:
    return world.sandbox.tokens.launchdarkly_admin_token


async def send(world: World, method: str, path: str, json: Any = None, token: str = "") -> tuple[int, Any]:
    answer = await world.launchdarkly(path, method, json=json, Authorization=token or admin(world))
    return answer.status_code, answer.json() if answer.content else None


async def test_the_whole_secret_is_shown_once(happy: World) -> None:
    status, made = await send(happy, "POST", TOKENS, BODY)
    assert status == 201
    seen = (await send(happy, "GET", f"{TOKENS}/{made['_id']}"))[1]
    assert made["token"].endswith(seen["token"])
    assert len(seen["token"]) == 4
    assert (await send(happy, "GET", "/api/v2/caller-identity", token=made["token"]))[1]["serviceToken"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"role": "writer"},
        {"inlineRole": []},
        {"inlineRole": [{**WRITES, "effect": "maybe"}]},
        {"inlineRole": [{**WRITES, "notActions": ["x"]}]},
        {"inlineRole": [{"effect": "allow", "actions": ["x"]}]},
        {"inlineRole": [], "role": "owner"},
        {"name": 5},
        {"serviceToken": "yes"},
        {"defaultApiVersion": 1},
    ],
)
async def test_a_body_that_the_specification_does_not_allow_is_refused(happy: World, change: dict[str, Any]) -> None:
    assert (await send(happy, "POST", TOKENS, BODY | change))[0] == 400


async def test_an_unknown_field_is_ignored(happy: World) -> None:
    assert (await send(happy, "POST", TOKENS, BODY | {"expiry": 5}))[0] == 201


async def test_a_new_token_may_no_more_than_its_maker(happy: World) -> None:
    account = happy.sandbox.world.accounts[0]
    own = next(one for one in account.tokens if one.secret == admin(happy))
    own.role = "reader"
    assert (await send(happy, "POST", TOKENS, BODY))[0] == 403
    own.role, own.inline_role = None, [{"effect": "allow", "resources": ["*"], "actions": ["view*", "*AccessToken"]}]
    _, made = await send(happy, "POST", TOKENS, {"name": "x", "serviceToken": True, "role": "writer"})
    token = account.valid_token(made["token"], happy.clock.now())
    assert token is not None
    shop = account.projects["shop"]
    assert account.may(token, "viewProject", shop.part())
    assert not account.may(token, "createSegment", shop.part(), shop.environments["production"].part())


@pytest.mark.parametrize("expires", [False, True])
async def test_a_reset_secret_replaces_the_old_one_at_once_or_at_its_expiry(happy: World, expires: bool) -> None:
    _, made = await send(happy, "POST", TOKENS, BODY)
    at = happy.clock.now() + timedelta(minutes=5)
    query = f"?expiry={int(at.timestamp() * 1000)}" if expires else ""
    status, reset = await send(happy, "POST", f"{TOKENS}/{made['_id']}/reset{query}")
    assert (status, reset["token"] == made["token"]) == (200, False)
    old, new = made["token"], reset["token"]
    assert (await send(happy, "GET", "/api/v2/versions", token=new))[0] == 200
    assert (await send(happy, "GET", "/api/v2/versions", token=old))[0] == (200 if expires else 401)
    await happy.clock.sleep(301)
    assert (await send(happy, "GET", "/api/v2/versions", token=old))[0] == 401


async def test_a_deleted_token_is_gone(happy: World) -> None:
    _, made = await send(happy, "POST", TOKENS, BODY)
    assert (await send(happy, "DELETE", f"{TOKENS}/{made['_id']}"))[0] == 204
    assert (await send(happy, "DELETE", f"{TOKENS}/{made['_id']}"))[0] == 404
    assert (await send(happy, "GET", "/api/v2/versions", token=made["token"]))[0] == 401


async def test_a_plan_without_custom_roles_refuses_a_policy_only(happy: World) -> None:
    happy.sandbox.world.accounts[0].refuses_policies = 403
    assert (await send(happy, "POST", TOKENS, BODY))[0] == 403
    assert (await send(happy, "POST", TOKENS, {"name": "x", "serviceToken": True, "role": "writer"}))[0] == 201
