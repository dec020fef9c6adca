"""A changed context key or kind reaches the activations: the plan says what each sends with and what it would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.sample_facts import MAPPING, healthy_answers, healthy_facts
from wizard.domain.answers import ContextKey
from wizard.domain.facts import Facts
from wizard.domain.planning.change import SEGMENT_APP, Action, Change
from wizard.domain.planning.plan import make_plan
from wizard.domain.services.segment import Activation, Delivery, Subscription
from wizard.domain.signals.activations import settings_to_send

OURS = frozenset({"dst_1", "sub_1", "con_1", "act_1"})
EMAIL = healthy_answers(context_key=ContextKey.EMAIL_ONLY)


def activation(**settings: Any) -> Activation:
    return Activation("act_1", "LaunchDarkly sync", "con_1", True, "action", {**MAPPING.settings, **settings})


def of_vip(*activations: Activation, **changed: Any) -> Facts:
    return healthy_facts(activations={"aud_1": activations}, **changed)


def drawn(facts: Facts, ours: frozenset[str] = OURS, **answers: Any) -> Change:
    """The change of the audience."""
    wanted = replace(EMAIL, **answers)
    return next(c for c in make_plan(facts, wanted, (), made_by_us=ours).changes if c.id == "audience:vip_customers")


def test_the_activation_follows_the_mapping() -> None:
    change = drawn(of_vip(activation()))

    assert (change.action, change.undoable, change.resource_id) == (Action.UPDATE, True, "con_1")
    assert change.before == {"activations": {"act_1": {"context_key": "user_id_only"}}}
    assert change.after == {"activations": {"act_1": {"context_key": "email_only"}}, "resync": True}
    assert "set Context key to “Use email only” in the activation LaunchDarkly sync" in change.summary
    assert "Context key is “Use Segment UserId only”" in change.reason


def test_kind_and_batching_follow_too() -> None:
    change = drawn(of_vip(activation()), context_kind="account", batching=False)

    assert change.after is not None
    assert change.after["activations"]["act_1"] == {
        "context_key": "email_only",
        "context_kind": "account",
        "enable_batching": False,
    }


def test_one_that_is_as_wanted_is_left_alone() -> None:
    assert drawn(of_vip(activation(context_key="email_only"))).action is Action.NONE


def test_one_that_is_off_sends_nothing() -> None:
    assert drawn(of_vip(replace(activation(), enabled=False))).action is Action.NONE


def test_one_that_is_off_and_sent_nothing_is_switched_on_by_hand() -> None:
    silent = of_vip(replace(activation(), enabled=False), delivery=Delivery(0, 0, 0), segments=())
    change = drawn(silent)
    assert (change.action, change.after) == (Action.BY_HAND, {"activation_enabled": True})
    assert change.summary.endswith("switch on the activation LaunchDarkly sync.")
    assert drawn(replace(silent, delivery=None)).action is not Action.BY_HAND, "nobody looked"
    beside = replace(
        silent, activations={"aud_1": (replace(activation(), enabled=False), replace(activation(), id="on"))}
    )
    assert drawn(beside).action is not Action.BY_HAND, "another one is on"


def test_what_nobody_chose_is_taken_from_the_mapping_that_is_there() -> None:
    """Not from what the wizard would suggest."""
    mapping = replace(MAPPING, settings={**MAPPING.settings, "context_key": "email_only"})
    facts = of_vip(activation(context_key="email_only"), subscriptions=(mapping,))

    assert drawn(facts, context_key=None).action is Action.NONE


def test_hidden_fields_of_ours_are_restored() -> None:
    change = drawn(of_vip(activation(context_key="email_only", segment_user_id="me")))

    assert change.before == {"activations": {"act_1": {"segment_user_id": "me"}}}
    assert "restore the hidden field segment_user_id" in change.summary


def test_someone_elses_is_said_to_be_theirs_and_keeps_its_hidden_fields() -> None:
    theirs = activation(segment_user_id="me")
    change = drawn(of_vip(theirs), OURS - {"act_1"})

    assert change.before == {"activations": {"act_1": {"context_key": "user_id_only"}}}
    assert "someone else's activation LaunchDarkly sync" in change.summary
    sent = settings_to_send(theirs, {**MAPPING.settings, "context_key": "email_only"}, ours=False)
    assert (sent["segment_user_id"], sent["context_key"]) == ("me", "email_only")


def test_by_hand_it_is_left_to_be_done_by_hand() -> None:
    change = drawn(of_vip(activation()), by_hand=True)

    assert (change.action, change.host) == (Action.BY_HAND, SEGMENT_APP)


# --- where Segment doesn't show the activation's settings --------------------------------------------------------


HIDDEN = replace(activation(), settings={})


def test_one_that_sends_through_the_destinations_mapping_sends_all_again_with_another_key() -> None:
    """Its earlier members are there under the other key."""
    change = drawn(of_vip(HIDDEN, subscriptions=owned()))
    assert (change.action, change.after, change.undoable) == (Action.UPDATE, {"resync": True}, False)
    assert change.reason.startswith("Segment sent the members as other contexts before")
    assert "To remove them, delete the segment in LaunchDarkly first, if no flag uses it." in change.reason

    same_key = drawn(of_vip(HIDDEN, subscriptions=owned()), context_key=ContextKey.USER_ID_ONLY)
    not_there = drawn(of_vip(HIDDEN, subscriptions=owned(), segments=()))
    assert same_key.action is Action.NONE
    assert not_there.reason != change.reason, "nothing is there under another key"


def owned(*context_keys: str) -> tuple[Subscription, ...]:
    trigger = 'context.personas.event_emitter_id = "ee_1"'
    own = (replace(MAPPING, id=key, trigger=trigger, settings={"context_key": key}) for key in context_keys)
    return (MAPPING, *own)


@pytest.mark.parametrize(
    ("context_keys", "ours", "theirs"),
    [
        (("email_only",), Action.NONE, Action.NONE),
        (("user_id_only",), Action.UPDATE, Action.UPDATE),
        (("email_only", "user_id_only"), Action.UPDATE, Action.NONE),
    ],
)
def test_the_mappings_that_activations_own_tell(context_keys: tuple[str, ...], ours: Action, theirs: Action) -> None:
    """Nothing of someone else's is changed on a suspicion."""
    facts = of_vip(HIDDEN, subscriptions=owned(*context_keys))

    assert drawn(facts).action is ours
    assert drawn(facts, OURS - {"act_1"}).action is theirs
