"""LaunchDarkly's side of a watch: one list call for each poll, other calls rarely.

In fifteen minutes, at most 90 lists, 30 calls for the test user, 26 for segments elsewhere, 25 for closer looks and 10
for the flags that target the segments. Together there are fewer than 150, because these never coincide.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from wizard.domain.facts import is_closed, listed
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import CustomRole, LaunchDarklySegment, Project, Token
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.reading.first_sync import other_environments
from wizard.flow.reading.reading import each
from wizard.flow.watching.watched_audience import WatchedAudience, WatchStart

T = TypeVar("T")

LEAST_S = 10.0  # from poll to poll
MEMBER_EVERY_S = 30.0
ELSEWHERE_EVERY_S = 10 * 60.0
CLOSER_EVERY_S = 3 * 60.0
MOST = 10  # reads of segments
MOST_TRIES = 2  # of one segment, so that an unreadable one leaves some for the others
MOST_ROLES = 3
MOST_NAMES = 3


class LaunchDarklyPoller:
    """Polls LaunchDarkly. A poll without an answer changes nothing that was seen, and `note` gets its failure."""

    def __init__(self, ports: Ports, start: WatchStart, note: Callable[[Failure], None]) -> None:
        self._ports, self._state, self._answers = ports, start.state, start.state.answers
        self._listed_at = start.listed_at
        self._note = note
        self.segments: tuple[LaunchDarklySegment, ...] | None = None  # as of the last poll with an answer
        self.unanswered: Failure | None = None  # why the last poll brought no list
        self.elsewhere: dict[str, tuple[LaunchDarklySegment, ...] | Failure] = {}  # by environment
        self.counted_before: dict[str, int | None] = {}  # by segment key, at the previous poll
        self._member_due, self._member_turn = -math.inf, 0
        self.namesakes: tuple[LaunchDarklySegment, ...] | None = None
        self.token: Token | None = None
        self.roles: dict[str, CustomRole | Failure] = {}
        self.project: Project | None = None
        self._elsewhere_due = self._closer_due = -math.inf
        self._opened: Counter[str] = Counter()  # how often, by segment key
        self._name_turn = 0

    @property
    def is_known(self) -> bool:
        return bool(self._answers.project and self._answers.environment)

    def _client(self) -> LaunchDarkly:
        return launchdarkly_of(self._ports, self._state, polls=True)

    async def poll(self) -> None:
        """List the synced segments: one call, no matter how many audiences are watched."""
        if not self.is_known:
            return
        seen = self._just_listed()
        if seen is None:
            seen = await self._client().synced_segments(self._answers.project, self._answers.environment)
        self.unanswered = seen if isinstance(seen, Failure) else None
        if isinstance(seen, Failure):
            self._note(seen)
            return
        self.counted_before = {segment.key: segment.included_count for segment in self.segments or ()}
        self.segments = seen

    def _just_listed(self) -> tuple[LaunchDarklySegment, ...] | Failure | None:
        """Return the list if the walk read it less than 10 seconds ago, so that the first poll doesn't repeat it."""
        at, self._listed_at = self._listed_at, None
        age = math.inf if at is None else (self._ports.clock.now() - at).total_seconds()
        return self._state.facts.segments if 0 <= age < LEAST_S else None

    # --- the test user -------------------------------------------------------------------------------------------

    async def poll_test_user(self, watched: tuple[WatchedAudience, ...], elapsed: float) -> None:
        """Ask about the test user in one segment at a time, in turn, so that more segments don't mean more calls."""
        waiting = [
            one
            for one in watched
            if one.is_segment_there and one.is_member is not True and not is_closed(one.is_member)
        ]
        if not self._answers.test_user or not waiting or elapsed < self._member_due:
            return
        self._member_due = elapsed + MEMBER_EVERY_S
        self._member_turn += 1
        await self._ask_for_the_test_user(waiting[self._member_turn % len(waiting)])

    async def _ask_for_the_test_user(self, watched: WatchedAudience) -> None:
        answers = self._answers
        seen = await self._client().is_member(
            answers.project, answers.environment, watched.segment_key, answers.test_user
        )
        if isinstance(seen, Failure):
            self._note_unless_closed(seen)
        watched.is_member = as_last_seen(seen, watched.is_member)

    def _note_unless_closed(self, failure: Failure) -> None:
        if not failure.is_closed:
            self._note(failure)

    # --- rare calls ----------------------------------------------------------------------------------------------

    async def open(self, watched: WatchedAudience) -> None:
        """Read a segment by its key, once: the list doesn't say which flags target the segment."""
        key = watched.segment_key
        is_settled = isinstance(watched.details, LaunchDarklySegment) or is_closed(watched.details)
        if is_settled or not key or self._opened[key] >= MOST_TRIES or self._opened.total() >= MOST:
            return
        self._opened[key] += 1
        watched.details = await self._client().segment(self._answers.project, self._answers.environment, key)

    async def reread_details(self, elapsed: float) -> None:
        """Read again what someone may have changed, because a stage is late: the token's rights and the project."""
        if not self.is_known or elapsed < self._closer_due:
            return
        self._closer_due = elapsed + CLOSER_EVERY_S
        await asyncio.gather(self._look_at_token(), self._look_at_project())

    async def _look_at_token(self) -> None:
        known = self._state.facts.token
        seen = await self._client().token(known.id) if isinstance(known, Token) else None
        if isinstance(seen, Token):
            roles = await each(seen.custom_role_ids[:MOST_ROLES], self._client().role)
            self.token, self.roles = seen, roles

    async def _look_at_project(self) -> None:
        seen = await self._client().project(self._answers.project)
        if isinstance(seen, Project):
            self.project = seen

    async def search_elsewhere(self, elapsed: float, names: tuple[str, ...]) -> None:
        """Look for missing segments in other environments, and by these names among segments that are made by hand."""
        if not self.is_known or elapsed < self._elsewhere_due:
            return
        self._elsewhere_due = elapsed + ELSEWHERE_EVERY_S
        first = self._name_turn * MOST_NAMES % max(1, len(names))
        self._name_turn += 1
        in_turn = (*names[first:], *names[:first])[:MOST_NAMES]
        await asyncio.gather(self._look_at_other_environments(), self._look_for_namesakes(in_turn))

    async def _look_at_other_environments(self) -> None:
        seen = await each(
            other_environments(self._state), partial(self._client().synced_segments, self._answers.project)
        )
        for key, segments in seen.items():
            self.elsewhere[key] = as_last_seen(segments, self.elsewhere.get(key))

    async def _look_for_namesakes(self, names: tuple[str, ...]) -> None:
        """Read segments by name: the list of synced segments leaves out those made by hand.

        What was seen of other names stays.
        """
        client, answers = self._client(), self._answers
        seen = await each(names, lambda name: client.segments_named(answers.project, answers.environment, name))
        if any(isinstance(found, Failure) for found in seen.values()):
            return
        before = listed(self._state.facts.namesakes) if self.namesakes is None else self.namesakes
        found = [segment for each_one in seen.values() for segment in listed(each_one) if not segment.external]
        self.namesakes = (*(one for one in before if one.name not in names), *found)


def as_last_seen(seen: T | Failure, before: T | Failure | None) -> T | Failure:
    """Return what a poll saw, or what was seen before if the poll brought no answer."""
    return before if isinstance(seen, Failure) and before is not None and not isinstance(before, Failure) else seen
