"""Poll both services again and again, and judge the stages after each poll.

A poll without an answer changes nothing that was seen before. It's only reported as trouble.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.checks import earlier_members
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.checks.segment.audience_attached import silent_activation
from wizard.domain.checks.sync.sync_segment import how_to_send_again
from wizard.domain.commands import of_this_run
from wizard.domain.connections import connection_to
from wizard.domain.facts import Facts, Slot, known
from wizard.domain.failure import Failure
from wizard.domain.memoize_last import memoize_last
from wizard.domain.planning import resync
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals import segment_of_audience
from wizard.domain.signals.deliveries import of_audience, senders
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts
from wizard.domain.signals.usual_times import Kind, kind_of
from wizard.domain.stage import Stage, StageState
from wizard.domain.wanted import wanted_client_side_id
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.watching.audience_progress import by_audience, progress_of
from wizard.flow.watching.poll_launchdarkly import LaunchDarklyPoller
from wizard.flow.watching.poll_segment import SegmentPoller
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen
from wizard.flow.watching.stages.evidence import Evidence, why
from wizard.flow.watching.stages.judge import judge
from wizard.flow.watching.watched_audience import WatchedAudience, WatchStart

MISSING_AFTER_S = 3 * 60.0  # without a segment, after LaunchDarkly accepted deliveries, before we search elsewhere
SEGMENT_MAY_TAKE_S = 1.0  # after LaunchDarkly's answer; a later answer is shown with the next poll
SILENT_AFTER_S = 20.0  # then the watch says that Segment hasn't answered


class Watcher:
    """Poll both services, each as often as its limits allow."""

    def __init__(self, ports: Ports, start: WatchStart) -> None:
        self._ports = ports
        self._start = start
        self._answers, self._facts = start.state.answers, start.state.facts
        self._watched = tuple(self._follow(audience) for audience in chosen_audiences(start.state))
        self._segment = SegmentPoller(ports, start.state, self._watched, self._note_of_segment)
        self._launchdarkly = LaunchDarklyPoller(ports, start, self._note)
        self._found = dict(start.found.keys if start.found else self._facts.found_segments)
        self._segment_under_way: asyncio.Task[None] | None = None
        self._missing: tuple[str, ...] = ()  # names of segments that were due and missing at the last poll
        self._is_late = False  # whether a stage was late at the last poll
        self._trouble = ""
        self._segment_trouble = ""  # of the last read of Segment, which may take several polls
        self._segment_asked_at = 0.0
        self._since, self._latest = start.since, ports.clock.now()

    async def poll(self) -> Progress:
        """Poll both services once, with one LaunchDarkly list call no matter how many audiences are watched."""
        self._trouble = self._what_is_missing()
        elapsed = self._elapsed()
        await self._look_at_both(elapsed)
        if self._missing:
            await self._launchdarkly.search_elsewhere(elapsed, self._missing)
        if self._is_late:
            await self._launchdarkly.reread_details(elapsed)  # so that causes are judged by the current setup
        self._find_segments()
        await self._launchdarkly.poll_test_user(self._watched, elapsed)
        facts = self.facts()
        sent = senders(facts, self._answers)
        judged = [self._stages(watched, sent, facts, elapsed) for watched in self._watched]
        await self._open_those_that_are_counted(judged)
        self._missing = self._what_is_missing_of(judged)
        self._is_late = _needs_a_look(judged)
        audiences = self._progress_of_each(judged)
        now, test_user = self._ports.clock.now(), self._answers.test_user
        trouble = " ".join(said for said in (self._trouble, self._segment_trouble) if said)
        return Progress(now, elapsed, audiences, trouble=trouble, test_user=test_user)

    def _elapsed(self) -> float:
        """Return the seconds since the beginning. They never decrease, even if the clock is set back."""
        now = self._ports.clock.now()
        if now < self._latest:
            self._since -= self._latest - now
        self._latest = now
        return (now - self._since).total_seconds()

    def hurry(self) -> None:
        """Let the next poll read everything from Segment again, even what was read recently."""
        self._segment.hurry()

    async def _look_at_both(self, elapsed: float) -> None:
        """Read both services concurrently. News from LaunchDarkly doesn't wait for a slow Segment."""
        if self._segment_under_way is None or self._segment_under_way.done():
            self._segment_trouble, self._segment_asked_at = "", self._ports.stopwatch.monotonic()
            self._segment_under_way = asyncio.create_task(self._segment.poll(elapsed, is_late=self._is_late))
        segment = self._segment_under_way
        await self._launchdarkly.poll()
        patience = asyncio.create_task(self._ports.stopwatch.sleep(SEGMENT_MAY_TAKE_S))
        try:
            await asyncio.wait({segment, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if segment.done():
            segment.result()
        elif self._ports.stopwatch.monotonic() - self._segment_asked_at > SILENT_AFTER_S:
            self._segment_trouble = self._segment_trouble or "Segment hasn't answered yet."

    async def close(self) -> None:
        """Stop the read of Segment, if one is in progress."""
        if self._segment_under_way is not None:
            self._segment_under_way.cancel()
            await asyncio.gather(self._segment_under_way, return_exceptions=True)

    def _follow(self, audience: Audience) -> WatchedAudience:
        seen = self._facts.connections.get(audience.id)
        return WatchedAudience(audience, known(seen))

    def _what_is_missing(self) -> str:
        if not self._watched:
            return "No audience to watch. Choose one in the Audiences step."
        if not self._launchdarkly.is_known:
            return "We don't know which LaunchDarkly environment this client-side ID belongs to."
        return ""

    def _note(self, failure: Failure) -> None:
        self._trouble = self._trouble or f"{why(failure)}."

    def _note_of_segment(self, failure: Failure) -> None:
        self._segment_trouble = self._segment_trouble or f"{why(failure)}."

    # --- one audience --------------------------------------------------------------------------------------------

    def _find_segments(self) -> None:
        """Find where each segment is, and remember what was found, for a later run too."""
        facts = self.facts()
        for watched in self._watched:
            watched.where = self._whereabouts(watched.audience, facts)
            watched.was_found |= watched.where.was_there and not watched.segment_key
            if watched.where.presence not in {Presence.UNASKED, Presence.UNANSWERED}:
                watched.update_segment(watched.where.segment)
        there = {one.audience.key: one.segment_key for one in self._watched if one.is_segment_there}
        self._found |= there
        if self._start.found is not None:
            self._start.found.remember(there)

    def _whereabouts(self, audience: Audience, facts: Facts) -> Whereabouts:
        """Return where the segment is. Without an answer, it still counts as there if the last answer showed it."""
        where = segment_of_audience.whereabouts(audience, facts, self._answers)
        if where.presence is not Presence.UNANSWERED or self._launchdarkly.segments is None:
            return where
        before = segment_of_audience.whereabouts(
            audience, replace(facts, segments=self._launchdarkly.segments), self._answers
        )
        return before if before.presence is Presence.THERE else where

    def _stages(
        self, watched: WatchedAudience, sent: tuple[Audience, ...], facts: Facts, elapsed: float
    ) -> tuple[StageSeen, ...]:
        stages = judge(self._seen(watched, sent, facts), elapsed, watched.done_at)
        watched.update_stages(stages, elapsed)
        return stages

    def _seen(self, watched: WatchedAudience, sent: tuple[Audience, ...], facts: Facts) -> Evidence:
        audience, segment = watched.audience, watched.where.segment
        delivery, is_own = self._delivery_of(audience, sent)
        return Evidence(
            audience=audience if audience.id else None,
            connections=watched.connections,
            delivery=delivery,
            where=watched.where,
            is_member=watched.is_member,
            destination_id=self._segment.destination.id if self._segment.destination else "",
            test_user=self._answers.test_user,
            by_hand=not audience.id,
            counted_before=self._launchdarkly.counted_before.get(segment.key) if segment else None,
            learned=self._learned(audience),
            unseen=watched.unobserved_stages,
            was_there_before=segment is not None and segment_of_audience.was_there_before(segment, self._facts),
            has_changed_since=segment is not None and segment_of_audience.has_changed_since(segment, self._facts),
            is_paused=watched.is_paused(self._segment.destination),
            is_activation_off=self._is_activation_off(watched, facts),
            others=not is_own,
            are_earlier_missing=self._are_earlier_missing(audience, facts) or resync.is_due(audience, facts),
            to_send_again=how_to_send_again(audience, facts),
            was_sent_again=earlier_members.were_sent_again_lately(audience, facts, self._answers),
            is_meant_known=bool(self._segment.destination or wanted_client_side_id(self._facts, self._answers)),
        )

    def _is_activation_off(self, watched: WatchedAudience, facts: Facts) -> bool:
        connection = connection_to(self._segment.destination, watched.connections)
        return connection is not None and silent_activation(watched.audience, connection, facts) is not None

    def _are_earlier_missing(self, audience: Audience, facts: Facts) -> bool:
        """Return whether earlier members are missing, by the delivery counts of this watch or of before the watch."""
        before = replace(facts, delivery=self._facts.delivery)
        return any(earlier_members.are_missing(audience, one, self._answers) for one in (facts, before))

    def _delivery_of(self, audience: Audience, sent: tuple[Audience, ...]) -> tuple[Delivery | Failure | None, bool]:
        """Return the delivery counts, and whether they are certainly this audience's."""
        seen = self._segment.delivery
        if not isinstance(seen, Delivery):
            return seen, True
        own = of_audience(seen, audience, sent)
        return (seen, False) if own is None else (own, True)

    def _learned(self, audience: Audience) -> Mapping[Stage, Any]:
        return self._start.history.of(kind_of(audience)) if self._start.history else {}

    def _what_is_missing_of(self, judged: list[tuple[StageSeen, ...]]) -> tuple[str, ...]:
        each = zip(self._watched, judged, strict=True)
        return tuple(segment_name(watched.audience.key) for watched, stages in each if self._misses(stages))

    def _misses(self, stages: tuple[StageSeen, ...]) -> bool:
        """Return whether the segment is missing: it's late, or LaunchDarkly accepted deliveries some minutes ago."""
        visible = next(stage for stage in stages if stage.stage is Stage.VISIBLE)
        took_deliveries = isinstance(self._segment.delivery, Delivery) and self._segment.delivery.delivered > 0
        overdue = took_deliveries and (visible.elapsed_s or 0.0) > MISSING_AFTER_S
        return visible.state in {StageState.LATE, StageState.STUCK} or (
            visible.state is StageState.UNDER_WAY and overdue
        )

    async def _open_those_that_are_counted(self, judged: list[tuple[StageSeen, ...]]) -> None:
        ready = [
            watched
            for watched, stages in zip(self._watched, judged, strict=True)
            if any(stage.stage is Stage.COUNTED and stage.state is StageState.DONE for stage in stages)
        ]
        await asyncio.gather(*(self._launchdarkly.open(watched) for watched in ready))

    # --- the progress --------------------------------------------------------------------------------------------

    def _progress_of_each(self, judged: list[tuple[StageSeen, ...]]) -> tuple[AudienceProgress, ...]:
        facts, before = self.facts(), self._launchdarkly.counted_before
        found, options = run_checks(CHECKS, facts, self._answers), self._ports.options
        findings = [one.of_this_run(options) for one in found] if options else found
        said = by_audience(findings, (one.audience.key for one in self._watched))
        return tuple(
            progress_of(one, self._shown(stages), said[one.audience.key], facts, self._answers, before)
            for one, stages in zip(self._watched, judged, strict=True)
        )

    def _shown(self, stages: tuple[StageSeen, ...]) -> tuple[StageSeen, ...]:
        """Return the stages with this run's options in the commands of their advice."""
        options = self._ports.options
        return tuple(replace(one, advice=of_this_run(one.advice, options)) for one in stages) if options else stages

    # --- for the walk, and for later runs ------------------------------------------------------------------------

    def facts(self) -> Facts:
        """Return the facts from before the watch, updated with what this watch saw."""
        return replace(self._facts, now=self._ports.clock.now(), found_segments=dict(self._found), **self.observed())

    def observed(self) -> dict[Slot, Any]:
        """Return what this watch saw last, by slot of `Facts`. Each slot comes after those that it depends on."""
        watched = [one for one in self._watched if one.audience.id]
        connections = {one.audience.id: one.connections for one in watched if one.connections is not None}
        members = {one.slot: one.is_member for one in self._watched if one.is_member is not None}
        details = {one.slot: one.details for one in self._watched if one.details is not None}
        every: dict[Slot, Any] = {
            "token": self._launchdarkly.token,
            "roles": self._launchdarkly.roles,
            "project": self._launchdarkly.project,
            "destinations": self._segment.destinations,
            "subscriptions": self._segment.subscriptions,
            "audiences": self._audiences(),
            "connections": {**self._facts.connections, **connections},
            "delivery": self._segment.delivery,
            "segments": self._launchdarkly.unanswered or self._launchdarkly.segments,
            "namesakes": self._launchdarkly.namesakes,
            "segments_elsewhere": self._launchdarkly.elsewhere,
            "segment_details": details,
            "test_user_member": members,
        }
        return {slot: seen for slot, seen in every.items() if seen not in (None, {})}

    def _audiences(self) -> tuple[Audience, ...] | None:
        listed, now = self._facts.audiences, {one.audience.id: one.audience for one in self._watched}
        return _with_those_watched(listed, now) if isinstance(listed, tuple) else None

    def learn(self) -> None:
        """Add the durations of stages that were seen from beginning to end to this machine's history."""
        if self._start.history is None:
            return
        durations_s: dict[tuple[Kind, Stage], list[float]] = {}
        for watched in self._watched:
            for stage, seconds in watched.durations_s.items():
                durations_s.setdefault((kind_of(watched.audience), stage), []).append(seconds)
        self._start.history.learn(durations_s)


@memoize_last
def _with_those_watched(listed: tuple[Audience, ...], now: dict[str, Audience]) -> tuple[Audience, ...]:
    """Return the space's list of audiences, updated with what the watch saw of them."""
    return tuple(now.get(audience.id, audience) for audience in listed)


def _needs_a_look(judged: list[tuple[StageSeen, ...]]) -> bool:
    return any(stage.needs_attention for stages in judged for stage in stages)
