"""What is compared with the services' times is this machine's time by their clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domain.sample_facts import NOW, healthy_facts
from wizard.domain.facts import Reach
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
