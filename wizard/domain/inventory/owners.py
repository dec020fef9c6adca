"""Which audience a synced segment belongs to: by the ID in its key, else by its name.

A name alone is weak: audiences of other spaces have the same, and so has an audience that was created again. So an
audience that only has the same name counts where it's attached to a destination of the segment's environment.

See docs/launchdarkly.md#recognizing-a-segment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import SYNCED_KEY_PREFIX, segment_name
from wizard.domain.services.segment import Audience
from wizard.text import whole

IsAttached: TypeAlias = Callable[[Audience], bool | None]  # to a destination of the environment; None: not known


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which audience owns a segment; all fields are empty when none was found.

    `instead` is the namesake that has the audience, or may have it.
    """

    audience: Audience | None = None
    instead: LaunchDarklySegment | None = None
    is_unknown: bool = False  # an audience of its name may feed it; unknown
    is_older: bool = False  # than the audience of its name, so that it was an earlier audience's


def audience_id_in(segment: LaunchDarklySegment) -> str:
    """Return the ID that the segment's key carries; empty where it has another form."""
    key = segment.key
    return key[len(SYNCED_KEY_PREFIX) :] if key.casefold().startswith(SYNCED_KEY_PREFIX) else ""


def likely_audience_key(segment: LaunchDarklySegment) -> str:
    """Return the key that the name was probably made from: the destination upper-cases and puts spaces."""
    return segment.name[:1].lower() + segment.name[1:].replace(" ", "_")


def by_id(segment: LaunchDarklySegment, audiences: Iterable[Audience]) -> Audience | None:
    key = segment.key.casefold()
    return next((one for one in audiences if one.id and key.endswith(one.id.casefold())), None)


def may_own(segment: LaunchDarklySegment, audiences: Iterable[Audience]) -> tuple[Audience, ...]:
    """Return the audiences whose attachments tell whose the segment is."""
    every = tuple(audiences)
    own = by_id(segment, every)
    return (own,) if own else _named(segment, every)


def _named(segment: LaunchDarklySegment, audiences: tuple[Audience, ...]) -> tuple[Audience, ...]:
    return tuple(one for one in audiences if whole(segment_name(one.key)) == segment.name)


def owner_of(
    segment: LaunchDarklySegment,
    neighbors: Iterable[LaunchDarklySegment],
    audiences: tuple[Audience, ...],
    is_attached: IsAttached,
) -> Ownership:
    """Return whose segment it is; `neighbors` are all synced segments of its environment."""
    own = by_id(segment, audiences)
    if own is not None:
        return Ownership(own)
    namesakes = tuple(one for one in neighbors if one.name == segment.name and one.key != segment.key)
    fed = next((one for one in namesakes if by_id(one, audiences) is not None), None)
    if fed is not None:
        return Ownership(by_id(fed, audiences), instead=fed)
    attached = {one: is_attached(one) for one in _named(segment, audiences)}
    here = tuple(one for one, verdict in attached.items() if verdict)
    if len(here) != 1:
        return Ownership(is_unknown=bool(here) or None in attached.values())
    if namesakes:
        return Ownership(here[0], instead=namesakes[0])
    return Ownership(is_older=True) if _is_older(segment, here[0]) else Ownership(here[0])


def _is_older(segment: LaunchDarklySegment, audience: Audience) -> bool:
    if segment.created_at is None or audience.created_at is None:
        return False
    return segment.created_at < audience.created_at
