"""The memory of one watch: what was last seen of each audience on both sides, and since when each hop is done.

A look that brings no answer changes nothing that was seen before; it only says so.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from wizard.domain import links
from wizard.domain.explain import explain
from wizard.domain.model import Audience, Connections, Delivery, Destination, Failure, LaunchDarklySegment
from wizard.domain.naming import SegmentMatch, match_segments, segment_name
from wizard.domain.wanted import chosen_destination
from wizard.flow.hops import Look, judge
from wizard.flow.ports import Ports
from wizard.flow.progress import AudienceProgress, Hop, HopState, Progress
from wizard.flow.readings import chosen_audiences, segment_of
from wizard.flow.state import State

SEGMENT_EVERY_S = 15.0
AUDIENCES_AT_ONCE = 10  # 40 a minute; the documented limit is 50 lists of connections (contract segment 1.5)
DELIVERY_EVERY_S = 60.0
DELIVERY_SPAN = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watch starts from. `known_before`: keys of the synced segments that were there before attaching."""

    state: State
    since: datetime
    known_before: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Followed:
    """One audience, as it was last seen."""

    audience: Audience
    connections: Connections | Failure | None = None
    is_member: bool | Failure | None = None
    done_at: dict[Hop, float] = field(default_factory=dict)

    def is_attached(self, destination: Destination | None) -> bool:
        items = self.connections.items if isinstance(self.connections, Connections) else ()
        return destination is not None and any(one.destination_id == destination.id for one in items)


class Looking:
    """Looks at both sides, Segment's as often as its limits allow."""

    def __init__(self, ports: Ports, watched: Watched) -> None:
        self._ports = ports
        self._watched = watched
        self._answers, self._facts = watched.state.answers, watched.state.facts
        self._followed = tuple(self._follow(audience) for audience in chosen_audiences(watched.state))
        self._turn = 0  # which audience is read next in Segment
        self._destination = chosen_destination(self._facts, self._answers)
        self._delivery: Delivery | Failure | None = None
        self._segments: tuple[LaunchDarklySegment, ...] = ()
        self._counted_before: dict[str, int | None] = {}  # by key of a segment
        self._segment_due, self._delivery_due = -math.inf, DELIVERY_EVERY_S
        self._trouble = ""

    async def look(self) -> Progress:
        """One look at both sides: one LaunchDarkly list call however many audiences are watched."""
        self._trouble = "" if self._followed else "No audience is chosen that could be watched."
        elapsed = (self._ports.clock.now() - self._watched.since).total_seconds()
        await asyncio.gather(self._look_at_launchdarkly(), *self._segment_looks(elapsed))
        audiences = await asyncio.gather(*(self._progress(followed, elapsed) for followed in self._followed))
        return Progress(self._ports.clock.now(), elapsed, tuple(audiences), trouble=self._trouble)

    def _follow(self, audience: Audience) -> _Followed:
        seen = self._facts.connections.get(audience.id)
        return _Followed(audience, seen if isinstance(seen, Connections) else None)

    def _note(self, failure: Failure) -> None:
        self._trouble = self._trouble or explain(failure).summary

    # --- LaunchDarkly's side --------------------------------------------------------------------------------------

    async def _look_at_launchdarkly(self) -> None:
        if not (self._answers.project and self._answers.environment):
            self._trouble = self._trouble or "It is not known which LaunchDarkly environment this client-side ID is."
            return
        client = self._ports.services.launchdarkly(self._watched.state.secrets.launchdarkly_token)
        seen = await client.synced_segments(self._answers.project, self._answers.environment)
        if isinstance(seen, Failure):
            self._note(seen)
            return
        self._counted_before = {segment.key: segment.included_count for segment in self._segments}
        self._segments = seen

    async def _look_for_the_test_user(self, followed: _Followed, segment: LaunchDarklySegment) -> None:
        answers = self._answers
        if not answers.test_user or followed.is_member is True:
            return
        client = self._ports.services.launchdarkly(self._watched.state.secrets.launchdarkly_token)
        seen = await client.is_member(answers.project, answers.environment, segment.key, answers.test_user)
        if isinstance(seen, Failure) and not seen.is_closed:
            self._note(seen)
        else:
            followed.is_member = seen

    # --- Segment's side -------------------------------------------------------------------------------------------

    def _segment_looks(self, elapsed: float) -> list[Coroutine[Any, Any, None]]:
        """Those that are due. By hand an audience has an id only where a Segment token lists it."""
        listed = all(followed.audience.id for followed in self._followed)
        if not listed or self._watched.state.secrets.segment_token is None:
            return []
        looks: list[Coroutine[Any, Any, None]] = []
        if elapsed >= self._segment_due:
            self._segment_due = elapsed + SEGMENT_EVERY_S
            due = self._next_in_turn()
            looks += [self._look_at_audience(followed) for followed in due]
            looks += [self._look_at_connections(followed) for followed in due]
            looks += [] if self._destination else [self._look_for_the_destination()]
        if elapsed >= self._delivery_due and self._destination:
            self._delivery_due = elapsed + DELIVERY_EVERY_S
            looks.append(self._look_at_deliveries(self._destination))
        return looks

    def _next_in_turn(self) -> tuple[_Followed, ...]:
        begin, self._turn = self._turn, self._turn + AUDIENCES_AT_ONCE
        if self._turn >= len(self._followed):
            self._turn = 0
        return self._followed[begin : begin + AUDIENCES_AT_ONCE]

    async def _look_at_audience(self, followed: _Followed) -> None:
        client = segment_of(self._ports, self._watched.state)
        seen = await client.audience(followed.audience.space_id, followed.audience.id)
        if isinstance(seen, Failure):
            self._note(seen)
        else:
            followed.audience = seen

    async def _look_at_connections(self, followed: _Followed) -> None:
        if followed.is_attached(self._destination) or _is_closed(followed.connections):
            return
        client = segment_of(self._ports, self._watched.state)
        seen = await client.connections(followed.audience.space_id, followed.audience.id)
        if isinstance(seen, Failure) and not seen.is_closed:
            self._note(seen)
        else:
            followed.connections = seen

    async def _look_for_the_destination(self) -> None:
        """One that somebody makes by hand."""
        seen = await segment_of(self._ports, self._watched.state).destinations()
        if isinstance(seen, Failure):
            self._note(seen)
        else:
            facts = replace(self._facts, destinations=seen)
            self._destination = chosen_destination(facts, replace(self._answers, destination=""))

    async def _look_at_deliveries(self, destination: Destination) -> None:
        if _is_closed(self._delivery):
            return
        client, end = segment_of(self._ports, self._watched.state), self._ports.clock.now()
        start = max(self._watched.since, end - DELIVERY_SPAN)
        seen = await client.delivery(destination.source_id, destination.id, start, end)
        if isinstance(seen, Failure) and not seen.is_closed:
            self._note(seen)
        else:
            self._delivery = seen

    # --- what it comes to -----------------------------------------------------------------------------------------

    async def _progress(self, followed: _Followed, elapsed: float) -> AudienceProgress:
        audience = followed.audience
        match = match_segments(audience, self._segments, self._watched.known_before, self._watched.since)
        if match.found:
            await self._look_for_the_test_user(followed, match.found)
        hops = judge(self._seen(followed, match), elapsed, followed.done_at)
        for hop in hops:
            if hop.state is HopState.DONE:
                followed.done_at.setdefault(hop.hop, elapsed)
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

    def _seen(self, followed: _Followed, match: SegmentMatch) -> Look:
        return Look(
            audience=followed.audience if followed.audience.id else None,
            connections=followed.connections,
            delivery=self._delivery,
            match=match,
            is_member=followed.is_member,
            destination_id=self._destination.id if self._destination else "",
            test_user=self._answers.test_user,
            by_hand=not followed.audience.id,
            counted_before=self._counted_before.get(match.found.key) if match.found else None,
        )

    def _url(self, match: SegmentMatch) -> str:
        if match.found is None:
            return ""
        project, environment = self._answers.project, self._answers.environment
        return links.LAUNCHDARKLY_SEGMENT.to(project=project, environment=environment, segment=match.found.key).url


def _is_closed(seen: object) -> bool:
    return isinstance(seen, Failure) and seen.is_closed
