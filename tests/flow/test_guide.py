"""The finding that keeps a user in a step is about that step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faulty import Fault, with_fault
from tests.walk_copies import at_review
from tests.walks import stage, walk_to_review
from wizard.domain.findings import Status
from wizard.domain.step_id import StepId
from wizard.flow.guide import saved_progress, troubles_before, unanswered_before, why_it_waits
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk


def _of(walk: Walk, step: Step) -> set[str]:
    return {finding.id for finding in walk.findings_of(step)}


async def test_a_list_that_cannot_be_read_is_named_and_not_what_another_step_found() -> None:
    """The token of step 2 may only read, which is a failure too, but not the one that this step waits for."""
    staged = stage("reader-token", wrap=with_fault(Fault.ERROR_BEFORE, "GET", ".*/audiences", times=99))
    await walk_to_review(staged)
    walk, audiences = staged.walk, staged.walk.step(StepId.AUDIENCES)
    found = why_it_waits(walk, audiences)

    assert found is not None
    assert found.id in _of(walk, audiences)
    assert found.status is Status.UNKNOWN
    assert found.evidence["call"].endswith("/audiences")


async def test_a_step_with_nothing_of_its_own_names_what_its_checks_wait_for() -> None:
    staged = stage("reader-token", wrap=with_fault(Fault.CLOSED, "GET", ".*/audiences", times=99))
    await walk_to_review(staged)
    found = why_it_waits(staged.walk, staged.walk.step(StepId.AUDIENCES))

    assert found is not None
    assert found.id == "segment.token.permissions"


@pytest.mark.parametrize("step_id", [StepId.DESTINATION, StepId.MAPPING, StepId.AUDIENCES])
async def test_a_step_whose_questions_wait_for_an_answer_blames_nothing(step_id: StepId) -> None:
    staged = stage("reader-token")
    await load_secrets(staged.walk)
    await staged.walk.read(StepId.LAUNCHDARKLY)

    assert why_it_waits(staged.walk, staged.walk.step(step_id)) is None


@pytest.mark.parametrize(
    ("project", "environment", "said"),
    [
        ("shop", "production", "shop / production, 0 of 8 steps done"),
        ("shop", "", "shop, 0 of 8 steps done"),
        ("", "", "0 of 8 steps done"),
    ],
)
def test_what_was_saved_names_as_much_of_the_place_as_is_known(project: str, environment: str, said: str) -> None:
    walk = stage("happy").walk
    walk.session.keep(replace(walk.state.answers, project=project, environment=environment), ())
    assert saved_progress(walk).startswith(said)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("happy", ()),
        ("approvals-required", ("Step 2: Shop / Production requires approvals for segment changes.",)),
        (
            "fresh",
            ("Step 5: LaunchDarkly has never seen a context of the kind user.", "1 more finding in earlier steps."),
        ),
    ],
)
async def test_what_a_yes_is_in_spite_of_is_said_at_review(scenario: str, said: tuple[str, ...]) -> None:
    staged = stage(scenario)
    await walk_to_review(staged)
    assert troubles_before(staged.walk, staged.walk.step(StepId.REVIEW)) == said


async def test_what_the_yes_repairs_is_no_trouble() -> None:
    staged = stage("mapping-edited")
    await walk_to_review(staged)
    assert staged.walk.plan().pending
    assert troubles_before(staged.walk, staged.walk.step(StepId.REVIEW)) == ()


async def test_a_failure_is_said_before_a_warning() -> None:
    staged = stage("fresh")
    await walk_to_review(staged)
    walk = staged.walk
    walk.set_state(replace(walk.state, answers=replace(walk.state.answers, server_side=True)))
    await walk.read()
    assert troubles_before(walk, walk.step(StepId.REVIEW)) == (
        "Step 2: Shop / Production has no persistent store.",
        "2 more findings in earlier steps.",
    )


def test_a_question_that_waits_for_something_is_not_the_one_to_answer() -> None:
    walk = stage("happy").walk
    first, *others = walk.steps
    waiting, *more = first.asks
    walk.steps = (replace(first, asks=(replace(waiting, waits_for=lambda _: "a service"), *more)), *others)
    wanted = unanswered_before(walk, walk.step(StepId.REVIEW))
    assert wanted is not None
    assert (wanted.number, wanted.ask) == (1, more[0])


async def test_what_a_person_repairs_for_the_plan_is_no_trouble_that_a_yes_leaves() -> None:
    walk = (await at_review("paused")).walk
    assert any(one.id == "audience.attached" and one.status is Status.FAIL for one in walk.findings)
    assert troubles_before(walk, walk.step(StepId.REVIEW)) == ()
