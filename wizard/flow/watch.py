"""Follows the first sync, hop by hop, until the segment appears: an async generator that owns no screen.

Time alone is never a failure (design, "The first sync"). LaunchDarkly is polled with one list call per environment
however many audiences are watched.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from wizard.clock import Clock
from wizard.flow.hops import HOUR_S, is_slow_audience
from wizard.flow.looking import Looking
from wizard.flow.ports import Ports
from wizard.flow.progress import HopState, Progress, WatchOutcome
from wizard.flow.readings import chosen_audiences
from wizard.flow.state import State
from wizard.flow.walk import Walk
from wizard.flow.watched import Watched

LEAST_S = 10.0  # from one look to the next (contract launchdarkly 5.6)

__all__ = ["Watched", "take_up", "watch", "watched_by"]


async def watch(
    ports: Ports, watched: Watched, *, timeout_s: float | None = None, stop_when_stuck: bool = False
) -> AsyncIterator[Progress]:
    """Looks until every audience's segment is there and counted; the last progress carries the outcome.

    Without `timeout_s` it goes on until it is left. `stop_when_stuck` ends it as failed when something was seen
    that waiting will not mend; a person who watches may mend it meanwhile.
    """
    looking = Looking(ports, watched)
    try:
        async for progress in _looks(looking, ports.clock, watched.state, timeout_s, stop_when_stuck):
            yield progress
    finally:
        looking.learn()
        await looking.close()


async def _looks(
    looking: Looking, clock: Clock, state: State, timeout_s: float | None, stop_when_stuck: bool
) -> AsyncIterator[Progress]:
    started = clock.monotonic()
    while True:
        began = clock.monotonic()
        progress = await looking.look()
        now = clock.monotonic()
        left = timeout_s - (now - started) if timeout_s is not None else None
        outcome = _outcome(progress, left, stop_when_stuck)
        pause = 0.0 if outcome is not None else _pause(_interval(progress, state), now - began, left)
        yield replace(progress, outcome=outcome, next_look_s=pause, saw=looking.saw())
        if outcome is not None:
            return
        await clock.sleep(pause)
        if left is not None and pause >= left and now + pause - began < LEAST_S:
            yield _at_the_end(progress, clock, pause)
            return


def _at_the_end(progress: Progress, clock: Clock, later_s: float) -> Progress:
    """The time is up, too soon after the last look for another one."""
    outcome = _outcome(progress, 0.0, stop_when_stuck=False)
    return replace(progress, at=clock.now(), elapsed_s=progress.elapsed_s + later_s, outcome=outcome, next_look_s=0.0)


def _outcome(progress: Progress, left: float | None, stop_when_stuck: bool) -> WatchOutcome | None:
    if progress.audiences and all(audience.is_whole for audience in progress.audiences):
        return WatchOutcome.APPEARED
    stuck = any(hop.state is HopState.STUCK for audience in progress.audiences for hop in audience.hops)
    if stuck and stop_when_stuck:
        return WatchOutcome.FAILED
    if left is not None and left <= 0:
        arrived = progress.audiences and all(audience.has_arrived for audience in progress.audiences)
        return WatchOutcome.APPEARED if arrived else WatchOutcome.TIMEOUT
    return None


def _interval(progress: Progress, state: State) -> float:
    """Seconds from look to look: contract launchdarkly 5.6, slower where nothing is due for hours."""
    elapsed_s = progress.elapsed_s
    if progress.audiences and all(audience.appeared for audience in progress.audiences):
        return 15.0  # the count, and the test user, who is asked for besides
    if is_slow(state) and elapsed_s > HOUR_S / 2:
        return 60.0
    if elapsed_s > HOUR_S:
        return 30.0
    due = elapsed_s < 2 * 60 or 6 * 60 <= elapsed_s < 20 * 60
    return 10.0 if due else 15.0


def _pause(interval: float, took: float, left: float | None) -> float:
    """Slow services are not asked at once again, nor is the end overslept."""
    pause = max(interval - took, interval / 2)
    return pause if left is None else min(pause, left)


def is_slow(state: State) -> bool:
    """Every watched audience is computed in batches: nothing is due for hours."""
    chosen = chosen_audiences(state)
    return bool(chosen) and all(is_slow_audience(audience) for audience in chosen)


def take_up(walk: Walk, progress: Progress) -> None:
    """Gives the walk what the watch saw, so that its findings are fresh and nothing of it is read again."""
    for slot, seen in progress.saw.items():
        walk.saw(slot, seen)


def watched_by(walk: Walk, since: datetime | None = None) -> Watched:
    """What a watch of this set-up starts from: when attaching began, as the profile remembers it."""
    session, saved = walk.session, walk.session.saved
    return Watched(
        walk.state,
        since=saved.applied_at or since or walk.ports.clock.now(),
        known_before=frozenset(saved.known_segments),
        experience=session.experience,
        found=session.found_segments,
    )
