"""Whether the app sees the segment: said before attaching if it matters, and as next steps once the segment exists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.sample_facts import MAPPING, failure, healthy_answers, healthy_facts
from wizard.domain.answers import ContextKey
from wizard.domain.services.launchdarkly import FlagValue, KeyShape, KeyShapes
from wizard.flow.state import State
from wizard.flow.steps.next_steps import before_attaching, in_another_environment, next_steps
from wizard.flow.steps.questions.test_user import notes_on_test_user


def state(answers: dict[str, Any] | None = None, **facts: Any) -> State:
    return State(healthy_facts(**facts), healthy_answers(**(answers or {})))


def said(of: State) -> str:
    return "\n".join(f"{note.mark} {note.text}" for note in next_steps(of))


def test_before_the_segment_is_there_nothing_follows() -> None:
    assert next_steps(state(segments=())) == ()
    assert next_steps(state(segments=None)) == ()


@pytest.mark.parametrize(
    ("answers", "facts", "words"),
    [
        ({"server_side": True}, {}, "set the store's prefix to the client-side ID of"),
        ({"server_side": True}, {}, "Node 6.2.0"),
        ({"server_side": True}, {"stores": ()}, "! Server-side SDKs: "),
        ({"server_side": None}, {"stores": ()}, "need a persistent store (Redis or DynamoDB)"),
        ({"server_side": False}, {"stores": ()}, "· Client-side and mobile SDKs work right away"),
        ({}, {}, "✓ Flags already use the segment: new-checkout."),
        ({"context_kind": "planet"}, {}, "LaunchDarkly has seen these kinds: "),
        ({}, {"segment_details": {}}, "Add this rule to your flag: Context in segment "),
    ],
)
def test_what_the_app_needs_is_said(answers: dict[str, Any], facts: dict[str, Any], words: str) -> None:
    assert words in said(state(answers, **facts))


EMAILS = KeyShapes("user", {KeyShape.EMAIL: 40})


def test_keys_that_differ_are_said_instead_of_evaluate_with_exactly_these() -> None:
    assert "Evaluate flags with exactly this kind and key." in said(state())
    differing = state(key_shapes=EMAILS)
    assert "Evaluate flags" not in said(differing)
    assert "! All 40 recent user keys of your app look like an email address" in said(differing)
    assert any(
        "look like an email address" in note.text for note in before_attaching(state(segments=(), key_shapes=EMAILS))
    )


def test_of_another_environment_its_store_and_its_prefix_are_said() -> None:
    store, prefix = in_another_environment("shop / staging", state({"server_side": True}, stores=()))
    assert (store.mark, store.text.startswith("shop / staging: Server-side SDKs: ")) == ("!", True)
    assert "set the store's prefix to the client-side ID of" in prefix.text
    assert in_another_environment("shop / staging", state({"server_side": False}, stores=())) == ()


def test_before_attaching_only_what_is_wrong_is_said() -> None:
    assert before_attaching(state({"server_side": True}, segments=())) == ()
    (note,) = before_attaching(state({"server_side": True}, segments=(), stores=()))
    assert (note.mark, "persistent store" in note.text) == ("!", True)


def test_before_attaching_nothing_is_said_that_the_plan_repairs() -> None:
    of_nobody = (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"}),)
    assert before_attaching(state({"context_kind": "user"}, subscriptions=of_nobody)) == ()
    (note,) = before_attaching(state({"context_kind": "person"}, subscriptions=of_nobody))
    assert "no context kind person" in note.text


@pytest.mark.parametrize(
    ("user", "key", "mark", "words"),
    [
        ("u_42", ContextKey.USER_ID_ONLY, "", "looks for user / u_42. With “Use Segment UserId only”, the key is the"),
        ("u_42", ContextKey.USER_ID_THEN_EMAIL, "", "the profile's userId, or its email if it has no userId"),
        ("u_42", ContextKey.EMAIL_ONLY, "!", "uses email addresses as keys, and this key isn't one"),
        ("ada@example.com", ContextKey.EMAIL_ONLY, "", "looks for user / ada@example.com"),
        ("ada@example.com", ContextKey.USER_ID_ONLY, "!", "doesn't use email addresses as keys"),
        ("ada@example.com", ContextKey.USER_ID_THEN_ANONYMOUS_ID, "!", "doesn't use email addresses as keys"),
        ("ada@example.com", ContextKey.USER_ID_THEN_EMAIL, "!", "only for people without a userId"),
    ],
)
def test_the_test_users_key_is_shown_beforehand(user: str, key: ContextKey, mark: str, words: str) -> None:
    (note,) = notes_on_test_user(state({"test_user": user, "context_key": key}))
    assert (note.mark, words in note.text) == (mark, True)


def test_without_a_test_user_nothing_is_said_of_one() -> None:
    assert notes_on_test_user(state({"test_user": ""})) == ()


SERVED = {"new-checkout": FlagValue("new-checkout", "true", "RULE_MATCH", 2)}
OFF = {"new-checkout": FlagValue("new-checkout", "false", "OFF")}


@pytest.mark.parametrize(
    ("answers", "facts", "words"),
    [
        ({}, {"flag_values": SERVED}, "✓ The flag new-checkout serves true to u_42 (rule 2)."),
        ({}, {"flag_values": SERVED}, "· A server-side SDK without a persistent store would give another answer"),
        ({}, {"flag_values": OFF}, "· The flag new-checkout serves false to u_42 (the flag is off)."),
        ({}, {"flag_values": {"new-checkout": failure()}}, "· Your token can't evaluate flags"),
        ({}, {"flag_values": SERVED, "evaluated_member": {"aud_1": False}}, "· We can't tell what flags serve u_42"),
    ],
)
def test_what_the_flags_serve_to_the_test_user_is_said(
    answers: dict[str, Any], facts: dict[str, Any], words: str
) -> None:
    assert words in said(state(answers, **facts))


@pytest.mark.parametrize(
    ("answers", "facts"), [({"test_user": ""}, {"flag_values": SERVED}), ({}, {}), ({"server_side": False}, {})]
)
def test_without_a_test_user_or_a_flag_nothing_is_said_of_it(answers: dict[str, Any], facts: dict[str, Any]) -> None:
    assert "serves" not in said(state(answers, **facts))


def test_to_browsers_the_server_side_sdk_is_not_mentioned() -> None:
    assert "would answer otherwise" not in said(state({"server_side": False}, flag_values=SERVED))
