"""Tokens that the wizard created and no destination holds; and the checks that judge a token's maker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import DESTINATION, NOW, TOKEN, healthy_answers, healthy_facts
from wizard.domain.credentials import Shape
from wizard.domain.services.launchdarkly import Caller, Statement, Token
from wizard.domain.tokens import made_token

FOR = made_token.description(healthy_facts(), healthy_answers(), NOW)
OURS = Token(
    "0123456789abcdef01234567",
    "Segment Audiences - shop / production",
    service_token=True,
    last_four="c3d4",
    created_at=NOW,
    description=FOR,
)
OLDER = replace(OURS, id="1123456789abcdef01234567", last_four="e5f6", created_at=NOW - timedelta(days=90))
ADMINS = replace(TOKEN, id="tok_ada", name="Ada's own", role="admin", service_token=False)
MAKING: dict[str, Any] = {
    "launchdarkly_token_shape": None,
    "launchdarkly_token_last_four": "",
    "maker_token_shape": Shape.ACCESS_TOKEN,
    "caller": Caller("acc_1", "tok_ada", "Ada's own", "personal", "mem_1", service_token=False),
    "token": ADMINS,
}
YES = {"make_token": True}
NO_DESTINATION: dict[str, Any] = {"destinations": (), "subscriptions": None, "connections": {}, "activations": {}}
VIEWS_ONLY = (Statement("allow", ("proj/shop",), (), ("viewProject",)),)

CASES = (
    Case("launchdarkly.made_token.left", "skipped", "none is made", {"made_tokens": None}),
    Case("launchdarkly.made_token.left", "pass", "it's in the destination",
         {"made_tokens": (OURS,), "destinations": (replace(DESTINATION, token_last_four="c3d4"),)}, YES),
    Case("launchdarkly.made_token.left", "warn", "no destination holds it", {"made_tokens": (OURS,)}, YES,
         says="which ends in c3d4"),
    Case("launchdarkly.made_token.left", "pass", "another one has the name",
         {"made_tokens": (replace(OURS, description="Made by hand"),)}, YES),
    Case("launchdarkly.token.kind", "pass", "an admin's", MAKING, YES),
    Case("launchdarkly.token.kind", "fail", "an SDK key as the admin's",
         {**MAKING, "maker_token_shape": Shape.SDK_KEY, "caller": None, "token": None}, YES),
    Case("launchdarkly.token.personal", "skipped", "it's made yet", {**MAKING, **NO_DESTINATION}, YES),
    Case("launchdarkly.token.lifetime", "skipped", "it's made yet", {**MAKING, **NO_DESTINATION}, YES),
    Case("launchdarkly.token.permissions", "fail", "the maker may not",
         {**MAKING, **NO_DESTINATION, "token": replace(ADMINS, role="", inline_role=VIEWS_ONLY)}, YES,
         says="can't create a token with more rights than its own"),
    Case("destination.token", "pass", "it holds the one that was made",
         {**MAKING, "destinations": (replace(DESTINATION, token_last_four="c3d4"),), "destination_tokens": (OURS,)},
         YES, says="holds the service token Segment Audiences"),
)  # fmt: skip


@pytest.mark.parametrize("case", table(CASES))
def test_the_check_says(case: Case) -> None:
    case.holds()


def test_a_description_says_who_when_and_for_what_and_which_token_it_replaces() -> None:
    said = made_token.description(healthy_facts(**MAKING), healthy_answers(), NOW, replaces=OLDER.id)
    assert said.startswith("Made by Audience Wizard on 1 September 2026, 12:00 UTC for the token Ada's own.")
    assert made_token.replaced_by(replace(OURS, description=said)) == OLDER.id
    assert made_token.replaced_by(OURS) == ""


def test_another_workspace_has_a_token_of_its_own() -> None:
    facts, answers = healthy_facts(made_tokens=(OURS,)), healthy_answers()
    assert made_token.ours(facts, answers) == (OURS,)
    elsewhere = replace(answers, space="spa_other")
    assert made_token.ours(facts, elsewhere) == ()


def test_where_destinations_are_not_seen_only_a_token_that_was_never_used_is_left_over() -> None:
    used = replace(OLDER, last_used=NOW)
    facts = healthy_facts(made_tokens=(OURS, used), destinations=None)
    assert made_token.left_over(facts, healthy_answers()) == (OURS,)
