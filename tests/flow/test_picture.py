"""The picture of what will exist: from the audience to the segment, in words that say how many and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.content import Content

from tests.domain.sample_facts import refused
from tests.walk_copies import applied, at_review
from tests.walks import seen_audiences, watch_to_the_end
from wizard.domain.failure import Service
from wizard.domain.stage import StageState
from wizard.flow.picture import Picture, pictures, with_progress
from wizard.ui.panes.picture import picture_lines

PLACE = "LaunchDarkly - shop / production"
ONE = f"VIP customers ──▶ {PLACE} ──▶ shop / production: segment “Vip customers”"


async def drawn(*audiences: str, world: str = "happy") -> tuple[Picture, ...]:
    staged = await at_review(world, audiences)
    return pictures(staged.walk.state, staged.walk.session.history)


async def test_one_audience_is_one_path() -> None:
    assert [str(one) for one in await drawn("vip_customers")] == [f"{ONE} (about 1,234 members, in about 10 min)"]


async def test_an_audience_that_is_computed_in_batches_takes_hours() -> None:
    assert "in about 8 h" in " ".join(map(str, await drawn("vip_customers", world="batch-audience")))


async def test_several_audiences_share_the_path() -> None:
    staged = await at_review("happy")
    keys = tuple(audience.key for audience in seen_audiences(staged.walk))[:6]
    lines = [str(one) for one in await drawn(*keys)]
    assert lines[0] == f"6 audiences ──▶ {PLACE} ──▶ shop / production"
    assert lines[1].startswith("  ")
    assert " ──▶ segment “" in lines[1]
    assert lines[-1] == "  and 2 more"


async def test_a_segment_that_is_there_says_how_many_members_it_has() -> None:
    staged = await applied("happy")
    await watch_to_the_end(staged, staged.clock.now())
    staged.walk.forget_slots("segments")
    await staged.walk.read()
    last = pictures(staged.walk.state, staged.walk.session.history)[0]
    assert last.beside == "(1,234 members now)"


async def test_a_segment_that_was_there_is_not_promised_again_while_nothing_is_read() -> None:
    walk = (await at_review("happy")).walk
    state, history = walk.state, walk.session.history
    (vip,) = (one for one in seen_audiences(walk) if one.key == "vip_customers")
    for seen in ({"found_segments": {vip.key: "its-key"}}, {"known_segments": {f"segment-audiences-{vip.id}": None}}):
        facts = replace(state.facts, segments=None, **seen)
        assert pictures(replace(state, facts=facts), history)[0].beside == "(there already)"


@pytest.mark.parametrize(("world", "hours"), [("delivery-failing", 0), ("silent-audience", 2)])
async def test_an_attached_audience_that_is_blocked_or_late_has_no_time(world: str, hours: int) -> None:
    staged = await applied(world)
    facts = staged.walk.state.facts
    staged.walk.state = replace(staged.walk.state, facts=replace(facts, now=facts.now + timedelta(hours=hours)))
    assert pictures(staged.walk.state, staged.walk.session.history)[0].beside == "(about 1,234 members, not there yet)"


async def test_a_segment_that_nobody_could_look_for_is_not_called_missing() -> None:
    staged = await applied("delivery-failing")
    facts = replace(staged.walk.state.facts, segments=refused(Service.LAUNCHDARKLY))
    (picture,) = pictures(replace(staged.walk.state, facts=facts), staged.walk.session.history)
    assert picture.beside == "(about 1,234 members, we couldn't check)"


async def test_the_sync_lights_it_part_by_part() -> None:
    staged = await applied("happy")
    progresses = await watch_to_the_end(staged, staged.clock.now())
    states = [
        tuple(part.state for part in with_progress(one.audiences[0], staged.walk.state).parts)
        for one in progresses
        if one.audiences
    ]
    dones = [sum(state is StageState.DONE for state in each) for each in states]
    assert dones == sorted(dones)
    assert {0, 3} <= set(dones)
    assert dones[-1] == 3


@pytest.mark.parametrize(
    ("width", "heads"),
    [(140, [""]), (100, ["", ""]), (60, ["", "  ──▶", "  ──▶", ""])],
)
async def test_it_folds_when_it_is_narrow(width: int, heads: list[str]) -> None:
    picture = (await drawn("vip_customers"))[0]
    lines = list(picture_lines(picture, width))
    assert [str(line.head) for line in lines] == heads
    assert all(Content(str(line.text)).cell_length <= width for line in lines)
