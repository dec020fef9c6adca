"""A repair that was made alone, as from a finding's own step, leaves the plan to send all members again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.walks import apply_all, stage, walk_to_review, watch_to_the_end
from wizard.domain.planning.change import DESTINATION, MAPPING, Action
from wizard.flow.profile.journal import Entry, EntryStage, Resource, repaired_at

AT = datetime(2026, 3, 1, tzinfo=UTC)
M, D, C, A = Resource.MAPPING, Resource.DESTINATION, Resource.CONNECTION, Resource.ACTIVATION


def _journal(*made: tuple[Resource, Any, Any]) -> tuple[Entry, ...]:
    return tuple(
        Entry(AT + timedelta(minutes=number), EntryStage.MADE, kind, "change", "id", before=before, after=after)
        for number, (kind, before, after) in enumerate(made)
    )


@pytest.mark.parametrize(
    ("made", "minute"),
    [
        ((), None),
        (((M, {"enabled": False}, {"enabled": True}),), 0),
        (((D, {"enabled": False}, {"enabled": True}), (M, {"trigger": ""}, {"trigger": "x"})), 1),
        (((M, {"enabled": False}, {"enabled": True}), (A, {}, {})), None),
        (((M, {"enabled": False}, {"enabled": True}), (C, None, {})), None),
        (((M, {"enabled": False}, {"enabled": True}), (A, {"settings": {}}, {"settings": {"a": 1}})), 0),
        (((D, {"name": "a"}, {"name": "b"}),), None),
        (((D, {"settings": {"token": "a"}}, {"settings": {"token": "b"}}),), None),
        (((D, None, {"enabled": True}), (M, None, {"enabled": True})), None),
    ],
)
def test_when_the_last_repair_was(made: tuple[tuple[Resource, Any, Any], ...], minute: int | None) -> None:
    assert repaired_at(_journal(*made)) == (None if minute is None else AT + timedelta(minutes=minute))


@pytest.mark.parametrize("scenario", ["mapping-edited", "mapping-disabled", "destination-disabled"])
async def test_after_a_repair_alone_the_plan_sends_all_members_again(scenario: str) -> None:
    staged = stage(scenario)
    await walk_to_review(staged)
    whole = staged.walk.plan()
    await apply_all(
        staged, replace(whole, changes=tuple(one for one in whole.changes if one.id in {MAPPING, DESTINATION}))
    )
    await staged.walk.read()

    left = [(one.id, one.action, one.reason) for one in staged.walk.plan().pending]
    assert [one[:2] for one in left] == [("audience:vip_customers", Action.UPDATE)]
    assert "not sent before the repair" in left[0][2]
    await staged.clock.advance(900)
    await staged.walk.read()
    assert staged.walk.plan().pending, "a few members that trickle in don't change that"

    await apply_all(staged)
    await staged.walk.read()
    assert staged.walk.state.facts.repaired_at is None
    assert not staged.walk.plan().pending
    last = (await watch_to_the_end(staged, staged.clock.now()))[-1]
    assert last.audiences[0].about_the_count == "As many as the audience has."
