"""Reads of what Segment counts and records in a workspace: deliveries, a source's intake, the audit trail.

See docs/segment.md#delivery-counts and docs/segment.md#audit-trail.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from wizard.api.call import Query, path
from wizard.api.lenient import parse_each, parse_one
from wizard.api.segment import models
from wizard.api.segment.wire import V1, V1BETA, Listed, Wire
from wizard.domain.failure import Failure
from wizard.domain.services import segment as model

_MINUTE = "MINUTE"
_MOST_MINUTES = 4 * 60  # the longest span that is counted by minute


class SegmentCounts:
    """The counting part of `SegmentClient`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def delivery(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> model.Delivery | Failure:
        """Read what happened to a destination's events from `start` until before `end`.

        See docs/segment.md#delivery-counts.
        """
        query = (("sourceId", source_id), ("destinationConfigId", destination_id), *self._span(start, end))
        found = await self._overview(("successful-delivery", "failed-delivery", "filtered-at-destination"), query)
        if isinstance(found, Failure):
            return found
        return _delivery(*found, by_minute=("granularity", _MINUTE) in query)

    async def delivery_by_audience(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> dict[str, model.Delivery] | Failure:
        """Read delivered and failed counts by audience ID; empty if a row doesn't name its audience."""
        span = (*self._span(start, end), ("groupBy.1", "audienceId"))
        query = (("sourceId", source_id), ("destinationConfigId", destination_id), *span)
        found = await self._overview(("successful-delivery", "failed-delivery"), query)
        if isinstance(found, Failure):
            return found
        ids = {row.audience_id for listed in found for row in parse_each(models.DeliveryRow, listed.items) if row.total}
        delivered, failed = found
        by_minute = ("granularity", _MINUTE) in query
        return {
            one: _delivery(_named(one, delivered), _named(one, failed), Listed([], {}), by_minute=by_minute)
            for one in ids
            if "" not in ids
        }

    async def intake(self, source_id: str, start: datetime, end: datetime) -> model.Intake | Failure:
        """Read what happened to events at their source, before any destination (docs/segment.md#delivery-counts)."""
        query = (("sourceId", source_id), *self._span(start, end))
        found = await self._overview(("successfully-received", "failed-on-ingest", "filtered-at-source"), query)
        if isinstance(found, Failure):
            return found
        received, failed, filtered = found
        reasons = Counter(dict(_reasons(failed))) + Counter(dict(_reasons(filtered)))
        return model.Intake(_total(received), _total(failed), _total(filtered), tuple(reasons.most_common()))

    async def metric_names(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> tuple[str, ...] | Failure:
        """Read the names of a destination's delivery metrics (docs/segment.md#delivery-counts)."""
        span = (("startTime", _iso(start)), ("endTime", _iso(end)), ("granularity", "HOUR"))
        where = path("/destinations/{}/delivery-metrics", destination_id)
        data = await self._wire.data(self._wire.call("GET", where, V1BETA, query=(("sourceId", source_id), *span)))
        if isinstance(data, Failure):
            return data
        found = parse_one(models.MetricsAnswer, data.get("deliveryMetricsSummary"))
        return tuple(metric.name for metric in found.metrics) if found else ()

    async def delivery_names_mappings(
        self, source_id: str, destination_id: str, start: datetime, end: datetime
    ) -> bool | Failure:
        """Return whether delivery counts name their mapping when they are grouped by mapping."""
        span = (*self._span(start, end), ("groupBy.1", "subscriptionId"))
        query = (("sourceId", source_id), ("destinationConfigId", destination_id), *span)
        found = await self._overview(("successful-delivery",), query)
        if isinstance(found, Failure):
            return found
        return any(row.mapping_id for listed in found for row in parse_each(models.DeliveryRow, listed.items))

    async def audit_events(
        self, resource_id: str, start: datetime, end: datetime
    ) -> tuple[model.AuditEvent, ...] | Failure:
        """Read what was done to one resource from the audit trail (docs/segment.md#audit-trail)."""
        query = (("resourceId", resource_id), ("startTime", _iso(start)), ("endTime", _iso(end)))
        listed = await self._wire.listed("/audit-events", V1, "events", query)
        if isinstance(listed, Failure):
            return listed
        return tuple(item.to_domain() for item in parse_each(models.AuditItem, listed.items))

    def _span(self, start: datetime, end: datetime) -> Query:
        return (
            ("startTime", _iso(start)),
            ("endTime", _iso(end)),
            ("granularity", _granularity(start, end, self._wire.transport.clock.now())),
            ("groupBy.0", "discardReason"),
        )

    async def _overview(self, names: tuple[str, ...], query: Query) -> list[Listed] | Failure:
        """Read each report; return the first failure when one of them is missing."""
        found = await asyncio.gather(
            *(self._wire.listed(f"/delivery-overview/{name}", V1BETA, "dataset", query) for name in names)
        )
        failed = next((report for report in found if isinstance(report, Failure)), None)
        return failed or [report for report in found if isinstance(report, Listed)]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _granularity(start: datetime, end: datetime, now: datetime) -> str:
    """Return the finest granularity that the service offers for this span (docs/segment.md#delivery-counts)."""
    if end - start <= timedelta(hours=4) and now - start <= timedelta(hours=48):
        return _MINUTE
    return "HOUR" if end - start <= timedelta(days=14) else "DAY"


def _delivery(delivered: Listed, failed: Listed, filtered: Listed, *, by_minute: bool) -> model.Delivery:
    return model.Delivery(
        delivered=_total(delivered),
        failed=_total(failed),
        filtered=_total(filtered),
        failure_reasons=_reasons(failed),
        filter_reasons=_reasons(filtered),
        per_minute=_per_minute(delivered) if by_minute else (),
        first_at=min(_times(delivered), default=None),
        last_at=max(_times(delivered), default=None),
        last_failed_at=max(_times(failed), default=None),
        failed_at=_last_by_reason(failed),
    )


def _named(audience_id: str, listed: Listed) -> Listed:
    named = [
        raw for raw in listed.items if (row := parse_one(models.DeliveryRow, raw)) and row.audience_id == audience_id
    ]
    return Listed(named, {})


def _total(listed: Listed) -> int:
    total = listed.first.get("total")
    return total if isinstance(total, int) else sum(row.total for row in parse_each(models.DeliveryRow, listed.items))


def _last_by_reason(listed: Listed) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    for row in parse_each(models.DeliveryRow, listed.items):
        times = [point.time for point in row.series if point.time is not None and point.count > 0]
        if row.reason and times:
            last[row.reason] = max(*times, last.get(row.reason, times[0]))
    return last


def _points(listed: Listed) -> Iterator[tuple[datetime, int]]:
    for row in parse_each(models.DeliveryRow, listed.items):
        yield from ((point.time, point.count) for point in row.series if point.time is not None and point.count > 0)


def _times(listed: Listed) -> list[datetime]:
    return [at for at, _ in _points(listed)]


def _per_minute(listed: Listed) -> tuple[int, ...]:
    """Return the count of each minute, from the first with events to the last; empty for more than _MOST_MINUTES."""
    counts: Counter[datetime] = Counter()
    for at, many in _points(listed):
        counts[at.replace(second=0, microsecond=0)] += many
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    minutes = (last - first) // timedelta(minutes=1) + 1
    within = minutes <= _MOST_MINUTES
    return tuple(counts[first + timedelta(minutes=minute)] for minute in range(minutes)) if within else ()


def _reasons(listed: Listed) -> tuple[tuple[str, int], ...]:
    """Return the counts by reason, highest first."""
    counts: Counter[str] = Counter()
    for row in parse_each(models.DeliveryRow, listed.items):
        if row.reason and row.total:
            counts[row.reason] += row.total
    return tuple(counts.most_common())
