"""Permissions: the worked examples, then each rule of docs/launchdarkly.md#role-policies by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.launchdarkly import CustomRole, Member, Statement, Token
from wizard.domain.tokens.permissions import (
    NEEDED_ACTIONS,
    Grant,
    Judgment,
    Policy,
    Target,
    Verdict,
    grant_of,
    judge,
    smallest_policy,
)

ALLOW, DENY, UNKNOWN = Verdict.ALLOW, Verdict.DENY, Verdict.UNKNOWN
PRODUCTION = Target("shop", "production", environment_tags=("prod",), critical=True)
SEGMENTS = "proj/shop:env/production:segment/*"


def statement(given: Mapping[str, Any]) -> Statement:
    """A statement as a policy writes it."""
    return Statement(
        given.get("effect", "allow"),
        resources=tuple(given.get("resources", ())),
        not_resources=tuple(given.get("notResources", ())),
        actions=tuple(given.get("actions", ())),
        not_actions=tuple(given.get("notActions", ())),
    )


def policy(*given: Mapping[str, Any], name: str = "The role Sync") -> Policy:
    return Policy(name, tuple(statement(one) for one in given))


def judged(*given: Mapping[str, Any], action: str = "createSegment", target: Target = PRODUCTION) -> Judgment:
    return judge(action, Grant((policy(*given),)), target)


def on(resource: str, target: Target = PRODUCTION) -> Verdict:
    return judged({"resources": [resource], "actions": ["*"]}, target=target).verdict


def failure(kind: FailureKind = FailureKind.FORBIDDEN) -> Failure:
    return Failure(Service.LAUNCHDARKLY, kind, "app.launchdarkly.com", "GET", "/api/v2/roles/r1")


WORKED_CASES = {
    "1 matches": (
        [{"effect": "allow", "resources": ["proj/*:env/*:segment/*"], "actions": ["createSegment", "updateIncluded"]}],
        ALLOW,
        ALLOW,
    ),
    "2 only one action": (
        [{"effect": "allow", "resources": [SEGMENTS], "actions": ["createSegment"]}],
        ALLOW,
        DENY,
    ),
    "3 other environment": (
        [{"effect": "allow", "resources": ["proj/shop:env/staging:segment/*"], "actions": ["*"]}],
        DENY,
        DENY,
    ),
    "4 parent does not include segments": (
        [{"effect": "allow", "resources": ["proj/*:env/*"], "actions": ["*"]}],
        DENY,
        DENY,
    ),
    "5 deny beats allow": (
        [
            {"effect": "allow", "resources": ["*"], "actions": ["*"]},
            {"effect": "deny", "resources": ["proj/*:env/production:segment/*"], "actions": ["createSegment"]},
        ],
        DENY,
        ALLOW,
    ),
    "6 environment tag and action glob match": (
        [
            {
                "effect": "allow",
                "resources": ["proj/*:env/*;prod:segment/*"],
                "actions": ["createSegment", "update*"],
            }
        ],
        ALLOW,
        ALLOW,
    ),
    "7 environment is critical": (
        [{"effect": "allow", "resources": ["proj/*:env/*;{critical:false}:segment/*"], "actions": ["*"]}],
        DENY,
        DENY,
    ),
    "8 depends on the new segment's tags": (
        [{"effect": "allow", "resources": ["proj/*:env/*:segment/*;marketing"], "actions": ["*"]}],
        UNKNOWN,
        UNKNOWN,
    ),
}


@pytest.mark.parametrize(("given", "create", "update"), WORKED_CASES.values(), ids=WORKED_CASES)
def test_the_contract_works_these_cases_out(given: list[dict[str, Any]], create: Verdict, update: Verdict) -> None:
    assert [judged(*given, action=action).verdict for action in NEEDED_ACTIONS] == [create, update]


def test_segment_actions_alone_do_not_let_the_token_view_the_project() -> None:
    given = WORKED_CASES["1 matches"][0]
    assert judged(*given, action="viewProject").verdict is DENY


# --- resource specifiers ----------------------------------------------------------------------------------------

SPECIFIERS = {
    "*": ALLOW,
    " * ": ALLOW,
    "proj/shop:env/production:segment/*": ALLOW,
    " proj/shop : env/production : segment/* ": ALLOW,
    "proj/sh*:env/*duct*:segment/**": ALLOW,
    "proj/s*o*p:env/p*n:segment/*": ALLOW,
    "proj/shop*shop:env/*:segment/*": DENY,
    "proj/*x*p:env/*:segment/*": DENY,
    "proj/*ho*o*:env/*:segment/*": DENY,
    "proj/sho?:env/*:segment/*": DENY,
    "proj/[s]stage:env/*:segment/*": DENY,
    "proj/Shop:env/*:segment/*": DENY,
    "proj/shop:env/Production:segment/*": DENY,
    "proj/:env/*:segment/*": DENY,
    "proj/*": DENY,
    "proj/*:env/*": DENY,
    "proj/*:env/*:flag/*": DENY,
    "proj/*:env/*:segment/*:x/*": DENY,
    "proj/*:context-kind/*": DENY,
    "acct": DENY,
    "member/*": DENY,
    "service-token/*": DENY,
    # the stray slash of one of LaunchDarkly's samples
    "proj/*:env/*;prod:/segment/*": ALLOW,
    "proj/*:env/*;prod:/flag/*": DENY,
    # the new segment's key is not known
    "proj/*:env/*:segment/vip": UNKNOWN,
    "proj/*:env/*:segment/segment-audiences-*": UNKNOWN,
    "proj/*:env/staging:segment/vip": DENY,
    "proj/*:env/*:segment/": UNKNOWN,
    # tags: all of them, globs, whatever their case
    "proj/*:env/*;PROD:segment/*": ALLOW,
    "proj/*:env/*;pr*:segment/*": ALLOW,
    "proj/*:env/*;prod,eu:segment/*": DENY,
    "proj/*:env/*; prod , p* :segment/*": ALLOW,
    "proj/*;core:env/*:segment/*": DENY,
    "proj/*:env/*;:segment/*": UNKNOWN,
    "proj/*:env/*;a;b:segment/*": UNKNOWN,
    # selectors
    "proj/*:env/*;{critical:true}:segment/*": ALLOW,
    "proj/*:env/*;{ critical : true },prod:segment/*": ALLOW,
    "proj/*:env/*;prod,{critical:true}:segment/*": ALLOW,
    "proj/*:env/*;eu,{critical:true}:segment/*": DENY,
    "proj/*:env/*;prod,{critical:false}:segment/*": DENY,
    "proj/*:env/*;{color:red}:segment/*": UNKNOWN,
    "proj/*:env/*;{critical:true,color:red}:segment/*": UNKNOWN,
    "proj/*;{critical:true}:env/*:segment/*": UNKNOWN,
    "proj/*:env/*:segment/*;view:mobile": UNKNOWN,
    "proj/*:env/*;view:mobile:segment/*": UNKNOWN,
    "proj/*:env/staging:segment/*;view:mobile": DENY,
    # nothing that the wizard can read
    "": UNKNOWN,
    "proj": DENY,
    "proj/shop:*": UNKNOWN,
    "proj/shop:env:segment/*": UNKNOWN,
    "proj/*:env/*;{critical:true:segment/*": UNKNOWN,
    "*/shop:env/*:segment/*": UNKNOWN,
    "${roleAttribute/all}:env/*:segment/*": UNKNOWN,
    "what ever": DENY,
    "проект/магазин:env/*:segment/*": UNKNOWN,
    "proj/магазин:env/*:segment/*": DENY,
}


@pytest.mark.parametrize(("resource", "verdict"), SPECIFIERS.items())
def test_a_resource_specifier_matches_the_segment_to_be(resource: str, verdict: Verdict) -> None:
    assert on(resource) is verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    {
        "*": ALLOW,
        "proj/shop": ALLOW,
        "proj/*": ALLOW,
        "proj/*;core": ALLOW,
        "proj/*;edge": DENY,
        "proj/other": DENY,
        "proj": UNKNOWN,
        "proj/shop:env/*": DENY,
        "proj/shop;view:x": UNKNOWN,
    }.items(),
)
def test_a_resource_specifier_matches_the_project(resource: str, verdict: Verdict) -> None:
    target = replace(PRODUCTION, project_tags=("Core",))
    assert (
        judged({"resources": [resource], "actions": ["view*"]}, action="viewProject", target=target).verdict is verdict
    )


@pytest.mark.parametrize(
    ("resource", "target"),
    [
        ("proj/*:env/*;prod:segment/*", replace(PRODUCTION, environment_tags=None)),
        ("proj/*;core:env/*:segment/*", replace(PRODUCTION, project_tags=None)),
        ("proj/*:env/*;{critical:true}:segment/*", replace(PRODUCTION, critical=None)),
    ],
)
def test_what_the_service_did_not_say_makes_it_unknown(resource: str, target: Target) -> None:
    assert on(resource, target) is UNKNOWN


# --- role attributes --------------------------------------------------------------------------------------------

ATTRIBUTES = {
    "projects": ("web", "shop"),
    "envs": ("prod*",),
    "tag": ("PROD",),
    "none": (),
    "blank": ("",),
    "x": ("y",),
}


@pytest.mark.parametrize(
    ("resource", "verdict"),
    {
        "proj/${roleAttribute/projects}:env/*:segment/*": ALLOW,
        "proj/${roleAttribute/projects}:env/${roleAttribute/envs}:segment/*": ALLOW,
        "proj/${roleAttribute/projects}:env/staging:segment/*": DENY,
        "proj/s${roleAttribute/x}:env/*:segment/*": DENY,
        "proj/*:env/*;${roleAttribute/tag}:segment/*": ALLOW,
        "proj/*:env/*;${roleAttribute/x}:segment/*": DENY,
        "proj/*:env/*;${roleAttribute/new},prod:segment/*": UNKNOWN,
        "proj/${roleAttribute/new}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute/Projects}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute/new}:env/staging:segment/*": DENY,
        "proj/team-${roleAttribute/new}:env/*:segment/*": DENY,
        "proj/${roleAttribute/none}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute/blank}:env/*:segment/*": UNKNOWN,
        "proj/*:env/*:segment/${roleAttribute/x}": UNKNOWN,
        # malformed
        "proj/${roleAttribute/}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute/new:env/*:segment/*": UNKNOWN,
        "proj/${other/x}:env/*:segment/*": UNKNOWN,
        "proj/${roleAttribute/${roleAttribute/x}}:env/*:segment/*": UNKNOWN,
    }.items(),
)
def test_role_attributes_are_filled_in_where_they_are_known(resource: str, verdict: Verdict) -> None:
    assert on(resource, replace(PRODUCTION, role_attributes=ATTRIBUTES)) is verdict


def test_attributes_with_more_values_than_anybody_has_are_not_multiplied_out() -> None:
    many = tuple(f"v{number}" for number in range(200))
    target = replace(PRODUCTION, role_attributes={"a": many, "b": many})
    assert on("proj/${roleAttribute/a}${roleAttribute/b}:env/*:segment/*", target) is UNKNOWN


def test_a_glob_may_begin_and_end_with_a_star() -> None:
    assert on("proj/shop:env/*rod*:segment/*", replace(PRODUCTION, project="shop", environment="production")) is ALLOW
    assert on("proj/*shop*:env/*:segment/*", replace(PRODUCTION, project="shop")) is ALLOW


def test_a_glob_with_many_stars_is_decided_at_once() -> None:
    target = replace(PRODUCTION, project="a" * 2_000)
    assert on("proj/" + "a*" * 2_000 + "b:env/*:segment/*", target) is DENY


# --- statements -------------------------------------------------------------------------------------------------

STATEMENTS: dict[str, tuple[list[dict[str, Any]], Verdict]] = {
    "notResources names another one": ([{"notResources": ["proj/web:env/*:segment/*"], "actions": ["*"]}], ALLOW),
    "notResources names this one": ([{"notResources": [SEGMENTS], "actions": ["*"]}], DENY),
    "notResources names its parent only": ([{"notResources": ["proj/*:env/*"], "actions": ["*"]}], ALLOW),
    "notResources names a tag of the segment": (
        [{"notResources": ["proj/*:env/*:segment/*;x"], "actions": ["*"]}],
        UNKNOWN,
    ),
    "notResources names one of several": (
        [{"notResources": ["proj/web", SEGMENTS], "actions": ["createSegment"]}],
        DENY,
    ),
    "notActions names another one": ([{"resources": ["*"], "notActions": ["delete*"]}], ALLOW),
    "notActions names this one": ([{"resources": ["*"], "notActions": ["create*"]}], DENY),
    "notActions on another resource": ([{"resources": ["proj/web"], "notActions": ["delete*"]}], DENY),
    "deny with notActions": (
        [{"resources": ["*"], "actions": ["*"]}, {"effect": "deny", "resources": [SEGMENTS], "notActions": ["view*"]}],
        DENY,
    ),
    "deny with notResources": (
        [
            {"resources": ["*"], "actions": ["*"]},
            {"effect": "deny", "notResources": ["proj/shop:*", SEGMENTS], "actions": ["*"]},
        ],
        ALLOW,
    ),
    "action glob in the middle": ([{"resources": ["*"], "actions": ["create*ment"]}], ALLOW),
    "action in another case": ([{"resources": ["*"], "actions": ["createsegment"]}], DENY),
    "deny by a tag that is there": (
        [
            {"resources": ["*"], "actions": ["*"]},
            {"effect": "deny", "resources": ["proj/*:env/*;PROD,{critical:true}:segment/*"], "actions": ["*"]},
        ],
        DENY,
    ),
    "deny by a tag that is not there": (
        [
            {"resources": ["*"], "actions": ["*"]},
            {"effect": "deny", "resources": ["proj/*:env/*;prod,eu:segment/*"], "actions": ["*"]},
        ],
        ALLOW,
    ),
    "deny that is not sure": (
        [
            {"effect": "deny", "resources": ["proj/*:env/*:segment/*;frozen"], "actions": ["*"]},
            {"resources": ["*"], "actions": ["*"]},
        ],
        UNKNOWN,
    ),
    "deny that is not sure of what is not allowed": (
        [{"effect": "deny", "resources": ["proj/*:env/*:segment/*;frozen"], "actions": ["*"]}],
        DENY,
    ),
    "deny that is sure of what may be allowed": (
        [
            {"resources": ["proj/*:env/*:segment/*;x"], "actions": ["*"]},
            {"effect": "deny", "resources": ["*"], "actions": ["createSegment"]},
        ],
        DENY,
    ),
    "no statement": ([], DENY),
    "both actions and notActions": ([{"resources": ["*"], "actions": ["*"], "notActions": ["delete*"]}], UNKNOWN),
    "both resources and notResources": (
        [{"resources": ["*"], "notResources": ["proj/x"], "actions": ["*"]}],
        UNKNOWN,
    ),
    "notResources with notActions": ([{"notResources": ["proj/x"], "notActions": ["delete*"]}], UNKNOWN),
    "no actions": ([{"resources": ["*"], "actions": []}], UNKNOWN),
    "no resources": ([{"resources": [], "actions": ["*"]}], UNKNOWN),
    "an effect that nobody knows": ([{"effect": "audit", "resources": ["*"], "actions": ["*"]}], UNKNOWN),
    "an effect that nobody knows beside an allow": (
        [{"effect": "", "resources": ["*"], "actions": ["*"]}, {"resources": ["*"], "actions": ["*"]}],
        UNKNOWN,
    ),
    "a malformed statement beside a deny": (
        [{"resources": ["*"]}, {"effect": "deny", "resources": ["*"], "actions": ["*"]}],
        DENY,
    ),
}


@pytest.mark.parametrize(("given", "verdict"), STATEMENTS.values(), ids=STATEMENTS)
def test_statements_combine_inside_one_policy(given: list[dict[str, Any]], verdict: Verdict) -> None:
    assert judged(*given).verdict is verdict
    assert judged(*reversed(given)).verdict is verdict


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("deny", "allow", ALLOW),
        ("deny", "maybe", UNKNOWN),
        ("maybe", "allow", ALLOW),
        ("deny", "deny", DENY),
    ],
)
def test_across_policies_the_most_permissive_wins(first: str, second: str, verdict: Verdict) -> None:
    policies = {
        "allow": policy({"resources": ["*"], "actions": ["*"]}),
        "deny": policy({"effect": "deny", "resources": ["*"], "actions": ["*"]}),
        "maybe": policy({"resources": ["proj/*:env/*:segment/*;x"], "actions": ["*"]}),
    }
    for grant in (Grant((policies[first], policies[second])), Grant((policies[second], policies[first]))):
        assert judge("createSegment", grant, PRODUCTION).verdict is verdict


# --- from a token to a grant ------------------------------------------------------------------------------------

INLINE = (Statement("allow", resources=(SEGMENTS,), actions=NEEDED_ACTIONS),)
SYNC = CustomRole("r1", "sync", "Segment sync", INLINE, "no_access")
VIEWER = CustomRole("r2", "viewer", "Viewer", (), "reader")


@pytest.mark.parametrize(
    ("role", "create", "view"),
    [
        ("reader", DENY, ALLOW),
        ("writer", ALLOW, ALLOW),
        ("admin", ALLOW, ALLOW),
        ("owner", ALLOW, ALLOW),
        ("Writer", ALLOW, ALLOW),
        ("no_access", DENY, DENY),
        ("architect", UNKNOWN, UNKNOWN),
        ("", UNKNOWN, UNKNOWN),
    ],
)
def test_built_in_roles_are_known_by_name(role: str, create: Verdict, view: Verdict) -> None:
    grant = grant_of(Token("t", role=role), None, None)
    assert judge("createSegment", grant, PRODUCTION).verdict is create
    assert judge("updateIncluded", grant, PRODUCTION).verdict is create
    assert judge("viewProject", grant, PRODUCTION).verdict is view


def test_an_inline_policy_is_the_whole_grant() -> None:
    grant = grant_of(Token("t", role="admin", custom_role_ids=("r1",), inline_role=INLINE), {"r1": VIEWER}, None)
    assert judge("createSegment", grant, PRODUCTION).verdict is ALLOW
    assert judge("bypassRequiredSegmentApproval", grant, PRODUCTION).verdict is DENY


def test_custom_roles_add_up_and_an_older_one_may_view_everything() -> None:
    grant = grant_of(Token("t", custom_role_ids=("r1", "r2")), {"r1": SYNC, "r2": VIEWER}, None)
    assert judge("createSegment", grant, PRODUCTION).verdict is ALLOW
    assert judge("viewProject", grant, PRODUCTION).verdict is ALLOW
    assert (
        judge("viewProject", grant_of(Token("t", custom_role_ids=("r1",)), {"r1": SYNC}, None), PRODUCTION).verdict
        is DENY
    )


@pytest.mark.parametrize("roles", [None, {}, {"r1": failure()}])
def test_a_role_that_cannot_be_read_makes_a_denial_unknown(roles: dict[str, CustomRole | Failure] | None) -> None:
    known: dict[str, CustomRole | Failure] = {"r2": VIEWER}
    grant = grant_of(
        Token("t", custom_role_ids=("r1", "r2")), known | (roles or {}) if roles is not None else None, None
    )
    judgment = judge("createSegment", grant, PRODUCTION)
    assert judgment.verdict is UNKNOWN
    assert "r1" in judgment.because


def test_a_role_that_cannot_be_read_takes_nothing_away() -> None:
    grant = grant_of(Token("t", custom_role_ids=("r1", "r2")), {"r1": SYNC, "r2": failure()}, None)
    assert judge("createSegment", grant, PRODUCTION).verdict is ALLOW


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (None, "The wizard hasn't read this token's permissions."),
        (failure(), "This token can't read its own permissions."),
        (failure(FailureKind.TIMEOUT), "We couldn't read this token's permissions."),
        (Token("t"), "LaunchDarkly didn't say which role this token has."),
        (Token("t", role="archi\x1btect"), "The wizard doesn't know the built-in role archi tect."),
    ],
)
def test_a_grant_that_is_not_known_says_why(token: Token | Failure | None, said: str) -> None:
    assert judge("createSegment", grant_of(token, None, None), PRODUCTION) == Judgment(UNKNOWN, said)


@pytest.mark.parametrize(
    ("member", "create", "view"),
    [
        (None, ALLOW, ALLOW),
        (failure(), ALLOW, ALLOW),
        (Member(role="reader"), DENY, ALLOW),
        (Member(role="no_access"), DENY, DENY),
        (Member(role="Reader"), DENY, ALLOW),
        (Member(role="writer"), ALLOW, ALLOW),
        (Member(role=""), ALLOW, ALLOW),
        (Member(role="reader", custom_roles=("x",)), ALLOW, ALLOW),
        (Member(role="reader", team_count=1), ALLOW, ALLOW),
        (Member(role="reader", grant_count=1), ALLOW, ALLOW),
    ],
)
def test_a_personal_token_may_do_no_more_than_its_owner(
    member: Member | Failure | None, create: Verdict, view: Verdict
) -> None:
    grant = grant_of(Token("t", role="writer", service_token=False), None, member)
    assert judge("createSegment", grant, PRODUCTION).verdict is create
    assert judge("viewProject", grant, PRODUCTION).verdict is view


def test_an_owner_without_access_denies_what_else_is_not_known() -> None:
    assert judge("createSegment", grant_of(failure(), None, Member(role="reader")), PRODUCTION).verdict is DENY


def test_a_service_token_has_no_owner() -> None:
    grant = grant_of(Token("t", role="writer", service_token=True), None, Member(role="reader"))
    assert judge("createSegment", grant, PRODUCTION).verdict is ALLOW


# --- what a screen says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"resources": ["*"], "actions": ["*"]}, "The role Sync allows createSegment."),
        ({"resources": ["*"], "actions": ["view*"]}, "The role Sync doesn't include the action createSegment."),
        (
            {"resources": ["proj/web:env/*:segment/*"], "actions": ["*"]},
            "The role Sync allows createSegment only on proj/web:env/*:segment/*.",
        ),
        (
            {"resources": ["proj/*:env/*"], "actions": ["*"]},
            "The role Sync allows createSegment only on proj/*:env/*. An environment doesn't include its segments: "
            "end the resource with :segment/*.",
        ),
        (
            {"effect": "deny", "resources": ["*"], "actions": ["*"]},
            "The role Sync denies createSegment, and a deny overrides every allow.",
        ),
        (
            {"resources": ["proj/${roleAttribute/team}:env/*:segment/*"], "actions": ["*"]},
            "The role Sync may allow createSegment: it depends on the role attribute team, whose value we don't know.",
        ),
        (
            {"resources": ["proj/*:env/*:segment/*;x"], "actions": ["*"]},
            "The role Sync may allow createSegment: it covers only the tag x, and we don't know the tags of "
            "the new segment.",
        ),
        (
            {"resources": ["proj/*:env/*:segment/vip"], "actions": ["*"]},
            "The role Sync may allow createSegment: it depends on the key of the new segment, which we don't know yet.",
        ),
        ({"resources": ["*"]}, "The role Sync may allow createSegment: it should name either actions or notActions."),
    ],
)
def test_a_judgment_names_the_policy_and_the_reason(given: dict[str, Any], said: str) -> None:
    assert judged(given).because == said


def test_a_judgment_carries_the_statement_that_decided_it() -> None:
    allow, deny = {"resources": ["*"], "actions": ["*"]}, {"effect": "deny", "resources": ["*"], "actions": ["create*"]}
    assert judged(allow, deny).statement == statement(deny)
    assert judged(allow, deny, action="updateIncluded").statement == statement(allow)
    assert judged(allow).policy_name == "The role Sync"


def test_a_doubtful_deny_is_reported_as_such() -> None:
    doubtful = {"effect": "deny", "resources": ["proj/*:env/*:segment/*;view:x"], "actions": ["*"]}
    judgment = judged({"resources": ["*"], "actions": ["*"]}, doubtful)
    assert (
        judgment.because == "The role Sync may deny createSegment: it covers only resources that are linked to a view."
    )
    assert judgment.statement == statement(doubtful)


def test_the_owner_who_limits_a_personal_token_is_named() -> None:
    grant = grant_of(Token("t", role="admin"), None, Member(role="no_access"))
    said = "A personal token can't do more than its owner, who has the built-in role No access."
    assert judge("createSegment", grant, PRODUCTION).because == said


def test_a_grant_of_nothing_denies() -> None:
    assert judge("createSegment", Grant(), PRODUCTION).verdict is DENY


# --- the policy to copy -----------------------------------------------------------------------------------------


def test_the_smallest_policy_is_the_documented_one() -> None:
    assert smallest_policy("P", "E").splitlines() == [
        "[",
        '  {"effect": "allow", "resources": ["proj/P"], "actions": ["viewProject"]},',
        '  {"effect": "allow", "resources": ["proj/P:env/E:segment/*"], '
        '"actions": ["createSegment", "updateIncluded"]}',
        "]",
    ]


@pytest.mark.parametrize("bypass", [False, True])
def test_the_smallest_policy_is_enough(bypass: bool) -> None:
    given = json.loads(smallest_policy("shop", "production", bypass_approvals=bypass))
    for action in (*NEEDED_ACTIONS, "viewProject"):
        assert judged(*given, action=action).verdict is ALLOW
    assert judged(*given, action="bypassRequiredSegmentApproval").verdict is (ALLOW if bypass else DENY)
