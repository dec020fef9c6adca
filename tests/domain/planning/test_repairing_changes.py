"""Which changes repair what a check found: nothing is sent by half of a chain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.copied import at_review
from tests.domain.facts_at_hand import DESTINATION, MAPPING, found, healthy_answers, healthy_facts
from wizard.domain.findings import Status
from wizard.domain.planning.plan import make_plan, repairing_changes
from wizard.domain.services.segment import Connections

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


async def test_a_destination_that_is_made_brings_along_the_token_that_it_gets() -> None:
    walk = (await at_review("make-token")).walk
    missing = next(replace(one, status=Status.FAIL) for one in walk.findings if one.id == "destination.exists")
    everything = ("token", "destination", "mapping", "audience:vip_customers")
    assert repairing_changes(walk.plan(), missing) == everything
