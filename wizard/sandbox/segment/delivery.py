"""The delivery overview and metrics, with limits on the time span and a lag of five minutes.

See docs/segment.md#delivery-counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wizard.sandbox.http.exchange import Answer, Incoming, Json
from wizard.sandbox.ids import iso
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.answers import invalid, refused, success
from wizard.sandbox.segment.destinations import named_destination
from wizard.sandbox.segment.gate import BETA, BETA_ONLY, Call, Endpoint
from wizard.sandbox.state.segment_workspace import Delivered

LAG = timedelta(minutes=5)
OTHER_AUDIENCES_PER_MINUTE = 40
"""Events of other audiences on an Engage source: normal, and filtered by their integrations object."""
SOURCE_STAGES = ("successfully-received", "failed-on-ingest", "filtered-at-source")
DESTINATION_STAGES = ("filtered-at-destination", "failed-delivery", "successful-delivery")
_STEP = {"MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1), "DAY": timedelta(days=1)}
_OVERVIEW_LIMITS = {
    "MINUTE": (timedelta(hours=4), timedelta(hours=48)),
    "HOUR": (timedelta(days=14), timedelta(days=30)),
    "DAY": (timedelta(days=30), timedelta(days=30)),
}
_METRICS_LIMITS = {
    "MINUTE": (timedelta(hours=4), timedelta(hours=48)),
    "HOUR": (timedelta(days=7), timedelta(days=7)),
    "DAY": (timedelta(days=14), timedelta(days=14)),
}
_GROUPS = {
    "eventName": "event_name",
    "eventType": "event_type",
    "discardReason": "reason",
    "subscriptionId": "mapping_id",
    "audienceId": "audience_id",
    "activationId": "",
    "spaceId": "",
    "appVersion": "",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A time span from `start` (included) to `end` (excluded) in steps of `granularity`."""

    start: datetime
    end: datetime
    granularity: str

    def covers(self, delivered: Delivered) -> bool:
        return self.start <= delivered.at < self.end

    def step_of(self, moment: datetime) -> datetime:
        step = _STEP[self.granularity]
        return datetime.fromtimestamp(moment.timestamp() // step.total_seconds() * step.total_seconds(), UTC)


def overview(call: Call) -> Answer:
    stage = call.incoming.params["stage"]
    if stage not in SOURCE_STAGES + DESTINATION_STAGES:
        raise refused(404, "Unknown report")
    span = _span(call, _OVERVIEW_LIMITS)
    source_id = _required(call.incoming, "sourceId")
    destination_id = _required(call.incoming, "destinationConfigId") if stage in DESTINATION_STAGES else ""
    groups = _groups(call.incoming)
    rows = list(_rows(call, stage, source_id, destination_id, span))
    return success(
        {
            "total": sum(row.count for row in rows),
            "dataset": list(_dataset(rows, _shown(groups, call), span)),
            "pagination": {"current": "MA=="},
        }
    )


def _rows(call: Call, stage: str, source_id: str, destination_id: str, span: Span) -> Iterator[Delivered]:
    for row in call.workspace.deliveries:
        fits = row.stage == stage and row.source_id == source_id and row.destination_id == destination_id
        if fits and span.covers(row) and row.at <= call.now - LAG:
            yield row
    if stage == "filtered-at-destination":
        yield from _other_audiences(call, destination_id, span)


def _other_audiences(call: Call, destination_id: str, span: Span) -> Iterator[Delivered]:
    destination = call.workspace.destinations.get(destination_id)
    if destination is None or not destination.enabled:
        return
    start, end = max(span.start, destination.created_at), min(span.end, call.now - LAG)
    minutes = int((end - start).total_seconds() // 60)
    if minutes > 0:
        yield Delivered(
            at=start,
            stage="filtered-at-destination",
            source_id=destination.source_id,
            destination_id=destination_id,
            event_type="track",
            event_name="Audience Entered",
            count=minutes * OTHER_AUDIENCES_PER_MINUTE,
            reason="FILTERED_BY_INTEGRATIONS_OBJECT",
        )


def _shown(groups: list[str], call: Call) -> list[str]:
    """Return the groups that rows name: the documented fields and, in some workspaces, the audience."""
    audience = ("audienceId",) if call.workspace.names_audiences else ()
    return [group for group in groups if group in ("eventName", "eventType", "discardReason", *audience)]


def _dataset(rows: list[Delivered], shown: list[str], span: Span) -> Iterator[Json]:
    """Yield one row for each group."""
    grouped: dict[tuple[str, ...], Counter[datetime]] = {}
    for row in rows:
        group = tuple(getattr(row, _GROUPS[name]) for name in shown)
        grouped.setdefault(group, Counter())[span.step_of(row.at)] += row.count
    for group, series in grouped.items():
        points = [{"time": iso(at), "count": count, "retryCount": 0} for at, count in sorted(series.items())]
        named = dict(zip(shown, group, strict=True))
        yield {**named, "total": series.total(), "series": points, "totalRetryCount": 0}


def metrics(call: Call) -> Answer:
    destination = named_destination(call)
    source_id = _required(call.incoming, "sourceId")
    span = _span(call, _METRICS_LIMITS)
    totals: Counter[str] = Counter()
    for row in call.workspace.deliveries:
        if row.destination_id == destination.id and span.covers(row) and row.at <= call.now - LAG:
            totals[row.stage.replace("-", "_")] += row.count
    listed = [{"metricName": name, "total": total, "breakdown": []} for name, total in totals.items()]
    summary = {
        "sourceId": source_id,
        "destinationMetadataId": catalog.LAUNCHDARKLY_ID,
        "metrics": listed,
    }
    return success({"deliveryMetricsSummary": summary})


def _required(incoming: Incoming, name: str) -> str:
    value = incoming.value(name)
    if not value:
        raise invalid(name, f"{name} is required")
    return value


def _groups(incoming: Incoming) -> list[str]:
    groups = [value for name, value in incoming.query if name.startswith("groupBy.")]
    for group in groups:
        if group not in _GROUPS:
            raise invalid("groupBy", f"groupBy does not take {group}")
    return groups


def _span(call: Call, limits: dict[str, tuple[timedelta, timedelta]]) -> Span:
    granularity = call.incoming.value("granularity") or "MINUTE"
    if granularity not in limits:
        raise invalid("granularity", "granularity must be MINUTE, HOUR or DAY")
    longest, oldest = limits[granularity]
    start, end = _moment(call.incoming, "startTime"), _moment(call.incoming, "endTime")
    if not start < end or end - start > longest:
        raise invalid("endTime", f"the range for {granularity} is at most {longest}")
    if start < call.now - oldest - timedelta(minutes=1):
        raise invalid("startTime", f"{granularity} reaches back {oldest} at most")
    return Span(start, end, granularity)


def _moment(incoming: Incoming, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_required(incoming, name))
    except ValueError as broken:
        raise invalid(name, f"{name} must be an ISO 8601 time") from broken
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


ENDPOINTS = (
    Endpoint("GET", "/delivery-overview/{stage}", overview, BETA_ONLY, poll_seconds=60),
    Endpoint("GET", "/destinations/{destinationId}/delivery-metrics", metrics, BETA),
)
