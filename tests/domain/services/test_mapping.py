"""Mapping: the settings to send, what differs from them, and what a profile becomes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wizard.domain.answers import ContextKey
from wizard.domain.services.mapping import (
    FALLBACK_CATALOG_ENTRY,
    LABELS,
    Difference,
    context_key_choices,
    differences,
    example,
    own_mappings,
    recommended_context_key,
    uncovered_identifiers,
    wanted_settings,
)
from wizard.domain.services.segment import Audience, Subscription
from wizard.sandbox.state.segment_workspace import GeneratedProfiles

CATALOG = replace(FALLBACK_CATALOG_ENTRY, action_id="action-1", from_catalog=True)
TRIGGER = FALLBACK_CATALOG_ENTRY.trigger
SETTINGS = wanted_settings(CATALOG, "user", ContextKey.USER_ID_ONLY, True)
ALL = ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID


def subscription(**changed: Any) -> Subscription:
    as_wanted = Subscription("sub_1", "Sync", "dest_1", "action-1", "syncAudience", True, TRIGGER, SETTINGS)
    return replace(as_wanted, **changed)


def audience(*identifiers: str) -> Audience:
    return Audience("aud_1", "vip", "VIP", "spa_1", identifiers=identifiers)


# --- settings ---------------------------------------------------------------------------------------------------


def test_the_fallback_is_the_contracts_table() -> None:
    assert wanted_settings(FALLBACK_CATALOG_ENTRY, "user", ContextKey.USER_ID_ONLY, True) == {
        "segment_audience_id": {"@path": "$.context.personas.computation_id"},
        "segment_audience_key": {"@path": "$.context.personas.computation_key"},
        "segment_computation_action": {"@path": "$.context.personas.computation_class"},
        "context_kind": "user",
        "segment_user_id": {"@path": "$.userId"},
        "segment_anonymous_id": {"@path": "$.anonymousId"},
        "user_email": {
            "@if": {
                "exists": {"@path": "$.traits.email"},
                "then": {"@path": "$.traits.email"},
                "else": {"@path": "$.context.traits.email"},
            }
        },
        "context_key": "user_id_only",
        "traits_or_props": {
            "@if": {
                "exists": {"@path": "$.properties"},
                "then": {"@path": "$.properties"},
                "else": {"@path": "$.traits"},
            }
        },
        "enable_batching": True,
    }
    assert not FALLBACK_CATALOG_ENTRY.from_catalog


def test_only_the_visible_settings_are_laid_over_the_preset() -> None:
    preset = {"context_kind": "user", "hidden": {"@path": "$.x"}, "audience_action": "ADD", "enable_batching": True}
    settings = wanted_settings(replace(CATALOG, fields=preset), "account", ContextKey.EMAIL_ONLY, False)
    assert settings == {
        "context_kind": "account",
        "hidden": {"@path": "$.x"},
        "context_key": "email_only",
        "enable_batching": False,
    }
    assert type(settings["context_key"]) is str
    assert preset["context_kind"] == "user"


def test_a_preset_without_fields_is_replaced_by_the_table() -> None:
    assert wanted_settings(replace(CATALOG, fields={}), "user", ContextKey.USER_ID_ONLY, True) == SETTINGS


# --- own mappings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "is_own"),
    [
        ({}, True),
        ({"action_slug": ""}, True),
        ({"action_id": "of another version"}, True),
        ({"action_id": "other", "action_slug": "other"}, False),
        ({"action_id": "", "action_slug": ""}, False),
        ({"trigger": 'type = "track"'}, True),
        ({"trigger": 'context.personas.event_emitter_id = "ee_1"'}, False),
        ({"enabled": False}, True),
    ],
)
def test_own_mappings_are_those_of_the_action_that_no_activation_owns(changed: dict[str, Any], is_own: bool) -> None:
    seen = subscription(**changed)
    assert own_mappings([seen], CATALOG) == ((seen,) if is_own else ())


def test_an_activations_mapping_is_known_by_its_name_when_its_trigger_was_edited() -> None:
    edited = subscription(id="sub_2", name="LaunchDarkly sync")
    assert own_mappings([subscription(), edited], CATALOG, {"LaunchDarkly sync"}) == (subscription(),)
    assert own_mappings([subscription(), edited], CATALOG) == (subscription(), edited)
    named_as_the_preset = subscription(name=CATALOG.preset_name)
    assert own_mappings([named_as_the_preset], CATALOG, {CATALOG.preset_name}) == (named_as_the_preset,)


# --- differences ------------------------------------------------------------------------------------------------


def without(*keys: str, **changed: Any) -> dict[str, Any]:
    return {key: value for key, value in SETTINGS.items() if key not in keys} | changed


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, ()),
        ({"settings": without(batch_size=1000, audience_action="ADD")}, ()),
        ({"trigger": '  type = "identify"\n or type = "track" '}, ()),
        ({"trigger": 'type = "track"'}, (Difference("trigger", 'type = "track"', TRIGGER),)),
        ({"trigger": ""}, (Difference("trigger", "", TRIGGER),)),
        ({"name": "Renamed"}, ()),
        ({"enabled": False}, ()),
        ({"settings": without(context_kind="account")}, (Difference("context_kind", "account", "user"),)),
        ({"settings": without("context_kind")}, (Difference("context_kind", None, "user"),)),
        ({"settings": without("context_key")}, (Difference("context_key", None, "user_id_only"),)),
        (
            {"settings": without(segment_audience_key={"@path": "$.x"})},
            (Difference("segment_audience_key", {"@path": "$.x"}, SETTINGS["segment_audience_key"]),),
        ),
        # optional, and never looked at with this context key
        ({"settings": without("user_email", "segment_anonymous_id")}, ()),
        ({"settings": without(user_email=None)}, ()),
        ({"settings": without("segment_user_id")}, (Difference("segment_user_id", None, {"@path": "$.userId"}),)),
        ({"settings": without(user_email="x")}, (Difference("user_email", "x", SETTINGS["user_email"]),)),
        ({"settings": without("enable_batching")}, (Difference("enable_batching", None, True),)),
        ({"settings": without("traits_or_props")}, (Difference("traits_or_props", None, SETTINGS["traits_or_props"]),)),
    ],
)
def test_a_mapping_is_compared_by_own_keys(changed: dict[str, Any], wanted: tuple[Difference, ...]) -> None:
    assert differences(subscription(**changed), trigger=TRIGGER, settings=SETTINGS) == wanted


@pytest.mark.parametrize(
    ("context_key", "missing", "matters"),
    [
        (ContextKey.EMAIL_ONLY, "user_email", True),
        (ContextKey.EMAIL_ONLY, "segment_user_id", False),
        (ContextKey.USER_ID_THEN_ANONYMOUS_ID, "segment_anonymous_id", True),
        (ContextKey.USER_ID_THEN_ANONYMOUS_ID, "user_email", False),
        (ALL, "user_email", True),
    ],
)
def test_an_identifier_may_be_missing_when_the_context_key_never_looks_at_it(
    context_key: ContextKey, missing: str, matters: bool
) -> None:
    wanted = wanted_settings(CATALOG, "user", context_key, True)
    seen = subscription(settings={key: value for key, value in wanted.items() if key != missing})
    assert bool(differences(seen, trigger=TRIGGER, settings=wanted)) is matters


def test_batching_that_is_not_set_is_off() -> None:
    wanted = SETTINGS | {"enable_batching": False}
    assert differences(subscription(settings=without("enable_batching")), trigger=TRIGGER, settings=wanted) == ()


def test_settings_without_a_known_context_key_are_compared_in_full() -> None:
    wanted = {"user_email": "x", "context_key": "phone"}
    seen = subscription(settings={"context_key": "phone"})
    assert differences(seen, trigger=TRIGGER, settings=wanted) == (Difference("user_email", None, "x"),)


# --- context keys -----------------------------------------------------------------------------------------------


def test_every_context_key_has_the_apps_label() -> None:
    assert set(LABELS) == set(ContextKey)


@pytest.mark.parametrize("recommended", list(ContextKey))
def test_all_choices_are_there_and_the_recommended_one_is_first(recommended: ContextKey) -> None:
    choices = context_key_choices(recommended)
    assert {choice.value for choice in choices} == set(ContextKey)
    assert choices[0].value is recommended
    assert [choice.recommended for choice in choices] == [True, False, False, False, False]
    assert all(choice.label == LABELS[choice.value] and choice.why.endswith(".") for choice in choices)


def test_the_user_id_is_recommended_unless_told_otherwise() -> None:
    assert context_key_choices()[0].value is ContextKey.USER_ID_ONLY


@pytest.mark.parametrize(
    ("audiences", "recommended"),
    [
        ([], ContextKey.USER_ID_ONLY),
        ([audience()], ContextKey.USER_ID_ONLY),
        ([audience("user_id", "email")], ContextKey.USER_ID_ONLY),
        ([audience("email"), audience("user_id")], ContextKey.USER_ID_ONLY),
        ([audience("email", "android.idfa")], ContextKey.EMAIL_ONLY),
        ([audience("anonymous_id")], ContextKey.USER_ID_THEN_ANONYMOUS_ID),
        ([audience("ios.idfa")], ContextKey.USER_ID_ONLY),
    ],
)
def test_the_recommendation_follows_the_audiences_identifiers(
    audiences: list[Audience], recommended: ContextKey
) -> None:
    assert recommended_context_key(audiences) is recommended


IDENTIFIERS = ("user_id", "email", "anonymous_id", "android.idfa", "ios.idfa")


@pytest.mark.parametrize(
    ("context_key", "uncovered"),
    [
        (ContextKey.USER_ID_ONLY, ("email", "anonymous_id", "android.idfa", "ios.idfa")),
        (ContextKey.EMAIL_ONLY, ("user_id", "anonymous_id", "android.idfa", "ios.idfa")),
        (ContextKey.USER_ID_THEN_EMAIL, ("anonymous_id", "android.idfa", "ios.idfa")),
        (ContextKey.USER_ID_THEN_ANONYMOUS_ID, ("email", "android.idfa", "ios.idfa")),
        (ALL, ("android.idfa", "ios.idfa")),
    ],
)
def test_identifiers_that_a_context_key_cannot_carry(context_key: ContextKey, uncovered: tuple[str, ...]) -> None:
    assert uncovered_identifiers(context_key, IDENTIFIERS) == uncovered
    assert uncovered_identifiers(context_key, ()) == ()


def test_identifiers_are_known_in_both_spellings() -> None:
    assert uncovered_identifiers(ALL, ("userId", "user_id", "Email", "anonymousId", "phone")) == ("phone",)


@pytest.mark.parametrize(
    ("context_key", "identifiers", "said"),
    [
        (ContextKey.USER_ID_ONLY, (), "A profile with userId user-0042 becomes the context user / user-0042."),
        (
            ContextKey.EMAIL_ONLY,
            (),
            "A profile with email user-0042@example.com becomes the context user / user-0042@example.com.",
        ),
        (
            ContextKey.USER_ID_THEN_EMAIL,
            ("email", "user_id"),
            "A profile with userId user-0042 becomes the context user / user-0042. "
            "Without it, email user-0042@example.com becomes user / user-0042@example.com.",
        ),
        (
            ALL,
            ("anonymous_id", "phone"),
            "A profile with anonymousId anon-user-0042 becomes the context user / anon-user-0042.",
        ),
        (ContextKey.USER_ID_ONLY, ("email",), "A profile with userId user-0042 becomes the context user / user-0042."),
    ],
)
def test_an_example_says_what_a_profile_becomes(
    context_key: ContextKey, identifiers: tuple[str, ...], said: str
) -> None:
    assert example("user", context_key, identifiers) == said


def test_an_example_names_the_context_kind() -> None:
    assert example("account", ContextKey.USER_ID_ONLY).endswith("the context account / user-0042.")


def test_an_example_is_a_member_in_the_sandbox() -> None:
    """People type it there as the test user."""
    member = GeneratedProfiles(1_234)[41]
    for key, value in zip(
        (ContextKey.USER_ID_ONLY, ContextKey.EMAIL_ONLY), (member.user_id, member.email), strict=True
    ):
        assert example("user", key).endswith(f"the context user / {value}.")
    assert f"anonymousId {member.anonymous_id} becomes" in example("user", ALL)
