"""`rule`: the rule that a flag needs, shown as code and added once, and how undo removes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import hcl2
import httpx
import pytest

from tests.faulty import Fault, with_answers_lost_after, with_fault
from tests.headless.runs import Ran, World
from wizard.flow.profile.session import Session
from wizard.sandbox.state.account import Environment, Flag, Rule
from wizard.wiring import answers_of

PATCH = "/api/v2/flags/shop/vip-lounge"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "synced")


def place(world: World, key: str = "production") -> Environment:
    return world.sandbox.world.accounts[0].projects["shop"].environments[key]


def rules(world: World, flag: str = "vip-lounge") -> list[Rule]:
    return place(world).flags[flag].rules


async def add(world: World, flag: str = "vip-lounge", **options: object) -> Ran:
    return await world.run("rule", flag=flag, apply=True, **options)  # type: ignore[arg-type]


# --- showing it ---------------------------------------------------------------------------------------------------


async def test_a_rule_is_shown_in_words_as_a_request_and_as_terraform_and_nothing_is_changed(world: World) -> None:
    shown = await world.run("rule", flag="vip-lounge", as_json=False)
    document = (await world.run("rule", flag="vip-lounge")).document

    assert shown.code == 0
    assert "Context in segment Vip customers, serve true\n" in shown.out
    assert "The flag is off in production" in shown.out
    assert "To add it: audience-wizard rule vip-lounge --apply" in shown.out.replace(
        f" -c {world.folder}/setup.toml", ""
    )
    (segment,) = document["segments"]
    (instruction,) = document["request"]["body"]["instructions"]
    assert instruction["clauses"][0]["values"] == [segment["key"]]
    (rule,) = hcl2.loads(document["terraform"])["rules"]
    assert rule["clauses"][0]["values"] == [f'"{segment["key"]}"']
    assert (document["may_add"], document["there"]) == (True, False)
    assert world.writes() == []


async def test_without_a_flag_the_flags_are_listed(world: World) -> None:
    ran = await world.run("rule")
    assert {"key": "vip-lounge", "name": "VIP lounge", "on": False} in ran.document["flags"]


async def test_the_address_of_a_flags_page_names_the_flag(world: World) -> None:
    address = "https://app.launchdarkly.com/projects/shop/flags/vip-lounge/targeting?env=production"
    assert (await world.run("rule", flag=address)).document["flag"] == "vip-lounge"


async def test_a_slip_brings_the_nearest_flag(world: World) -> None:
    ran = await world.run("rule", flag="vip-lunge")
    assert (ran.code, "Did you mean vip-lounge?" in ran.err) == (2, True)


async def test_a_flag_that_is_no_boolean_needs_the_variation(world: World) -> None:
    place(world).flags["colour"] = Flag("colour", fallthrough="blue", off_value="grey")

    refused = await world.run("rule", flag="colour")
    named = await world.run("rule", flag="colour", variation="blue")

    assert (refused.code, 'Its variations: "blue", "grey"' in refused.err) == (2, True)
    assert named.document["rule"].endswith('serve "blue"')


async def test_a_row_of_the_inventory_names_segment_and_environment(tmp_path: Path) -> None:
    world = World(tmp_path, "many-segments")
    (key,) = place(world, "staging").segments

    ran = await world.run("rule", flag="vip-lounge", segments=(key,), environment="shop/staging")

    assert (ran.document["environment"], ran.document["segments"][0]["key"]) == ("staging", key)


async def test_a_slip_in_a_segments_key_brings_the_nearest_segment(world: World) -> None:
    (key,) = (one for one in place(world).segments if one.startswith("segment-audiences-"))

    ran = await world.run("rule", flag="vip-lounge", segments=(key.replace("aud", "uad"),))
    assert (ran.code, ran.out) == (2, "")
    assert f"no segment “{key.replace('aud', 'uad')}”. Did you mean {key}?" in ran.err

    far = await world.run("rule", flag="vip-lounge", segments=("x / y",))
    assert far.err == "shop / production has no segment “x / y”."


async def test_before_the_first_sync_there_is_no_rule(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("rule", flag="vip-lounge")
    assert (ran.code, "no segment in LaunchDarkly yet" in ran.err) == (2, True)


# --- adding it ----------------------------------------------------------------------------------------------------


async def test_a_rule_is_added_once_and_taken_back(world: World) -> None:
    before = len(rules(world))

    added, again = await add(world), await add(world)

    assert (added.code, added.document["result"]["status"]) == (0, "done")
    assert (again.code, again.document["there"]) == (0, True)
    assert again.document["result"] == {**added.document["result"], "status": "already"}
    assert len(rules(world)) == before + 1
    assert world.writes() == [f"PATCH {PATCH}"]

    undone = await world.run("undo")
    assert (undone.code, undone.statuses()) == (0, {"rule": "done"})
    assert len(rules(world)) == before
    assert (await world.run("undo")).document["results"] == []


async def test_the_sandbox_offers_no_undo_that_would_find_nothing(world: World) -> None:
    session = Session(None, world.clock)
    session.saved = replace(session.saved, answers=answers_of(world.sandbox))
    ran = await add(world, setup=None, session=session, as_json=False, after_setup=True)
    assert "The sandbox keeps nothing: the next command starts afresh." in ran.out
    assert "undo" not in ran.out


async def test_nobody_said_yes(world: World) -> None:
    ran = await world.run("rule", flag="vip-lounge", apply=True, typed="no")
    assert (ran.code, world.writes()) == (4, [])
    assert "Add this rule to VIP lounge in shop / production? Type yes: " in ran.err


async def test_without_a_terminal_a_yes_is_needed_beforehand(world: World) -> None:
    ran = await world.run("rule", flag="vip-lounge", apply=True, yes=False)
    assert (ran.code, "--apply --yes" in ran.err, world.sandbox.requests) == (2, True, [])


@pytest.mark.parametrize("tags", [[], ["vip"]])
async def test_an_environment_whose_approvals_forbid_it_is_left_alone(world: World, tags: list[str]) -> None:
    here = place(world)
    here.flag_approvals, here.flag_approval_tags = True, tags
    here.flags["vip-lounge"].tags = tags

    ran = await add(world)

    assert (ran.code, ran.document["may_add"], world.writes()) == (4, False, [])
    assert ran.document["why_not"] == "Changes to this flag require an approval in production."


async def test_approvals_of_other_flags_hold_nothing_up(world: World) -> None:
    here = place(world)
    here.flag_approvals, here.flag_approval_tags = True, ["payments"]
    assert (await add(world)).code == 0


async def test_a_token_that_may_not_is_not_tried(tmp_path: Path) -> None:
    world = World(tmp_path, "support-token")
    ran = await add(world)
    assert (ran.code, world.writes()) == (4, [])
    assert ran.document["why_not"].startswith("This token can't change the rules of flags here (updateRules).")


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.ERROR_AFTER, Fault.EMPTY_AFTER])
async def test_a_lost_answer_makes_no_second_rule(world: World, fault: Fault) -> None:
    before = len(rules(world))
    ran = await add(world, wrap=with_fault(fault, "PATCH", PATCH))
    assert (ran.code, len(rules(world))) == (0, before + 1)
    assert (await world.run("undo")).statuses() == {"rule": "done"}
    assert len(rules(world)) == before


@pytest.mark.parametrize("adds_again", [True, False])
async def test_a_run_that_ended_before_the_answer_is_taken_up_by_the_next(world: World, adds_again: bool) -> None:
    before = len(rules(world))
    cut = await add(world, wrap=with_answers_lost_after("PATCH", PATCH, to=PATCH, loses=True))
    assert cut.code == 1
    await world.clock.sleep(3_600)

    if adds_again:
        assert (await add(world)).code == 0
        assert len(rules(world)) == before + 1
    assert (await world.run("undo")).statuses() == {"rule": "done"}
    assert len(rules(world)) == before


async def test_a_rule_that_somebody_changed_is_left_by_undo(world: World) -> None:
    await add(world)
    rules(world)[-1].value = False

    undone = await world.run("undo")

    assert undone.statuses() == {"rule": "skipped"}
    assert "Someone has changed it since" in undone.document["results"][0]["error"]["summary"]


class Meddling(httpx.AsyncBaseTransport):
    """A transport on which someone adds a rule before the flag is read for the second time."""

    def __init__(self, world: World, inner: httpx.AsyncBaseTransport) -> None:
        self._world, self._inner, self._looks = world, inner, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._looks += request.url.path == PATCH
        if self._looks == 2:
            rules(self._world).insert(0, Rule("beta-testers"))
        return await self._inner.handle_async_request(request)


async def test_a_flag_that_was_changed_since_the_review_is_left_alone(world: World) -> None:
    ran = await add(world, wrap=lambda inner: Meddling(world, inner))
    assert (ran.code, ran.document["result"]["error"]["code"]) == (1, "moved")
    assert world.writes() == []


async def test_the_approval_that_launchdarkly_asks_for_is_said(world: World) -> None:
    """The environment's settings didn't show the approval before."""

    def needs_one() -> None:
        place(world).flag_approvals = True

    ran = await add(world, wrap=with_fault(Fault.LOST_BEFORE, "GET", PATCH, 1, meanwhile=needs_one))
    assert ran.code == 1
    assert ran.document["result"]["error"]["code"] == "approval_required"


class Shown(httpx.AsyncBaseTransport):
    """A transport on which LaunchDarkly shows a part of the flag differently than it is."""

    def __init__(self, inner: httpx.AsyncBaseTransport, **part: object) -> None:
        self._inner, self._part = inner, part

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.url.path != PATCH or response.status_code != 200:
            return response
        return httpx.Response(200, json={**json.loads(await response.aread()), **self._part})


async def test_a_rule_that_was_accepted_and_is_not_shown_is_not_added_a_second_time(world: World) -> None:
    ran = await add(world, wrap=lambda inner: Shown(inner, environments={"production": {"on": True, "rules": []}}))
    error = ran.document["result"]["error"]
    assert (ran.code, error["code"], len(world.writes())) == (1, "not_seen", 1)
    assert error["summary"] == "LaunchDarkly accepted the rule but doesn't show it."
    assert len(rules(world)) == 1


async def test_a_flag_whose_variations_are_not_shown_is_said_to_be_one(world: World) -> None:
    ran = await add(world, wrap=lambda inner: Shown(inner, variations=[]))
    assert (ran.code, "LaunchDarkly doesn't show the flag's variations" in ran.err) == (2, True)
