"""Every LaunchDarkly response of the sandbox fits the official OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from referencing import Registry, Resource

from tests.sandbox import walk
from tests.sandbox.conftest import World

SPECIFICATION = Path(__file__).parent.parent / "contracts" / "launchdarkly-openapi.json"
PRODUCTION = "/api/v2/projects/{projectKey}/environments/{environmentKey}"
SEGMENTS = "/api/v2/segments/{projectKey}/{environmentKey}"
NAMES = {"projectKey": "shop", "environmentKey": "production", "segmentKey": "amplitude-9f3k2", "contextKey": "user-1"}
CALLS: list[tuple[str, str, str, Any]] = [
    ("GET", "/api/v2/caller-identity", "", None),
    ("GET", "/api/v2/tokens", "", None),
    ("GET", "/api/v2/tokens/{id}", "", None),
    ("GET", "/api/v2/roles", "", None),
    ("GET", "/api/v2/roles/{customRoleKey}", "", None),
    ("GET", "/api/v2/versions", "", None),
    ("GET", "/api/v2/projects", "?expand=environments", None),
    ("GET", "/api/v2/projects/{projectKey}", "?expand=environments", None),
    ("GET", "/api/v2/projects/{projectKey}/environments", "", None),
    ("GET", PRODUCTION, "", None),
    ("GET", "/api/v2/projects/{projectKey}/context-kinds", "", None),
    ("GET", SEGMENTS, "", None),
    ("GET", SEGMENTS + "/{segmentKey}", "", None),
    ("GET", SEGMENTS + "/{segmentKey}/contexts/{contextKey}", "", None),
    ("POST", PRODUCTION + "/segments/evaluate", "", {"kind": "user", "key": "user-0001"}),
    ("POST", PRODUCTION + "/contexts/search", "", {"filter": 'kind equals "user"', "limit": 5}),
    ("POST", PRODUCTION + "/flags/evaluate", "", {"kind": "user", "key": "user-0001"}),
    ("GET", "/api/v2/integration-capabilities/big-segment-store", "", None),
    ("GET", "/api/v2/auditlog", "", None),
    ("POST", "/api/v2/auditlog", "", [{"effect": "allow", "resources": ["*"], "actions": ["*"]}]),
    ("GET", "/api/v2/members/{id}", "?expand=roleAttributes", None),
    ("GET", "/api/v2/public-ip-list", "", None),
    ("GET", "/api/v2/usage/streams/{source}/sdkversions", "", None),
    ("GET", "/api/v2/usage/sdk-versions/details", "", None),
]


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SPECIFICATION.read_text())
    return loaded


@pytest.fixture(scope="module")
def fits(specification: dict[str, Any]) -> Callable[[dict[str, Any], Any], None]:
    registry: Any = Registry().with_resource("spec", Resource.opaque(specification))

    def check(schema: dict[str, Any], body: Any) -> None:
        absolute = json.loads(json.dumps(schema).replace('"#/components', '"spec#/components'))
        jsonschema.Draft202012Validator(absolute, registry=registry).validate(body)

    return check


def _answer_schema(specification: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    responses = specification["paths"][path][method.lower()]["responses"]
    schema: dict[str, Any] = responses[str(status)]["content"]["application/json"]["schema"]
    return schema


@pytest.mark.parametrize(("method", "path", "query", "body"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS])
async def test_a_body_fits_its_schema(
    happy: World,
    specification: dict[str, Any],
    fits: Callable[[dict[str, Any], Any], None],
    method: str,
    path: str,
    query: str,
    body: Any,
) -> None:
    account = happy.sandbox.world.accounts[0]
    await walk.set_up(happy)
    await happy.pass_time(minutes=12)
    headers = {}
    names = NAMES | {"id": account.tokens[0].id, "source": "server", "customRoleKey": "segment-sync"}
    if "roles" in path:
        _add_role(happy)
    if "members" in path:
        names["id"], headers["Authorization"] = "me", account.tokens[1].secret
    if "usage" in path or "big-segment" in path:
        headers["LD_API_Version"] = "beta"
    answer = await happy.launchdarkly(path.format(**names) + query, method, json=body, **headers)
    assert answer.status_code == 200, answer.text
    fits(_answer_schema(specification, method, path, 200), answer.json())


def _add_role(world: World) -> None:
    from wizard.sandbox.state.account import CustomRole

    role = CustomRole(
        "5a1f", "segment-sync", "Segment sync", [{"effect": "allow", "resources": ["*"], "actions": ["*"]}]
    )
    world.sandbox.world.accounts[0].roles[role.key] = role


async def test_errors_fit_their_schemas(
    happy: World, specification: dict[str, Any], fits: Callable[[dict[str, Any], Any], None]
) -> None:
    path = "/api/v2/projects/{projectKey}"
    missing = await happy.launchdarkly("/api/v2/projects/none")
    fits(_answer_schema(specification, "GET", path, 404), missing.json())
    stranger = await happy.launchdarkly("/api/v2/projects/shop", Authorization="api-stranger")
    fits(_answer_schema(specification, "GET", path, 401), stranger.json())
