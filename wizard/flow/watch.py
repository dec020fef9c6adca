"""Follows the first sync, hop by hop, until the segment appears: an async generator that owns no screen.

Time alone is never a failure (design, "The first sync"). LaunchDarkly is polled with one list call per environment
however many audiences are watched.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wizard.domain import links
from wizard.domain.explain import explain
from wizard.domain.model import (
    Audience,
    Connections,
    Delivery,
    Destination,
    Failure,
    LaunchDarklySegment,
)
from wizard.domain.naming import SegmentMatch, match_segments, segment_name
from wizard.domain.wanted import chosen_destination
from wizard.flow.hops import HOUR_S, Look, is_slow_audience, judge
from wizard.flow.ports import Ports
from wizard.flow.progress import AudienceProgress, Hop, HopState, Progress, WatchOutcome
from wizard.flow.readings import chosen_audiences, segment_of
from wizard.flow.state import State

SEGMENT_EVERY_S = 15.0  # the documented limit is 60 reads a minute (contract segment 1.5)
DELIVERY_EVERY_S = 60.0
DELIVERY_SPAN = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch starts from. `known_before`: keys of the synced segments that were there before attaching."""

    state: State
    since: datetime
    known_before: frozenset[str] = frozenset()


async def watch(
    ports: Ports, watched: Watched, *, timeout_s: float | None = None, stop_when_stuck: bool = False
) -> AsyncIterator[Progress]:
    """Looks until every audience's segment is there and counted; the last progress carries the outcome.

    Without `timeout_s` it goes on until it is left. `stop_when_stuck` ends it as failed when something was seen
    that waiting will not mend; a person who watches may mend it meanwhile.
    """
    looking = _Looking(ports, watched)
    clock = ports.clock
    started = clock.monotonic()
    while True:
        progress = await looking.look()
        left = timeout_s - (clock.monotonic() - started) if timeout_s is not None else None
        outcome = _outcome(progress, left, stop_when_stuck)
        pause = _pause(progress.elapsed_s, watched.state, outcome)
        if left is not None:
            pause = min(pause, max(left, 0.0))
        yield replace(progress, outcome=outcome, next_look_s=pause)
        if outcome is not None:
            return
        await clock.sleep(pause)


def _outcome(progress: Progress, left: float | None, stop_when_stuck: bool) -> WatchOutcome | None:
    if progress.audiences and all(audience.is_whole for audience in progress.audiences):
        return WatchOutcome.APPEARED
    stuck = any(hop.state is HopState.STUCK for audience in progress.audiences for hop in audience.hops)
    if stuck and stop_when_stuck:
        return WatchOutcome.FAILED
    if left is not None and left <= 0:
        arrived = progress.audiences and all(audience.appeared for audience in progress.audiences)
        return WatchOutcome.APPEARED if arrived else WatchOutcome.TIMEOUT
    return None


def _pause(elapsed_s: float, state: State, outcome: WatchOutcome | None) -> float:
    """Seconds to the next look: contract launchdarkly 5.6, slower where nothing is due for hours."""
    if outcome is not None:
        return 0.0
    if is_slow(state) and elapsed_s > HOUR_S / 2:
        return 60.0
    if elapsed_s > HOUR_S:
        return 30.0
    due = elapsed_s < 2 * 60 or 6 * 60 <= elapsed_s < 20 * 60
    return 10.0 if due else 15.0


def is_slow(state: State) -> bool:
    """Every watched audience is computed in batches: nothing is due for hours."""
    chosen = chosen_audiences(state)
    return bool(chosen) and all(is_slow_audience(audience) for audience in chosen)


class _Looking:
    """The memory of one watch: what was last seen of each audience, and since when each hop is done."""

    def __init__(self, ports: Ports, watched: Watched) -> None:
        self._ports = ports
        self._watched = watched
        self._answers = watched.state.answers
        self._audiences = {audience.id or audience.key: audience for audience in chosen_audiences(watched.state)}
        self._connections: dict[str, Connections | Failure] = dict(watched.state.facts.connections)
        self._delivery: Delivery | Failure | None = None
        self._segments: tuple[LaunchDarklySegment, ...] = ()
        self._counted: dict[str, int] = {}
        self._done_at: dict[tuple[str, Hop], float] = {}
        self._segment_due = 0.0
        self._delivery_due = 0.0
        self._trouble = ""
        chosen = chosen_destination(watched.state.facts, self._answers)
        self._destination: Destination | None = chosen

    async def look(self) -> Progress:
        """One look at both sides: one LaunchDarkly list call, Segment's side as often as its limits allow."""
        self._trouble = ""
        elapsed = (self._ports.clock.now() - self._watched.since).total_seconds()
        await asyncio.gather(self._look_at_launchdarkly(), self._look_at_segment(elapsed))
        audiences = [await self._progress(key, audience, elapsed) for key, audience in self._audiences.items()]
        return Progress(self._ports.clock.now(), elapsed, tuple(audiences), trouble=self._trouble)

    async def _look_at_launchdarkly(self) -> None:
        client = self._ports.services.launchdarkly(self._watched.state.secrets.launchdarkly_token)
        seen = await client.synced_segments(self._answers.project, self._answers.environment)
        if isinstance(seen, Failure):
            self._trouble = explain(seen).summary
        else:
            self._segments = seen

    async def _look_at_segment(self, elapsed: float) -> None:
        if self._answers.by_hand or self._watched.state.secrets.segment_token is None:
            return
        if elapsed >= self._segment_due:
            self._segment_due = elapsed + max(SEGMENT_EVERY_S, 1.5 * len(self._audiences))
            await asyncio.gather(*(self._look_at_audience(key) for key in self._audiences))
        if elapsed >= self._delivery_due and self._destination:
            self._delivery_due = elapsed + DELIVERY_EVERY_S
            await self._look_at_deliveries(self._destination)

    async def _look_at_audience(self, key: str) -> None:
        audience = self._audiences[key]
        client = segment_of(self._ports, self._watched.state)
        seen = await client.audience(audience.space_id, audience.id)
        if isinstance(seen, Audience):
            self._audiences[key] = seen
        if not self._is_attached(key):
            self._connections[key] = await client.connections(audience.space_id, audience.id)

    async def _look_at_deliveries(self, destination: Destination) -> None:
        client, end = segment_of(self._ports, self._watched.state), self._ports.clock.now()
        start = max(self._watched.since, end - DELIVERY_SPAN)
        self._delivery = await client.delivery(destination.source_id, destination.id, start, end)

    def _is_attached(self, key: str) -> bool:
        seen, destination_id = self._connections.get(key), self._destination.id if self._destination else ""
        return isinstance(seen, Connections) and any(c.destination_id == destination_id for c in seen.items)

    async def _progress(self, key: str, audience: Audience, elapsed: float) -> AudienceProgress:
        match = match_segments(audience, self._segments, self._watched.known_before, self._watched.since)
        look = Look(
            audience=audience if audience.id else None,
            connections=self._connections.get(key),
            delivery=self._delivery,
            match=match,
            is_member=await self._ask_for_the_test_user(match),
            destination_id=self._destination.id if self._destination else "",
            test_user=self._answers.test_user,
            by_hand=not audience.id,
            counted_before=self._counted.get(key),
        )
        if match.found and match.found.included_count is not None:
            self._counted[key] = match.found.included_count
        hops = judge(look, self._waited(key, elapsed))
        for hop in hops:
            if hop.state is HopState.DONE:
                self._done_at.setdefault((key, hop.hop), elapsed)
        return AudienceProgress(
            audience_id=audience.id,
            key=audience.key,
            name=audience.name or audience.key,
            expected_name=segment_name(audience.key),
            hops=hops,
            segment=match.found,
            candidates=match.candidates,
            url=self._url(match),
        )

    def _waited(self, key: str, elapsed: float) -> dict[Hop, float]:
        """Seconds since the hop before was done, or, of a hop that is done, the seconds that it took."""
        waited, before = {}, 0.0
        for hop in Hop:
            done = self._done_at.get((key, hop))
            waited[hop] = max(0.0, (elapsed if done is None else done) - before)
            if done is None:
                break
            before = max(before, done)
        return waited

    async def _ask_for_the_test_user(self, match: SegmentMatch) -> bool | Failure | None:
        if match.found is None or not self._answers.test_user:
            return None
        client = self._ports.services.launchdarkly(self._watched.state.secrets.launchdarkly_token)
        answers = self._answers
        return await client.is_member(answers.project, answers.environment, match.found.key, answers.test_user)

    def _url(self, match: SegmentMatch) -> str:
        if match.found is None:
            return ""
        answers = self._answers
        link = links.LAUNCHDARKLY_SEGMENT.to(
            project=answers.project, environment=answers.environment, segment=match.found.key
        )
        return link.url
