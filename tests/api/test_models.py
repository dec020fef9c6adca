"""Responses that are incomplete, strange or hostile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.api.launchdarkly.models.evidence import AuditItem
from wizard.api.launchdarkly.models.flags import FlagDetailsItem
from wizard.api.launchdarkly.models.places import ContextKindItem, EnvironmentItem, ProjectItem, StoreItem
from wizard.api.launchdarkly.models.segments import SegmentItem
from wizard.api.launchdarkly.models.tokens import AccountAnswer, CallerAnswer, MemberAnswer, RoleAnswer, TokenAnswer
from wizard.api.lenient import Remote, cleaned, moment_of_ms, moment_of_text, parse_each, parse_one
from wizard.api.segment import models as segment
from wizard.domain.services.launchdarkly import CustomRole, Environment, Member, Project, Statement, Token
from wizard.domain.services.segment import Audience, AudienceKind, Cadence, Region
from wizard.text import KEY_LIMIT

ALL: list[type[Remote]] = [
    CallerAnswer,
    AccountAnswer,
    TokenAnswer,
    RoleAnswer,
    MemberAnswer,
    EnvironmentItem,
    ProjectItem,
    ContextKindItem,
    AuditItem,
    SegmentItem,
    StoreItem,
    segment.WorkspaceAnswer,
    segment.SpaceItem,
    segment.SourceItem,
    segment.DestinationItem,
    segment.SubscriptionItem,
    segment.AudienceItem,
    segment.ConnectionItem,
    segment.ActivationItem,
    segment.CatalogItem,
    segment.DeliveryRow,
]
ODD: list[Any] = [None, 7, -1.5, True, "odd", "", [], ["x"], [None], [{}], {}, {"x": {}}, "\x1b[2J", 10**30, "\ud800"]


def fields(item: type[Remote]) -> dict[str, bool]:
    """Return the service's name of every field, and whether the field is required."""
    return {str(f.validation_alias or name): f.is_required() for name, f in item.model_fields.items()}


def least(item: type[Remote]) -> dict[str, Any]:
    return {name: "id" for name, required in fields(item).items() if required}


@pytest.mark.parametrize("item", ALL)
def test_every_optional_field_may_be_absent(item: type[Remote]) -> None:
    assert parse_one(item, least(item)) is not None
    assert parse_one(item, least(item) | {"unknown": [{"x": 1}], "_access": None}) is not None


@pytest.mark.parametrize("item", ALL)
def test_every_optional_field_may_be_anything(item: type[Remote]) -> None:
    optional = [name for name, required in fields(item).items() if not required]
    worlds = [{name: odd} for odd in ODD for name in optional] + [dict.fromkeys(optional, odd) for odd in ODD]
    assert [more for more in worlds if parse_one(item, least(item) | more) is None] == []


@pytest.mark.parametrize("item", [item for item in ALL if least(item)])
def test_an_item_without_its_id_is_dropped_and_its_list_kept(item: type[Remote]) -> None:
    name = next(iter(least(item)))
    odds: list[Any] = [None, "", 7, [], {}, "\x1b\u202e"]
    for odd in odds:
        assert len(list(parse_each(item, [least(item), {}, None, "x", least(item) | {name: odd}, least(item)]))) == 2, (
            odd
        )


@pytest.mark.parametrize("raw", [None, 7, "x", {}, {"items": []}])
def test_what_is_no_list_holds_nothing(raw: Any) -> None:
    assert list(parse_each(segment.SpaceItem, raw)) == []


HOSTILE = "\x1b]52;c;eA==\x07[/x] [red]\u202eevil\u200b\n" + "x" * 5_000


@pytest.mark.parametrize("item", ALL)
def test_hostile_texts_are_cleaned_wherever_they_come(item: type[Remote]) -> None:
    found = parse_one(item, dict.fromkeys(fields(item), HOSTILE))
    assert found is not None
    shown = repr(found)
    for bad in ("\\x1b", "\\x07", "\\u202e", "\\u200b", "\\n"):
        assert bad not in shown
    name = getattr(found, "name", "")
    assert len(name) <= KEY_LIMIT


def read_as(item: type[Remote], raw: Any) -> Any:
    found: Any = parse_one(item, raw)
    assert found is not None
    return found


def test_a_launchdarkly_token_is_read_whole() -> None:
    raw = {
        "_id": "t1",
        "_member": {"role": "writer", "email": "ada@example.com", "firstName": "Ada", "lastName": "Okafor"},
        "name": "segment-sync",
        "role": None,
        "inlineRole": [
            {"effect": "allow", "resources": ["proj/*"], "actions": ["viewProject"]},
            {"effect": "deny", "notResources": ["proj/x"], "notActions": [7, "a"]},
            "odd",
        ],
        "customRoleIds": [],
        "token": "1234",
        "serviceToken": True,
        "lastUsed": 0,
    }
    assert read_as(TokenAnswer, raw).to_domain() == Token(
        id="t1",
        name="segment-sync",
        inline_role=(
            Statement("allow", resources=("proj/*",), actions=("viewProject",)),
            Statement("deny", not_resources=("proj/x",), not_actions=("a",)),
        ),
        service_token=True,
        last_four="1234",
        member_role="writer",
        owner="Ada Okafor",
    )


def test_a_custom_role_is_known_by_what_was_asked_for() -> None:
    assert read_as(RoleAnswer, {"key": "r", "basePermissions": "reader"}).to_domain("asked") == CustomRole(
        "asked", "r", "r", (), "reader"
    )


def test_a_member_is_counted_up() -> None:
    raw = {
        "_id": "m",
        "role": "reader",
        "customRoles": ["a"],
        "teams": [{}, {}],
        "permissionGrants": [{}],
        "roleAttributes": {"teams": ["x", 7], "odd": "y"},
    }
    assert read_as(MemberAnswer, raw).to_domain() == Member("m", "reader", ("a",), 2, 1, {"teams": ("x",)})


def test_an_environment_keeps_no_keys() -> None:
    raw = {
        "_id": "57be1db38b75bf0772d11384",
        "key": "production",
        "apiKey": "sdk-secret",
        "mobileKey": "mob-secret",
        "critical": True,
        "tags": ["prod"],
        "resourceApprovalSettings": {"segment": {"required": True}, "flag": {"required": False}},
    }
    environment = read_as(EnvironmentItem, raw)
    assert environment.to_domain() == Environment(
        "57be1db38b75bf0772d11384", "production", "production", ("prod",), True, True
    )
    assert "secret" not in repr(environment)


def test_a_project_without_approvals_or_views_says_nothing_about_them() -> None:
    raw = {"key": "p", "environments": {"items": [{"_id": "1", "key": "e"}, {"key": "no id"}], "totalCount": 2}}
    item = read_as(ProjectItem, raw)
    assert item.environments.whole
    assert item.to_domain() == Project("p", "p", (), (Environment("1", "e", "e"),))


def test_an_archived_context_kind_goes_by_either_name() -> None:
    assert read_as(ContextKindItem, {"key": "k", "archived": True}).to_domain().archived
    assert read_as(ContextKindItem, {"key": "k", "hideInTargeting": True}).to_domain().archived


def test_an_unknown_count_is_never_zero() -> None:
    assert read_as(SegmentItem, {"key": "k"}).to_domain().included_count is None
    zero = read_as(SegmentItem, {"key": "k", "_unboundedMetadata": {"includedCount": 0}}).to_domain()
    assert zero.included_count == 0


def test_a_source_tells_only_whether_it_has_write_keys() -> None:
    full = read_as(segment.SourceItem, {"id": "s", "writeKeys": ["wk-secret"]})
    assert full.to_domain().writable is True
    assert "wk-secret" not in repr(full)
    assert read_as(segment.SourceItem, {"id": "s", "writeKeys": []}).to_domain().writable is False
    assert read_as(segment.SourceItem, {"id": "s"}).to_domain().writable is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("\u2022" * 10 + "dada", "dada"),
        ("\u2022" * 10, ""),
        ("api-11111111-2222-3333-4444-555555555555", "5555"),
        ("short", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_of_a_destinations_token_the_last_four_characters_are_kept(sent: Any, kept: str) -> None:
    item = read_as(segment.DestinationItem, {"id": "d", "settings": {"apiKey": sent, "clientId": "c"}})
    assert item.to_domain().token_last_four == kept
    assert "11111111" not in repr(item)


def test_an_audience_is_read_whole() -> None:
    raw = {
        "id": "aud_1",
        "key": "vip_customers",
        "name": "VIP customers",
        "enabled": True,
        "status": "Live",
        "audienceType": "ACCOUNTS",
        "computeCadence": {"type": "BATCH"},
        "size": {"count": 12, "type": "USERS"},
        "definition": None,
        "options": {"filterByExternalIds": ["user_id", None], "includeHistoricalData": False},
        "createdAt": "2026-01-02T03:04:05.000Z",
    }
    assert read_as(segment.AudienceItem, raw).to_domain("s1") == Audience(
        id="aud_1",
        key="vip_customers",
        name="VIP customers",
        space_id="s1",
        enabled=True,
        status="Live",
        kind="ACCOUNTS",
        cadence="BATCH",
        size=12,
        identifiers=("user_id",),
        history=False,
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("kind", "cadence", "seen_as"),
    [
        ("Accounts", "batch", (AudienceKind.ACCOUNTS, Cadence.BATCH)),
        ("Households", "Hourly", ("Households", "Hourly")),
        (None, None, (AudienceKind.USERS, "")),
    ],
)
def test_the_words_for_an_audience_are_known_however_they_are_spelled(
    kind: str | None, cadence: str | None, seen_as: tuple[str, str]
) -> None:
    raw = {"id": "aud_1"} | ({"audienceType": kind, "computeCadence": {"type": cadence}} if kind else {})
    audience = read_as(segment.AudienceItem, raw).to_domain("s1")
    assert (audience.kind, audience.cadence) == seen_as


def test_a_nameless_thing_is_called_by_its_id() -> None:
    assert read_as(segment.WorkspaceAnswer, {"id": "w"}).to_domain(Region.US).name == "w"
    assert read_as(segment.AudienceItem, {"id": "a", "key": "k"}).to_domain("s").name == "k"


def test_settings_keep_their_shape_and_lose_what_is_hostile() -> None:
    settings = {"a": {"@path": "$.x"}, "b": ["\x1b[2J", 1, True, None], "c": 1.5}
    assert cleaned(settings) == {"a": {"@path": "$.x"}, "b": ["[2J", 1, True, None], "c": 1.5}


def test_settings_without_a_bottom_are_cut() -> None:
    deep: Any = "x"
    for _ in range(1_000):
        deep = {"a": deep}
    assert len(repr(cleaned(deep))) < 200


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (1_628_001_602_644, datetime(2021, 8, 3, 14, 40, 2, 644_000, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (10**30, None),
        (True, None),
        ("1628001602644", None),
        (None, None),
    ],
)
def test_milliseconds_become_a_moment(raw: Any, moment: datetime | None) -> None:
    assert moment_of_ms(raw) == moment


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (7, None),
    ],
)
def test_text_becomes_a_moment(raw: Any, moment: datetime | None) -> None:
    assert moment_of_text(raw) == moment


@pytest.mark.parametrize(
    ("href", "page"),
    [
        ("/shop/production/segments/vip", "/shop/production/segments/vip"),
        ("https://elsewhere.example.com/vip", ""),
        ("//elsewhere.example.com/vip", ""),
        ("/vip \u202e", ""),
        (None, ""),
    ],
)
def test_a_page_that_an_answer_names_is_on_the_apps_own_host(href: object, page: str) -> None:
    read = parse_one(SegmentItem, {"key": "vip", "_links": {"site": {"href": href}}})
    assert read is not None
    assert read.to_domain().page == page


@pytest.mark.parametrize(
    ("here", "targets", "prerequisites"),
    [
        ({}, 0, ()),
        ({"targets": None, "contextTargets": "?", "prerequisites": [{}]}, 0, ()),
        ({"targets": [{"variation": 0, "values": ["u1", "u2"]}]}, 2, ()),
        (
            {"targets": [], "contextTargets": [{"contextKind": "user", "values": []}, {"values": ["acme"]}]},
            1,
            (),
        ),
        ({"prerequisites": [{"key": "payments", "variation": 0}]}, 0, ("payments",)),
    ],
)
def test_what_a_flag_decides_before_its_rules(
    here: dict[str, Any], targets: int, prerequisites: tuple[str, ...]
) -> None:
    item = parse_one(FlagDetailsItem, {"key": "checkout", "environments": {"production": {"on": True, **here}}})
    assert item is not None
    flag = item.to_domain("production")
    assert (flag.on, flag.targets, flag.prerequisites) == (True, targets, prerequisites)


@pytest.mark.parametrize(
    ("fallthrough", "has_one"),
    [
        ({"variation": 1}, False),
        ({"rollout": {"variations": []}}, False),
        ({"rollout": {"variations": [], "experimentAllocation": None}}, False),
        ({"rollout": {"variations": [], "experimentAllocation": {"defaultVariation": 0}}}, True),
        ({"rollout": "?"}, False),
        (None, False),
    ],
)
def test_a_default_rule_may_be_an_experiments(fallthrough: object, has_one: bool) -> None:
    here = {"on": True, "fallthrough": fallthrough}
    item = parse_one(FlagDetailsItem, {"key": "checkout", "environments": {"production": here}})
    assert item is not None
    assert item.to_domain("production").has_experiment is has_one
