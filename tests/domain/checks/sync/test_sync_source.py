"""What reached the source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import NOW, found, healthy_facts, refused
from wizard.domain.services.segment import Delivery, Intake


def _intake(received: int, *reasons: tuple[str, int]) -> dict[str, Any]:
    delivery = {} if received else {"delivery": Delivery(0, 0, 0)}
    return {"intake": Intake(received, 0, sum(many for _, many in reasons), reasons), **delivery}


CASES = (
    Case("sync.source", "pass", "all", _intake(900)),
    Case("sync.source", "warn", "a few", _intake(900, ("schema_violation", 3)), says="tracking plan"),
    Case("sync.source", "warn", "in capitals", _intake(900, ("SCHEMA_VIOLATION", 3)), says="tracking plan"),
    *(
        Case("sync.source", "fail", reason, _intake(0, (reason, 7)), says=says, root=True)
        for reason, says in (
            ("unplanned", "Audience Entered"),
            ("event_setting", "Audience Entered"),
            ("source_disabled", "switched off"),
            ("id_required", "userId"),
            ("something_new", "doesn't know"),
        )
    ),
    Case("sync.source", "unknown", "nothing", _intake(0), says="Most likely nobody entered or left the audience"),
    Case(
        "sync.source",
        "skipped",
        "nothing, and the missing segment says why",
        {**_intake(0), "segments": (), "activations": {}},
        says="The Engage source received no events in the last four hours. `sync.segment` says why.",
    ),
    Case(
        "sync.source",
        "skipped",
        "nothing yet, and the first sync is under way",
        {**_intake(0), "segments": (), "attached_at": NOW - timedelta(minutes=10)},
        says="a few minutes late",
    ),
    Case(
        "sync.source",
        "skipped",
        "nothing, and the first sync is overdue, as the missing segment says",
        {**_intake(0), "segments": (), "attached_at": NOW - timedelta(hours=2)},
    ),
    Case(
        "sync.source",
        "pass",
        "nothing counted yet, and the members are there",
        {**_intake(0), "attached_at": NOW - timedelta(hours=1)},
        says="Segment counts events a few minutes late",
    ),
    Case("sync.source", "pass", "delivered since it was counted", {"intake": Intake(0, 0, 0)}, says="1,300 events"),
    Case("sync.source", "unknown", "closed", {"intake": refused()}),
    Case("sync.source", "skipped", "not read", {"intake": None}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_the_source(case: Case) -> None:
    case.holds()


def test_what_is_not_known_here_keeps_no_setup_from_being_healthy() -> None:
    assert not found(healthy_facts(intake=refused()))["sync.source"].matters


def test_deliveries_wait_for_what_is_held_back_at_the_source() -> None:
    facts = healthy_facts(**_intake(0, ("unplanned", 7)), segments=())
    assert found(facts)["sync.segment"].evidence["waits_for"] == "sync.source"
