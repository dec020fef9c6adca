"""What is recognised when the segment is not simply there: made anew, gone, of another audience, elsewhere.

Pure. Contract launchdarkly 2.12, 2.13, 6 rows 37, 41, 45, 47; segment 4.2, 7 row 56.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wizard.domain.model import Audience, Failure, LaunchDarklySegment
from wizard.domain.naming import SegmentMatch, expected_segment_key, is_of_another_audience, match_segments

_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is to recognise one audience's segment by, beyond the list of the environment."""

    known_before: frozenset[str] = frozenset()  # keys that were there when attaching began
    seen_key: str = ""  # of the segment, when this watch saw it before
    context_kind: str = ""  # that the mapping makes now
    environment: str = ""
    since: datetime | None = None  # when attaching began
    elsewhere: Mapping[str, tuple[LaunchDarklySegment, ...] | Failure] | None = None  # by environment


def without_strangers(match: SegmentMatch, audience: Audience, taken: frozenset[str] = frozenset()) -> SegmentMatch:
    """A namesake that carries another audience's id is no candidate, nor is one with a name in `taken`: another's."""
    among = (one for one in match.candidates if not is_of_another_audience(one, audience))
    return replace(match, candidates=tuple(one for one in among if one.name not in taken))


def strangers(match: SegmentMatch, audience: Audience) -> tuple[LaunchDarklySegment, ...]:
    """Namesakes of an audience that had the same key: it was deleted and made again."""
    return tuple(one for one in match.candidates if is_of_another_audience(one, audience))


def is_gone(match: SegmentMatch, audience: Audience, traces: Traces) -> bool:
    """The segment was there, in this watch or when attaching began, and is no more."""
    expected = expected_segment_key(audience.id) if audience.id else ""
    was_there = bool(traces.seen_key) or expected in traces.known_before
    return match.found is None and was_there


def found_elsewhere(audience: Audience, traces: Traces) -> str:
    """The environment that the segment is in, when it is not in the chosen one; empty when that was not seen.

    One from before is no trace of this sync: an audience may go to several environments, each with its instance.
    """
    for environment, segments in (traces.elsewhere or {}).items():
        found = match_segments(audience, segments).found if isinstance(segments, tuple) else None
        if found is not None and _is_new(found, traces):
            return environment
    return ""


def _is_new(segment: LaunchDarklySegment, traces: Traces) -> bool:
    if traces.since is None or segment.created_at is None:
        return True
    return segment.created_at >= traces.since - _CLOCKS_DIFFER


def notes(match: SegmentMatch, audience: Audience, traces: Traces) -> tuple[str, ...]:
    """One sentence for each thing that a person has to know."""
    said = [
        f"“{one.name}” ({one.key}) belongs to another audience that has or had the same key; it is not this one."
        for one in strangers(match, audience)
    ]
    found = match.found
    if found is None:
        return (*said, *_missing(match, audience, traces))
    if audience.id and found.key in traces.known_before and audience.id not in found.key:
        said.append(
            f"“{found.name}” was there before attaching and its key does not tell whose it is: an audience that was "
            "made again gets a segment of its own. Compare its members."
        )
    if found.generation > 1:
        said.append(f"It was deleted in LaunchDarkly and made anew ({found.generation - 1}×): members fill up again.")
    if found.context_kind and traces.context_kind and found.context_kind != traces.context_kind:
        said.append(
            f"It holds contexts of the kind {found.context_kind}, the mapping makes {traces.context_kind}: the mapping "
            "was changed after the segment was made, and a segment seems to keep its kind."
        )
    return tuple(said)


def _missing(match: SegmentMatch, audience: Audience, traces: Traces) -> tuple[str, ...]:
    if is_gone(match, audience, traces):
        return ("The segment was there and is gone: somebody deleted it in LaunchDarkly.",)
    if environment := found_elsewhere(audience, traces):
        return (f"The segment is in the environment {environment}, not in {traces.environment}.",)
    return tuple(
        f"“{one.name}” ({one.key}) was made by hand: it has the name and never gets members." for one in match.pre_made
    )
