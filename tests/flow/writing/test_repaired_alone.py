"""After a repair alone, as from a finding's own step, the plan still has the change that sends all members again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.walk_copies import at_review
from tests.walks import apply_all, watch_to_the_end
from wizard.domain.facts import Facts
from wizard.domain.planning.change import DESTINATION, MAPPING, Action
from wizard.flow.profile.journal import Entry, EntryStage, Resource, last_other_keys, last_repair

AT = datetime(2026, 3, 1, tzinfo=UTC)
M, D, C, A = Resource.MAPPING, Resource.DESTINATION, Resource.CONNECTION, Resource.ACTIVATION
T = Resource.TOKEN


def _journal(*made: tuple[Resource, Any, Any], audience: str = "aud") -> tuple[Entry, ...]:
    within = {"audience": audience}
    return tuple(
        Entry(AT + timedelta(minutes=number), EntryStage.MADE, kind, "change", "id", within, before, after)
        for number, (kind, before, after) in enumerate(made)
    )


def _owed(journal: tuple[Entry, ...], audience: str = "aud") -> datetime | None:
    repaired, sent = last_repair(journal)
    return Facts(AT, repaired_at=repaired, sent_since_repair=sent).repair_of(audience)


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
        (((D, {"settings": {"token": "a"}}, {"settings": {"token": "b"}}),), 0),
        (((T, None, {}), (D, {"settings": {"token": "a"}}, {"settings": {"token": "b"}})), None),
        (
            (
                (T, None, {}),
                (
                    D,
                    {"settings": {"token": "a", "client_side_id": "1"}},
                    {"settings": {"token": "b", "client_side_id": "2"}},
                ),
            ),
            1,
        ),
        (((D, None, {"enabled": True}), (M, None, {"enabled": True})), None),
    ],
)
def test_when_the_last_repair_was(made: tuple[tuple[Resource, Any, Any], ...], minute: int | None) -> None:
    assert _owed(_journal(*made)) == (None if minute is None else AT + timedelta(minutes=minute))


@pytest.mark.parametrize("sends", [(A, {}, {}), (C, None, {})])
def test_what_is_sent_to_one_audience_is_still_owed_to_the_others(sends: tuple[Resource, Any, Any]) -> None:
    repair = (M, {"enabled": False}, {"enabled": True})
    sent = (*_journal(repair), *_journal(sends, audience="other"))
    assert (_owed(sent, "other"), _owed(sent)) == (None, AT)
    repaired_again = (*sent, *_journal(repair))
    assert (_owed(repaired_again, "other"), _owed(repaired_again)) == (AT, AT)


@pytest.mark.parametrize(
    "scenario", ["mapping-edited", "mapping-disabled", "destination-disabled", "wrong-token-in-destination"]
)
async def test_after_a_repair_alone_the_plan_sends_all_members_again(scenario: str) -> None:
    staged = await at_review(scenario)
    whole = staged.walk.plan()
    await apply_all(
        staged, replace(whole, changes=tuple(one for one in whole.changes if one.id in {MAPPING, DESTINATION}))
    )
    await staged.walk.read()

    left = [(one.id, one.action, one.reason) for one in staged.walk.plan().pending]
    assert [one[:2] for one in left] == [("audience:vip_customers", Action.UPDATE)]
    assert "refused or not sent" in left[0][2]
    await staged.clock.advance(900)
    await staged.walk.read()
    assert staged.walk.plan().pending, "a few members that trickle in don't change that"

    await apply_all(staged)
    await staged.walk.read()
    assert staged.walk.state.facts.sent_since_repair
    assert not staged.walk.plan().pending
    last = (await watch_to_the_end(staged, staged.clock.now()))[-1]
    assert last.audiences[0].about_the_count == "As many as the audience has."


KEY = (M, {"settings": {"context_key": "user_id_only"}}, {"settings": {"context_key": "email_only"}})


@pytest.mark.parametrize(
    ("made", "minute", "sent"),
    [
        ((KEY,), 0, set()),
        (((M, {"enabled": False}, {"enabled": True}),), None, set()),
        (((M, None, {"settings": {"context_key": "email_only"}}),), None, set()),
        ((KEY, (A, {}, {})), 0, {"aud"}),
        ((KEY, (A, {"settings": {}}, {"settings": {"context_key": "email_only"}})), 0, {"aud"}),
        (((A, {}, {}), KEY), 1, set()),
    ],
)
def test_when_the_mapping_got_other_keys(
    made: tuple[tuple[Resource, Any, Any], ...], minute: int | None, sent: set[str]
) -> None:
    at = None if minute is None else AT + timedelta(minutes=minute)
    found = last_other_keys(_journal(*made))
    assert found[0] == at
    assert found[1] == sent


async def test_after_another_key_alone_the_plan_sends_all_members_again_once() -> None:
    """The key is changed alone, as from the Mapping step, where no audience is chosen yet."""
    staged = await at_review("other-keys")
    assert staged.walk.answer(staged.ask("context_key"), "email_only") == ""
    await staged.walk.read()
    whole = staged.walk.plan()
    await apply_all(staged, replace(whole, changes=tuple(one for one in whole.changes if one.id == MAPPING)))
    await staged.walk.read()

    (left,) = staged.walk.plan().pending
    assert (left.id, left.action) == ("audience:vip_customers", Action.UPDATE)
    assert "the members as other contexts before" in left.reason

    await apply_all(staged)
    await staged.walk.read()
    assert not staged.walk.plan().pending
