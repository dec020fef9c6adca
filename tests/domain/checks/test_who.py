"""Who changed a destination or mapping: said beside a failure, never by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.sample_facts import DESTINATION, MAPPING, NOW, found, healthy_facts, refused
from wizard.domain.services.segment import AuditEvent

TRAIL = (
    AuditEvent(NOW - timedelta(days=3), "Integration Created", "ada@example.com"),
    AuditEvent(None, "Integration Modified", ""),
    AuditEvent(NOW, "Integration Disabled", "bob@example.com"),
)
OFF = {"destinations": (replace(DESTINATION, enabled=False),)}


def test_the_last_changes_stand_beside_a_failure_newest_first() -> None:
    evidence = found(healthy_facts(**OFF, audit=TRAIL))["destination.enabled"].evidence
    assert evidence["last_changes"] == [
        "2026-09-01 12:00 UTC: Integration Disabled, by bob@example.com",
        "2026-08-29 12:00 UTC: Integration Created, by ada@example.com",
        "Integration Modified, by an unnamed user",
    ]


@pytest.mark.parametrize("audit", [None, (), refused()])
def test_a_trail_that_cannot_be_read_is_not_mentioned(audit: object) -> None:
    assert "last_changes" not in found(healthy_facts(**OFF, audit=audit))["destination.enabled"].evidence


def test_what_passes_names_nobody() -> None:
    assert "last_changes" not in found(healthy_facts(audit=TRAIL))["destination.enabled"].evidence


def test_an_edited_mapping_names_somebody_too() -> None:
    facts = healthy_facts(subscriptions=(replace(MAPPING, enabled=False),), audit=TRAIL)
    assert "last_changes" in found(facts)["mapping.enabled"].evidence
