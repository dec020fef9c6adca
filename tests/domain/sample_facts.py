"""A perfectly set up world as facts and answers; each test changes the one thing that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.credentials import Shape
from wizard.domain.facts import Facts, Reach, VaultSeen
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.findings import Finding
from wizard.domain.services.launchdarkly import (
    Caller,
    ContextKind,
    Environment,
    KeyShape,
    KeyShapes,
    LaunchDarklySegment,
    PersistentStore,
    Project,
    Statement,
    Token,
)
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY, wanted_settings
from wizard.domain.services.segment import (
    Activation,
    Audience,
    Connection,
    Connections,
    Delivery,
    Destination,
    Intake,
    Source,
    Space,
    Subscription,
    Workspace,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
CLIENT_SIDE_ID = "57be1db38b75bf0772d11384"
STAGING_ID = "57be1db38b75bf0772d11999"
OTHER_ID = "0123456789abcdef01234567"

PRODUCTION = Environment(CLIENT_SIDE_ID, "production", "Production", ("prod",), True, False)
STAGING = Environment(STAGING_ID, "staging", "Staging", (), False, False)
SHOP = Project("shop", "Shop", (), (PRODUCTION, STAGING), False)
TOKEN = Token(
    "tok_1", "segment-sync", role="writer", service_token=True, last_four="1a2b", expires_at=NOW + timedelta(days=300)
)
ENGAGE_SOURCE = Source("src_1", "personas_prod", "Personas Production", "personas-compute", True, True)
DESTINATION = Destination("dst_1", "LaunchDarkly - shop / production", "src_1", "meta", True, CLIENT_SIDE_ID, "1a2b")
CATALOG = replace(FALLBACK_CATALOG_ENTRY, from_catalog=True)
MAPPING = Subscription(
    "sub_1",
    CATALOG.preset_name,
    "dst_1",
    CATALOG.action_id,
    "syncAudience",
    True,
    CATALOG.trigger,
    wanted_settings(CATALOG, "user", ContextKey.USER_ID_ONLY, True),
)
VIP = Audience(
    "aud_1",
    "vip_customers",
    "VIP customers",
    "spa_1",
    enabled=True,
    status="Live",
    cadence="REALTIME",
    size=1234,
    identifiers=("user_id",),
    history=True,
)
SEGMENT = LaunchDarklySegment(
    "segment-audiences-aud_1",
    "Vip customers",
    "segment-audiences",
    unbounded=True,
    context_kind="user",
    created_at=NOW - timedelta(hours=2),
    included_count=1234,
)
STORE = PersistentStore("shop", "production", "redis", "prod redis", True, True, False)


def healthy_facts(**changed: Any) -> Facts:
    """What is read in a setup that works, but for what a test changes."""
    facts = Facts(
        made_tokens=(),
        now=NOW,
        launchdarkly_host="app.launchdarkly.com",
        client_side_host="clientsdk.launchdarkly.com",
        segment_host="api.segmentapis.com",
        launchdarkly_token_shape=Shape.ACCESS_TOKEN,
        launchdarkly_token_last_four="1a2b",
        segment_token_shape=Shape.OTHER,
        vault=VaultSeen(usable=True, backend="macOS Keychain"),
        launchdarkly_reach=Reach("app.launchdarkly.com", 0.4),
        client_side_reach=Reach("clientsdk.launchdarkly.com", 0.2),
        segment_reach=Reach("api.segmentapis.com", -0.3),
        caller=Caller("acc_1", "tok_1", "segment-sync", "service", "mem_1", service_token=True),
        account_name="Acme",
        token=TOKEN,
        projects=(SHOP,),
        project=SHOP,
        client_side_id_exists=True,
        context_kinds=(ContextKind("user", "User", last_seen=NOW),),
        key_shapes=KeyShapes("user", {KeyShape.PREFIXED: 50}),
        stores=(STORE,),
        segments=(SEGMENT,),
        namesakes=(),
        segment_details={"aud_1": replace(SEGMENT, flags=("new-checkout",))},
        test_user_member={"aud_1": True},
        workspace=Workspace("ws_1", "acme", "Acme"),
        spaces=(Space("spa_1", "prod", "Production"),),
        sources=(ENGAGE_SOURCE,),
        catalog=CATALOG,
        destinations=(DESTINATION,),
        subscriptions=(MAPPING,),
        audiences=(VIP,),
        connections={"aud_1": Connections((Connection("con_1", "dst_1", enabled=True),), 1)},
        activations={"aud_1": (Activation("act_1", "LaunchDarkly sync", "con_1", enabled=True),)},
        attach_by_api=True,
        delivery=Delivery(1300, 0, 20, (), (("FILTERED_BY_INTEGRATIONS_OBJECT", 20),)),
        intake=Intake(1320, 0, 0),
    )
    return replace(facts, **changed)


def healthy_answers(**changed: Any) -> Answers:
    """What a user answered who wants exactly that setup."""
    answers = Answers(
        server_side=True,
        by_hand=False,
        project="shop",
        environment="production",
        client_side_id=CLIENT_SIDE_ID,
        space="spa_1",
        destination="dst_1",
        destination_name="LaunchDarkly - shop / production",
        context_kind="user",
        context_key=ContextKey.USER_ID_ONLY,
        batching=True,
        audiences=("aud_1",),
        test_user="u_42",
    )
    return replace(answers, **changed)


def failure(
    kind: FailureKind = FailureKind.FORBIDDEN, service: Service = Service.LAUNCHDARKLY, **changed: Any
) -> Failure:
    status = {
        FailureKind.UNAUTHORIZED: 401,
        FailureKind.FORBIDDEN: 403,
        FailureKind.NOT_FOUND: 404,
        FailureKind.SERVER: 503,
        FailureKind.RATE_LIMITED: 429,
        FailureKind.INVALID: 400,
        FailureKind.CONFLICT: 409,
    }.get(kind)
    hosts = {
        Service.LAUNCHDARKLY: "app.launchdarkly.com",
        Service.CLIENT_SIDE: "clientsdk.launchdarkly.com",
        Service.SEGMENT: "api.segmentapis.com",
    }
    return replace(Failure(service, kind, hosts[service], "GET", "/api/v2/anything", status), **changed)


def refused(service: Service = Service.SEGMENT) -> Failure:
    return failure(FailureKind.FORBIDDEN, service)


def unknown_token() -> Failure:
    """What LaunchDarkly says about a token that it does not know."""
    return failure(FailureKind.UNAUTHORIZED, path="/api/v2/caller-identity")


def token_with(*statements: Statement) -> Token:
    return replace(TOKEN, role="", inline_role=statements)


def allow(resource: str, *actions: str) -> Statement:
    return Statement("allow", resources=(resource,), actions=actions)


def found(facts: Facts, answers: Answers | None = None) -> dict[str, Finding]:
    """The findings of all checks by id; of a check about audiences the first one's."""
    by_id: dict[str, Finding] = {}
    for finding in run_checks(CHECKS, facts, healthy_answers() if answers is None else answers):
        by_id.setdefault(finding.id, finding)
    return by_id


def statuses(facts: Facts, answers: Answers | None = None) -> dict[str, str]:
    return {check_id: str(finding.status) for check_id, finding in found(facts, answers).items()}


def failing(facts: Facts, answers: Answers | None = None) -> list[str]:
    """The ids of what fails: the root causes."""
    return [check_id for check_id, status in statuses(facts, answers).items() if status == "fail"]
