"""The readings for the page on how both services answered (`wizard.flow.observing`), made only after a yes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wizard.domain.failure import Failure
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import launchdarkly_host, launchdarkly_of, segment_host, segment_of
from wizard.flow.reading.launchdarkly import in_environment
from wizard.flow.reading.reading import Reading
from wizard.flow.reading.segment import in_space, of_destination
from wizard.flow.state import State

_SPAN = timedelta(hours=4)


async def _fillers_listed(ports: Ports, state: State) -> tuple[int, int] | Failure:
    return await launchdarkly_of(ports, state).fillers_listed(state.answers.project, state.answers.environment)


def _counted(ports: Ports, state: State) -> tuple[str, str, datetime, datetime]:
    """Return the source's and the destination's ID, and the start and end of the time span to look at."""
    destination, now = chosen_destination(state.facts, state.answers), ports.clock.now()
    source, there = (destination.source_id, destination.id) if destination else ("", "")
    return source, there, now - _SPAN, now


async def _metric_names(ports: Ports, state: State) -> Any:
    return await segment_of(ports, state).metric_names(*_counted(ports, state))


async def _names_mappings(ports: Ports, state: State) -> Any:
    return await segment_of(ports, state).delivery_names_mappings(*_counted(ports, state))


OBSERVING_READINGS: tuple[Reading, ...] = (
    Reading(
        "fillers_listed", StepId.FIRST_SYNC, "reading a page of all segments", launchdarkly_host, in_environment,
        _fillers_listed, on_request=True,
    ),
    Reading(
        "audiences_under_v1", StepId.FIRST_SYNC, "reading a page of audiences under v1", segment_host, in_space,
        lambda ports, state: segment_of(ports, state).audiences_under_v1(state.answers.space), on_request=True,
    ),
    Reading(
        "metric_names", StepId.FIRST_SYNC, "reading delivery metrics", segment_host, of_destination, _metric_names,
        on_request=True,
    ),
    Reading(
        "delivery_names_mappings", StepId.FIRST_SYNC, "reading deliveries by mapping", segment_host, of_destination,
        _names_mappings, on_request=True,
    ),
)  # fmt: skip
FIVE_READS = ("allowlist", *(reading.slot for reading in OBSERVING_READINGS))
