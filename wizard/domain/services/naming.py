"""Names that one service derives from the other, and how objects are recognized by them.

See docs/launchdarkly.md#recognizing-a-segment and docs/segment.md#engage-sources.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience, Connection, Source, Space
from wizard.text import whole

ENGAGE_SOURCE_TYPE, ENGAGE_SOURCE_SLUG = "dBg7wLNWBb", "personas-compute"
_OWN_SLUG = "personas"
SYNCED_KEY_PREFIX = "segment-audiences-"


@dataclass(frozen=True, slots=True)
class SegmentMatch:
    """Which synced segment is the audience's. Without `found`, a person chooses among `candidates`."""

    found: LaunchDarklySegment | None = None
    candidates: tuple[LaunchDarklySegment, ...] = ()
    pre_made: tuple[LaunchDarklySegment, ...] = ()  # made by hand with the same name: not synced, and in the sync's way


def segment_name(audience_key: str) -> str:
    """Return the name that the destination sends: the audience's key, sentence-cased.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    return audience_key[:1].upper() + audience_key[1:].replace("_", " ")


def expected_segment_key(audience_id: str) -> str:
    """Return the key that LaunchDarkly probably gives the segment. It's unverified, so it's never the only proof.

    See docs/launchdarkly.md#recognizing-a-segment.
    """
    return f"{SYNCED_KEY_PREFIX}{audience_id}"


DESTINATION_NAME = "LaunchDarkly - "  # the beginning of the wizard's default names


def destination_name(project: str, environment: str) -> str:
    """Return the default name of a destination, from the keys of project and environment."""
    return f"{DESTINATION_NAME}{project} / {environment}"


def match_segments(
    audience: Audience,
    segments: Iterable[LaunchDarklySegment],
    known_before: Collection[str] = (),
    since: datetime | None = None,
) -> SegmentMatch:
    """Match by (a) the audience's ID in the key, (b) the name, (c) being new since `since`.

    See docs/launchdarkly.md#recognizing-a-segment.

    A single match by (a) or (b) is the segment. Several matches, one whose key carries another ID, and all matches by
    (c) are candidates from which a person chooses.
    """
    there = tuple(segment for segment in segments if not segment.deleted)
    synced = tuple(segment for segment in there if segment.external)
    name = whole(segment_name(audience.key))
    pre_made = tuple(s for s in there if not s.external and s.name == name)

    by_id = tuple(s for s in synced if audience.id and s.key.casefold().endswith(audience.id.casefold()))
    exact = tuple(s for s in by_id if s.key.casefold() == expected_segment_key(audience.id).casefold())
    by_name = tuple(s for s in synced if s.name == name)
    for fitting in (exact, by_id, by_name):
        if len(fitting) == 1 and not carries_another_id(fitting[0], audience):
            return SegmentMatch(fitting[0], (), pre_made)
        if fitting:
            return SegmentMatch(None, fitting, pre_made)
    new = (s for s in synced if is_new(s, known_before, since) and not carries_another_id(s, audience))
    return SegmentMatch(None, tuple(new), pre_made)


def seen_before(match: SegmentMatch, seen_key: str, segments: Iterable[LaunchDarklySegment]) -> SegmentMatch:
    """Return a match with the segment that was found before by its key, or else `match`. Names can be edited.

    See docs/launchdarkly.md#synced-segments.
    """
    found = next((one for one in segments if one.key == seen_key and not one.deleted), None)
    return SegmentMatch(found, (), match.pre_made) if found else match


def carries_another_id(segment: LaunchDarklySegment, audience: Audience) -> bool:
    """Return whether the key has another audience's ID.

    That's no proof: the audience may have been made again with the same key, or the events may carry another ID than
    the API shows (docs/launchdarkly.md#recognizing-a-segment).
    """
    key = segment.key.casefold()
    carries_an_id = key.startswith(expected_segment_key("aud_")) and audience.id.startswith("aud_")
    return carries_an_id and audience.id.casefold() not in key


def is_new(segment: LaunchDarklySegment, known_before: Collection[str], since: datetime | None) -> bool:
    """Return whether the segment appeared since attaching began."""
    if since is None or segment.key in known_before:
        return False
    return segment.created_at is None or segment.created_at >= since


def is_engage(source: Source) -> bool:
    """Return whether a source is Engage's own: by its type's ID or slug, or by its own slug.

    See docs/segment.md#engage-sources.
    """
    is_of_type = source.metadata_id == ENGAGE_SOURCE_TYPE or source.metadata_slug == ENGAGE_SOURCE_SLUG
    return is_of_type or _words(source.slug)[:1] == (_OWN_SLUG,)


def engage_source_name(space: Space) -> str:
    """Return the name that Segment gives the space's first Engage source (docs/segment.md#engage-sources)."""
    return whole(f"Personas {space.name}")


def engage_sources(
    space: Space, sources: Iterable[Source], connections: Iterable[Connection] = (), spaces: Iterable[Space] = ()
) -> tuple[Source, ...]:
    """Return the space's Engage sources by the first rule that finds any; a person chooses among several.

    See docs/segment.md#engage-sources.

    `connections` are those of the space's own audiences. The sources that they name are certainly the space's, and so
    are sources with the same kind of name. `spaces`: every one of the workspace, so that the number at the end of
    another space's slug isn't taken for a further source of this space.
    """
    every = tuple(sources)
    named = {connection.source_id for connection in connections}
    others = {_slug_of(one) for one in spaces if one.id != space.id}
    engage = tuple(source for source in every if is_engage(source) and _words(source.slug) not in others)
    names = {engage_source_name(space), whole(f"Engage ({space.name})")}
    numbered = tuple(source for source in engage if _is_numbered(source, space))
    connected = tuple(source for source in every if source.id in named)
    of_its_kind = numbered if set(connected) <= set(numbered) else ()
    return (
        (of_its_kind or connected if connected else ())
        or numbered
        or tuple(source for source in engage if source.name in names)
        or tuple(source for source in engage if _holds(_words(source.slug), _words(space.slug)))
    )


def _slug_of(space: Space) -> tuple[str, ...]:
    return (_OWN_SLUG, *_words(space.slug))


def _is_numbered(source: Source, space: Space) -> bool:
    return _number(source, space) is not None


def is_further_source(source: Source, space: Space) -> bool:
    """Return whether Segment added the source for the second or a later instance of a destination type."""
    return bool(_number(source, space))


def _number(source: Source, space: Space) -> str | None:
    """Return the number after `personas_<space>` in the slug, empty for the first source; None for another slug."""
    own, wanted = "-".join(_words(source.slug)), "-".join(_slug_of(space))
    rest = own.removeprefix(wanted).removeprefix("-")
    fits = bool(space.slug) and own.startswith(wanted) and (not rest or rest.isdecimal())
    return rest if fits else None


@lru_cache(maxsize=1024)
def _words(slug: str) -> tuple[str, ...]:
    return tuple(word for word in slug.casefold().replace("_", "-").split("-") if word)


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(words[start : start + len(wanted)] == wanted for start in starts)


def flag_rule(*segments: str) -> str:
    """Return the rule that a flag needs, in words, from the names of its segments."""
    return f"Context in segment {', '.join(segments)}"
