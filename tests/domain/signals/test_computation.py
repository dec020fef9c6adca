"""What an audience's status comes to, alike for the watch and the checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.sample_facts import VIP, found, healthy_facts
from wizard.domain.services.segment import Connection, Connections
from wizard.domain.signals.computation import Computation, computation_of
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts
from wizard.domain.stage import StageState
from wizard.flow.watching.stages.evidence import Evidence
from wizard.flow.watching.stages.judge import judge

EVERY: tuple[tuple[dict[str, Any], Computation, StageState, str], ...] = (
    ({}, Computation.DONE, StageState.DONE, "pass"),
    ({"status": "live"}, Computation.DONE, StageState.DONE, "pass"),
    ({"status": "Computing"}, Computation.AGAIN, StageState.UNDER_WAY, "pass"),
    ({"status": "Computing", "size": None}, Computation.UNDER_WAY, StageState.UNDER_WAY, "fail"),
    ({"status": "Backfilling", "size": 0}, Computation.UNDER_WAY, StageState.UNDER_WAY, "fail"),
    ({"status": "Preparing", "size": None}, Computation.UNDER_WAY, StageState.UNDER_WAY, "fail"),
    ({"status": "Not Computing"}, Computation.WAITS, StageState.UNDER_WAY, "warn"),
    ({"status": "Awaiting Destinations"}, Computation.WAITS, StageState.UNDER_WAY, "warn"),
    ({"status": "Locked"}, Computation.LOCKED, StageState.UNDER_WAY, "warn"),
    ({"status": "Failed"}, Computation.BROKEN, StageState.STUCK, "fail"),
    ({"status": "Error"}, Computation.BROKEN, StageState.STUCK, "fail"),
    ({"status": "Disabled"}, Computation.OFF, StageState.STUCK, "skipped"),
    ({"enabled": False}, Computation.OFF, StageState.STUCK, "skipped"),
    ({"status": "Paused"}, Computation.UNKNOWN, StageState.UNKNOWN, "unknown"),
    ({"status": "Archived"}, Computation.UNKNOWN, StageState.UNKNOWN, "unknown"),
    ({"status": ""}, Computation.UNKNOWN, StageState.UNKNOWN, "unknown"),
)


@pytest.mark.parametrize(("changed", "computation", "state", "status"), EVERY)
def test_stage_and_check_read_a_status_the_same_way(
    changed: dict[str, Any], computation: Computation, state: StageState, status: str
) -> None:
    audience = replace(VIP, **changed)
    attached = Connections((Connection("con_1", "dst_1"),), 1)
    look = Evidence(audience, attached, None, Whereabouts(Presence.AWAITED), None, "dst_1", "", by_hand=False)
    assert computation_of(audience) is computation
    assert judge(look, 60.0, {})[1].state is state
    assert found(healthy_facts(audiences=(audience,)))["audience.computed"].status == status


def test_what_is_off_is_reported_by_the_check_of_that_name() -> None:
    for changed in ({"status": "Disabled"}, {"enabled": False}):
        assert found(healthy_facts(audiences=(replace(VIP, **changed),)))["audience.enabled"].status == "fail"
