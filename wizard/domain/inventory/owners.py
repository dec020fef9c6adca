"""Which audience a synced segment belongs to: by the ID in its key, else by its name.

A name alone is weak evidence: audiences of other spaces can have the same name, and so can a recreated audience. So an
audience that only has the same name counts if it's attached to a destination of the segment's environment.
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

IsAttached: TypeAlias = Callable[[Audience], bool | None]  # to the environment's destination; None: unknown


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which audience owns a segment; all fields are empty when none was found.

    `instead`: another segment with the same name, which belongs to the audience, or may belong to it.
    """

    audience: Audience | None = None
    instead: LaunchDarklySegment | None = None
    is_unknown: bool = False  # an audience with the segment's name may feed it, or not
    is_older: bool = False  # than the audience with its name, so an earlier audience fed it


def audience_id_in(segment: LaunchDarklySegment) -> str:
    """Return the ID in the segment's key; empty if the key has another form."""
    key = segment.key
    return key[len(SYNCED_KEY_PREFIX) :] if key.casefold().startswith(SYNCED_KEY_PREFIX) else ""


def likely_audience_key(segment: LaunchDarklySegment) -> str:
    """Return the audience key behind the segment's name, most likely: the destination capitalizes and adds spaces."""
    return segment.name[:1].lower() + segment.name[1:].replace(" ", "_")


def by_id(segment: LaunchDarklySegment, audiences: Iterable[Audience]) -> Audience | None:
    key = segment.key.casefold()
    return next((one for one in audiences if one.id and key.endswith(one.id.casefold())), None)


def may_own(segment: LaunchDarklySegment, audiences: Iterable[Audience]) -> tuple[Audience, ...]:
    """Return the audiences that may own the segment. Where they're attached decides."""
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
    """Return which audience owns the segment. `neighbors`: all synced segments of its environment."""
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
