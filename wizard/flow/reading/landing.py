"""Count an audience's members for each context key with audience previews: only after a yes, and once."""

from __future__ import annotations

from collections.abc import Hashable

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.segment import Audience, Landing, Preview, PreviewStatus
from wizard.domain.signals.landing import MOST_AUDIENCES, can_be_counted, fingerprint, identifiers_by_key, to_count
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.segment import Segment
from wizard.flow.reading.clients import chosen_audiences, segment_host, segment_of
from wizard.flow.reading.reading import Reading
from wizard.flow.reading.segment import in_space
from wizard.flow.state import State

_LOOKS_AFTER_S = 3.0
_MOST_LOOKS = 60


def audiences_to_count(state: State) -> tuple[Audience, ...]:
    return tuple(one for one in chosen_audiences(state) if can_be_counted(one))[:MOST_AUDIENCES]


def _of_audiences(state: State) -> Hashable | None:
    """Return the inputs without the audiences' size: one more member is no reason to spend previews again."""
    space, audiences = in_space(state), audiences_to_count(state)
    what = tuple((one.id, one.definition, one.identifiers) for one in audiences)
    return (space, what) if space and what else None


async def _count(ports: Ports, state: State) -> dict[str, Landing | Failure]:
    """Count one audience after the other: five previews a minute are all that Segment allows."""
    client = segment_of(ports, state)
    return {one.id: await _landing(ports, client, one) for one in audiences_to_count(state)}


async def _landing(ports: Ports, client: Segment, audience: Audience) -> Landing | Failure:
    sizes: dict[tuple[str, ...], int] = {}
    for identifiers in to_count(audience):
        size = await _size(ports, client, audience, identifiers)
        if isinstance(size, Failure):
            return size
        sizes[identifiers] = size
    by_key = {str(key): sizes[identifiers] for key, identifiers in identifiers_by_key(audience).items()}
    return Landing(ports.clock.now(), audience.size or 0, by_key, fingerprint(audience))


async def _size(ports: Ports, client: Segment, audience: Audience, identifiers: tuple[str, ...]) -> int | Failure:
    seen = await client.start_preview(audience, identifiers)
    for _ in range(_MOST_LOOKS):
        if isinstance(seen, Failure):
            return seen
        if seen.status == PreviewStatus.COMPLETED and seen.size is not None:
            return seen.size
        if seen.status == PreviewStatus.FAILED:
            break
        await ports.clock.sleep(_LOOKS_AFTER_S)
        seen = await client.preview(audience.space_id, seen.id)
    return _without_an_end(ports, audience, seen)


def _without_an_end(ports: Ports, audience: Audience, seen: Preview | Failure) -> Failure:
    if isinstance(seen, Failure):
        return seen
    kind = FailureKind.INVALID if seen.why_failed else FailureKind.TIMEOUT
    where = f"/spaces/{audience.space_id}/audiences/previews/{seen.id}"
    return Failure(Service.SEGMENT, kind, segment_host(ports), "GET", where, message=seen.why_failed)


LANDING_READINGS: tuple[Reading, ...] = (
    Reading(
        "landing", StepId.AUDIENCES, "counting members by context key", segment_host, _of_audiences, _count,
        lambda state, failure: dict.fromkeys((one.id for one in audiences_to_count(state)), failure),
        on_request=True, costly=True,
    ),
)  # fmt: skip
