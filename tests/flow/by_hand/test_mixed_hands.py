"""By hand and by API together: each part is seen, the API's changes that waited follow, and the setup is complete."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.faulty import Fault, with_fault
from tests.flow.writing.test_apply import DESTINATIONS, MAPPINGS
from tests.walk_copies import at_review
from tests.walks import Staged, stage, stage_on, walk_to_review, watch_to_the_end
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import Plan
from wizard.domain.step_id import StepId
from wizard.flow.by_hand.coach import Coach, HandPoll
from wizard.flow.guide import first_open_step
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.marks import mark_of
from wizard.flow.steps.step import Mark
from wizard.flow.watching.progress import WatchOutcome
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import apply_reviewed, review
from wizard.sandbox.state.segment_workspace import Destination, Workspace
from wizard.wiring import Wrap

ATTACH = "audience:vip_customers"
DONE, ALREADY, BY_HAND, SKIPPED = Outcome.DONE, Outcome.ALREADY, Outcome.BY_HAND, Outcome.SKIPPED
CLOSED_DESTINATIONS = with_fault(Fault.CLOSED, "POST", DESTINATIONS, times=9)
CLOSED_MAPPINGS = with_fault(Fault.CLOSED, "POST", MAPPINGS, times=9)
UNSEEN_MAPPINGS: Wrap = lambda inner: CLOSED_MAPPINGS(with_fault(Fault.CLOSED, "GET", MAPPINGS, times=99)(inner))  # noqa: E731


def workspace(staged: Staged) -> Workspace:
    return staged.sandbox.world.workspaces[0]


async def says_yes(staged: Staged) -> dict[str, Result]:
    """Say yes to the current plan, and return the results."""
    await staged.walk.read()
    events = [event async for event in apply_reviewed(staged.walk, review(staged.walk))]
    return {event.id: event for event in events if isinstance(event, Result)}


def outcomes(results: dict[str, Result]) -> list[Outcome]:
    return [result.outcome for result in results.values()]


async def poll_once(coach: Coach) -> HandPoll:
    async for look in coach.poll():
        return look
    raise AssertionError("a poll looks at least once")


def nobody_helps(staged: Staged) -> None:
    """Take away the sandbox's colleague, who would otherwise do each step that is ticked."""
    staged.walk.ports = replace(staged.walk.ports, colleague=None)


def make_destination(staged: Staged, *, enabled: bool = True) -> Destination:
    """Make the destination by hand, under a name that the person chose."""
    tokens = staged.sandbox.tokens
    return staged.sandbox.app_actions.create_destination(
        workspace(staged).sources[0].id,
        tokens.launchdarkly_access_token,
        tokens.launchdarkly_client_side_id,
        "Made by Kim",
        enabled=enabled,
    )


async def assert_whole(staged: Staged) -> None:
    assert staged.walk.plan().pending == ()
    since = staged.walk.session.saved.applied_at
    assert since is not None
    assert (await watch_to_the_end(staged, since))[-1].outcome is WatchOutcome.APPEARED
    assert list(staged.sandbox.breaches) == []


# --- the destination by hand, the rest by API ---------------------------------------------------------------------


class Answering(httpx.AsyncBaseTransport):
    """An API that refuses to make a destination, with the given status."""

    def __init__(self, inner: httpx.AsyncBaseTransport, status: int) -> None:
        self._inner, self._status = inner, status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if (request.method, request.url.path) != ("POST", "/destinations"):
            return await self._inner.handle_async_request(request)
        body = {"errors": [{"type": "forbidden", "message": "Not permitted"}]}
        return httpx.Response(self._status, json=body, request=request)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_destination_that_the_api_does_not_make_is_made_by_hand_and_the_rest_waits(status: int) -> None:
    staged = stage("happy", wrap=lambda inner: Answering(inner, status))
    await walk_to_review(staged)
    results = await says_yes(staged)

    assert outcomes(results) == [BY_HAND, SKIPPED, SKIPPED]
    error = results["destination"].error
    assert error is not None
    assert "Catalog → LaunchDarkly Audiences → Add destination" in error.fix
    assert results[ATTACH].detail == "Comes after the destination, which you do by hand first."
    assert "review" not in staged.walk.accepted
    assert staged.walk.session.saved.made == ()
    assert staged.walk.session.saved.applied_at is None, "no sync has begun"


@pytest.mark.parametrize("enabled", [True, False])
async def test_mapping_and_connection_follow_once_the_destination_is_seen(enabled: bool) -> None:
    staged = stage("happy", wrap=CLOSED_DESTINATIONS)
    await walk_to_review(staged)
    plan = staged.walk.plan()
    coach = Coach(staged.walk, plan, (await says_yes(staged)).values())
    assert {step.change_id for step in coach.steps} == {"destination"}
    assert [change.id for change in coach.waiting] == ["mapping", ATTACH]

    made = make_destination(staged, enabled=enabled)
    await poll_once(coach)
    assert coach.is_done is enabled
    assert not coach.is_whole
    made.enabled = True
    await poll_once(coach)
    assert coach.is_done

    assert outcomes(await says_yes(staged)) == [ALREADY, DONE, DONE]
    assert coach.is_whole
    assert "review" in staged.walk.accepted
    await assert_whole(staged)


async def test_where_every_engage_source_is_taken_the_rest_follows_too() -> None:
    staged = await at_review("two-destinations")
    for one in workspace(staged).destinations.values():
        one.settings["clientId"] = "5f0c5f0c5f0c5f0c5f0c5f0c"
    await staged.walk.read_again(StepId.SEGMENT, StepId.DESTINATION, StepId.AUDIENCES)
    assert staged.walk.answer(staged.ask("destination"), "new") == ""
    await staged.walk.read()
    plan = staged.walk.plan()
    assert [change.id for change in plan.waiting] == ["mapping", ATTACH]
    assert plan.made_at_once == ()
    coach = Coach(staged.walk, plan, (await says_yes(staged)).values())

    make_destination(staged)
    await poll_once(coach)
    assert coach.is_done

    assert outcomes(await says_yes(staged)) == [ALREADY, DONE, DONE]
    await assert_whole(staged)


async def test_a_tick_does_not_stand_for_a_destination_that_nobody_sees() -> None:
    staged = await at_review("create-needs-app")
    plan = staged.walk.plan()
    coach = Coach(staged.walk, plan, (await says_yes(staged)).values())
    nobody_helps(staged)
    for step in coach.steps:
        assert coach.current == step
        coach.set_ticked(step)
    await poll_once(coach)

    assert not coach.is_done
    assert coach.current == coach.steps[0]
    assert not coach.needs_no_action(coach.steps[0])
    await staged.clock.sleep(180)
    await poll_once(coach)
    assert coach.is_done
    assert coach.current is None


async def test_a_person_who_makes_all_of_it_leaves_nothing_to_the_api() -> None:
    staged = stage("happy", wrap=CLOSED_DESTINATIONS)
    await walk_to_review(staged)
    coach = Coach(staged.walk, staged.walk.plan(), (await says_yes(staged)).values())
    made = make_destination(staged)
    staged.sandbox.app_actions.create_mapping(made.id, enabled=True)
    staged.sandbox.app_actions.attach(staged.walk.state.answers.audiences[0], made.id)

    await poll_once(coach)
    staged.walk.forget_what_is_made()
    await staged.walk.read()

    assert coach.is_done
    assert coach.is_whole
    assert {change.action for change in staged.walk.plan().changes} == {Action.ADOPT}


async def test_what_the_wizard_makes_after_the_person_is_no_problem_of_its_step() -> None:
    staged = await at_review("create-needs-app")
    coach = Coach(staged.walk, staged.walk.plan(), (await says_yes(staged)).values())
    made = make_destination(staged)
    await poll_once(coach)
    staged.walk.forget_what_is_made()
    await staged.walk.read()

    steps = (StepId.DESTINATION, StepId.MAPPING, StepId.AUDIENCES)
    assert [mark_of(staged.walk.step(step), staged.walk) for step in steps] == [Mark.DONE] * 3

    made.enabled = False  # none of the open steps fixes that
    staged.walk.forget_what_is_made()
    await staged.walk.read()
    assert mark_of(staged.walk.step(StepId.DESTINATION), staged.walk) is Mark.PROBLEM


async def test_a_later_run_takes_up_what_the_person_made_under_a_name_of_their_own() -> None:
    staged = await at_review("create-needs-app")
    await says_yes(staged)
    make_destination(staged)
    saved = staged.walk.session.saved

    await staged.clock.sleep(10)
    again = stage_on(staged.sandbox)
    again.walk.session.saved = saved
    await load_secrets(again.walk)
    again.walk.resume()
    await again.walk.read()
    assert first_open_step(again.walk).id == "destination"
    for step in (StepId.DESTINATION, StepId.MAPPING):
        again.walk.accept(again.walk.step(step))
        await again.walk.read()
    assert "review" not in again.walk.accepted

    assert {change.id: change.action for change in again.walk.plan().changes} == {
        "destination": Action.ADOPT, "mapping": Action.CREATE, ATTACH: Action.CREATE,
    }  # fmt: skip
    assert outcomes(await says_yes(again)) == [ALREADY, DONE, DONE]
    await assert_whole(again)


# --- the reverse --------------------------------------------------------------------------------------------------


async def test_a_mapping_by_hand_is_awaited_before_the_api_attaches() -> None:
    staged = stage("happy", wrap=CLOSED_MAPPINGS)
    await walk_to_review(staged)
    plan = staged.walk.plan()
    results = await says_yes(staged)
    assert outcomes(results) == [DONE, BY_HAND, SKIPPED]
    coach = Coach(staged.walk, plan, results.values())
    assert {step.change_id for step in coach.steps} == {"mapping"}
    assert [change.id for change in coach.waiting] == [ATTACH]

    mapping = staged.sandbox.app_actions.create_mapping(results["destination"].resource_id)
    await poll_once(coach)
    assert not coach.is_done, "it is there and off"
    mapping.enabled = True
    await poll_once(coach)
    assert coach.is_done

    assert outcomes(await says_yes(staged)) == [ALREADY, ALREADY, DONE]
    await assert_whole(staged)


async def test_an_unreadable_mapping_blocks_nothing_and_is_not_called_seen() -> None:
    staged = stage("happy", wrap=UNSEEN_MAPPINGS)
    await walk_to_review(staged)
    plan = staged.walk.plan()
    results = await says_yes(staged)
    assert outcomes(results) == [DONE, BY_HAND, DONE]
    coach = Coach(staged.walk, plan, results.values())
    assert coach.waiting == ()

    for step in coach.steps[:-1]:
        coach.set_ticked(step)
    await poll_once(coach)

    assert coach.is_done
    assert not coach.is_whole


@pytest.mark.parametrize("scenario", ["attach-needs-app", "no-attach-api"])
async def test_attaching_by_hand_after_a_destination_by_api_ends_whole_only_when_it_is_seen(scenario: str) -> None:
    staged = await at_review(scenario)
    plan = staged.walk.plan()
    results = await says_yes(staged)
    assert outcomes(results) == [DONE, DONE, BY_HAND]
    assert mark_of(staged.walk.step(StepId.REVIEW), staged.walk) is Mark.IN_PROGRESS, "a step by hand is left"
    coach = Coach(staged.walk, plan, results.values())
    assert coach.waiting == ()
    nobody_helps(staged)
    for step in coach.steps[:-1]:
        coach.set_ticked(step)
    await poll_once(coach)
    assert not coach.is_whole
    assert coach.is_done is (scenario == "no-attach-api"), "there is nothing to see there, and the user's word counts"

    staged.sandbox.app_actions.attach(staged.walk.state.answers.audiences[0], results["destination"].resource_id)
    await poll_once(coach)

    assert coach.is_done
    assert coach.is_whole is (scenario == "attach-needs-app")


# --- what a yes does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrap", "first"),
    [(CLOSED_DESTINATIONS, [BY_HAND, SKIPPED, SKIPPED]), (CLOSED_MAPPINGS, [DONE, BY_HAND, SKIPPED])],
    ids=["destination", "mapping"],
)
async def test_a_yes_before_it_is_made_by_hand_asks_for_it_again_and_breaks_nothing(
    wrap: Wrap, first: list[Outcome]
) -> None:
    staged = stage("happy", wrap=wrap)
    await walk_to_review(staged)

    assert outcomes(await says_yes(staged)) == first
    again = outcomes(await says_yes(staged))

    assert [outcome for outcome in again if outcome is not ALREADY] == [one for one in first if one is not DONE]
    assert list(staged.sandbox.breaches) == []


def test_a_plan_without_anything_by_hand_waits_for_nothing() -> None:
    assert (Plan(()).waiting, Plan(()).made_at_once) == ((), ())
