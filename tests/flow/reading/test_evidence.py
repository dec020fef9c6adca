"""Evidence: whose token is in the destination, and what is read only when something asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.walk_copies import applied, at_review
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.facts import Slot
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import Allowlist, FlagValue, KeyShape, KeyShapes, Sdk
from wizard.sandbox.state.account import Flag, Segment

ON_REQUEST: tuple[Slot, ...] = (
    *("flag_values", "flag_targeting", "evaluated_member", "sdks_in_use", "allowlist", "segment_writes"),
)


async def _walked(scenario: str, *asked_for: Slot) -> Staged:
    staged = await at_review(scenario)
    staged.walk.ask_for(*asked_for)
    await staged.walk.read()
    return staged


async def test_a_walk_reads_no_evidence_that_nothing_asked_for() -> None:
    facts = (await _walked("support-token")).walk.state.facts
    assert [slot for slot in ON_REQUEST if getattr(facts, slot)] == []


async def test_a_walk_with_its_own_token_in_the_destination_lists_no_tokens() -> None:
    staged = await _walked("two-destinations")
    assert staged.walk.state.facts.destination_tokens is None
    assert staged.sandbox.requests
    assert not [request for request in staged.sandbox.requests if request.path.endswith("/tokens")]


async def test_only_tokens_that_may_be_in_the_destination_are_kept() -> None:
    tokens = (await _walked("support-token")).walk.state.facts.destination_tokens
    assert isinstance(tokens, tuple)
    assert [(token.name, token.role, token.service_token) for token in tokens] == [("segment-sync", "writer", True)]


async def test_what_flags_serve_to_the_test_user_and_whether_the_evaluation_counts_them_in() -> None:
    staged = await _walked("two-destinations")
    production = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]
    own = next(one for one in production.segments.values() if one.name == "Vip customers")
    own.flag_keys = ["new-checkout"]
    production.flags["banner"] = Flag("banner", on=False)
    staged.walk.take(replace(staged.walk.state.answers, flag="banner", test_user="user-0001"))
    staged.walk.ask_for("flag_values", "evaluated_member")
    await staged.walk.read_again()
    facts = staged.walk.state.facts
    assert facts.flag_values == {
        "banner": FlagValue("banner", "false", "OFF"),
        "new-checkout": FlagValue("new-checkout", "true", "RULE_MATCH", 1),
    }
    assert list(facts.evaluated_member.values()) == [True]
    assert not staged.sandbox.breaches


@pytest.mark.parametrize(
    ("chosen", "used", "read"),
    [
        ("", ["new-checkout"], "new-checkout"),
        ("banner", ["new-checkout"], "banner"),
        ("", ["banner", "new-checkout"], ""),
    ],
)
async def test_the_rules_are_read_of_the_chosen_flag_else_of_the_only_one(
    chosen: str, used: list[str], read: str
) -> None:
    staged = await _walked("two-destinations")
    production = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]
    own = next(one for one in production.segments.values() if one.name == "Vip customers")
    own.flag_keys = used
    production.flags["banner"] = Flag("banner", on=False)
    staged.walk.take(replace(staged.walk.state.answers, flag=chosen))
    staged.walk.ask_for("flag_targeting")
    await staged.walk.read_again()
    assert list(staged.walk.state.facts.flag_targeting) == ([read] if read else [])
    assert not staged.sandbox.breaches


async def test_of_the_app_the_shapes_of_keys_and_its_sdks_in_this_environment_are_kept() -> None:
    staged = stage("happy")
    staged.sandbox.world.accounts[0].sdks[1].environment_key = "test"
    await walk_to_review(staged)
    staged.walk.ask_for("sdks_in_use", "allowlist")
    await staged.walk.read()
    facts = staged.walk.state.facts
    assert facts.key_shapes == KeyShapes("user", {KeyShape.PREFIXED: 30})
    assert facts.sdks_in_use == (Sdk("node-server-sdk", "9.7.3", "server", "shop", "production"),)
    assert isinstance(facts.allowlist, Failure)  # admins only
    assert not staged.sandbox.breaches


@pytest.mark.parametrize("flags", [[], ["new-checkout"]])
async def test_flags_that_use_a_segment_of_the_same_name_are_read_first(
    flags: list[str],
) -> None:
    staged = stage("happy")
    production = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]
    at = staged.clock.now()
    production.segments["vip"] = Segment("vip", "Vip customers", at, at, flag_keys=flags)
    await walk_to_review(staged)
    assert staged.walk.state.facts.flag_uses == {"vip": tuple(flags)}
    fix = staged.finding("sync.duplicate").fix
    assert ("Then delete" in fix) is bool(flags)


async def test_the_allowlist_is_read_without_being_asked_for_once_deliveries_are_refused() -> None:
    staged = stage("delivery-failing")
    staged.sandbox.world.accounts[0].tokens[0].role = "admin"
    await walk_to_review(staged)
    assert staged.walk.state.facts.allowlist == Allowlist(True, True, 1)
    assert "The IP allowlist in LaunchDarkly blocks Segment" in staged.finding("sync.delivery").cause


async def test_the_audit_log_is_read_while_segment_counts_nothing_since_attaching() -> None:
    staged = await applied("happy")
    await staged.walk.read_again()
    assert staged.walk.state.facts.segment_writes == ()
    await staged.clock.advance(12 * 60)
    await staged.walk.read_again()
    facts = staged.walk.state.facts
    assert isinstance(facts.segment_writes, tuple)
    assert {one.action for one in facts.segment_writes} >= {"createSegment", "updateIncluded"}
    assert not staged.sandbox.breaches


async def test_the_sdks_answer_whether_a_store_is_needed_when_nobody_said() -> None:
    staged = stage("no-store")
    assert staged.walk.state.answers.server_side is None
    await walk_to_review(staged)
    staged.walk.take(replace(staged.walk.state.answers, server_side=None))
    await staged.walk.read()
    assert "no persistent store" in staged.finding("launchdarkly.store").summary
    staged.sandbox.world.accounts[0].sdks = [
        one for one in staged.sandbox.world.accounts[0].sdks if one.kind == "client"
    ]
    await staged.walk.read_again()
    assert "only client-side and mobile SDKs connected" in staged.finding("launchdarkly.store").summary
