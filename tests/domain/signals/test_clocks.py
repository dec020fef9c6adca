"""What is compared with the services' times is this machine's time by their clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.sample_facts import NOW, SEGMENT, VIP, found, healthy_answers, healthy_facts
from wizard.domain.checks.earlier_members import hold_old_keys
from wizard.domain.facts import Facts, Reach
from wizard.domain.planning import resync
from wizard.domain.services.segment import Delivery
from wizard.domain.signals.clocks import at_services_time, services_time


@pytest.mark.parametrize(
    ("segment_s", "launchdarkly_s", "ahead_s"),
    [
        (None, None, 0),
        (20.0, -30.0, 0),  # a request's own time
        (7200.0, None, 7200),
        (None, 7200.0, 7200),
        (-7200.0, -7199.0, -7200),
    ],
)
def test_facts_at_the_services_time_are_not_moved_again(
    segment_s: float | None, launchdarkly_s: float | None, ahead_s: float
) -> None:
    facts = healthy_facts(
        segment_reach=Reach("segment", segment_s), launchdarkly_reach=Reach("launchdarkly", launchdarkly_s)
    )

    there = at_services_time(facts)

    assert there.now == NOW - timedelta(seconds=ahead_s)
    assert services_time(there.now, there) == there.now


def _on_a_machine_ahead(facts: Facts, ahead: timedelta) -> Facts:
    """Return the facts as a machine has them whose clock is that far ahead of the services'."""
    own = ("now", "attached_at", "repaired_at", "rekeyed_at")
    moved = {name: at + ahead for name in own if (at := getattr(facts, name)) is not None}
    reach = Reach("segment", ahead.total_seconds())
    return replace(facts, **moved, segment_reach=reach)


@pytest.mark.parametrize("repaired_min", [-20, 20])
@pytest.mark.parametrize("ahead_h", [-2, 0, 2])
def test_a_repair_is_compared_with_refusals_by_the_services_clocks(ahead_h: int, repaired_min: int) -> None:
    refused_at = NOW - timedelta(minutes=30)
    repaired_at = refused_at + timedelta(minutes=repaired_min)
    seen = Delivery(36, 8, 0, (("401", 8),), last_at=refused_at - timedelta(minutes=9), last_failed_at=refused_at)
    segment = replace(SEGMENT, included_count=44)
    right = healthy_facts(segments=(segment,), delivery=seen, repaired_at=repaired_at)
    facts = _on_a_machine_ahead(right, timedelta(hours=ahead_h))

    is_after = repaired_min > 0
    assert found(facts)["sync.delivery"].status == ("warn" if is_after else "fail")
    for read in (facts, at_services_time(facts)):
        assert resync.is_owed(VIP, read, healthy_answers()) is is_after


@pytest.mark.parametrize("changed_min", [-20, 20])
@pytest.mark.parametrize("ahead_h", [-2, 0, 2])
def test_a_change_of_keys_is_compared_with_the_segment_by_the_services_clocks(ahead_h: int, changed_min: int) -> None:
    made = NOW - timedelta(days=3)
    segment = replace(SEGMENT, created_at=made, included_count=2468)
    right = healthy_facts(segments=(segment,), rekeyed_at=made + timedelta(minutes=changed_min))
    facts = _on_a_machine_ahead(right, timedelta(hours=ahead_h))

    for read in (facts, at_services_time(facts)):
        assert hold_old_keys(segment, VIP, read) is (changed_min > 0)
        assert resync.has_other_keys(VIP, read) is (changed_min > 0)
