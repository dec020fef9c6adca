"""Plan: every state of the three kinds of change, what blocks, and whether the world moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.domain.answers import NEW_DESTINATION, Answers, ContextKey
from wizard.domain.facts import Facts
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.change import SEGMENT_APP, Action, Change
from wizard.domain.planning.plan import Plan, make_plan
from wizard.domain.planning.plan_basis import plan_basis
from wizard.domain.services.launchdarkly import Caller, Environment, Project, Token
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY, wanted_settings
from wizard.domain.services.segment import (
    Activation,
    Audience,
    Connection,
    Connections,
    Delivery,
    Destination,
    Source,
    Space,
    Subscription,
    Workspace,
)
from wizard.domain.wanted import chosen_destination, mapping_settings, source_for_a_new_destination

CREATE, UPDATE, ADOPT, NONE, BY_HAND = Action
CLIENT_SIDE_ID, STAGING_ID = "57be1db38b75bf0772d11384", "57be1db38b75bf0772d11999"
SHOP = Project(
    "shop",
    "The shop",
    environments=(
        Environment(CLIENT_SIDE_ID, "production", "Production"),
        Environment(STAGING_ID, "staging", "Staging"),
    ),
)
PROD, DEV = Space("spa_1", "prod", "Production"), Space("spa_2", "dev", "Development")
ENGAGE = Source("src_1", "personas_prod", "Personas Production", "personas-compute")
ENGAGE_2 = Source("src_2", "personas_prod_2", "Personas Production", "personas-compute")
ENGAGE_DEV = Source("src_3", "personas_dev", "Personas Development", "personas-compute")
TWO_OF_ONE_NAME = (replace(ENGAGE, slug="renamed"), replace(ENGAGE_2, slug="renamed-too"))
ORDINARY = Source("src_4", "web", "Website", "javascript")
NAME = "LaunchDarkly - shop / production"
DESTINATION = Destination("dest_1", "Our LaunchDarkly", "src_1", "meta", True, CLIENT_SIDE_ID, "1a2b")
TRIGGER = FALLBACK_CATALOG_ENTRY.trigger
SETTINGS = wanted_settings(FALLBACK_CATALOG_ENTRY, "user", ContextKey.USER_ID_ONLY, True)
ACTION_ID = FALLBACK_CATALOG_ENTRY.action_id
MAPPING = Subscription("sub_1", "Sync", "dest_1", ACTION_ID, "syncAudience", True, TRIGGER, SETTINGS)
VIP = Audience("aud_1", "vip_customers", "VIP customers", "spa_1", size=5, identifiers=("user_id",))
CONNECTION = Connection("ii_1", "dest_1")
NOTHING = Connections(())
SWITCHED_OFF = Connections((Connection("ii_0", "dest_0"), replace(CONNECTION, enabled=False)))
FRESH = Facts(
    datetime(2026, 9, 1, tzinfo=UTC),
    segment_host="api.segmentapis.com",
    launchdarkly_token_last_four="1a2b",
    projects=(SHOP,),
    spaces=(PROD, DEV),
    sources=(ENGAGE, ENGAGE_DEV, ORDINARY),
    catalog=replace(FALLBACK_CATALOG_ENTRY, from_catalog=True),
    destinations=(),
    audiences=(VIP,),
    connections={"aud_1": NOTHING},
    attach_by_api=True,
)
DONE = replace(
    FRESH,
    destinations=(DESTINATION,),
    subscriptions=(MAPPING,),
    connections={"aud_1": Connections((Connection("ii_0", "dest_0"), CONNECTION))},
)
ANSWERS = Answers(
    by_hand=False,
    project="shop",
    environment="production",
    client_side_id=CLIENT_SIDE_ID,
    space="spa_1",
    destination=NEW_DESTINATION,
    context_kind="user",
    context_key=ContextKey.USER_ID_ONLY,
    batching=True,
    audiences=("aud_1",),
)
CHOSEN = replace(ANSWERS, destination="dest_1")
OURS = frozenset({"dest_1", "sub_1", "ii_1"})


def failure(kind: FailureKind = FailureKind.FORBIDDEN) -> Failure:
    return Failure(Service.SEGMENT, kind, "api.segmentapis.com", "GET", "/x")


CLOSED, BROKEN = failure(), failure(FailureKind.SERVER)


def plan(facts: Facts, answers: Answers = CHOSEN, ours: frozenset[str] = OURS) -> Plan:
    return make_plan(facts, answers, (), made_by_us=ours)


def change(id_: str, facts: Facts, answers: Answers = CHOSEN, ours: frozenset[str] = OURS) -> Change:
    return next(change for change in plan(facts, answers, ours).changes if change.id == id_)


def with_destination(**changed: Any) -> Facts:
    return replace(DONE, destinations=(replace(DESTINATION, **changed),))


def with_mapping(**changed: Any) -> Facts:
    return replace(DONE, subscriptions=(replace(MAPPING, **changed),))


# --- the whole --------------------------------------------------------------------------------------------------


def test_nothing_exists_yet() -> None:
    drawn = make_plan(FRESH, ANSWERS, ())
    assert [(c.id, c.action, c.needs) for c in drawn.changes] == [
        ("destination", CREATE, ()),
        ("mapping", CREATE, ("destination",)),
        ("audience:vip_customers", CREATE, ("destination", "mapping")),
    ]
    assert drawn.blocked_by == ()
    assert drawn.pending == drawn.changes
    assert all(c.writes and c.undoable and c.host == "api.segmentapis.com" for c in drawn.changes)
    assert all(c.before is None and c.resource_id == "" for c in drawn.changes)


@pytest.mark.parametrize(("ours", "action"), [(OURS, NONE), (frozenset[str](), ADOPT)])
def test_everything_is_as_wanted(ours: frozenset[str], action: Action) -> None:
    drawn = plan(DONE, CHOSEN, ours)
    assert [c.action for c in drawn.changes] == [action] * 3
    assert [c.resource_id for c in drawn.changes] == ["dest_1", "sub_1", "ii_1"]
    assert drawn.pending == ()
    assert drawn.blocked_by == ()
    assert not any(c.writes or c.undoable or c.before or c.after for c in drawn.changes)


@pytest.mark.parametrize(
    ("facts", "answers"),
    [(FRESH, ANSWERS), (DONE, CHOSEN), (with_destination(enabled=False, token_last_four="9z9z"), CHOSEN)],
)
def test_a_plan_is_ready_for_json_and_reported_in_sentences(facts: Facts, answers: Answers) -> None:
    for drawn in plan(facts, answers).changes:
        assert json.loads(json.dumps([drawn.before, drawn.after])) == [drawn.before, drawn.after]
        assert drawn.summary.endswith(".")
        assert drawn.reason.endswith(".")
        assert "!" not in drawn.summary + drawn.reason


# --- destination ------------------------------------------------------------------------------------------------


def test_a_new_destination_holds_what_would_be_set_and_no_token() -> None:
    drawn = change("destination", FRESH, ANSWERS)
    assert drawn.after == {
        "name": NAME,
        "enabled": True,
        "settings": {"client_side_id": CLIENT_SIDE_ID, "token": "ends in 1a2b"},
        "source": "Personas Production",
    }
    assert drawn.summary == f"Create the destination {NAME} on Personas Production and switch it on."
    assert drawn.reason == "This space has no destination for shop / production yet."


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        (ANSWERS, NAME),
        (replace(ANSWERS, destination_name="Mine\n"), "Mine"),
        (replace(ANSWERS, project="", environment=""), NAME),
        (replace(ANSWERS, client_side_id=""), NAME),
        (replace(ANSWERS, client_side_id="ffff", project="", environment=""), "LaunchDarkly"),
        (replace(ANSWERS, client_side_id="ffff"), NAME),
    ],
)
def test_a_new_destination_is_named_after_the_keys(answers: Answers, name: str) -> None:
    assert (change("destination", FRESH, answers).after or {})["name"] == name


@pytest.mark.parametrize(
    ("changed", "before", "after", "undoable"),
    [
        ({"enabled": False}, {"enabled": False}, {"enabled": True}, True),
        (
            {"client_side_id": STAGING_ID},
            {"settings": {"client_side_id": STAGING_ID}},
            {"settings": {"client_side_id": CLIENT_SIDE_ID}},
            True,
        ),
        (
            {"client_side_id": "", "enabled": False},
            {"enabled": False, "settings": {"client_side_id": ""}},
            {"enabled": True, "settings": {"client_side_id": CLIENT_SIDE_ID}},
            True,
        ),
        (
            {"token_last_four": "9z9z"},
            {"settings": {"token": "ends in 9z9z"}},
            {"settings": {"token": "ends in 1a2b"}},
            False,
        ),
    ],
)
def test_a_destination_is_changed_in_what_differs(
    changed: dict[str, Any], before: dict[str, Any], after: dict[str, Any], undoable: bool
) -> None:
    drawn = change("destination", with_destination(**changed))
    assert (drawn.action, drawn.before, drawn.after, drawn.undoable) == (UPDATE, before, after, undoable)
    assert drawn.resource_id == "dest_1"


@pytest.mark.parametrize("changed", [{"enabled": None}, {"token_last_four": ""}, {"name": "Renamed by someone"}])
def test_what_the_service_does_not_say_and_names_are_left_alone(changed: dict[str, Any]) -> None:
    assert change("destination", with_destination(**changed)).action is NONE


COLLEAGUES = Token("tok_2", "segment-prod", role="writer", service_token=True, last_four="9z9z")
SUPPORTS_OWN = Caller("acc_1", "tok_1", service_token=False)
READ_ONLY = Token("tok_1", role="reader", service_token=True, last_four="1a2b")
NOT_OURS = with_destination(token_last_four="9z9z")


@pytest.mark.parametrize(
    ("seen", "stays"),
    [
        ({"destination_tokens": (COLLEAGUES,)}, True),
        ({"destination_tokens": (replace(COLLEAGUES, role="reader"),)}, False),
        ({"destination_tokens": (replace(COLLEAGUES, expires_at=DONE.now),)}, False),
        ({"destination_tokens": (COLLEAGUES,), "delivery": Delivery(0, 9, 0, (("401", 9),))}, False),
        ({"destination_tokens": (), "delivery": Delivery(9, 0, 0)}, True),
        ({"destination_tokens": ()}, False),
        ({"destination_tokens": (), "caller": SUPPORTS_OWN}, True),
        ({"destination_tokens": (), "token": READ_ONLY}, True),
    ],
)
def test_a_token_that_works_stays_and_one_that_does_not_gives_way_to_a_fit_one_only(
    seen: dict[str, Any], stays: bool
) -> None:
    drawn = change("destination", replace(NOT_OURS, **seen))
    assert (drawn.action is NONE) is stays


def test_with_a_new_client_side_id_our_token_goes_along_unless_it_is_unfit() -> None:
    """Segment takes both together or not at all."""
    moved = with_destination(token_last_four="9z9z", client_side_id=STAGING_ID)
    fit = change("destination", replace(moved, destination_tokens=(COLLEAGUES,)))
    unfit = change("destination", replace(moved, destination_tokens=(COLLEAGUES,), caller=SUPPORTS_OWN))
    assert (fit.after or {})["settings"] == {"client_side_id": CLIENT_SIDE_ID, "token": "ends in 1a2b"}
    assert unfit.action is Action.BY_HAND
    assert "can't go into the destination" in unfit.reason


def test_a_token_that_is_not_at_hand_is_not_compared() -> None:
    assert change("destination", replace(DONE, launchdarkly_token_last_four="")).action is NONE
    fresh = change("destination", replace(FRESH, launchdarkly_token_last_four=""), ANSWERS)
    assert (fresh.after or {})["settings"]["token"] == "the token that you gave"


def test_an_update_says_what_and_why() -> None:
    drawn = change("destination", with_destination(enabled=False, token_last_four="9z9z", client_side_id=STAGING_ID))
    assert drawn.summary == (
        "Destination Our LaunchDarkly: switch it on; set the client-side ID of shop / production; "
        "set this access token."
    )
    assert drawn.reason == "It's switched off; it sends to another environment; it holds another token."


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        (replace(CHOSEN, destination_name="My own name"), {"name": "My own name"}),
        (replace(CHOSEN, destination_name="Our LaunchDarkly"), None),
        (replace(CHOSEN, destination_name=NAME), None),
        (replace(CHOSEN, destination="", destination_name="My own name"), None),
    ],
)
def test_a_destination_is_renamed_only_when_asked(answers: Answers, after: dict[str, str] | None) -> None:
    assert change("destination", DONE, answers).after == after


# --- which destination ------------------------------------------------------------------------------------------

FITTING = replace(DESTINATION, id="dest_2", name=NAME)


@pytest.mark.parametrize(
    ("destinations", "answers", "ours", "chosen"),
    [
        ((), CHOSEN, (), None),
        ((DESTINATION, FITTING), CHOSEN, (), "dest_1"),
        ((replace(DESTINATION, client_side_id=STAGING_ID),), CHOSEN, (), "dest_1"),
        # the chosen one is gone
        ((FITTING,), CHOSEN, (), "dest_2"),
        # not answered: what exists for this environment
        ((DESTINATION,), replace(ANSWERS, destination=""), (), "dest_1"),
        ((DESTINATION, FITTING), replace(ANSWERS, destination=""), (), "dest_2"),
        ((FITTING, DESTINATION), replace(ANSWERS, destination=""), ("dest_1",), "dest_1"),
        ((replace(FITTING, enabled=False), replace(FITTING, id="on")), replace(ANSWERS, destination=""), (), "on"),
        ((replace(DESTINATION, client_side_id=STAGING_ID),), replace(ANSWERS, destination=""), (), None),
        ((replace(DESTINATION, source_id="src_4"),), replace(ANSWERS, destination=""), (), None),
        ((replace(DESTINATION, source_id="src_3"),), replace(ANSWERS, destination=""), (), None),
        ((replace(DESTINATION, source_id="unlisted"),), replace(ANSWERS, destination=""), (), "dest_1"),
        ((DESTINATION,), replace(ANSWERS, destination="", space=""), (), "dest_1"),
        # a new one is never made beside what an earlier run made
        ((DESTINATION,), ANSWERS, (), None),
        ((DESTINATION,), ANSWERS, ("dest_1",), "dest_1"),
        ((FITTING,), ANSWERS, (), "dest_2"),
        ((replace(FITTING, client_side_id=STAGING_ID),), ANSWERS, ("dest_2",), None),
    ],
)
def test_the_destination_to_use(
    destinations: tuple[Destination, ...], answers: Answers, ours: tuple[str, ...], chosen: str | None
) -> None:
    found = chosen_destination(replace(FRESH, destinations=destinations), answers, frozenset(ours))
    assert (found.id if found else None) == chosen


@pytest.mark.parametrize(
    ("changed", "answers", "source"),
    [
        ({}, ANSWERS, ENGAGE),
        ({"sources": (ENGAGE_2, ENGAGE)}, ANSWERS, ENGAGE),
        ({"sources": TWO_OF_ONE_NAME}, ANSWERS, None),
        ({"sources": (ENGAGE, ENGAGE_2), "destinations": (DESTINATION,)}, ANSWERS, ENGAGE_2),
        ({"sources": (ENGAGE, ENGAGE_2)}, replace(ANSWERS, engage_source="src_2"), ENGAGE_2),
        ({"destinations": (DESTINATION,)}, ANSWERS, None),
        ({"sources": (ORDINARY,)}, ANSWERS, None),
        ({}, replace(ANSWERS, space=""), None),
        ({"spaces": (PROD,)}, replace(ANSWERS, space=""), ENGAGE),
        ({"connections": {"a": Connections((Connection("i", "d", source_id="src_3"),))}}, ANSWERS, ENGAGE_DEV),
        ({"sources": None, "spaces": BROKEN, "destinations": None}, ANSWERS, None),
    ],
)
def test_the_source_of_a_new_destination(changed: dict[str, Any], answers: Answers, source: Source | None) -> None:
    assert source_for_a_new_destination(replace(FRESH, **changed), answers) == source


def test_a_source_that_is_unknown_blocks() -> None:
    drawn = plan(replace(FRESH, sources=TWO_OF_ONE_NAME), ANSWERS)
    assert drawn.blocked_by == ("segment.engage",)
    assert [c.id for c in drawn.changes] == ["mapping", "audience:vip_customers"]


def test_a_source_that_is_taken_leaves_the_destination_to_be_done_by_hand() -> None:
    elsewhere = replace(DESTINATION, client_side_id=STAGING_ID)
    drawn = plan(replace(FRESH, destinations=(elsewhere,)), ANSWERS)
    assert [c.action for c in drawn.changes] == [BY_HAND, CREATE, CREATE]
    assert drawn.changes[0].reason.endswith(
        "Personas Production already has a LaunchDarkly destination. Only Segment's web app can add another one."
    )


# --- mapping ----------------------------------------------------------------------------------------------------


def test_a_new_mapping_shows_all_of_its_settings() -> None:
    drawn = change("mapping", FRESH, ANSWERS)
    preset = "Sync Engage Audience to LaunchDarkly"
    assert drawn.after == {"name": preset, "enabled": True, "trigger": TRIGGER, "settings": SETTINGS}
    assert drawn.summary == (
        f"Create the mapping {preset} and switch it on: "
        "Context kind user, Context key “Use Segment UserId only”, Enable batching on."
    )


@pytest.mark.parametrize(
    "subscriptions",
    [
        (),
        (replace(MAPPING, action_id="x", action_slug="y"),),
        (replace(MAPPING, destination_id="dest_9"),),
        (replace(MAPPING, trigger='context.personas.event_emitter_id = "ee_1"'),),
    ],
)
def test_a_destination_without_a_mapping_of_ours_gets_one(subscriptions: tuple[Subscription, ...]) -> None:
    assert change("mapping", replace(DONE, subscriptions=subscriptions)).action is CREATE


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ({"enabled": False}, {"enabled": False}, {"enabled": True}),
        ({"trigger": 'type = "track"'}, {"trigger": 'type = "track"'}, {"trigger": TRIGGER}),
        (
            {"settings": SETTINGS | {"context_kind": "account", "added": 1}, "enabled": False},
            {"enabled": False, "settings": {"context_kind": "account"}},
            {"enabled": True, "settings": {"context_kind": "user"}},
        ),
        (
            {"settings": {k: v for k, v in SETTINGS.items() if k != "segment_user_id"}},
            {"settings": {"segment_user_id": None}},
            {"settings": {"segment_user_id": {"@path": "$.userId"}}},
        ),
    ],
)
def test_a_mapping_shows_only_what_changes(
    changed: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    drawn = change("mapping", with_mapping(**changed))
    assert (drawn.action, drawn.before, drawn.after) == (UPDATE, before, after)
    assert (drawn.resource_id, drawn.needs, drawn.undoable) == ("sub_1", ("destination",), True)


def test_a_mappings_update_says_what_and_why() -> None:
    settings = SETTINGS | {"enable_batching": False, "traits_or_props": {"@path": "$.x"}}
    drawn = change("mapping", with_mapping(settings=settings, trigger="", enabled=False))
    assert drawn.summary == (
        "Mapping Sync: switch it on; restore the trigger; restore the hidden field traits_or_props; set Enable "
        "batching to on."
    )
    assert drawn.reason == (
        "It's switched off; the trigger was edited; the hidden field traits_or_props was edited; Enable batching is "
        "off."
    )


@pytest.mark.parametrize(
    ("others", "ours", "chosen"),
    [
        ((replace(MAPPING, id="off", enabled=False), MAPPING), (), "sub_1"),
        ((replace(MAPPING, id="edited", trigger=""), MAPPING), (), "sub_1"),
        ((MAPPING, replace(MAPPING, id="ours", enabled=False)), ("ours",), "ours"),
        ((replace(MAPPING, id="unnamed", destination_id=""),), (), "unnamed"),
    ],
)
def test_of_several_mappings_one_is_used(others: tuple[Subscription, ...], ours: tuple[str, ...], chosen: str) -> None:
    assert change("mapping", replace(DONE, subscriptions=others), CHOSEN, frozenset(ours)).resource_id == chosen


def test_what_was_not_answered_stays_as_it_is() -> None:
    open_answers = replace(CHOSEN, context_kind="", context_key=None, batching=None)
    kept = SETTINGS | {"context_kind": "account", "context_key": "email_only", "enable_batching": False}
    assert change("mapping", with_mapping(settings=kept), open_answers).action is NONE


@pytest.mark.parametrize(
    ("current", "kind", "key", "batching"),
    [
        (None, "user", "email_only", True),
        (
            {"context_kind": {"@path": "$.x"}, "context_key": "phone", "enable_batching": None},
            "user",
            "email_only",
            True,
        ),
        ({"context_kind": "", "context_key": {"@path": "$.x"}}, "user", "email_only", True),
        (
            {"context_kind": "device", "context_key": "user_id_only", "enable_batching": False},
            "device",
            "user_id_only",
            False,
        ),
    ],
)
def test_the_settings_to_send_fall_back_on_what_is_recommended(
    current: dict[str, Any] | None, kind: str, key: str, batching: bool
) -> None:
    facts = replace(FRESH, audiences=(replace(VIP, identifiers=("email",)),), catalog=CLOSED)
    answers = replace(ANSWERS, context_kind="", context_key=None, batching=None)
    seen = None if current is None else replace(MAPPING, settings=current)
    sent = mapping_settings(facts, answers, seen)
    assert (sent["context_kind"], sent["context_key"], sent["enable_batching"]) == (kind, key, batching)
    assert set(sent) == set(SETTINGS)


# --- audiences --------------------------------------------------------------------------------------------------


def test_attaching_is_a_connection_and_an_activation() -> None:
    drawn = change("audience:vip_customers", replace(DONE, connections={"aud_1": NOTHING}))
    assert drawn.action is CREATE
    assert drawn.after == {
        "connection": {"audience": "VIP customers", "destination": "Our LaunchDarkly"},
        "activation": {
            "name": "LaunchDarkly sync",
            "type": "Audience Membership Changed",
            "enabled": True,
            "resync": True,
        },
    }
    assert drawn.reason == "The audience doesn't send to this destination yet. A connection alone doesn't sync."


@pytest.mark.parametrize("attach_by_api", [True, None, BROKEN])
def test_the_api_attaches_unless_it_is_known_not_to(attach_by_api: Any) -> None:
    drawn = change("audience:vip_customers", replace(FRESH, attach_by_api=attach_by_api), ANSWERS)
    assert drawn.action is CREATE


@pytest.mark.parametrize(
    "changed",
    [{"attach_by_api": False}, {"attach_by_api": CLOSED}, {"connections": {"aud_1": CLOSED}}],
)
def test_what_the_api_does_not_attach_is_attached_by_hand(changed: dict[str, Any]) -> None:
    for facts, answers in ((FRESH, ANSWERS), (replace(DONE, connections={"aud_1": NOTHING}), CHOSEN)):
        drawn = plan(replace(facts, **changed), answers)
        attach = drawn.changes[2]
        assert (attach.action, attach.host, attach.undoable) == (BY_HAND, SEGMENT_APP, False)
        assert "activation" not in (attach.after or {})
        assert not any(c.action is BY_HAND for c in drawn.changes[:2])


def test_what_one_audience_shows_to_be_closed_is_closed_for_one_that_was_not_looked_at() -> None:
    not_looked_at = replace(VIP, id="aud_9", key="new_customers")
    facts = replace(FRESH, audiences=(VIP, not_looked_at), connections={"aud_1": CLOSED})
    drawn = plan(facts, replace(ANSWERS, audiences=("aud_1", "aud_9")))
    assert [change.action for change in drawn.changes[2:]] == [BY_HAND, BY_HAND]


@pytest.mark.parametrize("attach_by_api", [False, CLOSED])
def test_a_connection_that_exists_is_used_whatever_the_api_offers(attach_by_api: Any) -> None:
    assert change("audience:vip_customers", replace(DONE, attach_by_api=attach_by_api)).action is NONE


@pytest.mark.parametrize("ours", [OURS, frozenset[str]()])
def test_a_connection_that_is_switched_off_is_switched_on_by_hand(ours: frozenset[str]) -> None:
    drawn = change("audience:vip_customers", replace(DONE, connections={"aud_1": SWITCHED_OFF}), ours=ours)
    assert (drawn.action, drawn.after, drawn.undoable) == (BY_HAND, {"connect_to_destination": True}, False)
    assert drawn.summary == "Connection to VIP customers: switch on Connect to destination."


def test_each_audience_has_a_change_of_its_own() -> None:
    trial = replace(VIP, id="aud_2", key="trial", name="Trial")
    facts = replace(FRESH, audiences=(VIP, trial))
    drawn = plan(facts, replace(ANSWERS, audiences=("aud_2", "aud_1")))
    assert [c.id for c in drawn.changes[2:]] == ["audience:trial", "audience:vip_customers"]


# --- by hand ----------------------------------------------------------------------------------------------------


def test_without_the_api_everything_is_done_by_hand() -> None:
    nothing_read = Facts(FRESH.now, launchdarkly_token_last_four="1a2b", projects=(SHOP,))
    drawn = plan(nothing_read, replace(ANSWERS, by_hand=True, audiences=("vip_customers",)))
    assert [(c.id, c.action) for c in drawn.changes] == [
        ("destination", BY_HAND),
        ("mapping", BY_HAND),
        ("audience:vip_customers", BY_HAND),
    ]
    assert drawn.blocked_by == ()
    assert drawn.pending == drawn.changes
    assert all(c.host == SEGMENT_APP and not c.writes and not c.undoable for c in drawn.changes)
    assert all(c.reason.endswith("You do Segment's part in its web app.") for c in drawn.changes)


def test_what_is_seen_to_be_right_is_not_left_to_be_done_by_hand() -> None:
    drawn = plan(DONE, replace(CHOSEN, by_hand=True))
    assert [c.action for c in drawn.changes] == [NONE] * 3


def test_an_update_by_hand_shows_what_to_change() -> None:
    drawn = change("destination", with_destination(enabled=False), replace(CHOSEN, by_hand=True))
    assert (drawn.action, drawn.before, drawn.after) == (BY_HAND, {"enabled": False}, {"enabled": True})
    assert drawn.reason == "It's switched off. You do Segment's part in its web app."


@pytest.mark.parametrize(
    ("changed", "by_hand"),
    [
        ({"destinations": CLOSED}, ["destination", "mapping", "audience:vip_customers"]),
        ({"sources": CLOSED}, ["destination"]),
        ({"subscriptions": CLOSED}, ["mapping"]),
    ],
)
def test_what_is_closed_to_the_token_is_done_by_hand(changed: dict[str, Any], by_hand: list[str]) -> None:
    drawn = plan(replace(FRESH, **changed), ANSWERS)
    assert [c.id for c in drawn.changes if c.action is BY_HAND] == by_hand
    assert drawn.blocked_by == ()


def test_mappings_of_an_existing_destination_that_are_closed_are_done_by_hand() -> None:
    assert change("mapping", replace(DONE, subscriptions=CLOSED)).action is BY_HAND


# --- what blocks ------------------------------------------------------------------------------------------------


def finding(id_: str, status: Status = Status.FAIL) -> Finding:
    return Finding(id_, "", status, "")


def test_failures_block_once_each_in_their_order() -> None:
    findings = [
        finding("launchdarkly.token.permissions"),
        finding("audience.exists"),
        finding("audience.exists"),
        finding("launchdarkly.approvals", Status.WARN),
        finding("launchdarkly.store", Status.UNKNOWN),
        finding("segment.region", Status.SKIPPED),
        finding("segment.token.valid", Status.PASS),
        finding("destination.single"),
    ]
    blocked = make_plan(DONE, CHOSEN, findings).blocked_by
    assert blocked == ("launchdarkly.token.permissions", "audience.exists", "destination.single")


@pytest.mark.parametrize(
    "check",
    [
        "destination.exists",
        "destination.enabled",
        "destination.client_side_id",
        "destination.token",
        "mapping.exists",
        "mapping.single",
        "mapping.trigger",
        "audience.attached",
        "audience.computed",
        "audience.size",
        "launchdarkly.store",
        "sync.segment",
    ],
)
def test_what_a_plan_puts_right_or_need_not_wait_for_does_not_block_it(check: str) -> None:
    assert make_plan(DONE, CHOSEN, [finding(check)]).blocked_by == ()


@pytest.mark.parametrize(
    ("facts", "answers", "blocked_by"),
    [
        (replace(FRESH, destinations=None), ANSWERS, ("destination.exists",)),
        (replace(FRESH, destinations=BROKEN), ANSWERS, ("destination.exists",)),
        (replace(DONE, subscriptions=None), CHOSEN, ("mapping.exists",)),
        (replace(DONE, subscriptions=BROKEN), CHOSEN, ("mapping.exists",)),
        (replace(DONE, connections={}), CHOSEN, ("audience.attached",)),
        (replace(DONE, connections={"aud_1": BROKEN}), CHOSEN, ("audience.attached",)),
        (replace(DONE, audiences=()), CHOSEN, ("audience.exists",)),
        (replace(DONE, audiences=BROKEN), CHOSEN, ("audience.exists",)),
        (FRESH, replace(ANSWERS, client_side_id="", environment=""), ("launchdarkly.client_side_id",)),
    ],
)
def test_what_could_not_be_read_blocks_and_its_change_is_left_out(
    facts: Facts, answers: Answers, blocked_by: tuple[str, ...]
) -> None:
    drawn = plan(facts, answers)
    assert drawn.blocked_by == blocked_by
    assert len(drawn.changes) == 2


def test_an_instance_found_for_a_new_one_gets_its_mapping_looked_for_when_it_is_applied() -> None:
    facts = replace(FRESH, destinations=(FITTING,), subscriptions=None)
    assert [c.action for c in plan(facts, ANSWERS).changes] == [ADOPT, CREATE, CREATE]


# --- has the world moved? ---------------------------------------------------------------------------------------


def test_what_a_plan_does_not_rest_on_moves_nothing() -> None:
    first = plan_basis(DONE, CHOSEN)
    connections = DONE.connections["aud_1"]
    assert isinstance(connections, Connections)
    shuffled = {"aud_1": replace(connections, items=connections.items[::-1])}
    mapping = replace(MAPPING, settings=dict(reversed(SETTINGS.items())))
    same = [
        DONE,
        replace(DONE, now=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(DONE, audiences=(replace(VIP, size=6, status="Computing"), replace(VIP, id="aud_9"))),
        replace(DONE, audiences=(replace(VIP, cadence="BATCH", history=False, created_at=DONE.now),)),
        replace(DONE, connections=shuffled),
        replace(DONE, subscriptions=(mapping,)),
        replace(DONE, delivery=BROKEN),
    ]
    assert all(plan_basis(facts, CHOSEN) == first for facts in same)
    assert plan_basis(DONE, replace(CHOSEN, test_user="u_1", server_side=True)) == first


def test_what_moved_has_a_name() -> None:
    now = plan_basis(with_destination(enabled=False), CHOSEN)
    assert [name for name, rest in plan_basis(DONE, CHOSEN).items() if now[name] != rest] == ["the destinations"]


def test_a_failure_is_the_same_failure_whatever_its_request() -> None:
    again = replace(CLOSED, request_id="2", message="other")
    assert plan_basis(replace(DONE, attach_by_api=CLOSED), CHOSEN) == plan_basis(
        replace(DONE, attach_by_api=again), CHOSEN
    )


@pytest.mark.parametrize(
    ("facts", "answers"),
    [
        (with_destination(enabled=False), CHOSEN),
        (with_destination(token_last_four="9z9z"), CHOSEN),
        (with_destination(client_side_id=STAGING_ID), CHOSEN),
        (with_mapping(trigger=""), CHOSEN),
        (with_mapping(settings={}), CHOSEN),
        (replace(DONE, subscriptions=(MAPPING, replace(MAPPING, id="sub_2"))), CHOSEN),
        (replace(DONE, connections={"aud_1": NOTHING}), CHOSEN),
        (replace(DONE, connections={"aud_1": SWITCHED_OFF}), CHOSEN),
        (replace(DONE, connections={"aud_1": CLOSED}), CHOSEN),
        (replace(DONE, attach_by_api=False), CHOSEN),
        (replace(DONE, launchdarkly_token_last_four="9z9z"), CHOSEN),
        (replace(DONE, catalog=replace(FALLBACK_CATALOG_ENTRY, trigger="x")), CHOSEN),
        (replace(DONE, audiences=(replace(VIP, key="other"),)), CHOSEN),
        (replace(DONE, audiences=(replace(VIP, enabled=False),)), CHOSEN),
        (replace(DONE, audiences=None), CHOSEN),
        (replace(DONE, sources=()), CHOSEN),
        (replace(DONE, caller=Caller("acc_1", "tok_1")), CHOSEN),
        (replace(DONE, workspace=Workspace("ws_1", "acme", "Acme")), CHOSEN),
        (replace(DONE, activations={"aud_1": (Activation("act_1", "Sync", "ii_1"),)}), CHOSEN),
        (DONE, replace(CHOSEN, context_kind="account")),
        (DONE, replace(CHOSEN, audiences=())),
        (DONE, replace(CHOSEN, by_hand=True)),
        (DONE, replace(CHOSEN, client_side_id=STAGING_ID)),
    ],
)
def test_what_a_plan_rests_on_moves_it(facts: Facts, answers: Answers) -> None:
    assert plan_basis(facts, answers) != plan_basis(DONE, CHOSEN)
