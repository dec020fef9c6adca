"""When all members are sent again: asked for, or needed by a segment that was deleted; never by the hand's set-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.facts_at_hand import NOW, SEGMENT, VIP, found, healthy_answers, healthy_facts
from wizard.domain.facts import Facts
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import make_plan, mended_by
from wizard.domain.planning.resync import is_due

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


def test_the_plan_sends_them_again_and_mends_what_the_checks_found() -> None:
    facts = healthy_facts(segments=(AGAIN,))
    plan, change = _planned(facts)
    assert (change.action, change.after, change.undoable) == (Action.UPDATE, {"resync": True}, False)
    members = found(facts)["sync.members"]
    assert "was deleted and created again" in members.cause
    assert mended_by(plan, members) == ("audience:vip_customers",)


def test_it_sends_them_again_when_somebody_asks() -> None:
    _, change = _planned(healthy_facts(), frozenset({VIP.key}))
    assert change.reason.startswith("You asked for it.")
    assert _planned(healthy_facts())[1].action is Action.ADOPT


@pytest.mark.parametrize("there", [{"activations": {"aud_1": ()}}, {"by_hand": True}])
def test_without_an_activation_that_the_api_reaches_nothing_is_planned(there: dict[str, Any]) -> None:
    facts = healthy_facts(segments=(AGAIN,), **({} if "by_hand" in there else there))
    _, change = _planned(facts, frozenset({VIP.key}), **({} if "activations" in there else there))
    assert change.after != {"resync": True}


def test_more_members_than_the_audience_has_are_no_pass() -> None:
    finding = found(healthy_facts(segments=(replace(SEGMENT, included_count=2234),)))["sync.members"]
    assert (finding.status, finding.summary) == (
        "warn",
        "Vip customers has 2,234 members, but VIP customers has 1,234.",
    )
