"""A person goes through the steps by hand in the sandbox, with and without a Segment token for the wizard."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.domain.sample_facts import refused
from tests.fake_clock import FakeClock
from tests.walk_copies import at_review
from tests.walks import Staged, accept, apply_all, stage, stage_on, walk_to_review, watch_to_the_end
from wizard.domain.answers import AskId
from wizard.domain.planning.change import Action
from wizard.domain.step_id import StepId
from wizard.flow.by_hand.coach import Coach, HandPoll
from wizard.flow.by_hand.step import Tick, TickState
from wizard.flow.profile.session import Session
from wizard.flow.watching.progress import WatchOutcome
from wizard.sandbox.app import Sandbox
from wizard.sandbox.state.segment_workspace import Workspace
from wizard.vault import MemoryVault


async def by_hand(staged: Staged, audiences: tuple[str, ...] = ("vip_customers",)) -> Coach:
    """Choose to do Segment's side by hand, answer the rest, say yes to the plan, and return the coach."""
    walk = staged.walk
    assert walk.answer(staged.ask("by_hand"), "yes") == ""
    await walk_to_review(staged, audiences)
    if not walk.state.answers.audiences:
        assert walk.answer(staged.ask("audience_keys"), " ".join(audiences)) == ""
        await accept(staged, StepId.AUDIENCES)
    plan = walk.plan()
    results = await apply_all(staged)
    return Coach(walk, plan, results.values())


def without_segment_token(scenario: str = "happy") -> Staged:
    sandbox = Sandbox(scenario, FakeClock(auto=True))
    given = {"launchdarkly_token": (sandbox.tokens.launchdarkly_access_token, "from the sandbox")}
    return stage_on(sandbox, vault=MemoryVault("no keyring", given))


def workspace(staged: Staged) -> Workspace:
    return staged.sandbox.world.workspaces[0]


async def poll_once(coach: Coach) -> HandPoll:
    async for look in coach.poll():
        return look
    raise AssertionError("a poll looks at least once")


def ticks(coach: Coach) -> dict[str, Tick]:
    return {step.id: coach.tick(step) for step in coach.steps}


def seen_done(coach: Coach) -> list[str]:
    return [step for step, tick in ticks(coach).items() if tick.is_done]


# --- with a token ---------------------------------------------------------------------------------------------------


async def test_each_step_ticks_itself_when_it_is_done_in_the_app() -> None:
    staged = stage("happy")
    coach = await by_hand(staged)
    ws, app, tokens = workspace(staged), staged.sandbox.app_actions, staged.sandbox.tokens
    source = next(one for one in ws.sources if one.name == "Personas Production")
    await poll_once(coach)
    assert seen_done(coach) == []

    made = app.create_destination(source.id, tokens.launchdarkly_access_token, "5f0c5f0c5f0c5f0c5f0c5f0c", "Mine")
    look = await poll_once(coach)
    assert seen_done(coach) == ["destination.add", "destination.source"]
    assert ticks(coach)["destination.settings"].state is TickState.DIFFERENT
    assert "client-side ID is 5f0c…" in ticks(coach)["destination.settings"].detail

    app.update_destination(made.id, client_id=tokens.launchdarkly_client_side_id)
    look = await poll_once(coach)
    assert seen_done(coach)[-1] == "destination.settings"
    assert coach.steps[4].link.url.endswith(f"/instances/{made.id}"), "the mapping is made on its page"
    assert ticks(coach)["destination.settings"].detail == "It's called Mine."
    assert ticks(coach)["destination.enable"].state is TickState.DIFFERENT

    app.enable_destination(made.id)
    await poll_once(coach)
    assert seen_done(coach)[-1] == "destination.enable"
    mapping = app.create_mapping(made.id, context_kind="account")
    look = await poll_once(coach)
    assert "Context kind is account, but should be user" in ticks(coach)["mapping.fields"].detail
    assert ticks(coach)["mapping.status"].detail == "The mapping exists but is disabled."

    mapping.settings["context_kind"] = "user"
    mapping.enabled = True
    await poll_once(coach)
    assert seen_done(coach)[-1] == "mapping.status"
    audience = next(one for one in ws.audiences.values() if one.key == "vip_customers")
    app.attach(audience.id, made.id)
    look = await poll_once(coach)
    assert seen_done(coach)[-1] == "audience:vip_customers.confirm"
    assert ticks(coach)["audience:vip_customers.send"].state is TickState.CANNOT_TELL
    assert look.next_poll_s == 0.0
    assert {change.action for change in staged.walk.plan().changes} <= {Action.NONE, Action.ADOPT}
    assert staged.sandbox.breaches == []
    assert staged.writes == []


async def test_polling_is_gentle_reads_only_what_is_open_and_ends_on_its_own() -> None:
    staged = await at_review("attach-needs-app")
    plan = staged.walk.plan()
    results = await apply_all(staged)
    coach = Coach(staged.walk, plan, results.values())
    assert [step.id.rpartition(".")[2] for step in coach.steps] == ["add", "send", "confirm", "segments"]

    before = staged.calls("GET", "/destinations")
    started = staged.clock.monotonic()
    looks = [look async for look in coach.poll()]
    assert ticks(coach)["audience:vip_customers.confirm"].is_done, "the colleague attaches after some minutes"
    assert {look.next_poll_s for look in looks[:-1]} == {10.0}
    assert staged.clock.monotonic() - started >= 10.0 * (len(looks) - 1)
    assert staged.calls("GET", "/destinations") == before, "destination and mapping are not read again"
    assert staged.sandbox.breaches == []
    since = staged.walk.session.saved.applied_at
    assert since is not None
    assert (await watch_to_the_end(staged, since))[-1].outcome is WatchOutcome.APPEARED


async def test_where_connections_cannot_be_seen_the_user_ticks() -> None:
    staged = await at_review("no-attach-api")
    plan = staged.walk.plan()
    results = await apply_all(staged)
    coach = Coach(staged.walk, plan, results.values())
    assert len([look async for look in coach.poll()]) == 1
    of_audiences = (tick.state for step, tick in ticks(coach).items() if step.startswith("audience:"))
    assert set(of_audiences) == {TickState.CANNOT_TELL}
    for step in coach.steps[:-1]:
        assert coach.current == step
        coach.set_ticked(step)
    assert coach.is_done
    assert coach.current is not None
    assert coach.current.id == "launchdarkly.segments"


async def test_where_destinations_cannot_be_seen_nothing_else_is_looked_for() -> None:
    staged = stage("happy")
    coach = await by_hand(staged)
    staged.walk.record("destinations", refused())
    assert (await poll_once(coach)).next_poll_s == 0.0


async def test_an_instance_that_the_app_puts_on_a_source_of_its_own_is_recognized() -> None:
    staged = stage("two-destinations")
    walk = staged.walk
    await walk_to_review(staged)
    ws, app, tokens = workspace(staged), staged.sandbox.app_actions, staged.sandbox.tokens
    for one in ws.destinations.values():
        one.settings["clientId"] = "5f0c5f0c5f0c5f0c5f0c5f0c"
    await walk.read_again(StepId.SEGMENT, StepId.DESTINATION)
    assert walk.answer(staged.ask("destination"), "new") == ""
    plan = walk.plan()
    assert plan.changes[0].action is Action.BY_HAND, plan
    coach = Coach(walk, plan)
    taken = next(one.source_id for one in ws.destinations.values() if one.metadata_id == "64e72a310da9ebedf99c8937")
    app.create_destination(
        taken, tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id, "X", enabled=True
    )
    look = await poll_once(coach)
    assert seen_done(coach) == [step.id for step in coach.steps if step.change_id == "destination"], look
    assert walk.state.answers.destination in ws.destinations, "under whatever name, it is the chosen one from now on"


async def test_a_look_without_an_answer_takes_nothing_back_and_goes_on() -> None:
    broken = asyncio.Event()

    class Broken(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if broken.is_set():
                return httpx.Response(503, request=request, json={})
            return await self.inner.handle_async_request(request)

    staged = stage("happy", wrap=Broken)
    coach = await by_hand(staged)
    for step in coach.steps[:4]:
        coach.set_ticked(step)
    await poll_once(coach)
    assert "destination.enable" in seen_done(coach)
    broken.set()
    look = await poll_once(coach)
    assert "destination.enable" in seen_done(coach)
    assert look.trouble
    assert look.next_poll_s >= 10.0


async def test_many_audiences_are_asked_for_no_faster_than_the_limit() -> None:
    staged = stage("happy")
    keys = tuple(one.key for one in workspace(staged).audiences_of(workspace(staged).spaces[0].id))
    coach = await by_hand(staged, keys)
    look = await poll_once(coach)
    assert look.next_poll_s >= len(keys) * 60 / 50


# --- the user's word ------------------------------------------------------------------------------------------------


async def test_without_a_token_nothing_is_polled_and_the_sandbox_can_be_walked_to_the_end() -> None:
    staged = without_segment_token()
    coach = await by_hand(staged)
    asked = len(staged.sandbox.requests)
    [look] = [look async for look in coach.poll()]
    assert look.next_poll_s == 0.0
    assert len(staged.sandbox.requests) == asked
    assert staged.calls("GET", "/spaces") == 0

    for step in coach.steps[:-1]:
        assert coach.current == step
        coach.set_ticked(step)
    assert coach.is_done
    since = staged.walk.session.saved.applied_at
    assert since is not None
    last = (await watch_to_the_end(staged, since))[-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].segment is not None
    await staged.walk.read_again(StepId.LAUNCHDARKLY)
    assert {coach.tick(step).state for step in coach.steps} == {TickState.DONE}


async def test_what_is_done_by_hand_equals_what_the_api_writes() -> None:
    by_api, hands = stage("happy"), stage("happy")
    answers: dict[AskId, str] = {"context_kind": "organization", "context_key": "user_id_then_email", "batching": "no"}
    for staged in (by_api, hands):
        for ask_id, value in answers.items():
            assert staged.walk.answer(staged.ask(ask_id), value) == ""
    await walk_to_review(by_api)
    await apply_all(by_api)
    coach = await by_hand(hands)
    for step in coach.steps[:-1]:
        coach.set_ticked(step)

    [one], [other] = ([d for d in workspace(s).destinations.values() if d.mappings] for s in (by_api, hands))
    assert (one.name, one.enabled, one.settings, one.source_id) == (
        other.name, other.enabled, other.settings, other.source_id,
    )  # fmt: skip
    [mapping], [other_mapping] = ([m for m in d.mappings.values() if not m.activation_id] for d in (one, other))
    assert (mapping.name, mapping.enabled, mapping.trigger) == (
        other_mapping.name, other_mapping.enabled, other_mapping.trigger,
    )  # fmt: skip
    own = {key: value for key, value in mapping.settings.items() if key in other_mapping.settings}
    assert own == other_mapping.settings


async def test_ticking_a_later_step_in_the_sandbox_does_the_earlier_ones_too() -> None:
    staged = stage("happy")
    coach = await by_hand(staged)
    coach.set_ticked(coach.steps[-2])
    assert [look async for look in coach.poll()]
    assert seen_done(coach) == [s.id for s in coach.steps[:-1] if not s.id.endswith(".send")]


async def test_a_tick_of_the_user_does_not_hide_a_difference() -> None:
    staged = stage("happy")
    coach = await by_hand(staged)
    coach.set_ticked(coach.steps[2])
    await poll_once(coach)
    staged.walk.ports = replace(staged.walk.ports, colleague=None)
    enable = coach.steps[3]
    coach.set_ticked(enable)
    assert coach.is_ticked(enable)
    assert not coach.is_step_done(enable)
    assert coach.current == enable


async def test_ticks_are_kept_until_the_values_change(tmp_path: Path) -> None:
    staged = without_segment_token()
    staged.walk.session = Session(tmp_path, staged.clock)
    coach = await by_hand(staged)
    staged.walk.ports = replace(staged.walk.ports, colleague=None)
    for step in coach.steps[:3]:
        coach.set_ticked(step)
    coach.set_ticked(coach.steps[1], ticked=False)

    staged.walk.session = Session(tmp_path, staged.clock)
    again = Coach(staged.walk, staged.walk.plan())
    assert [again.is_ticked(step) for step in again.steps[:4]] == [True, False, True, False]
    assert staged.walk.answer(staged.ask("destination_name"), "Another") == ""
    renamed = Coach(staged.walk, staged.walk.plan())
    assert not renamed.is_ticked(renamed.steps[2])


async def test_in_a_later_run_what_a_person_made_under_a_name_of_their_own_is_found() -> None:
    staged = stage("happy")
    await by_hand(staged)
    tokens = staged.sandbox.tokens
    made = staged.sandbox.app_actions.create_destination(
        workspace(staged).sources[0].id, tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id, "Kim"
    )

    again = stage_on(staged.sandbox)
    again.walk.session.saved = staged.walk.session.saved
    coach = await by_hand(again)

    assert again.walk.state.answers.destination == made.id
    assert [step.id for step in coach.steps[:2]] == ["destination.enable", "mapping.new"]


@pytest.mark.parametrize("scenario", ["hostile-names"])
async def test_hostile_names_reach_no_step(scenario: str) -> None:
    staged = stage(scenario)
    coach = await by_hand(staged)
    said = "".join(
        step.title + step.menu_path + step.note + step.link.url + "".join(value.shown for value in step.values)
        for step in coach.steps
    )
    assert said.isprintable()


async def test_by_hand_with_a_token_the_first_sync_shows_both_sides() -> None:
    staged = stage("happy")
    coach = await by_hand(staged)
    coach.set_ticked(coach.steps[-2])
    assert [look async for look in coach.poll()]
    since = staged.walk.session.saved.applied_at
    assert since is not None
    last = (await watch_to_the_end(staged, since))[-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].stages[0].detail == "Segment has the connection"


@pytest.mark.parametrize("token", ["sgp_unknown_to_segment_0123456789", "sdk-11111111-2222-4333-8444-555566667777"])
async def test_a_segment_token_that_is_no_good_keeps_nobody_from_working_by_hand(token: str) -> None:
    sandbox = Sandbox("happy", FakeClock(auto=True))
    given = {
        "launchdarkly_token": (sandbox.tokens.launchdarkly_access_token, "given"),
        "segment_token": (token, "given"),
    }
    staged = stage_on(sandbox, vault=MemoryVault("no keyring", given))
    coach = await by_hand(staged)
    assert staged.walk.plan().blocked_by == ()
    assert [look.next_poll_s async for look in coach.poll()] == [0.0]
    assert coach.steps[0].id == "destination.add"
    assert coach.tick(coach.steps[0]).state is TickState.CANNOT_TELL


@pytest.mark.parametrize("scenario", ["member-token", "no-attach-api", "attach-needs-app"])
async def test_by_hand_no_scenario_of_the_token_blocks_the_plan(scenario: str) -> None:
    staged = stage(scenario)
    coach = await by_hand(staged)
    assert staged.walk.plan().blocked_by == ()
    for step in coach.steps[:-1]:
        coach.set_ticked(step)
    assert [look async for look in coach.poll()]
    assert not [step for step in coach.steps[:-1] if ticks(coach)[step.id].state is TickState.DIFFERENT]
    assert coach.is_done
