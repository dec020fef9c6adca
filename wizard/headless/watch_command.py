"""`watch`: follows the first sync until the segments appear. Each change of a hop is one line; nothing is repainted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from wizard.flow.progress import AudienceProgress, Hop, HopSeen, HopState, Progress, WatchOutcome
from wizard.flow.readings import chosen_audiences
from wizard.flow.walk import Walk
from wizard.flow.watch import Watched, watch
from wizard.headless.documents import stage_document, watched_document
from wizard.headless.exit_codes import ExitCode
from wizard.headless.options import Options
from wizard.headless.output import Output
from wizard.headless.plain.hops import Teller, segment_lines
from wizard.headless.prepare import place, prepare
from wizard.spans import elapsed

_CODES = {
    WatchOutcome.APPEARED: ExitCode.OK,
    WatchOutcome.FAILED: ExitCode.PROBLEM,
    WatchOutcome.TIMEOUT: ExitCode.COULD_NOT_TELL,
}
_ENDS = {
    WatchOutcome.APPEARED: "There, after {}.",
    WatchOutcome.FAILED: "This will not mend by waiting. Watched for {}.",
    WatchOutcome.TIMEOUT: "Not there after {}. Time alone is no failure: go on with audience-wizard watch.",
}


async def watch_sync(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Raises Refused."""
    await prepare(walk, options.config)
    return await follow(walk, options, out)


async def follow(walk: Walk, options: Options, out: Output) -> ExitCode:
    """From when attaching began, as the profile remembers it."""
    if not chosen_audiences(walk.state) or not walk.state.answers.environment:
        out.say("There is nothing to watch: audiences and environment could not be read.", *_why(walk))
        return ExitCode.COULD_NOT_TELL
    saved, now = walk.session.saved, walk.ports.clock.now()
    watched = Watched(walk.state, saved.applied_at or now, frozenset(saved.known_segments))
    out.say(f"Watching {place(walk)} for {elapsed(options.timeout_s)}. Ctrl+C leaves; the sync goes on without us.")
    telling = _Telling(out)
    try:
        async for progress in watch(walk.ports, watched, timeout_s=options.timeout_s, stop_when_stuck=True):
            telling.take(progress)
    except asyncio.CancelledError:
        telling.stand()
        raise
    return telling.end()


def _why(walk: Walk) -> Iterator[str]:
    yield from (f"{finding.id}: {finding.summary}" for finding in walk.findings if finding.blocks)


class _Telling:
    """What was said so far, so that only what is new is said."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._teller = Teller()
        self._states: dict[tuple[str, Hop], HopState] = {}
        self._last: Progress | None = None

    def take(self, progress: Progress) -> None:
        self._last = progress
        if self._out.as_json:
            for audience, hop in self._changed(progress):
                self._out.document(stage_document(progress, audience, hop))
            self._out.say(*([f"Could not look: {progress.trouble}"] if progress.trouble else []))
        else:
            self._out.text(self._teller.news(progress))

    def _changed(self, progress: Progress) -> Iterator[tuple[AudienceProgress, HopSeen]]:
        for audience in progress.audiences:
            for hop in audience.hops:
                if self._states.get((audience.key, hop.hop)) is not hop.state:
                    self._states[audience.key, hop.hop] = hop.state
                    yield audience, hop

    def end(self) -> ExitCode:
        """The last line; the code of the outcome."""
        last = self._last
        if last is None or last.outcome is None:
            return ExitCode.COULD_NOT_TELL
        if self._out.as_json:
            self._out.document(watched_document(last))
        self._out.text([_ENDS[last.outcome].format(elapsed(last.elapsed_s)), *self._segments(last)])
        return _CODES[last.outcome]

    def stand(self) -> None:
        """Where things stand, for who leaves early."""
        last = self._last
        if last is None:
            self._out.say("Left before the first look.")
            return
        lines = [f"Left after {elapsed(last.elapsed_s)}. Go on with: audience-wizard watch"]
        for audience in last.audiences:
            lines += [f"{audience.key}: {hop.title}: {hop.state.value}" for hop in audience.hops]
        if self._out.as_json:
            self._out.say(*lines)
        else:
            self._out.text(lines)

    def _segments(self, progress: Progress) -> Iterator[str]:
        for audience in progress.audiences:
            yield from segment_lines(audience)
