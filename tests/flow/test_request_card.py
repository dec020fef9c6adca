"""Request cards: the other admin's part in plain text, complete and without any secret."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.domain.sample_facts import (
    CLIENT_SIDE_ID,
    DESTINATION,
    NOW,
    PRODUCTION,
    SHOP,
    STAGING,
    healthy_answers,
    healthy_facts,
)
from wizard.domain.answers import NEW_DESTINATION, Answers, Secrets
from wizard.domain.facts import Facts
from wizard.domain.planning.plan import Plan, make_plan
from wizard.domain.services import links
from wizard.domain.services.segment import Connections
from wizard.domain.tokens.permissions import smallest_policy
from wizard.flow.by_hand.request_card import segment_request_card
from wizard.flow.request_card import launchdarkly_request_card
from wizard.flow.state import State

TOKEN, SEGMENT_TOKEN = "api-11111111-2222-4333-8444-555566661a2b", "sgp_planted_segment_token_wxyz"
SECRETS = Secrets(SecretStr(TOKEN), SecretStr(SEGMENT_TOKEN))
FRESH = healthy_facts(destinations=(), subscriptions=None, connections={"aud_1": Connections((), 0)}, segments=())
BY_HAND = healthy_answers(by_hand=True, destination=NEW_DESTINATION)
BLIND = Facts(NOW, projects=(SHOP,), launchdarkly_token_last_four="1a2b")


def segment_card(facts: Facts = FRESH, answers: Answers = BY_HAND) -> str:
    return segment_request_card(State(facts, answers, SECRETS), make_plan(facts, answers, ()))


def launchdarkly_card(facts: Facts = FRESH, answers: Answers = BY_HAND) -> str:
    return launchdarkly_request_card(State(facts, answers, SECRETS))


TOKEN_CARD = segment_request_card(State(BLIND, healthy_answers(audiences=()), Secrets()), Plan(()))
CARDS = [
    segment_card(),
    segment_card(BLIND, replace(BY_HAND, audiences=("vip_customers",))),
    segment_card(healthy_facts(destinations=(replace(DESTINATION, token_last_four="9z9z"),)), BY_HAND),
    TOKEN_CARD,
    launchdarkly_card(),
    launchdarkly_card(Facts(NOW), Answers()),
]


@pytest.mark.parametrize("card", CARDS)
def test_no_secret_and_no_part_of_one_is_in_a_card(card: str) -> None:
    assert not any(part in card for part in (TOKEN, SEGMENT_TOKEN, "1a2b", "9z9z", "wxyz", "planted"))


@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_plain_text_with_every_page_on_its_own_line(card: str) -> None:
    assert all(line.isprintable() for line in card.splitlines())
    lines = [line.strip() for line in card.splitlines() if "https://" in line]
    assert lines
    assert all(re.fullmatch(r"https://\S+", line) and links.find(line) for line in lines), lines
    assert "password manager" in card
    assert "WHY" in card


def test_the_segment_card_has_each_step_with_its_values() -> None:
    card = segment_card()
    for said in (
        "1. Add destination",
        "Connections → Catalog → LaunchDarkly Audiences → Add destination",
        "- Source: Personas Production",
        "- Name: LaunchDarkly - shop / production",
        f"- LaunchDarkly client-side ID: {CLIENT_SIDE_ID}",
        "- LaunchDarkly Service Token: the service token that you get through the password manager",
        "- Enable Destination: On",
        "- Context key: Use Segment UserId only",
        "- Enable batching: Yes",
        "- Send Track: On",
        "Add 1 destination: VIP customers",
        "Unify and Engage Admin on the space Production and Source Admin on Personas Production; or Workspace Owner.",
        "- VIP customers, called “Vip customers”",
    ):
        assert said in card, said
    assert "launchdarkly.com/projects/shop/segments" in card


def test_a_change_says_what_is_there_now_and_asks_for_no_token_that_it_does_not_need() -> None:
    card = segment_card(healthy_facts(destinations=(replace(DESTINATION, enabled=False),)), BY_HAND)
    assert "- Enable Destination: On (now: Off)" in card
    assert "THE SERVICE TOKEN" not in card


def test_without_steps_the_segment_card_asks_for_a_public_api_token() -> None:
    assert "+ Create Token" in TOKEN_CARD
    assert links.SEGMENT_TOKENS.url in TOKEN_CARD
    assert "US or EU" in TOKEN_CARD
    assert "Only a Workspace Owner can create one." in TOKEN_CARD


def test_the_launchdarkly_card_holds_the_exact_policy() -> None:
    card = launchdarkly_card()
    policy = smallest_policy("shop", "production")
    assert policy in card
    assert json.loads(policy)
    assert CLIENT_SIDE_ID in card
    assert links.LAUNCHDARKLY_NEW_TOKEN.url in card


def test_where_approvals_are_required_the_policy_bypasses_them() -> None:
    shop = replace(SHOP, environments=(replace(PRODUCTION, segment_approvals_required=True), STAGING))
    card = launchdarkly_card(healthy_facts(projects=(shop,), project=shop))
    assert smallest_policy("shop", "production", bypass_approvals=True) in card


def test_before_an_environment_is_chosen_the_card_asks_for_it() -> None:
    card = launchdarkly_card(Facts(NOW), Answers())
    assert "Fill in the keys of the project and the environment." in card
    assert "tell me the environment's client-side ID" in card
    assert links.LAUNCHDARKLY_PROJECTS.url in card


def test_hostile_names_are_plain_in_a_card() -> None:
    card = segment_card(
        BLIND, replace(BY_HAND, audiences=("evil\x1b]0;owned\x07\u202ename",), project="", environment="")
    )
    assert "\x1b" not in card
    assert "\u202e" not in card
