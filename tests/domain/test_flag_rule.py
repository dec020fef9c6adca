"""A flag's rule in words, as a request and as Terraform; who may add it, and which rule is the one."""

from __future__ import annotations

from dataclasses import replace

import hcl2
import pytest

from wizard.domain.flag_rule import (
    RuleDraft,
    after_words,
    as_request,
    as_terraform,
    find_existing_rule,
    in_words,
    matches_record,
    rule_record,
    usual_variation,
    variation_named,
    why_approvals_forbid_it,
    without_a_rule,
)
from wizard.domain.services.flag import SEGMENT_MATCH, Clause, FlagDetails, FlagRule, Variation
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Statement, Token
from wizard.domain.tokens.permissions import FlagTarget, Target, Verdict, grant_of, judge

ON, OFF = Variation("v1", True), Variation("v2", False)
FLAG = FlagDetails("checkout", "Checkout", (OFF, ON), on=True, rules=())
SEGMENT = LaunchDarklySegment("segment-audiences-aud_1", "Vip")
PRODUCTION = Environment("c1", "production", "Production")
DRAFT = RuleDraft("shop", PRODUCTION, FLAG, (SEGMENT,), ON)
RULE = FlagRule("r1", (Clause("segmentMatch", (SEGMENT.key,)),), 1)
HOSTILE = '"] } ${file("/etc/passwd")} %{for x in y}\n}'


def test_a_rule_in_words_says_what_it_does_and_what_it_does_not() -> None:
    assert in_words(DRAFT) == "Context in segment Vip, serve true"
    assert after_words(DRAFT) == ""
    there = replace(DRAFT, flag=replace(FLAG, on=False, rules=(RULE,)))
    assert after_words(there).startswith("The flag is off in production")
    later = replace(there, flag=replace(there.flag, rules=(replace(RULE, clauses=()),)))
    first = "The flag has 1 rule already. LaunchDarkly checks it before this one, and the first matching rule decides"
    assert after_words(later).startswith(f"{first}. The flag is off in production")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [(("payments",), "payments"), (("a", "b", "c", "d", "e"), "a, b, c, 2 more")],
)
def test_prerequisites_come_before_every_rule_new_or_there(keys: tuple[str, ...], shown: str) -> None:
    flag = replace(FLAG, prerequisites=keys)
    said = f"While a prerequisite of the flag isn't met ({shown}), everyone gets the off variation."
    assert after_words(replace(DRAFT, flag=flag)) == said


def test_a_new_rule_takes_its_members_out_of_an_experiment() -> None:
    flag = replace(FLAG, has_experiment=True)
    assert "leave the experiment" in after_words(replace(DRAFT, flag=flag))
    there = replace(flag, rules=(FlagRule("r", (Clause(SEGMENT_MATCH, DRAFT.keys),), 1),))
    assert after_words(replace(DRAFT, flag=there)) == ""


def test_the_request_names_the_variation_by_id_and_terraform_by_its_place() -> None:
    (instruction,) = as_request(DRAFT)["instructions"]
    assert (instruction["kind"], instruction["variationId"]) == ("addRule", "v1")
    (rule,) = hcl2.loads(as_terraform(DRAFT))["rules"]
    assert rule["variation"] == 1


def test_a_name_stays_text_in_terraform() -> None:
    (rule,) = hcl2.loads(as_terraform(replace(DRAFT, segments=(replace(SEGMENT, name=HOSTILE),))))["rules"]
    assert "$${file(" in rule["description"]


def test_of_a_boolean_true_is_served_and_of_others_what_is_named() -> None:
    blue = Variation("b", "blue", "Blue theme")
    colors = replace(FLAG, variations=(Variation("g", "grey"), blue))
    assert usual_variation(FLAG) == ON
    assert usual_variation(colors) is None
    assert [variation_named(colors, typed) for typed in ("blue", '"blue"', "Blue theme", "red")] == [blue] * 3 + [None]


@pytest.mark.parametrize(
    ("rule", "is_it"),
    [
        (RULE, True),
        (replace(RULE, clauses=(Clause("segmentMatch", (SEGMENT.key, "other")),)), True),
        (replace(RULE, clauses=(*RULE.clauses, Clause("in", ("x",)))), False),
        (replace(RULE, clauses=(Clause("segmentMatch", (SEGMENT.key,), negate=True),)), False),
        (replace(RULE, clauses=(Clause("segmentMatch", ("other",)),)), False),
    ],
)
def test_a_rule_stands_when_it_asks_for_nothing_but_the_segment(rule: FlagRule, is_it: bool) -> None:
    assert (find_existing_rule(replace(FLAG, rules=(rule,)), DRAFT.keys) is rule) is is_it


def test_a_rule_that_was_changed_is_not_as_it_was_kept() -> None:
    assert matches_record(RULE, rule_record(RULE))
    assert not matches_record(replace(RULE, variation=0), rule_record(RULE))
    assert not matches_record(replace(RULE, clauses=(*RULE.clauses, Clause("in", ("x",)))), rule_record(RULE))


@pytest.mark.parametrize(
    ("environment", "flag_tags", "forbids"),
    [
        (PRODUCTION, (), False),
        (replace(PRODUCTION, flag_approvals_required=True), (), True),
        (replace(PRODUCTION, flag_approvals_required=True, flag_approval_tags=("pay",)), (), False),
        (replace(PRODUCTION, flag_approvals_required=True, flag_approval_tags=("pay",)), ("pay",), True),
        (replace(PRODUCTION, flag_approvals_required=False, flag_approval_tags=("pay",)), ("pay",), False),
    ],
)
def test_approvals_forbid_it(environment: Environment, flag_tags: tuple[str, ...], forbids: bool) -> None:
    assert bool(why_approvals_forbid_it(environment, replace(FLAG, tags=flag_tags))) is forbids


@pytest.mark.parametrize(
    ("resource", "actions", "verdict"),
    [
        ("proj/*:env/*:flag/*", ("updateRules",), Verdict.ALLOW),
        ("proj/shop:env/production:flag/checkout", ("update*",), Verdict.ALLOW),
        ("proj/shop:env/production:flag/*;beta", ("*",), Verdict.ALLOW),
        ("proj/shop:env/production:flag/*;other", ("*",), Verdict.DENY),
        ("proj/shop:env/staging:flag/*", ("*",), Verdict.DENY),
        ("proj/shop:env/production", ("*",), Verdict.DENY),
        ("proj/shop:env/production:segment/*", ("*",), Verdict.DENY),
        ("proj/shop:env/production:flag/*;view:x", ("*",), Verdict.UNKNOWN),
    ],
)
def test_a_policy_is_judged_on_the_flag(resource: str, actions: tuple[str, ...], verdict: Verdict) -> None:
    token = Token("t", inline_role=(Statement("allow", (resource,), actions=actions),), service_token=True)
    target = Target("shop", "production")
    judged = judge("updateRules", grant_of(token, {}, None), target, FlagTarget("checkout", ("beta",)))
    assert judged.verdict is verdict


def test_a_segment_that_a_rule_matches_already_needs_no_other_rule() -> None:
    lapsed = LaunchDarklySegment("segment-audiences-aud_2", "Lapsed")
    assert without_a_rule(FLAG, (SEGMENT, lapsed)) == (SEGMENT, lapsed)
    assert without_a_rule(replace(FLAG, rules=(RULE,)), (SEGMENT, lapsed)) == (lapsed,)
