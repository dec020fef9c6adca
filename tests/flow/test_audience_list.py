"""A space without audiences is polled until it has one."""

from __future__ import annotations

import asyncio

import pytest

from tests.fake_clock import FakeClock
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.step_id import StepId
from wizard.flow.audience_list import LOOKS_EVERY_S, waits_for_an_audience, watch_for_audiences


async def in_an_empty_space() -> Staged:
    """Return a walk in a space without audiences, in a world whose time moves only when a test moves it."""
    staged = stage("happy", clock=FakeClock(auto=True))
    workspace = staged.sandbox.world.workspaces[0]
    workspace.audiences.clear()
    workspace.connections.clear()
    await walk_to_review(staged)
    assert waits_for_an_audience(staged.walk.state)
    staged.clock.auto = False
    return staged


def looks(staged: Staged) -> int:
    return staged.calls("GET", "/audiences")


async def test_it_is_read_as_soon_as_somebody_made_one() -> None:
    staged = await in_an_empty_space()
    before = looks(staged)
    watching = asyncio.create_task(watch_for_audiences(staged.walk))
    await staged.clock.advance(4 * LOOKS_EVERY_S)
    assert (looks(staged) - before, watching.done()) == (4, False)
    staged.sandbox.world.workspaces[0].audiences |= stage("happy").sandbox.world.workspaces[0].audiences
    await staged.clock.advance(LOOKS_EVERY_S)
    await watching
    ask = staged.ask("audiences")
    assert ask.waits_for(staged.walk.state) == ""
    assert "VIP customers" in [choice.label for choice in ask.choices(staged.walk.state)]


@pytest.mark.parametrize(("answer", "ends"), [("403", True), ("500", False), ("html", False)])
async def test_only_a_refusal_ends_it(answer: str, ends: bool) -> None:
    staged = await in_an_empty_space()
    staged.sandbox.world.mute["segment"] = answer
    watching = asyncio.create_task(watch_for_audiences(staged.walk))
    await staged.clock.advance(20 * LOOKS_EVERY_S)
    assert watching.done() is ends
    watching.cancel()


async def test_the_question_waits_for_an_audience_and_says_where_to_make_one() -> None:
    staged = await in_an_empty_space()
    walk = staged.walk
    assert staged.ask("audiences").waits_for(walk.state) == "an audience in this space"
    to_make, looks_again = walk.step(StepId.AUDIENCES).notes(walk.state)
    assert "/audiences/new" in to_make.text
    assert "every 15 seconds" in looks_again.text
