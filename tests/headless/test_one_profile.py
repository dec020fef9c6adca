"""Several runs with one profile, one after the other or at the same time: undo still takes back all our objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.headless.plain.plain_script import ENTER, Script
from tests.headless.runs import ALL_MADE, NOTHING, SETUP, Ran, World, applied
from tests.walks import Staged, accept, stage_on, walk_to_review
from wizard.domain.step_id import StepId
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import apply_reviewed, review
from wizard.headless.plain.run import PlainWalk

MORE = SETUP.replace('["vip_customers"]', '["vip_customers", "new_signups"]')
STAGING = SETUP.replace('"production"', '"staging"')


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def opened(world: World) -> Staged:
    """Return the wizard's walk, opened with the profile in its current state."""
    return stage_on(world.sandbox, session=world.session())


async def undone(world: World) -> Ran:
    """Undo everything that the profile made: without a setup file, that's all environments."""
    ran = await world.run("undo", setup=None)
    assert ran.code == 0, ran.err
    return ran


# --- a screen is open while a command runs ------------------------------------------------------------------------


async def _goes_on(staged: Staged) -> None:
    await accept(staged, StepId.REVIEW)


async def _starts_over(staged: Staged) -> None:
    staged.walk.start_over()
    await staged.walk.read()
    await accept(staged, StepId.PREREQUISITES)


async def _goes_to_another_environment(staged: Staged) -> None:
    staging = staged.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
    assert staged.walk.answer(staged.ask("environment"), staging) == ""
    await accept(staged, StepId.LAUNCHDARKLY)


async def _shows_the_plan_again(staged: Staged) -> None:
    await staged.walk.read_again()
    review(staged.walk)
    await accept(staged, StepId.AUDIENCES)


IN_AN_OPEN_SCREEN = [_goes_on, _starts_over, _goes_to_another_environment, _shows_the_plan_again]


@pytest.mark.parametrize("does", IN_AN_OPEN_SCREEN)
async def test_one_more_step_in_an_open_screen_forgets_nothing_of_a_command(
    world: World, does: Callable[[Staged], Awaitable[None]]
) -> None:
    screen = opened(world)
    await walk_to_review(screen)
    assert (await world.run("apply")).code == 0

    await does(screen)
    await screen.walk.close()

    assert {entry.kind for entry in world.session().saved.made} == {
        "destination",
        "mapping",
        "connection",
        "activation",
    }
    await undone(world)
    assert world.made() == NOTHING


async def test_a_second_yes_in_an_open_screen_adds_to_what_a_command_made(world: World) -> None:
    screen = opened(world)
    await walk_to_review(screen, ("new_signups",))
    assert (await world.run("apply")).code == 0
    await screen.walk.read_again()

    events = [event async for event in apply_reviewed(screen.walk, review(screen.walk))]
    screen.walk.session.unlock()
    await screen.walk.close()

    assert [event.outcome for event in events if isinstance(event, Result)][-1] is Outcome.DONE
    assert world.made() == {**ALL_MADE, "connections": 2, "activations": 2}
    assert set((await undone(world)).statuses()) == {
        "audience:vip_customers", "audience:new_signups", "mapping", "destination",
    }  # fmt: skip
    assert world.made() == NOTHING


async def test_what_an_undo_took_back_is_not_ours_again_in_an_open_screen(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    screen = opened(world)
    await walk_to_review(screen)
    await undone(world)

    await accept(screen, StepId.REVIEW)
    await screen.walk.close()

    assert world.session().saved.made == ()
    assert (await world.run("apply")).code == 0
    await undone(world)
    assert world.made() == NOTHING


async def test_what_a_command_made_counts_as_ours_in_an_open_screen(world: World) -> None:
    screen = opened(world)
    await walk_to_review(screen)
    assert (await world.run("apply")).code == 0

    await screen.walk.read_again()

    reasons = {change.reason for change in review(screen.walk).plan.changes}
    assert reasons == {"It's already right."}
    await screen.walk.close()


# --- one run after the other --------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [MORE, STAGING], ids=["another audience", "another environment"])
async def test_a_second_run_with_other_answers_adds_to_the_first(tmp_path: Path, second: str) -> None:
    world = await applied(tmp_path)
    workspace, tokens = world.sandbox.world.workspaces[0], world.sandbox.tokens
    if second is STAGING:  # an Engage source has one destination, so the second destination needs its own source
        staging = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
        world.sandbox.app_actions.create_destination(
            workspace.sources[0].id, tokens.launchdarkly_access_token, staging, name="Staging", enabled=True
        )
    assert (await world.run("apply", setup=second)).code == 0

    await undone(world)

    assert world.made() == NOTHING
    assert not [one for one in workspace.connections if one.activations]
    assert not any(one.mappings for one in workspace.destinations.values())


async def test_plain_adds_to_what_a_command_made_also_when_it_starts_over(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    staged = opened(world)
    script = Script(("3", ENTER, ENTER, "q"))

    await PlainWalk(staged.walk, script).run()

    assert world.session().saved.accepted == ("prerequisites",)
    await undone(world)
    assert world.made() == NOTHING


@pytest.mark.parametrize("commands", [("plan", "doctor", "watch"), ("apply",)])
async def test_any_command_while_a_screen_applies_leaves_its_journal_whole(
    world: World, commands: tuple[str, ...]
) -> None:
    """Commands that only read work one after the other; `apply` refuses to begin."""
    screen = opened(world)
    await walk_to_review(screen)
    seen = {}
    async for event in apply_reviewed(screen.walk, review(screen.walk)):
        if isinstance(event, Result) and event.id == "mapping":
            seen = {command: (await world.run(command, timeout_s=30.0)).code for command in commands}
    screen.walk.session.unlock()
    await screen.walk.close()

    assert set(seen) == set(commands)
    assert seen.get("apply", 1) == 1
    await undone(world)
    assert world.made() == NOTHING


async def test_what_is_in_another_workspace_is_neither_taken_back_nor_forgotten(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    elsewhere = World(world.folder)

    elsewhere.sandbox.world.workspaces[0].id = "another"
    ran = await elsewhere.run("undo", setup=None)

    assert (ran.code, set(ran.statuses().values())) == (4, {"by_hand"})
    assert "It's in another Segment workspace." in ran.err
    assert elsewhere.writes() == []
    await undone(world)
    assert world.made() == NOTHING


async def test_undo_names_the_progress_that_was_put_aside(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    (world.folder / "default" / "setup.json").write_text("{ not json")
    await world.run("plan")

    ran = await world.run("undo")

    (aside,) = world.session().put_aside
    assert (ran.code, ran.document["results"]) == (3, [])
    assert f"We couldn't read earlier progress, and moved it here: {aside}" in ran.err
