"""The order of the walk, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.facts import Facts
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.session import Session
from wizard.flow.reading.clients import FIRST_READINGS
from wizard.flow.reading.evidence import EVIDENCE_READINGS
from wizard.flow.reading.first_sync import SYNC_READINGS
from wizard.flow.reading.landing import LANDING_READINGS
from wizard.flow.reading.launchdarkly import LAUNCHDARKLY_READINGS
from wizard.flow.reading.observing import OBSERVING_READINGS
from wizard.flow.reading.segment import SEGMENT_READINGS
from wizard.flow.state import State
from wizard.flow.steps.ask import Setting
from wizard.flow.steps.audiences import AUDIENCES
from wizard.flow.steps.destination import DESTINATION
from wizard.flow.steps.first_sync import FIRST_SYNC
from wizard.flow.steps.launchdarkly import LAUNCHDARKLY
from wizard.flow.steps.mapping import MAPPING
from wizard.flow.steps.prerequisites import PREREQUISITES
from wizard.flow.steps.review import REVIEW
from wizard.flow.steps.segment import SEGMENT
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk

ALL_READINGS = (
    *FIRST_READINGS,
    *LAUNCHDARKLY_READINGS,
    *SEGMENT_READINGS,
    *SYNC_READINGS,
    *EVIDENCE_READINGS,
    *LANDING_READINGS,
    *OBSERVING_READINGS,
)
READINGS_BY_SLOT = {reading.slot: reading for reading in ALL_READINGS}
STEPS: tuple[Step, ...] = (
    PREREQUISITES,
    LAUNCHDARKLY,
    SEGMENT,
    DESTINATION,
    MAPPING,
    AUDIENCES,
    REVIEW,
    FIRST_SYNC,
)


def _settings() -> Iterator[Setting]:
    """Yield the settings table by table, those of the table's own step first."""
    declared = [(step.id, setting) for step in STEPS for ask in step.asks for setting in ask.settings]
    order = list(StepId)
    declared.sort(key=lambda pair: (order.index(StepId(pair[1].table)), pair[0] != pair[1].table))
    yield from (setting for _, setting in declared)


SETTINGS: Mapping[str, Setting] = {setting.key: setting for setting in _settings()}  # of setup.toml, in its order
TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS.values()))


def new_walk(ports: Ports, session: Session) -> Walk:
    """Return a walk at its beginning: nothing answered, nothing read."""
    facts = Facts(
        now=ports.clock.now(),
        launchdarkly_host=ports.services.launchdarkly_host,
        client_side_host=ports.services.client_side_host,
        segment_host=ports.services.segment_host,
    )
    state = State(facts=facts, sandbox=ports.sandbox, good_tokens=ports.good_tokens)
    return Walk(ports, STEPS, ALL_READINGS, CHECKS, state, session)
