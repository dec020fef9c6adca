"""Names that one service derives from the other, and the objects recognized by these names.

See docs/launchdarkly.md#recognizing-a-segment and docs/segment.md#engage-sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wizard.domain.model import Audience, Connection, LaunchDarklySegment, Source, Space
from wizard.text import plain

ENGAGE_SOURCE_SLUG = "personas-compute"
_KEY_PREFIX = "segment-audiences-"


@dataclass(frozen=True, slots=True)
class SegmentMatch:
    """Which synced segment is the audience's. Without `found`, a person chooses among `candidates`."""

    found: LaunchDarklySegment | None = None
    candidates: tuple[LaunchDarklySegment, ...] = ()
    pre_made: tuple[LaunchDarklySegment, ...] = ()  # same name, not synced: made by hand, in the way


def segment_name(audience_key: str) -> str:
    """The name that the destination sends: the audience's key, sentence-cased.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    return audience_key[:1].upper() + audience_key[1:].replace("_", " ")


def expected_segment_key(audience_id: str) -> str:
    """The key that LaunchDarkly probably gives the segment; unverified, never the only proof.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    return f"{_KEY_PREFIX}{audience_id}"


def destination_name(project: str, environment: str) -> str:
    """The default name of a destination, from the keys of project and environment."""
    return f"LaunchDarkly - {project} / {environment}"


def match_segments(
    audience: Audience,
    segments: Iterable[LaunchDarklySegment],
    known_before: frozenset[str] = frozenset(),
    since: datetime | None = None,
) -> SegmentMatch:
    """Match by (a) the audience's ID in the key, (b) the name, (c) being new since `since`.

    See docs/launchdarkly.md#recognizing-a-segment.

        (a) or (b) alone is found. Several of them, one that carries another audience's id, and (c) are shown, not
        guessed between.
    """
    there = tuple(segment for segment in segments if not segment.deleted)
    synced = tuple(segment for segment in there if segment.external)
    name = plain(segment_name(audience.key))
    pre_made = tuple(s for s in there if not s.external and s.name == name)

    by_id = tuple(s for s in synced if audience.id and s.key.endswith(audience.id))
    exact = tuple(s for s in by_id if s.key == expected_segment_key(audience.id))
    by_name = tuple(s for s in synced if s.name == name)
    for fitting in (exact, by_id, by_name):
        if len(fitting) == 1 and not is_of_another_audience(fitting[0], audience):
            return SegmentMatch(fitting[0], (), pre_made)
        if fitting:
            return SegmentMatch(None, fitting, pre_made)
    new = (s for s in synced if _is_new(s, known_before, since) and not is_of_another_audience(s, audience))
    return SegmentMatch(None, tuple(new), pre_made)


def seen_before(match: SegmentMatch, seen_key: str, segments: Iterable[LaunchDarklySegment]) -> SegmentMatch:
    """Match the segment that was found before, under whatever name: names can be edited in LaunchDarkly.

    See docs/launchdarkly.md#synced-segments.
    """
    found = next((one for one in segments if one.key == seen_key and not one.deleted), None)
    return SegmentMatch(found, (), match.pre_made) if found else match


def is_of_another_audience(segment: LaunchDarklySegment, audience: Audience) -> bool:
    """Return whether the key carries another audience's ID: an audience made again leaves a namesake behind.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    carries_an_id = segment.key.startswith(expected_segment_key("aud_")) and audience.id.startswith("aud_")
    return carries_an_id and audience.id not in segment.key


def _is_new(segment: LaunchDarklySegment, known_before: frozenset[str], since: datetime | None) -> bool:
    if since is None or segment.key in known_before:
        return False
    return segment.created_at is None or segment.created_at >= since


def engage_sources(
    space: Space, sources: Iterable[Source], connections: Iterable[Connection] = ()
) -> tuple[Source, ...]:
    """The space's Engage sources by the first rule that finds any; several: a person chooses.

    See docs/segment.md#engage-sources.

    `connections` are those of the space's own audiences: what they name is authoritative.
    """
    every = tuple(sources)
    named = {connection.source_id for connection in connections}
    engage = tuple(source for source in every if source.metadata_slug == ENGAGE_SOURCE_SLUG)
    name = plain(f"Engage ({space.name})")
    return (
        tuple(source for source in every if source.id in named)
        or tuple(source for source in engage if source.name == name)
        or tuple(source for source in engage if _words(source.slug) == ("personas", *_words(space.slug)))
        or tuple(source for source in engage if _holds(_words(source.slug), _words(space.slug)))
    )


def _words(slug: str) -> tuple[str, ...]:
    return tuple(word for word in slug.casefold().replace("_", "-").split("-") if word)


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(words[start : start + len(wanted)] == wanted for start in starts)
