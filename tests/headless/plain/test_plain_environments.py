"""Adding environments at any prompt of the line-by-line walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.headless.runs import SETUP, World, applied
from tests.walks import stage_on
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.environments import add_more


async def told(walk: Walk, *typed: str) -> list[str]:
    answers: Iterator[str] = iter(typed)
    said: list[str] = []

    async def ask(prompt: str) -> str:
        said.append(prompt)
        return next(answers)

    await add_more(walk, lambda *lines: said.extend(lines), ask)
    return said


async def on_a_setup(world: World, target: str = "") -> Walk:
    session = world.session().of_target(target) if target else world.session()
    walk = stage_on(world.sandbox, session=session).walk
    walk.state = replace(walk.state, sandbox="")
    await load_secrets(walk)
    walk.resume()
    await walk.read(StepId.LAUNCHDARKLY)
    return walk


async def test_environments_are_added_by_number_and_take_the_answers(tmp_path: Path) -> None:
    world = await applied(tmp_path, SETUP)
    walk = await on_a_setup(world)

    said = await told(walk, "shop", "1, 2")

    assert "  1. Shop / Staging (shop / staging)" in said
    assert said[-1].startswith("This profile has 2 other environments: shop/staging, shop/test.")
    staging = world.session().of_target("shop/staging").saved
    assert (staging.answers.environment, staging.answers.audiences) == ("staging", walk.state.answers.audiences)

    again = await told(await on_a_setup(world, "shop/staging"), "shop", "")
    assert not any("Shop / " in line for line in again)  # the profile has them all
    assert world.session().saved.targets == ("shop/staging", "shop/test")


async def test_before_review_nothing_is_added(tmp_path: Path) -> None:
    walk = await on_a_setup(World(tmp_path))

    (said,) = await told(walk)

    assert said.startswith("Go through Review first")
