"""Which segment in LaunchDarkly is an audience's: by what is listed now, was there before, and was found once."""

from __future__ import annotations

from wizard.domain.checks import chosen
from wizard.domain.model import Audience, LaunchDarklySegment
from wizard.domain.naming import SegmentMatch, match_segments, seen_before, segment_name
from wizard.flow import recognised
from wizard.flow.followed import Followed
from wizard.flow.looks_at_launchdarkly import LooksAtLaunchDarkly
from wizard.flow.recognised import Traces
from wizard.flow.watched import Watched
from wizard.text import plain


class WhoseSegment:
    """Asks nothing itself: `launchdarkly` holds what the looks have seen."""

    def __init__(self, watched: Watched, launchdarkly: LooksAtLaunchDarkly, followed: tuple[Followed, ...]) -> None:
        self._watched = watched
        self._launchdarkly = launchdarkly
        self._names = frozenset(_name(one.audience) for one in followed)

    def match(self, followed: Followed) -> SegmentMatch:
        """Found, or shown and not guessed between; what was found is remembered, for a later run too."""
        watched, segments = self._watched, self._launchdarkly.segments
        listed = (*(segments or ()), *self._namesakes)
        match = match_segments(followed.audience, listed, watched.known_before, watched.since)
        if match.found is None:
            match = seen_before(match, followed.segment_key, segments or ())
        if segments is not None:
            followed.take_segment(match.found)
        if match.found is not None and watched.found is not None:
            watched.found.remember({followed.audience.key: match.found.key})
        return match

    @property
    def _namesakes(self) -> tuple[LaunchDarklySegment, ...]:
        """Made by hand: the list of synced segments leaves them out."""
        read_before = self._watched.state.facts.namesakes
        return self._launchdarkly.namesakes or (read_before if isinstance(read_before, tuple) else ())

    def told_apart(self, match: SegmentMatch, audience: Audience) -> SegmentMatch:
        """Without candidates that are certainly another audience's."""
        return recognised.without_strangers(match, audience, self._names - {_name(audience)})

    def was_there_before(self, match: SegmentMatch) -> bool:
        return match.found is not None and match.found.key in self._watched.known_before

    def traces(self, followed: Followed) -> Traces:
        facts, answers = self._watched.state.facts, self._watched.state.answers
        return Traces(
            known_before=self._watched.known_before,
            seen_key=followed.segment_key,
            context_kind=chosen.context_kind(facts, answers),
            environment=answers.environment,
            since=self._watched.since,
            elsewhere=self._launchdarkly.elsewhere,
        )


def _name(audience: Audience) -> str:
    return plain(segment_name(audience.key))
