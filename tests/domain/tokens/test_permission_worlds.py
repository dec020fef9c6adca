"""Whole roles as admins write them, and what they come to in shop / production (tags `prod`, critical)."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.domain.services.launchdarkly import CustomRole, Statement, Token
from wizard.domain.tokens.permissions import Target, Verdict, grant_of, judge

ALLOW, DENY, UNKNOWN = Verdict.ALLOW, Verdict.DENY, Verdict.UNKNOWN
HERE = Target("shop", "production", (), ("prod",), True)
SEGMENTS = "proj/shop:env/production:segment/*"
BOTH = ["createSegment", "updateIncluded"]


def _role(number: int, statements: list[dict[str, Any]]) -> CustomRole:
    policy = tuple(
        Statement(
            given.get("effect", "allow"),
            tuple(given.get("resources", ())),
            tuple(given.get("notResources", ())),
            tuple(given.get("actions", ())),
            tuple(given.get("notActions", ())),
        )
        for given in statements
    )
    return CustomRole(f"role_{number}", f"role-{number}", f"Role {number}", policy, "no_access")


WORLDS: dict[str, tuple[list[list[dict[str, Any]]], Verdict, Verdict, Verdict]] = {
    "everything but deleting": ([[{"resources": [SEGMENTS], "notActions": ["deleteSegment"]}]], ALLOW, ALLOW, DENY),
    "everything but updating": ([[{"resources": [SEGMENTS], "notActions": ["update*"]}]], ALLOW, DENY, DENY),
    "everywhere but in the old project": (
        [[{"notResources": ["proj/legacy:env/*:segment/*"], "actions": BOTH}]],
        ALLOW,
        ALLOW,
        DENY,
    ),
    "everything, and nothing outside staging": (
        [
            [
                {"resources": ["*"], "actions": ["*"]},
                {"effect": "deny", "notResources": ["proj/*:env/staging:segment/*"], "actions": ["*"]},
            ]
        ],
        DENY,
        DENY,
        DENY,
    ),
    "critical environments with the tag": (
        [[{"resources": ["proj/*:env/*;prod,{critical:true}:segment/*"], "actions": BOTH}]],
        ALLOW,
        ALLOW,
        DENY,
    ),
    "two tags of which one is missing": (
        [[{"resources": ["proj/*:env/*;prod,eu:segment/*"], "actions": ["*"]}]],
        DENY,
        DENY,
        DENY,
    ),
    "globs in keys and actions": (
        [[{"resources": ["proj/sh*:env/*duction:segment/*"], "actions": ["*Segment", "*Included"]}]],
        ALLOW,
        ALLOW,
        DENY,
    ),
    "names instead of keys": (
        [[{"resources": ["proj/Shop:env/Production:segment/*"], "actions": ["*"]}]],
        DENY,
        DENY,
        DENY,
    ),
    "one role for each action": (
        [
            [{"resources": [SEGMENTS], "actions": ["createSegment"]}],
            [
                {"resources": [SEGMENTS], "actions": ["updateIncluded"]},
                {"resources": ["proj/shop"], "actions": ["view*"]},
            ],
        ],
        ALLOW,
        ALLOW,
        ALLOW,
    ),
    "a deny in one role, an allow in the other": (
        [
            [{"effect": "deny", "resources": [SEGMENTS], "actions": ["*"]}],
            [{"resources": [SEGMENTS], "actions": BOTH}],
        ],
        ALLOW,
        ALLOW,
        DENY,
    ),
    "a deny by tag of one action": (
        [
            [
                {"resources": ["*"], "actions": ["*"]},
                {"effect": "deny", "resources": ["proj/*:env/*;prod:segment/*"], "actions": ["updateIncluded"]},
            ]
        ],
        ALLOW,
        DENY,
        ALLOW,
    ),
    "flags only": ([[{"resources": ["proj/*:env/*:flag/*"], "actions": ["*"]}]], DENY, DENY, DENY),
    "the project, not what is in it": ([[{"resources": ["proj/shop"], "actions": ["*"]}]], DENY, DENY, ALLOW),
    "segments of one view": ([[{"resources": [f"{SEGMENTS};view:growth"], "actions": ["*"]}]], UNKNOWN, UNKNOWN, DENY),
    "an allow by an attribute that nobody told": (
        [[{"resources": ["proj/${roleAttribute/team}:env/*:segment/*"], "actions": ["*"]}]],
        UNKNOWN,
        UNKNOWN,
        DENY,
    ),
    "a deny by an attribute that nobody told": (
        [
            [
                {"resources": ["*"], "actions": ["*"]},
                {"effect": "deny", "resources": ["proj/${roleAttribute/team}:env/*:segment/*"], "actions": ["*"]},
            ]
        ],
        UNKNOWN,
        UNKNOWN,
        ALLOW,
    ),
}


@pytest.mark.parametrize(("roles", "create", "update", "view"), WORLDS.values(), ids=WORLDS)
def test_what_a_role_comes_to(
    roles: list[list[dict[str, Any]]], create: Verdict, update: Verdict, view: Verdict
) -> None:
    made = {role.id: role for role in (_role(number, policy) for number, policy in enumerate(roles))}
    grant = grant_of(Token("tok_1", custom_role_ids=tuple(made)), made, None)
    judged = [judge(action, grant, HERE) for action in (*BOTH, "viewProject")]
    assert [one.verdict for one in judged] == [create, update, view]
    assert all(one.because for one in judged)
