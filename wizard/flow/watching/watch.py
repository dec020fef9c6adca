"""Follow the first sync, stage by stage, until the segment appears: an async generator, for any interface.

Neither a long wait nor a poll without an answer counts as a failure. Each poll makes one LaunchDarkly list call for the
environment, no matter how many audiences are watched.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.clock import Clock
from wizard.domain.failure import Failure
from wizard.domain.signals.usual_times import HOUR_S, is_slow
from wizard.domain.stage import StageState
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.watching.poll_launchdarkly import LEAST_S
from wizard.flow.watching.progress import Progress, WatchOutcome
from wizard.flow.watching.stages.evidence import why
from wizard.flow.watching.watched_audience import WatchStart
from wizard.flow.watching.watcher import Watcher

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

READ_AGAIN_S = 15.0  # seconds between reads, until we know what to watch


async def follow(
    walk: Walk,
    *,
    since: datetime | None = None,
    timeout_s: float | None = None,
    stop_when_stuck: bool = False,
    every_s: float | None = None,
    asked: asyncio.Event | None = None,
) -> AsyncIterator[Progress]:
    """Watch the chosen audiences. While a service doesn't say what these are, read again and yield the reason."""
    clock = walk.ports.clock
    started, since = clock.monotonic(), walk.state.facts.attached_at or since or clock.now()
    while reason := why_unknown(walk):
        left = _left(timeout_s, clock.monotonic() - started)
        is_over = left is not None and left <= 0
        pause = 0.0 if is_over else _pause(READ_AGAIN_S, 0.0, left)
        elapsed = (clock.now() - since).total_seconds()
        outcome = WatchOutcome.TIMEOUT if is_over else None
        yield Progress(clock.now(), elapsed, (), outcome, pause, trouble=reason)
        if is_over:
            return
        await _rest(clock, pause, asked)
        walk.forget_failures()
        await walk.read()
    left = _left(timeout_s, clock.monotonic() - started)
    start = watch_start(walk, since)
    async for progress in watch(
        walk.ports, start, timeout_s=left, stop_when_stuck=stop_when_stuck, every_s=every_s, asked=asked
    ):
        yield progress


def why_unknown(walk: Walk) -> str:
    """Return why we don't know yet what to watch: a service didn't answer. Empty if we know, or nothing is chosen."""
    facts, answers = walk.state.facts, walk.state.answers
    unread: list[object] = []
    if answers.audiences and not chosen_audiences(walk.state):
        unread += [facts.workspace, facts.spaces, facts.audiences]
    if not (answers.project and answers.environment):
        unread += [facts.caller, facts.projects]
    return next((f"{why(seen)}." for seen in unread if isinstance(seen, Failure)), "")


def _left(timeout_s: float | None, gone_s: float) -> float | None:
    return None if timeout_s is None else timeout_s - gone_s


async def watch(
    ports: Ports,
    start: WatchStart,
    *,
    timeout_s: float | None = None,
    stop_when_stuck: bool = False,
    every_s: float | None = None,
    asked: asyncio.Event | None = None,
) -> AsyncIterator[Progress]:
    """Poll until every audience's segment exists and is counted; the last progress carries the outcome.

    Without `timeout_s`, the watch goes on until the caller leaves it. `stop_when_stuck` ends it as failed if a stage
    has a problem that waiting won't fix; leave it False if a person watches, who may fix that. `every_s` is the seconds
    from poll to poll; by default they depend on the stage. Set `asked` to poll again at once.
    """
    watcher, clock = Watcher(ports, start), ports.clock
    started = clock.monotonic()
    try:
        while True:
            began = clock.monotonic()
            progress = await watcher.poll()
            now = clock.monotonic()
            left = _left(timeout_s, now - started)
            outcome = _outcome(progress, left, stop_when_stuck)
            interval = every_s or _interval(progress, start.state)
            pause = 0.0 if outcome is not None else _pause(interval, now - began, left)
            yield replace(progress, outcome=outcome, next_poll_s=pause, observed=watcher.observed())
            if outcome is not None:
                return
            if await _rest(clock, pause, asked):
                watcher.hurry()
            if left is not None and pause >= left and now + pause - began < LEAST_S:
                yield _at_the_end(progress, clock, pause)
                return
    finally:
        watcher.learn()
        await watcher.close()


async def _rest(clock: Clock, pause: float, asked: asyncio.Event | None) -> bool:
    """Sleep until the next poll is due; return whether someone asked for a poll before that."""
    if asked is None:
        await clock.sleep(pause)
        return False
    waiting = {asyncio.ensure_future(clock.sleep(pause)), asyncio.ensure_future(asked.wait())}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    was_asked = asked.is_set()
    asked.clear()
    return was_asked


def _at_the_end(progress: Progress, clock: Clock, later_s: float) -> Progress:
    """Return the last progress with an outcome: the time is up, and another poll would come too soon."""
    outcome = _outcome(progress, 0.0, stop_when_stuck=False)
    return replace(progress, at=clock.now(), elapsed_s=progress.elapsed_s + later_s, outcome=outcome, next_poll_s=0.0)


def _outcome(progress: Progress, left: float | None, stop_when_stuck: bool) -> WatchOutcome | None:
    if progress.audiences and all(audience.is_whole for audience in progress.audiences):
        return WatchOutcome.APPEARED
    stuck = any(stage.state is StageState.STUCK for audience in progress.audiences for stage in audience.stages)
    if stuck and stop_when_stuck:
        return WatchOutcome.FAILED
    if left is not None and left <= 0:
        arrived = progress.audiences and all(audience.has_arrived for audience in progress.audiences)
        return WatchOutcome.APPEARED if arrived else WatchOutcome.TIMEOUT
    return None


def _interval(progress: Progress, state: State) -> float:
    """Return the seconds from poll to poll: more if nothing is due for hours."""
    elapsed_s = progress.elapsed_s
    if progress.audiences and all(audience.appeared for audience in progress.audiences):
        return 15.0  # only the count and the test user are left
    if are_slow(state) and elapsed_s > HOUR_S / 2:
        return 60.0
    if elapsed_s > HOUR_S:
        return 30.0
    due = elapsed_s < 2 * 60 or 6 * 60 <= elapsed_s < 20 * 60
    return 10.0 if due else 15.0


def _pause(interval: float, took: float, left: float | None) -> float:
    """Return the pause in seconds: at least half the interval after a slow poll, and never past the timeout."""
    pause = max(interval - took, interval / 2)
    return pause if left is None else min(pause, left)


def are_slow(state: State) -> bool:
    """Return whether every chosen audience is computed in batches, so that nothing is due for hours."""
    chosen = chosen_audiences(state)
    return bool(chosen) and all(is_slow(audience) for audience in chosen)


def record_progress(walk: Walk, progress: Progress) -> None:
    """Give the walk what the watch saw, so that findings and stages are judged from the same poll."""
    for slot, seen in progress.observed.items():
        if slot == _EVERY_LOOK or seen != getattr(walk.state.facts, slot):
            walk.record(slot, seen)


_EVERY_LOOK = "segments"  # recorded even if unchanged: findings depend on the time of the last poll


def watch_start(walk: Walk, since: datetime | None = None) -> WatchStart:
    """Return the start of a watch of this setup, with the time at which attaching began, as the profile has it."""
    session, began = walk.session, walk.state.facts.attached_at
    return WatchStart(
        walk.state,
        since=began or since or walk.ports.clock.now(),
        history=session.history,
        found=session.found_segments if began == session.saved.applied_at else None,
        listed_at=walk.read_at.get("segments"),
    )
