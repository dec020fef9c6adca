"""May the token do what the sync needs there: allow, deny, cannot tell."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    DESTINATION,
    OTHER_ID,
    PRODUCTION,
    SEGMENT,
    SHOP,
    TOKEN,
    allow,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    token_with,
)
from wizard.domain.failure import FailureKind
from wizard.domain.findings import Status
from wizard.domain.services.launchdarkly import Caller, CustomRole, Member, Statement, Token
from wizard.domain.services.segment import Delivery

CHECK = "launchdarkly.token.permissions"
HERE = "proj/shop:env/production:segment/*"
READER = replace(TOKEN, role="reader")
ROLE = CustomRole("r1", "sync", "Sync", (allow(HERE, "createSegment", "updateIncluded"),))
WITH_ROLE = replace(TOKEN, role="", custom_role_ids=("r1",))
NOT_CHOSEN: dict[str, Any] = {"project": "", "environment": "", "client_side_id": ""}

READ_ONLY = {"token": READER}  # ours: support looks with it
OTHER = replace(TOKEN, id="tok_2", name="segment-prod", last_four="9z9z")


def _holds(*tokens: Token, **facts: Any) -> dict[str, Any]:
    """A destination with a token that isn't ours, and the listed ones that end like it."""
    held = replace(DESTINATION, token_last_four="9z9z")
    return {**READ_ONLY, "destinations": (held,), "destination_tokens": tokens, **facts}


CASES = (
    Case(CHECK, "pass", "another one in the destination", _holds(OTHER), says="the destination's token segment-prod"),
    Case(
        CHECK,
        "pass",
        "another one with a role",
        _holds(
            replace(OTHER, role="", custom_role_ids=("r1",)),
            destination_token_roles={"r1": ROLE},
            roles={"r1": failure()},
        ),
    ),
    Case(CHECK, "pass", "nobody knows it, but it delivers", _holds(), says="accepts what Segment sends"),
    Case(
        CHECK,
        "unknown",
        "nobody knows it, nothing arrives, and ours is too weak",
        _holds(delivery=None, segments=()),
        says="Your own token is personal or can't write segments",
    ),
    Case(
        CHECK,
        "fail",
        "another one that is too weak, although ours isn't",
        _holds(replace(OTHER, role="reader"), token=TOKEN),
        says="The destination's token segment-prod can't create segments",
        root=True,
    ),
    Case(
        CHECK,
        "fail",
        "a personal one of someone who may not",
        _holds(replace(OTHER, service_token=False, member_role="reader")),
        says="put it into the destination",
    ),
    Case(
        CHECK,
        "fail",
        "ours is too weak, and the destination holds it",
        {"token": replace(TOKEN, role="reader")},
        says="paste it in the LaunchDarkly step and apply the plan",
    ),
    Case(CHECK, "skipped", "its roles aren't read", _holds(replace(OTHER, role="", custom_role_ids=("r1",)))),
    Case(CHECK, "pass", "a policy for here", {"token": token_with(allow(HERE, "createSegment", "updateIncluded"))}),
    Case(CHECK, "pass", "a custom role", {"token": WITH_ROLE, "roles": {"r1": ROLE}}),
    Case(CHECK, "pass", "a writer, before the environment is chosen", {"project": None}, NOT_CHOSEN),
    Case(
        CHECK,
        "fail",
        "reader",
        {"token": READER},
        says="create segments (createSegment) or change segment members (updateIncluded)",
        root=True,
    ),
    Case(CHECK, "fail", "reader, before the environment is chosen", {"token": READER, "project": None}, NOT_CHOSEN),
    Case(
        CHECK,
        "warn",
        "only createSegment",
        {"token": token_with(allow(HERE, "createSegment"))},
        says="LaunchDarkly doesn't document whether a sync needs both rights. The first sync will show it.",
    ),
    Case(
        CHECK,
        "fail",
        "only createSegment, and a delivery was refused",
        {"token": token_with(allow(HERE, "createSegment")), "delivery": Delivery(0, 7, 0, (("FORBIDDEN", 7),))},
        says="updateIncluded",
    ),
    Case(
        CHECK,
        "fail",
        "only createSegment, and the segment stays empty",
        {"token": token_with(allow(HERE, "createSegment")), "segments": (replace(SEGMENT, included_count=0),)},
        says="updateIncluded",
    ),
    Case(
        CHECK,
        "fail",
        "another environment",
        {"token": token_with(allow("proj/shop:env/staging:segment/*", "*"))},
        root=True,
    ),
    Case(
        CHECK, "fail", "stops at the environment", {"token": token_with(allow("proj/*:env/*", "*"))}, says=":segment/*"
    ),
    Case(
        CHECK,
        "warn",
        "a deny",
        {"token": token_with(allow("*", "*"), Statement("deny", resources=(HERE,), actions=("createSegment",)))},
        says="denies createSegment",
    ),
    Case(
        CHECK,
        "fail",
        "an owner who may less",
        {"token": replace(TOKEN, service_token=False), "member": Member("mem_1", role="reader")},
    ),
    Case(CHECK, "unknown", "may not read itself", {"token": failure()}, says="first sync"),
    Case(CHECK, "unknown", "a role that cannot be read", {"token": WITH_ROLE, "roles": {"r1": failure()}}),
    Case(CHECK, "unknown", "tags of the segment", {"token": token_with(allow("proj/*:env/*:segment/*;team", "*"))}),
    Case(CHECK, "unknown", "no token id", {"caller": Caller("acc_1"), "token": None}),
    Case(CHECK, "warn", "a hidden project", {"token": token_with(allow(HERE, "*")), "project": failure()}, says="view"),
    Case(CHECK, "skipped", "token not read", {"token": None}),
    Case(CHECK, "skipped", "roles not read", {"token": WITH_ROLE}),
    Case(
        CHECK,
        "skipped",
        "no environment",
        {"token": token_with(allow(HERE, "*")), "project": None},
        NOT_CHOSEN,
        says="chosen",
    ),
    Case(
        CHECK,
        "skipped",
        "an ID that is nowhere",
        {"token": token_with(allow(HERE, "*")), "project": None},
        {**NOT_CHOSEN, "client_side_id": OTHER_ID},
        says="launchdarkly.pair",
    ),
)


@pytest.mark.parametrize("case", table(CASES))
def test_token_permissions(case: Case) -> None:
    case.holds()


def _evidence(token: Token | object, **facts: Any) -> dict[str, Any]:
    return dict(found(healthy_facts(token=token, **facts))[CHECK].evidence)


def test_evidence_of_what_is_missing_is_what_scripts_rely_on() -> None:
    evidence = _evidence(token_with(allow(HERE, "createSegment")))
    assert evidence["verdict"] == "deny"
    assert evidence["missing"] == ["updateIncluded"]
    assert evidence["actions"]["createSegment"] == "allow"
    assert evidence["actions"]["updateIncluded"] == "deny"


def test_evidence_of_a_token_that_may_is_there_too() -> None:
    evidence = _evidence(TOKEN)
    assert evidence == {
        "verdict": "allow",
        "missing": [],
        "actions": {"viewProject": "allow", "createSegment": "allow", "updateIncluded": "allow"},
    }


def test_evidence_is_whole_where_nothing_could_be_read() -> None:
    evidence = _evidence(TOKEN, caller=failure(FailureKind.RATE_LIMITED))
    assert (evidence["verdict"], evidence["missing"]) == ("unknown", [])
    assert evidence["actions"]["createSegment"] == evidence["actions"]["updateIncluded"] == "unknown"


def test_a_project_that_was_read_can_be_viewed_whatever_the_policy_says() -> None:
    assert _evidence(token_with(allow(HERE, "*")))["actions"]["viewProject"] == "allow"


def test_a_hidden_project_is_missing_the_right_to_view_it() -> None:
    evidence = _evidence(token_with(allow(HERE, "*")), project=failure())
    assert evidence["missing"] == ["viewProject"]
    assert evidence["verdict"] == "unknown"


def test_an_outage_while_the_project_is_read_proves_nothing_about_viewing() -> None:
    evidence = _evidence(token_with(allow(HERE, "*")), project=failure(FailureKind.SERVER))
    assert evidence["actions"]["viewProject"] == "unknown"


def test_the_fix_carries_the_smallest_policy() -> None:
    policy = json.loads(_evidence(READER)["policy"])
    assert policy[1]["resources"] == [HERE]
    assert policy[1]["actions"] == ["createSegment", "updateIncluded"]


def test_the_policy_bypasses_approvals_where_they_are_required() -> None:
    guarded = replace(SHOP, environments=(replace(PRODUCTION, segment_approvals_required=True),))
    evidence = _evidence(READER, projects=(guarded,), project=guarded)
    assert "bypassRequiredSegmentApproval" in evidence["policy"]


def test_the_statement_that_decided_is_named() -> None:
    evidence = _evidence(token_with(allow("*", "*"), Statement("deny", resources=(HERE,), actions=("createSegment",))))
    assert evidence["statement"] == {"effect": "deny", "resources": [HERE], "actions": ["createSegment"]}


def test_a_hidden_project_is_judged_by_its_keys() -> None:
    token = token_with(allow("proj/secret:env/production:segment/*", "*"))
    facts = healthy_facts(token=token, projects=(), project=failure(), client_side_id_exists=True)
    answers = healthy_answers(project="secret", client_side_id="")
    assert found(facts, answers)[CHECK].evidence["actions"]["createSegment"] == "allow"


@pytest.mark.parametrize(
    ("token", "cause"),
    [
        (READER, "The built-in role Reader doesn't include the action createSegment or updateIncluded."),
        (
            token_with(allow("proj/shop:env/staging:segment/*", "*")),
            "The token's inline policy allows createSegment and updateIncluded only on "
            "proj/shop:env/staging:segment/*.",
        ),
        (
            token_with(allow("proj/*:env/*", "*")),
            "The token's inline policy allows createSegment and updateIncluded only on proj/*:env/*. An environment "
            "doesn't include its segments: end the resource with :segment/*.",
        ),
        (
            token_with(allow("*", "*"), Statement("deny", resources=("*",), actions=("*Segment", "updateIncluded"))),
            "The token's inline policy denies createSegment and updateIncluded, and a deny overrides every allow.",
        ),
        (
            token_with(allow("*", "*"), Statement("deny", resources=("*",), actions=("updateIncluded",))),
            "The token's inline policy denies updateIncluded, and a deny overrides every allow. LaunchDarkly doesn't "
            "document whether a sync needs both rights. The first sync will show it.",
        ),
    ],
)
def test_what_one_role_refuses_is_one_sentence(token: Token, cause: str) -> None:
    assert found(healthy_facts(token=token))[CHECK].cause == cause


@pytest.mark.parametrize(
    ("delivery", "status"),
    [(Delivery(1300, 0, 0), Status.WARN), (Delivery(0, 1300, 0, (("403", 1300),)), Status.FAIL)],
)
def test_where_ours_is_fit_it_takes_the_place_of_a_weaker_one_in_the_destination(
    delivery: Delivery, status: Status
) -> None:
    only_creates = replace(
        OTHER, role="", inline_role=(allow("proj/shop", "viewProject"), allow(HERE, "createSegment"))
    )
    held = _holds(only_creates, delivery=delivery)
    with_ours = found(healthy_facts(**{**held, "token": TOKEN}))[CHECK]
    assert with_ours.status is status
    assert with_ours.fix == "Put your access token into the destination in Review (audience-wizard apply)."
    assert "create a service token" in found(healthy_facts(**held))[CHECK].fix, "a Reader's token is no better"
