"""When all members are sent again: asked for, or needed after a deletion or a repair; never by the hand's setup."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.domain.sample_facts import (
    DESTINATION,
    MAPPING,
    NOW,
    OTHER_ID,
    SEGMENT,
    VIP,
    found,
    healthy_answers,
    healthy_facts,
)
from wizard.domain.facts import Facts
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import make_plan, repairing_changes
from wizard.domain.planning.resync import is_due
from wizard.domain.services.segment import Connection, Connections, Delivery, Landing

AGAIN = replace(SEGMENT, generation=2, included_count=44)
GONE: dict[str, Any] = {
    "segments": (),
    "found_segments": {VIP.key: SEGMENT.key},
    "attached_at": NOW - timedelta(days=9),
}


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, False),
        ({"segments": (AGAIN,)}, True),
        ({"segments": (replace(AGAIN, included_count=1200),)}, False),
        ({"segments": (replace(AGAIN, generation=1),)}, False),
        ({"segments": (replace(AGAIN, created_at=NOW - timedelta(minutes=50)),)}, False),
        ({"segments": (AGAIN,), "attached_at": NOW - timedelta(days=9)}, True),
        ({"segments": (AGAIN,), "attached_at": NOW - timedelta(minutes=90)}, False),
        ({"segments": (AGAIN,), "audiences": (replace(VIP, size=None),)}, False),
        (GONE, True),
        ({**GONE, "attached_at": NOW - timedelta(minutes=1)}, False),
        ({"segments": None}, False),
    ],
)
def test_a_segment_that_was_deleted_needs_all_members_again(facts: dict[str, Any], due: bool) -> None:
    world = healthy_facts(**facts)
    audience = world.audiences[0] if isinstance(world.audiences, tuple) else VIP
    assert is_due(audience, world) is due


def _planned(facts: Facts, resync: frozenset[str] = frozenset(), **answers: Any) -> tuple[Any, Any]:
    plan = make_plan(facts, healthy_answers(**answers), (), resync=resync)
    change = next(one for one in plan.changes if one.id == "audience:vip_customers")
    return plan, change


def test_the_plan_sends_them_again_and_fixes_what_the_checks_found() -> None:
    facts = healthy_facts(segments=(AGAIN,))
    plan, change = _planned(facts)
    assert (change.action, change.after, change.undoable) == (Action.UPDATE, {"resync": True}, False)
    members = found(facts)["sync.members"]
    assert "was deleted and recreated" in members.cause
    assert repairing_changes(plan, members) == ("audience:vip_customers",)


def test_it_sends_them_again_when_somebody_asks() -> None:
    _, change = _planned(healthy_facts(), frozenset({VIP.key}))
    assert change.reason.startswith("You asked for it.")
    assert _planned(healthy_facts())[1].action is Action.ADOPT


@pytest.mark.parametrize("there", [{"activations": {"aud_1": ()}}, {"by_hand": True}])
def test_without_an_activation_that_the_api_reaches_nothing_is_planned(there: dict[str, Any]) -> None:
    facts = healthy_facts(segments=(AGAIN,), **({} if "by_hand" in there else there))
    _, change = _planned(facts, frozenset({VIP.key}), **({} if "activations" in there else there))
    assert change.after != {"resync": True}


OFF = {"destinations": (replace(DESTINATION, enabled=False),)}
ELSEWHERE = {"destinations": (replace(DESTINATION, client_side_id=OTHER_ID),)}
MAPPING_OFF = {"subscriptions": (replace(MAPPING, enabled=False),)}
MAPPING_EDITED = {"subscriptions": (replace(MAPPING, trigger='type = "track"'),)}
FEW = {"segments": (replace(SEGMENT, included_count=3),)}
REFUSED = {"delivery": Delivery(3, 1234, 0, (("401", 1234),), last_at=NOW, last_failed_at=NOW - timedelta(hours=2))}
IS_OLD = {
    "connections": {"aud_1": Connections((Connection("con_1", "dst_1", created_at=NOW - timedelta(hours=9)),), 1)}
}
SENDS_AGAIN = {"resync": True}


def _attached(at: datetime) -> dict[str, Any]:
    """Return that the wizard attached the audience then, for the first time."""
    return {"attached_at": at, "connections": {"aud_1": Connections((Connection("con_1", "dst_1", created_at=at),), 1)}}


@pytest.mark.parametrize("broken", [OFF, ELSEWHERE, MAPPING_OFF, MAPPING_EDITED])
@pytest.mark.parametrize(("there", "again"), [({"segments": ()}, True), (FEW, True), (REFUSED, True), ({}, False)])
def test_a_repair_sends_what_was_refused_or_not_sent(
    broken: dict[str, Any], there: dict[str, Any], again: bool
) -> None:
    plan, change = _planned(healthy_facts(**broken, **there))
    assert any(one.writes and one is not change for one in plan.changes)
    assert (change.after == SENDS_AGAIN) is again


@pytest.mark.parametrize(
    "there",
    [
        {"segments": (), "activations": {"aud_1": ()}},
        {"segments": None},
        {"segments": (), "destinations": (DESTINATION,)},
        {"segments": (), **_attached(NOW - timedelta(minutes=3))},
    ],
)
def test_without_an_activation_a_list_or_a_repair_nothing_is_sent_again(there: dict[str, Any]) -> None:
    assert _planned(healthy_facts(**{**OFF, **there}))[1].after != SENDS_AGAIN


def test_a_new_name_is_no_repair() -> None:
    _, change = _planned(healthy_facts(segments=()), destination_name="Another name")
    assert change.after != SENDS_AGAIN


@pytest.mark.parametrize(
    ("there", "again"),
    [
        ({**FEW, **REFUSED}, True),
        ({**FEW, **IS_OLD, "delivery": Delivery(3, 0, 0)}, True),
        (REFUSED, False),
        (FEW, False),
        ({**FEW, "delivery": Delivery(0, 1234, 0, (("401", 1234),))}, False),
        ({**FEW, "delivery": Delivery(612, 622, 0, (("400", 622),)), **IS_OLD}, False),
        ({**FEW, **REFUSED, "attached_at": NOW - timedelta(minutes=5)}, False),
        ({**FEW, **IS_OLD, "audiences": (replace(VIP, history=False),)}, False),
        ({**FEW, **IS_OLD, "audiences": (replace(VIP, identifiers=("user_id", "email")),)}, False),
        ({**FEW, **IS_OLD, "audiences": (replace(VIP, identifiers=()),)}, False),
        ({**FEW, **IS_OLD, "landing": {VIP.id: Landing(NOW, 1234, {"user_id_only": 3})}}, False),
        ({**FEW, **IS_OLD, "landing": {VIP.id: Landing(NOW, 1234, {"user_id_only": 1230})}}, True),
        ({**FEW, **REFUSED, **_attached(NOW - timedelta(minutes=90))}, False),
        ({**FEW, **REFUSED, **_attached(NOW - timedelta(hours=3))}, True),
    ],
)
def test_after_somebody_elses_repair_the_earlier_members_are_still_owed(there: dict[str, Any], again: bool) -> None:
    facts = healthy_facts(**there)
    _, change = _planned(facts)
    assert (change.after == SENDS_AGAIN) is again


def test_what_is_owed_is_the_cause_of_too_few_members_and_repaired_by_the_plan() -> None:
    facts = healthy_facts(**FEW, **IS_OLD)
    plan, change = _planned(facts)
    members = found(facts)["sync.members"]
    assert "Before the repair, the others were refused" in members.cause
    assert repairing_changes(plan, members) == (change.id,)


def test_a_repair_that_was_made_alone_is_the_cause_of_too_few_members_until_they_are_sent_again() -> None:
    few = healthy_facts(**FEW, repaired_at=NOW - timedelta(minutes=10))
    assert _planned(few)[1].after == SENDS_AGAIN
    assert "Before the repair, the others were refused" in found(few)["sync.members"].cause
    without = replace(few, activations={VIP.id: ()})
    assert "before the repair" not in found(without)["sync.members"].cause


def test_repairing_a_finding_sends_all_members_again_once_nothing_else_is_broken() -> None:
    off = healthy_facts(**OFF, segments=())
    plan, change = _planned(off)
    assert repairing_changes(plan, found(off)["destination.enabled"]) == ("destination", change.id)
    both = healthy_facts(**OFF, **MAPPING_OFF, segments=())
    assert repairing_changes(_planned(both)[0], found(both)["destination.enabled"]) == ("destination",)


def test_more_members_than_the_audience_has_are_no_pass() -> None:
    finding = found(healthy_facts(segments=(replace(SEGMENT, included_count=2234),)))["sync.members"]
    assert (finding.status, finding.summary) == (
        "warn",
        "Vip customers has 2,234 members, but VIP customers has 1,234.",
    )
