"""An apply makes exactly the changes that were reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.flow.writing.no_journal import NoJournal
from tests.walk_copies import at_review
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.planning.change import Action
from wizard.flow.writing.apply import apply
from wizard.flow.writing.changes.observed import A_MOMENT, Observed
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import PlanOutdated, apply_reviewed, review
from wizard.sandbox.scenarios.acme import add_audience
from wizard.sandbox.state.segment_workspace import Audience, GeneratedProfiles


async def test_a_reviewed_plan_is_made_and_taken_up() -> None:
    staged = await at_review("happy")

    events = [event async for event in apply_reviewed(staged.walk, review(staged.walk))]

    assert [event.outcome for event in events if isinstance(event, Result)] == [Outcome.DONE] * 3
    assert {change.action for change in review(staged.walk).plan.changes} == {Action.NONE}
    assert staged.walk.session.saved.applied_at is not None
    assert "review" in staged.walk.accepted


async def test_nothing_is_done_when_somebody_else_was_there_since_the_review() -> None:
    staged = await at_review("happy")
    reviewed = review(staged.walk)
    tokens = staged.sandbox.tokens
    staged.sandbox.app_actions.set_up(
        "vip_customers", tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id
    )

    events = [event async for event in apply_reviewed(staged.walk, reviewed)]

    assert len(events) == 1
    assert isinstance(events[0], PlanOutdated)
    assert events[0].reviewed.plan != reviewed.plan
    assert "review" not in staged.walk.accepted
    assert all(request.method == "GET" for request in staged.sandbox.requests if "segmentapis" in request.host)


# --- with as few calls as it takes ------------------------------------------------------------------------------

CONNECTIONS, ACTIVATIONS = "/destination-connections", "/activations"


def crowded(scenario: str, audiences: int) -> Staged:
    """Return a world with `audiences` more audiences: cohort_000, cohort_001, …"""
    staged = stage(scenario)
    workspace = staged.sandbox.world.workspaces[0]
    for number in range(audiences):
        add_audience(
            workspace, workspace.spaces[0], f"cohort_{number:03d}", "Cohort", GeneratedProfiles(5), staged.clock.now()
        )
    return staged


def audience_of(staged: Staged, key: str) -> Audience:
    return next(one for one in staged.sandbox.world.workspaces[0].audiences.values() if one.key == key)


def reads(staged: Staged, since: int = 0) -> Iterator[str]:
    """Yield the last word of the path of each audience reading; "one" for a single audience."""
    for request in list(staged.sandbox.requests)[since:]:
        if request.method == "GET" and "/audiences" in request.path:
            last = request.path.rpartition("/")[2]
            yield "one" if last.startswith("aud_") else last


async def outcomes(staged: Staged) -> list[Outcome]:
    events = [event async for event in apply_reviewed(staged.walk, review(staged.walk))]
    return [event.outcome for event in events if isinstance(event, Result)]


async def test_of_a_long_list_only_the_chosen_audiences_are_read_again() -> None:
    staged = crowded("happy", 400)
    await walk_to_review(staged, ("cohort_007", "vip_customers"))
    before = len(staged.sandbox.requests)
    listed = staged.walk.state.facts.audiences

    assert await outcomes(staged) == [Outcome.DONE] * 4

    seen = list(reads(staged, before))
    assert (seen.count("audiences"), seen.count("one")) == (0, 2)
    assert staged.walk.state.facts.audiences == listed
    assert list(staged.sandbox.breaches) == []


@pytest.mark.parametrize("gone", [True, False])
async def test_a_chosen_audience_of_a_long_list_that_changed_is_seen(gone: bool) -> None:
    staged = crowded("happy", 400)
    await walk_to_review(staged, ("cohort_007",))
    reviewed, workspace = review(staged.walk), staged.sandbox.world.workspaces[0]
    audience = audience_of(staged, "cohort_007")
    if gone:
        del workspace.audiences[audience.id]
    else:
        audience.enabled = False

    events = [event async for event in apply_reviewed(staged.walk, reviewed)]

    assert [type(event) for event in events] == [PlanOutdated]
    assert isinstance(staged.walk.state.facts.audiences, tuple)
    shown = {one.key: one.enabled for one in staged.walk.state.facts.audiences}
    assert shown.get("cohort_007") is (None if gone else False)


@pytest.mark.parametrize("scenario", ["happy", "destination-disabled"])
async def test_each_audience_is_looked_at_once_before_its_write_and_once_after(scenario: str) -> None:
    staged = crowded(scenario, 2)
    chosen = ("cohort_000", "cohort_001")
    await walk_to_review(staged, chosen)
    before = len(staged.sandbox.requests)

    assert set(await outcomes(staged)) <= {Outcome.DONE, Outcome.ALREADY}

    seen = list(reads(staged, before))
    assert seen.count("destination-connections") == 2 * len(chosen)
    assert seen.count("activations") == 2 * len(chosen)
    facts = staged.walk.state.facts
    ids = {audience_of(staged, key).id for key in chosen}
    assert facts.connections.keys() == facts.activations.keys() == ids
    assert review(staged.walk).plan.pending == ()


async def test_what_nobody_could_see_after_the_write_is_read_again() -> None:
    staged = crowded("happy", 0)
    await walk_to_review(staged)
    audience = audience_of(staged, "vip_customers").id

    observed = Observed(staged.walk.state.facts, staged.clock.now())
    assert observed.whole(staged.walk.state).keys() == {"connections", "activations"}
    del observed.connections[audience]
    assert observed.whole(staged.walk.state) == {}


@pytest.mark.parametrize(("later", "ends", "writes"), [(0.0, "done", 1), (A_MOMENT.total_seconds(), "already", 0)])
async def test_an_audience_attached_since_it_was_read_is_a_conflict_before_it_starts(
    later: float, ends: str, writes: int
) -> None:
    """A gateway that repeats our write gets a conflict too, and then nobody else would start that connection."""
    staged = await at_review("happy")
    walk, plan = staged.walk, staged.walk.plan()
    async for _ in apply(walk.ports, walk.state, replace(plan, changes=plan.changes[:2]), NoJournal()):
        pass
    await walk.read_again()
    plan, observed = walk.plan(), Observed(walk.state.facts, staged.clock.now())
    staged.sandbox.app_actions.attach(walk.state.answers.audiences[0], plan.changes[0].resource_id)
    await staged.clock.sleep(later)

    events = [e async for e in apply(walk.ports, walk.state, plan, NoJournal(), observed=observed)]

    assert [event.outcome for event in events if isinstance(event, Result)] == ["already", "already", ends]
    assert staged.calls("POST", ACTIVATIONS) == writes


async def test_without_a_destination_a_few_audiences_are_enough_to_look_at() -> None:
    staged = crowded("happy", 55)
    keys = tuple(f"cohort_{number:03d}" for number in range(55))
    await walk_to_review(staged, keys)

    assert list(reads(staged)).count("destination-connections") == 10
    assert max(staged.clock.sleeps, default=0.0) == 0.0
    assert len(staged.walk.plan().pending) == 2 + len(keys)
    assert await outcomes(staged) == [Outcome.DONE] * 57
    assert {change.action for change in review(staged.walk).plan.changes} == {Action.NONE}
