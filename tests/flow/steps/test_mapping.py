"""What the Mapping step suggests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.sample_facts import MAPPING, NOW, healthy_answers, healthy_facts
from wizard.domain.answers import ContextKey
from wizard.domain.services.launchdarkly import ContextKind, KeyShape, KeyShapes
from wizard.flow.state import State
from wizard.flow.steps.mapping import MAPPING as STEP

DEVICE = {"context_kinds": (ContextKind("device", "Device"),)}
KIND = next(one for one in STEP.asks if one.id == "context_kind")
DEVICES = replace(MAPPING, settings={**MAPPING.settings, "context_kind": "device"})


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"subscriptions": ()}, "user"),
        (
            {
                "subscriptions": (DEVICES,),
                "context_kinds": (ContextKind("user", "User"), ContextKind("device", "Device")),
            },
            "device",
        ),
        ({"subscriptions": (), **DEVICE}, "device"),
        ({"subscriptions": (), "context_kinds": ()}, "user"),
    ],
    ids=["of a new mapping", "of the mapping that exists", "of the project, which lacks user", "none are seen"],
)
def test_the_context_kind_is_one_that_the_project_has(facts: dict[str, Any], kind: str) -> None:
    assert KIND.suggest(State(healthy_facts(**facts), healthy_answers(context_kind=""))) == kind


def test_where_the_kinds_could_not_be_read_the_suggested_one_is_left_to_choose() -> None:
    state = State(healthy_facts(subscriptions=(), context_kinds=None), healthy_answers(context_kind=""))
    assert [(one.value, one.details) for one in KIND.choices(state)] == [
        ("user", ("the project's kinds couldn't be read",))
    ]


def test_a_kind_says_when_this_environment_saw_it_or_which_other_one_did() -> None:
    here, there = NOW - timedelta(days=2), NOW - timedelta(days=1)
    kinds = (
        ContextKind("user", "User", last_seen=there, seen_in={"production": here, "staging": there}),
        ContextKind("device", "Device", last_seen=there, seen_in={"staging": there}),
        ContextKind("account", "Account", last_seen=there),
    )
    state = State(healthy_facts(subscriptions=(), context_kinds=kinds), healthy_answers(context_kind=""))
    assert [one.details[0] for one in KIND.choices(state)] == [
        "last seen 2 days ago",
        "recently seen only in staging",
        "last seen 1 day ago",
    ]


@pytest.mark.parametrize(
    ("seen", "key"),
    [
        (None, ContextKey.USER_ID_ONLY),
        (KeyShapes("user", {KeyShape.UUID: 40}), ContextKey.USER_ID_ONLY),
        (KeyShapes("user", {KeyShape.EMAIL: 40}), ContextKey.EMAIL_ONLY),
    ],
)
def test_the_key_that_the_app_is_seen_to_send_is_recommended(seen: KeyShapes | None, key: ContextKey) -> None:
    asked = next(one for one in STEP.asks if one.id == "context_key")
    choices = asked.choices(State(healthy_facts(key_shapes=seen), healthy_answers(context_key=None)))
    assert [one.value for one in choices if one.recommended] == [key]
