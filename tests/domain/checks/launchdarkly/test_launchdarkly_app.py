"""What the environment demands of new segments, and whether flags can use them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    MAPPING,
    NOW,
    PRODUCTION,
    SHOP,
    STORE,
    TOKEN,
    VIP,
    allow,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    token_with,
)
from wizard.domain.answers import ContextKey
from wizard.domain.failure import FailureKind
from wizard.domain.findings import healthy
from wizard.domain.services.launchdarkly import ContextKind, CustomRole, KeyShape, KeyShapes, Project, Sdk
from wizard.domain.services.segment import Delivery

HERE = "proj/shop:env/production:segment/*"
GUARDED = replace(SHOP, environments=(replace(PRODUCTION, segment_approvals_required=True),))
BYPASS = token_with(allow(HERE, "createSegment", "updateIncluded", "bypassRequiredSegmentApproval"))
NO_BYPASS = token_with(allow(HERE, "createSegment", "updateIncluded"))
REFUSED = Delivery(0, 9, 0, (("403", 9),))
USER = ContextKind("user", "User", last_seen=NOW)


def _in(project: Project, **facts: Any) -> dict[str, Any]:
    return {"projects": (project,), "project": project, **facts}


def _views(wanted: bool | None) -> dict[str, Any]:
    return _in(replace(SHOP, segments_need_a_view=wanted))


def _waiting(minutes: int) -> dict[str, Any]:
    """No segment, so long after attaching."""
    return {"segments": (), "attached_at": NOW - timedelta(minutes=minutes)}


UUIDS = {"key_shapes": KeyShapes("user", {KeyShape.UUID: 30})}


CASES = (
    Case(
        "launchdarkly.context_keys",
        "pass",
        "alike",
        says="All 50 recent user keys of your app look like an ID with a",
    ),
    Case(
        "launchdarkly.context_keys",
        "warn",
        "email addresses against UUIDs",
        UUIDS,
        {"context_key": ContextKey.EMAIL_ONLY},
        says="The mapping sends email addresses",
    ),
    Case(
        "launchdarkly.context_keys",
        "warn",
        "user IDs against email addresses",
        {"key_shapes": KeyShapes("user", {KeyShape.EMAIL: 30})},
        {"test_user": ""},
        says="The mapping sends Segment's user IDs",
    ),
    Case("launchdarkly.context_keys", "warn", "the test user's is another", UUIDS, says="The test user's key looks"),
    Case("launchdarkly.context_keys", "pass", "no test user", UUIDS, {"test_user": ""}),
    Case("launchdarkly.context_keys", "pass", "few keys", {"key_shapes": KeyShapes("user", {KeyShape.UUID: 9})}),
    Case("launchdarkly.context_keys", "skipped", "none lately", {"key_shapes": KeyShapes("user", {})}),
    Case("launchdarkly.context_keys", "skipped", "closed", {"key_shapes": failure()}, says="can't search the user"),
    Case("launchdarkly.context_keys", "skipped", "not read", {"key_shapes": None}),
    Case(
        "launchdarkly.context_keys",
        "skipped",
        "not chosen",
        {"destinations": ()},
        {"context_key": None, "context_kind": ""},
        says="Not chosen yet",
    ),
    *(
        Case("launchdarkly.approvals", "warn", f"no bypass, {why}", _in(GUARDED, token=NO_BYPASS, **seen), says=says)
        for why, seen, says in (
            ("and nothing was sent", {"delivery": None}, "doesn't document whether this applies to syncs."),
            (
                "and 403",
                {"delivery": Delivery(0, 9, 0, (("403", 9),))},
                "so most likely this applies to syncs.",
            ),
            ("and 400", {"delivery": Delivery(0, 9, 0, (("400", 9),))}, "The first sync will show it."),
            ("and everything is taken", {}, "LaunchDarkly accepts what Segment sends all the same."),
        )
    ),
    Case("launchdarkly.approvals", "warn", "a built-in role", _in(GUARDED), says="Production"),
    Case("launchdarkly.approvals", "pass", "bypass allowed", _in(GUARDED, token=BYPASS), says="can bypass"),
    Case("launchdarkly.approvals", "unknown", "it cannot be told", _in(GUARDED, token=failure())),
    Case(
        "launchdarkly.approvals",
        "skipped",
        "no environment yet",
        {"project": None},
        {"project": "", "environment": "", "client_side_id": ""},
    ),
    Case("launchdarkly.view", "warn", "required", _views(True), says="doesn't document"),
    Case("launchdarkly.view", "pass", "not required", _views(False)),
    Case("launchdarkly.view", "skipped", "not said", _views(None)),
    Case(
        "launchdarkly.context_kind", "warn", "unknown there", {}, {"context_kind": "account"}, says="doesn't document"
    ),
    Case(
        "launchdarkly.context_kind", "fail", "archived", {"context_kinds": (replace(USER, archived=True),)}, root=True
    ),
    Case(
        "launchdarkly.context_kind",
        "warn",
        "of the mapping, another was chosen",
        {"subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"}),)},
        says="creates person contexts",
    ),
    Case(
        "launchdarkly.context_kind",
        "warn",
        "unknown there, and what is sent is taken",
        {"subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"}),)},
        {"context_kind": ""},
        says="don't match the segment. LaunchDarkly accepts what Segment sends all the same.",
    ),
    Case(
        "launchdarkly.context_kind",
        "fail",
        "refused",
        {
            "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"}),),
            "audiences": (replace(VIP, identifiers=("user_id", "email")),),
            "delivery": Delivery(0, 1234, 0, (("BAD_REQUEST", 1234),)),
            "segments": (),
        },
        {"context_kind": ""},
        says="LaunchDarkly refused all 1,234 events as invalid",
        root=True,
    ),
    Case("launchdarkly.context_kind", "warn", "never seen", {"context_kinds": (replace(USER, last_seen=None),)}),
    Case(
        "launchdarkly.context_kind",
        "pass",
        "seen in this environment",
        {"context_kinds": (replace(USER, seen_in={"production": NOW, "staging": NOW}),)},
        says="Your app sends user contexts in production.",
    ),
    Case(
        "launchdarkly.context_kind",
        "warn",
        "seen in another environment only",
        {"context_kinds": (replace(USER, seen_in={"staging": NOW}),)},
        says="recently saw user contexts in staging, but not in production",
    ),
    Case("launchdarkly.context_kind", "unknown", "closed", {"context_kinds": failure()}, says="doesn't let"),
    Case("launchdarkly.context_kind", "pass", "the mapping's, not answered", {}, {"context_kind": ""}),
    Case("launchdarkly.context_kind", "skipped", "none chosen", {"destinations": ()}, {"context_kind": ""}),
    Case("launchdarkly.store", "fail", "none", {"stores": ()}, says="no persistent store", root=True),
    Case("launchdarkly.store", "fail", "another environment's", {"stores": (replace(STORE, environment="staging"),)}),
    Case(
        "launchdarkly.store",
        "fail",
        "off",
        {"stores": (replace(STORE, on=False),)},
        says="redis and turn it on.",
    ),
    Case(
        "launchdarkly.store",
        "fail",
        "not available",
        {"stores": (replace(STORE, available=False, errors=("NOAUTH",)),)},
        says="NOAUTH. In LaunchDarkly, go to Integrations, open prod redis and repair what it reports.",
    ),
    Case("launchdarkly.store", "fail", "stale", {"stores": (replace(STORE, stale=True),)}),
    Case("launchdarkly.store", "warn", "one of two is off", {"stores": (STORE, replace(STORE, name="old", on=False))}),
    Case("launchdarkly.store", "unknown", "closed", {"stores": failure()}),
    Case("launchdarkly.store", "skipped", "not needed", {"stores": ()}, {"server_side": False}, says="Not needed"),
    Case(
        "launchdarkly.store",
        "warn",
        "not asked, and server-side SDKs connected",
        {"stores": (), "sdks_in_use": (Sdk("node-server-sdk", "9.7.3", "server"), Sdk("js-client-sdk", "3", "client"))},
        {"server_side": None},
        says="In the last day node-server-sdk 9.7.3 connected",
    ),
    Case(
        "launchdarkly.store",
        "skipped",
        "not asked, and only browsers connected",
        {"stores": (), "sdks_in_use": (Sdk("js-client-sdk", "3.5.0", "client"),)},
        {"server_side": None},
        says="only client-side and mobile SDKs connected",
    ),
    Case(
        "launchdarkly.store",
        "warn",
        "a Relay Proxy connected",
        {"stores": (), "sdks_in_use": (Sdk("js-client-sdk", "3.5.0", "client", relay_version="8.1"),)},
        {"server_side": None},
    ),
    Case("launchdarkly.store", "skipped", "nothing connected", {"sdks_in_use": ()}, {"server_side": None}, "Not known"),
    Case("launchdarkly.store", "skipped", "closed", {"sdks_in_use": failure()}, {"server_side": None}, "Not known"),
    Case("launchdarkly.store", "skipped", "not asked", {"stores": ()}, {"server_side": None}, says="Not known"),
    Case("launchdarkly.plan", "skipped", "no synced segment yet", {"segments": ()}, says="persistent stores"),
    Case(
        "launchdarkly.plan", "skipped", "within the usual time", _waiting(minutes=10), says="The first sync will show"
    ),
    Case("launchdarkly.plan", "unknown", "past the usual time", _waiting(minutes=90), says="no segment has appeared"),
    Case("launchdarkly.plan", "unknown", "deliveries refused", {"segments": (), "delivery": REFUSED}),
    Case("launchdarkly.plan", "skipped", "no sign", {"segments": failure(), "stores": None}),
    Case("launchdarkly.plan", "skipped", "no token", {"caller": None}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_rules_and_usage(case: Case) -> None:
    case.holds()


def test_a_closed_list_of_stores_does_not_make_a_setup_unhealthy() -> None:
    facts = healthy_facts(
        stores=failure(FailureKind.FORBIDDEN, path="/api/v2/integration-capabilities/big-segment-store")
    )
    assert healthy(found(facts).values()) is True


def test_the_fix_for_approvals_carries_the_policy_with_the_bypass() -> None:
    evidence = found(healthy_facts(**_in(GUARDED)))["launchdarkly.approvals"].evidence
    assert "bypassRequiredSegmentApproval" in evidence["policy"]


def test_custom_roles_are_a_sign_of_the_plan() -> None:
    role = CustomRole("r1", "sync", "Sync", (allow(HERE, "*"),))
    token = replace(TOKEN, role="", custom_role_ids=("r1",))
    finding = found(healthy_facts(segments=(), token=token, roles={"r1": role}), healthy_answers())["launchdarkly.plan"]
    assert "custom roles" in finding.summary
