"""The services' time, where this machine's clock is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wizard.domain.facts import Facts, Reach, Seen

_SKEW_SECONDS = 60.0  # a request's own time explains less


def services_time(moment: datetime, facts: Facts) -> datetime:
    """Return a moment of this machine as the services' clocks show it."""
    reaches = (facts.segment_reach, facts.launchdarkly_reach)
    skews = (reach.clock_skew_seconds or 0.0 for reach in reaches if isinstance(reach, Reach))
    skew = next((one for one in skews if abs(one) > _SKEW_SECONDS), 0.0)
    return moment - timedelta(seconds=skew)


def by_clock_of(service: object, moment: datetime) -> datetime:
    """Return a moment of this machine as one service's clock shows it; `service` is what its `Reach` read."""
    skew = service.clock_skew_seconds if isinstance(service, Reach) else None
    return moment - timedelta(seconds=skew or 0.0)


def at_services_time(facts: Facts) -> Facts:
    """Return the facts as a machine has them whose clock agrees with the services', to compare with their times."""
    return replace(
        facts,
        now=services_time(facts.now, facts),
        attached_at=facts.attached_at and services_time(facts.attached_at, facts),
        repaired_at=facts.repaired_at and services_time(facts.repaired_at, facts),
        rekeyed_at=facts.rekeyed_at and services_time(facts.rekeyed_at, facts),
        segment_reach=_in_step(facts.segment_reach),
        launchdarkly_reach=_in_step(facts.launchdarkly_reach),
    )


def _in_step(seen: Seen[Reach]) -> Seen[Reach]:
    return replace(seen, clock_skew_seconds=None) if isinstance(seen, Reach) else seen
