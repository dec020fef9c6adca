"""Which changes repair what a check found: nothing is sent by half of a chain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.sample_facts import DESTINATION, MAPPING, VIP, found, healthy_answers, healthy_facts
from tests.walk_copies import at_review
from wizard.domain.answers import Answers
from wizard.domain.findings import Status
from wizard.domain.planning.plan import is_repaired_by_hand, make_plan, repairing_changes
from wizard.domain.services.segment import Connection, Connections

SWITCHED_OFF = Connections((Connection("con_1", "dst_1", enabled=False),), 1)
UNATTACHED = {"connections": {"aud_1": Connections(())}, "activations": {}}
WITHOUT_A_MAPPING = {"subscriptions": (), **UNATTACHED}
NOTHING_THERE = {"destinations": (), **WITHOUT_A_MAPPING}
MAPPING_OFF = {"subscriptions": (replace(MAPPING, enabled=False),)}
OFF = {"destinations": (replace(DESTINATION, enabled=False),)}


@pytest.mark.parametrize(
    ("facts", "broken", "repaired"),
    [
        (NOTHING_THERE, "destination.exists", ("destination", "mapping", "audience:vip_customers")),
        (WITHOUT_A_MAPPING, "mapping.exists", ("mapping", "audience:vip_customers")),
        ({**UNATTACHED, **MAPPING_OFF}, "audience.attached", ("audience:vip_customers",)),
        ({**UNATTACHED, **OFF}, "destination.enabled", ("destination",)),
    ],
)
def test_what_is_made_because_it_is_missing_brings_along_what_waits_for_it(
    facts: dict[str, Any], broken: str, repaired: tuple[str, ...]
) -> None:
    world = healthy_facts(**facts)
    plan = make_plan(world, healthy_answers(), ())
    assert repairing_changes(plan, found(world)[broken]) == repaired


@pytest.mark.parametrize("chosen", ["", "user"])
def test_a_kind_that_the_project_lacks_is_repaired_in_the_mapping(chosen: str) -> None:
    """`apply` suggests a kind of the project, so what `doctor` finds without answers is repaired by the same change."""
    of_nobody = replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"})
    world, answers = healthy_facts(subscriptions=(of_nobody,)), healthy_answers(context_kind=chosen)
    plan, finding = make_plan(world, answers, ()), found(world, answers)["launchdarkly.context_kind"]
    assert repairing_changes(plan, finding)[0] == "mapping"
    (change,) = (one for one in plan.changes if one.id == "mapping")
    assert change.after == {"settings": {"context_kind": "user"}}


async def test_a_destination_that_is_made_brings_along_the_token_that_it_gets() -> None:
    walk = (await at_review("make-token")).walk
    missing = next(replace(one, status=Status.FAIL) for one in walk.findings if one.id == "destination.exists")
    everything = ("token", "destination", "mapping", "audience:vip_customers")
    assert repairing_changes(walk.plan(), missing) == everything


@pytest.mark.parametrize(
    ("facts", "answers", "broken", "by_hand"),
    [
        ({"connections": {"aud_1": SWITCHED_OFF}}, healthy_answers(), "audience.attached", True),
        (OFF, healthy_answers(by_hand=True), "destination.enabled", True),
        (OFF, healthy_answers(), "destination.enabled", False),
        (
            {"connections": {"aud_1": SWITCHED_OFF}, "audiences": (replace(VIP, size=0),)},
            healthy_answers(),
            "audience.size",
            False,
        ),
    ],
)
def test_what_a_person_does_for_the_plan_is_repaired_by_hand(
    facts: dict[str, Any], answers: Answers, broken: str, by_hand: bool
) -> None:
    world = healthy_facts(**facts)
    assert is_repaired_by_hand(make_plan(world, answers, ()), found(world)[broken]) is by_hand
