"""The readings about the first sync, and about who changed a destination."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

from wizard.domain.failure import Failure
from wizard.domain.planning.mapping_draft import changes_what_is_there
from wizard.domain.services.launchdarkly import LaunchDarklySegment, Project
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import AuditEvent, Intake
from wizard.domain.signals import segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import chosen_audiences, launchdarkly_host, launchdarkly_of, segment_host, segment_of
from wizard.flow.reading.launchdarkly import in_environment
from wizard.flow.reading.reading import Reading, each
from wizard.flow.reading.segment import AUDIT_SPAN, delivered, of_destination
from wizard.flow.state import State

MOST_LOOKS = 10  # audiences or environments to look at: enough to find a cause, few enough for the rate limits
_DELIVERY_SPAN = timedelta(hours=4)


# --- LaunchDarkly -----------------------------------------------------------------------------------------------


def _names(state: State) -> tuple[str, ...]:
    """Return the names that LaunchDarkly gives to the segments of the chosen audiences."""
    return tuple(segment_name(audience.key) for audience in chosen_audiences(state)[:MOST_LOOKS])


def _of_names(state: State) -> Hashable | None:
    environment, names = in_environment(state), _names(state)
    return (environment, names) if environment and names else None


async def _namesakes(ports: Ports, state: State) -> tuple[LaunchDarklySegment, ...] | Failure:
    """Read the segments that have a chosen audience's name without being synced; the list of synced ones omits them."""
    client, answers = launchdarkly_of(ports, state), state.answers
    found = await each(_names(state), lambda name: client.segments_named(answers.project, answers.environment, name))
    failed = next((seen for seen in found.values() if isinstance(seen, Failure)), None)
    if failed is not None:
        return failed
    seen = (segment for named in found.values() if isinstance(named, tuple) for segment in named)
    return tuple(segment for segment in seen if not segment.external)


def _segment_keys(state: State) -> dict[str, str]:
    """Return the key of each chosen audience's segment, by audience ID, where the segment exists."""
    matches = (
        (audience.id, segment_of_audience.found(audience, state.facts))
        for audience in chosen_audiences(state)[:MOST_LOOKS]
    )
    return {audience_id or found.key: found.key for audience_id, found in matches if found is not None}


def _of_segments(state: State) -> Hashable | None:
    environment, keys = in_environment(state), _segment_keys(state)
    return (environment, tuple(keys.items())) if environment and keys else None


def _of_test_user(state: State) -> Hashable | None:
    segments = _of_segments(state)
    return (segments, state.answers.test_user) if segments and state.answers.test_user else None


def _flags_to_target(state: State) -> Hashable | None:
    """Return the flags' inputs; a segment that doesn't exist yet needs no flag."""
    return in_environment(state) if _segment_keys(state) else None


async def _details(ports: Ports, state: State) -> dict[str, LaunchDarklySegment | Failure]:
    client, answers, keys = launchdarkly_of(ports, state), state.answers, _segment_keys(state)
    return await each(keys, lambda one: client.segment(answers.project, answers.environment, keys[one]))


async def _memberships(ports: Ports, state: State) -> dict[str, bool | Failure]:
    client, answers, keys = launchdarkly_of(ports, state), state.answers, _segment_keys(state)

    async def ask(one: str) -> bool | Failure:
        return await client.is_member(answers.project, answers.environment, keys[one], answers.test_user)

    return await each(keys, ask)


def other_environments(state: State) -> tuple[str, ...]:
    """Return the keys of the project's other environments, at most `MOST_LOOKS`."""
    project = state.facts.project
    keys = (one.key for one in project.environments) if isinstance(project, Project) else ()
    return tuple(key for key in keys if key != state.answers.environment)[:MOST_LOOKS]


def _of_other_environments(state: State) -> Hashable | None:
    """Return the other environments if the segment is missing here (docs/launchdarkly.md#first-sync-problems)."""
    environment, others = in_environment(state), other_environments(state)
    looks = environment and others and segment_of_audience.may_be_elsewhere(state.facts, state.answers)
    return (environment, others) if looks else None


async def _elsewhere(ports: Ports, state: State) -> dict[str, tuple[LaunchDarklySegment, ...] | Failure]:
    client, project = launchdarkly_of(ports, state), state.answers.project
    return await each(other_environments(state), lambda key: client.synced_segments(project, key))


# --- Twilio Segment ---------------------------------------------------------------------------------------------


async def _intake(ports: Ports, state: State) -> Intake | Failure | None:
    destination = chosen_destination(state.facts, state.answers)
    if destination is None:
        return None
    end = ports.clock.now()
    return await segment_of(ports, state).intake(destination.source_id, end - _DELIVERY_SPAN, end)


def _of_changed_destination(state: State) -> Hashable | None:
    """Return the destination if it or its mapping isn't as wanted: only then is it read who changed it."""
    destination = of_destination(state)
    return destination if destination and changes_what_is_there(state.facts, state.answers) else None


async def _audit(ports: Ports, state: State) -> tuple[AuditEvent, ...] | Failure | None:
    destination = chosen_destination(state.facts, state.answers)
    if destination is None:
        return None
    end = ports.clock.now()
    return await segment_of(ports, state).audit_events(destination.id, end - AUDIT_SPAN, end)


def _for_each_segment(state: State, failure: Failure) -> dict[str, Failure]:
    return dict.fromkeys(_segment_keys(state), failure)


SYNC_READINGS: tuple[Reading, ...] = (
    Reading(
        "audit", StepId.DESTINATION, "reading who changed the destination", segment_host, _of_changed_destination,
        _audit,
    ),
    Reading("intake", StepId.AUDIENCES, "reading what reached the source", segment_host, delivered, _intake),
    Reading(
        "namesakes", StepId.FIRST_SYNC, "looking for segments with the same name", launchdarkly_host, _of_names,
        _namesakes,
    ),
    Reading(
        "segment_details", StepId.FIRST_SYNC, "opening the segments", launchdarkly_host, _of_segments, _details,
        _for_each_segment,
    ),
    Reading(
        "flags", StepId.FIRST_SYNC, "reading the project's flags", launchdarkly_host, _flags_to_target,
        lambda ports, state: launchdarkly_of(ports, state).flags(state.answers.project, state.answers.environment),
        on_request=True,
    ),
    Reading(
        "test_user_member", StepId.FIRST_SYNC, "asking whether the test user is a member", launchdarkly_host,
        _of_test_user, _memberships, _for_each_segment,
    ),
    Reading(
        "segments_elsewhere", StepId.FIRST_SYNC, "looking in the project's other environments", launchdarkly_host,
        _of_other_environments, _elsewhere,
        lambda state, failure: dict.fromkeys(other_environments(state), failure),
    ),
)  # fmt: skip
