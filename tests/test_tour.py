"""The tour of the sandbox: a menu of its scenarios, and a good token in each scenario that is about a bad one."""

from __future__ import annotations

import pytest

from tests.headless.plain.plain_script import Script
from tests.walks import stage
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Credential
from wizard.domain.findings import Status
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.steps.step import good_token
from wizard.headless.plain.tour import choose_world
from wizard.sandbox.scenarios import SCENARIOS
from wizard.tour import TOUR, WORLDS


def test_the_tour_names_every_scenario_once_and_begins_with_the_happy_one() -> None:
    names = [world.name for world in WORLDS]

    assert sorted(names) == sorted(SCENARIOS)
    assert names[0] == "happy"
    assert all(world.lesson and len(world.lesson) <= 48 for world in WORLDS)
    assert len({group.title for group in TOUR}) == len(TOUR)


# --- line by line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        (("",), "happy"),
        (("5",), "reader-token"),
        (("Resume",), "resume"),
        (("99", "nowhere", "2"), "fresh"),
        ((), "happy"),
    ],
)
async def test_a_number_a_name_or_enter_chooses(answers: tuple[str, ...], name: str) -> None:
    assert await choose_world(Script(answers)) == name


async def test_no_more_than_twenty_rows_stand_before_a_prompt_and_m_lists_the_rest() -> None:
    script = Script((*("m",) * 5, ""))

    await choose_world(script)

    pages = [said.splitlines() for said in script.text.split("Number or name: ")]
    assert all(len([row for row in page if row]) <= 22 for page in pages)  # the rows, the heading, and what Enter does
    assert all(f". {world.name}: {world.lesson}" in script.text for world in WORLDS)


# --- a good token -------------------------------------------------------------------------------------------------

BAD = {
    "reader-token": LAUNCHDARKLY_TOKEN,
    "sdk-key-pasted": LAUNCHDARKLY_TOKEN,
    "expired-token": LAUNCHDARKLY_TOKEN,
    "custom-role-missing-update": LAUNCHDARKLY_TOKEN,
    "other-environment-role": LAUNCHDARKLY_TOKEN,
    "wrong-pair": LAUNCHDARKLY_TOKEN,
    "member-token": SEGMENT_TOKEN,
}


@pytest.mark.parametrize(("name", "credential"), BAD.items(), ids=list(BAD))
async def test_the_good_token_is_shown_until_it_is_pasted_and_fixes_the_world(
    name: str, credential: Credential
) -> None:
    staged = stage(name)
    await load_secrets(staged.walk)
    await staged.walk.read(StepId.PREREQUISITES, StepId.LAUNCHDARKLY)
    if name != "wrong-pair":
        staged.walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id)
    await staged.walk.read()
    assert [one for one in staged.walk.findings if one.status in {Status.FAIL, Status.WARN}]
    step = staged.walk.step(StepId.LAUNCHDARKLY if credential is LAUNCHDARKLY_TOKEN else StepId.SEGMENT)
    *_, shown = good_token(staged.walk.state, credential)
    assert shown in step.notes(staged.walk.state)

    field = next(ask for ask in step.asks if ask.secret is credential)
    assert staged.walk.answer(field, shown.text) == ""
    if name == "sdk-key-pasted":  # nothing could be listed before
        await staged.walk.read(StepId.LAUNCHDARKLY)
        staged.walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id)
    await staged.walk.read()

    assert [one.id for one in staged.walk.findings if one.status is Status.FAIL] == []
    assert good_token(staged.walk.state, credential) == ()


@pytest.mark.parametrize("name", ["happy", "no-store", "destination-disabled"])
async def test_no_other_world_shows_a_token(name: str) -> None:
    staged = stage(name)
    assert not any(good_token(staged.walk.state, one) for one in (LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN))
