"""The sandbox's judgment of role policies: docs/launchdarkly.md#worked-examples and the rules around them."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.sandbox.state.policies import Part, allows, any_allows

SHOP = Part("proj", "shop", frozenset({"retail"}))
PRODUCTION = Part("env", "production", frozenset({"prod"}), {"critical": "true"})
NEW_SEGMENT = (SHOP, PRODUCTION, Part("segment", "segment-audiences-aud_1"))


def allow(*resources: str, actions: tuple[str, ...] = ("*",)) -> dict[str, Any]:
    return {"effect": "allow", "resources": list(resources), "actions": list(actions)}


def deny(*resources: str, actions: tuple[str, ...] = ("*",)) -> dict[str, Any]:
    return allow(*resources, actions=actions) | {"effect": "deny"}


WORKED_CASES = [
    ("both actions", [allow("proj/*:env/*:segment/*", actions=("createSegment", "updateIncluded"))], True, True),
    ("only one", [allow("proj/shop:env/production:segment/*", actions=("createSegment",))], True, False),
    ("other environment", [allow("proj/shop:env/staging:segment/*")], False, False),
    ("parents do not include children", [allow("proj/*:env/*")], False, False),
    (
        "deny beats allow",
        [allow("*"), deny("proj/*:env/production:segment/*", actions=("createSegment",))],
        False,
        True,
    ),
    ("tag and glob", [allow("proj/*:env/*;prod:segment/*", actions=("createSegment", "update*"))], True, True),
    ("not critical", [allow("proj/*:env/*;{critical:false}:segment/*")], False, False),
    ("a tag that a new segment lacks", [allow("proj/*:env/*:segment/*;marketing")], False, False),
    ("tags ignore case", [allow("proj/*;RETAIL:env/*;{critical:true},Prod:segment/*")], True, True),
    ("both tags are needed", [allow("proj/*:env/*;prod,live:segment/*")], False, False),
    ("keys keep case", [allow("proj/Shop:env/*:segment/*")], False, False),
    ("a stray slash", [allow("proj/*:env/*;prod:/segment/*")], True, True),
    ("a view", [allow("proj/*:env/*:segment/*;view:growth")], False, False),
]


@pytest.mark.parametrize(("case", "policy", "create", "update"), WORKED_CASES, ids=[case[0] for case in WORKED_CASES])
def test_a_policy_is_judged_as_documented(case: str, policy: list[dict[str, Any]], create: bool, update: bool) -> None:
    assert allows(policy, NEW_SEGMENT, "createSegment", {}) is create, case
    assert allows(policy, NEW_SEGMENT, "updateIncluded", {}) is update, case


def test_not_resources_and_not_actions_turn_a_statement_round() -> None:
    others = {"effect": "allow", "notResources": ["proj/secret:env/*:segment/*"], "actions": ["*"]}
    reading = {"effect": "allow", "resources": ["*"], "notActions": ["delete*"]}
    assert allows([others], NEW_SEGMENT, "createSegment", {})
    assert allows([reading], NEW_SEGMENT, "createSegment", {})
    assert not allows([reading], NEW_SEGMENT, "deleteSegment", {})


def test_a_role_attribute_stands_for_each_of_its_values() -> None:
    policy = [allow("proj/${roleAttribute/projects}:env/*:segment/*")]
    assert allows(policy, NEW_SEGMENT, "createSegment", {"projects": ["web", "shop"]})
    assert not allows(policy, NEW_SEGMENT, "createSegment", {})


def test_across_roles_the_most_permissive_wins() -> None:
    denying, allowing = [deny("*")], [allow("*")]
    assert any_allows([denying, allowing], NEW_SEGMENT, "createSegment")
