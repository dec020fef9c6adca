"""Follows the first sync, hop by hop, until the segment appears: an async generator that owns no screen.

Time alone is never a failure (design, "The first sync"). LaunchDarkly is polled with one list call per environment
however many audiences are watched.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from wizard.flow.hops import HOUR_S, is_slow_audience
from wizard.flow.looking import Looking, Watched
from wizard.flow.ports import Ports
from wizard.flow.progress import HopState, Progress, WatchOutcome
from wizard.flow.readings import chosen_audiences
from wizard.flow.state import State

__all__ = ["Watched", "watch"]


async def watch(
    ports: Ports, watched: Watched, *, timeout_s: float | None = None, stop_when_stuck: bool = False
) -> AsyncIterator[Progress]:
    """Looks until every audience's segment is there and counted; the last progress carries the outcome.

    Without `timeout_s` it goes on until it is left. `stop_when_stuck` ends it as failed when something was seen
    that waiting will not mend; a person who watches may mend it meanwhile.
    """
    looking, clock = Looking(ports, watched), ports.clock
    started = clock.monotonic()
    while True:
        began = clock.monotonic()
        progress = await looking.look()
        left = timeout_s - (clock.monotonic() - started) if timeout_s is not None else None
        outcome = _outcome(progress, left, stop_when_stuck)
        took = clock.monotonic() - began
        pause = 0.0 if outcome is not None else _pause(_interval(progress.elapsed_s, watched.state), took, left)
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


def _interval(elapsed_s: float, state: State) -> float:
    """Seconds from look to look: contract launchdarkly 5.6, slower where nothing is due for hours."""
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
