"""The rows of a plan: how many changes of each kind, and one row for each change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.walk_copies import at_review
from tests.walks import apply_all
from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change, attaching
from wizard.domain.planning.plan import Plan
from wizard.flow.writing.plan_rows import Row, already_right_line, row_of, tally, tally_of_results
from wizard.flow.writing.result import Outcome, Result

PLACE = "LaunchDarkly - shop / production"
MADE = Change(
    id=DESTINATION,
    action=Action.CREATE,
    title=f"Destination {PLACE}",
    summary="",
    reason="",
    host="api.segmentapis.com",
    before=None,
    after={"name": PLACE, "enabled": True, "settings": {"client_side_id": "5f1c", "token": "ends in b0fa"}},
    undoable=True,
)
MAPPED = replace(
    MADE,
    id=MAPPING,
    action=Action.UPDATE,
    title="Mapping Sync",
    before={"enabled": False, "settings": {"context_key": "user_id_only"}},
    after={"enabled": True, "settings": {"context_key": "email_only"}},
)
CONNECTED = replace(MADE, id=attaching("vip"), title="Connection to VIP customers", after={"resync": True})


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (MADE, Row("+", "Destination", PLACE, "LaunchDarkly client-side ID: 5f1c")),
        (
            MAPPED,
            Row("~", "Mapping", "Sync", "Status: off → on, Context key: Use Segment UserId only → Use email only"),
        ),
        (CONNECTED, Row("+", "Connection", "VIP customers", "")),
        (replace(CONNECTED, action=Action.BY_HAND), Row(">", "Connection", "VIP customers", "")),
        (replace(MADE, action=Action.ADOPT), Row("=", "Destination", PLACE, "")),
    ],
)
def test_a_change_is_one_row(change: Change, row: Row) -> None:
    assert row_of(change) == row


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ((Action.CREATE, Action.CREATE, Action.CREATE), "3 to add, 0 to change, 0 already right"),
        ((Action.NONE, Action.UPDATE, Action.ADOPT), "0 to add, 1 to change, 2 already right"),
        ((Action.CREATE, Action.CREATE, Action.BY_HAND), "2 to add, 0 to change, 1 by hand, 0 already right"),
    ],
)
def test_the_changes_are_counted_by_kind(actions: tuple[Action, ...], said: str) -> None:
    changes = (MADE, MAPPED, CONNECTED)
    plan = Plan(tuple(replace(change, action=action) for change, action in zip(changes, actions, strict=True)))
    assert tally(plan) == said


def test_what_is_right_already_takes_one_line() -> None:
    plan = Plan((replace(MADE, action=Action.ADOPT), MAPPED, replace(CONNECTED, action=Action.NONE)))
    assert already_right_line(plan) == f"Already right: Destination {PLACE}, Connection VIP customers"
    assert already_right_line(Plan((MADE,))) == ""


def test_afterwards_the_count_says_what_was_done() -> None:
    plan = Plan((replace(MADE, action=Action.NONE), MAPPED, CONNECTED))
    ended = {
        MAPPING: Result(MAPPING, Action.UPDATE, Outcome.DONE),
        CONNECTED.id: Result(CONNECTED.id, Action.CREATE, Outcome.FAILED),
    }
    assert tally_of_results(plan, ended) == "1 changed, 1 failed, 1 already right"


async def test_a_setup_that_was_made_is_right_already() -> None:
    staged = await at_review("happy")
    assert tally(staged.walk.plan()) == "3 to add, 0 to change, 0 already right"
    results = await apply_all(staged)
    assert tally(staged.walk.plan()) == "0 to add, 0 to change, 3 already right"
    assert tally_of_results(staged.walk.plan(), results) == "3 added, 0 changed, 0 already right"
