"""`watch`: follow the first sync until the segments appear, with a line for each change of a stage."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

from wizard.domain.checks.segment.audience import EXISTS as AUDIENCE_EXISTS
from wizard.domain.facts import is_closed, is_failure
from wizard.domain.failure import FailureKind
from wizard.domain.planning.change import Action, attaching
from wizard.domain.stage import Stage, StageState
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination
from wizard.exit_codes import ExitCode
from wizard.flow.outside.notices import Notice
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.steps.next_steps import FINAL_EVIDENCE, next_steps
from wizard.flow.steps.step import Note
from wizard.flow.walk import Walk
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen, WatchOutcome, symptom_shown
from wizard.flow.watching.watch import follow as follow_sync
from wizard.flow.watching.watch import record_progress, why_unknown
from wizard.headless.options import Options
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.calls import SILENT_S, beats
from wizard.headless.plain.stages import StageReporter, heartbeat, segment_lines, stages_begun, the_end, trouble_line
from wizard.headless.printing.documents import interrupted_document, stage_document, waiting_document, watched_document
from wizard.headless.printing.findings_text import finding_lines
from wizard.headless.printing.output import Output
from wizard.headless.setup.prepare import place, prepare
from wizard.headless.setup.sandbox_setup import set_up
from wizard.headless.setup.set_in import set_in
from wizard.text import lasting, plain

REFUSED = "We can't watch the first sync: LaunchDarkly refuses the token."
UNREAD = "Nothing to watch: we couldn't read the audiences and the environment."
NO_AUDIENCE = "Nothing to watch: the space has no audience of this setup."
NEVER_APPLIED = "Nothing to watch: this setup isn't applied, so Segment has no destination for it."
HEARTBEAT_S = 5 * 60.0
READ_WITHIN_S = 15.0  # seconds that a read may take; after that, the wizard continues without it
_NEXT = {WatchOutcome.APPEARED: "doctor", WatchOutcome.FAILED: "doctor", WatchOutcome.TIMEOUT: "watch"}
_CODES = {
    WatchOutcome.APPEARED: ExitCode.OK,
    WatchOutcome.FAILED: ExitCode.PROBLEM,
    WatchOutcome.TIMEOUT: ExitCode.COULD_NOT_TELL,
}


async def watch_sync(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Follow the first sync and return the exit code. Raises Refused."""
    patience = asyncio.create_task(_give_up_on_slow_reads(walk))
    try:
        await _prepare(walk, options, out)
        if unattached := _unattached(walk):
            return _wont_begin(walk, unattached, options, out)
        return await follow(walk, options, out)
    finally:
        patience.cancel()
        await asyncio.gather(patience, return_exceptions=True)


async def _prepare(walk: Walk, options: Options, out: Output) -> None:
    walk.ports.notices.listen(lambda notice: tell(notice, walk, out))
    try:
        await set_up(walk, options, syncs=False)
        await prepare(walk, options.config)
    except asyncio.CancelledError:
        out.document(interrupted_document(_nothing_seen(walk)))
        raise


def _nothing_seen(walk: Walk, outcome: WatchOutcome = WatchOutcome.TIMEOUT, trouble: str = "") -> Progress:
    return Progress(walk.ports.clock.now(), 0.0, (), outcome=outcome, trouble=trouble)


def _lasting(seconds: float, walk: Walk) -> str:
    """Return a duration in words, as simulated time in the sandbox, where ten minutes may pass in ten seconds."""
    return f"{lasting(seconds)} of simulated time" if walk.state.sandbox else lasting(seconds)


async def _give_up_on_slow_reads(walk: Walk) -> None:
    """Give up on each read that takes too long, so that one silent service doesn't delay the other."""
    while True:
        await walk.ports.stopwatch.sleep(READ_WITHIN_S / 5)
        walk.give_up(READ_WITHIN_S)


async def follow(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Follow the sync, from the moment when attaching began according to the profile.

    Raises BrokenPipeError when the reader of the output is gone.
    """
    if _is_refused(walk) or not (_is_known(walk) or why_unknown(walk)):
        _nothing_to_watch(_nothing_seen(walk, trouble=_why_not_begun(walk)), out, *_why(walk))
        out.say(f"Next: {options.command('doctor')}")
        return ExitCode.PROBLEM if _is_read(walk) and _are_gone(walk) else ExitCode.COULD_NOT_TELL
    if _is_never_applied(walk):
        return _wont_begin(walk, NEVER_APPLIED, options, out)
    leaving = "Ctrl+C stops watching."
    if not walk.state.sandbox:
        leaving += " The sync continues without the wizard."
    what = f"{place(walk) or 'the first sync'}{options.moment}"
    out.say(f"Watching {what} for {_lasting(options.timeout_s, walk)}. {leaving}")
    narrator = _Narrator(out, options, walk)
    walk.ports.notices.listen(narrator.tell)
    looks = follow_sync(walk, timeout_s=options.timeout_s, stop_when_stuck=True)
    clock, stopwatch = walk.ports.clock, walk.ports.stopwatch
    try:
        async with (
            beats(stopwatch, SILENT_S, SILENT_S, lambda: narrator.say_that_it_waits(clock.now())),
            beats(stopwatch, HEARTBEAT_S, HEARTBEAT_S, lambda: narrator.beat(clock.now())),
        ):
            async for progress in looks:
                narrator.take(progress)
                if out.reader.is_gone:
                    raise BrokenPipeError
    except asyncio.CancelledError:
        narrator.say_where_it_stands()
        raise
    return narrator.end(await _next_steps(walk, narrator.last))


def _why_not_begun(walk: Walk) -> str:
    if is_failure(walk.state.facts.caller, FailureKind.UNAUTHORIZED):
        return REFUSED
    return NO_AUDIENCE if _is_read(walk) else UNREAD


def _is_read(walk: Walk) -> bool:
    return isinstance(walk.state.facts.audiences, tuple) and bool(walk.state.answers.environment)


def _are_gone(walk: Walk) -> bool:
    """Return whether the space was read and lacks the chosen audiences."""
    return any(one.id == AUDIENCE_EXISTS.id and one.blocks for one in walk.findings)


def _nothing_to_watch(end: Progress, out: Output, *lines: str) -> None:
    """Say why no sync is watched."""
    out.say(end.trouble, *lines)
    out.document(watched_document(end))


def _wont_begin(walk: Walk, why: str, options: Options, out: Output) -> ExitCode:
    """Say why waiting won't help, and which command will. No time ran out, so the outcome isn't a timeout."""
    _nothing_to_watch(_nothing_seen(walk, WatchOutcome.FAILED, why), out, f"Next: {options.command('apply')}")
    return ExitCode.PROBLEM


def _unattached(walk: Walk) -> str:
    """Return why no sync has begun: no audience is attached yet. Empty if a sync may have begun."""
    chosen = chosen_audiences(walk.state)
    if walk.state.facts.attached_at or not _is_known(walk) or _is_never_applied(walk):
        return ""
    planned = {change.id for change in walk.plan().made_at_once if change.action is Action.CREATE}
    if not all(attaching(audience.key) in planned for audience in chosen):
        return ""
    names = ", ".join(plain(audience.name) for audience in chosen)
    verb = "isn't" if len(chosen) == 1 else "aren't"
    return f"Nothing to watch: {names} {verb} attached to the destination in Segment, so Segment sends nothing."


def _is_never_applied(walk: Walk) -> bool:
    """Return whether Segment says that there is no destination, so that no sync can have begun."""
    facts, answers = walk.state.facts, walk.state.answers
    if answers.by_hand or walk.session.saved.made or not isinstance(facts.destinations, tuple):
        return False
    is_none_of_it = not facts.destinations or _is_known(walk)  # else no list shows which one is ours
    return is_none_of_it and chosen_destination(facts, answers, walk.made_by_us) is None


def _is_known(walk: Walk) -> bool:
    return bool(chosen_audiences(walk.state)) and bool(walk.state.answers.environment)


def _is_refused(walk: Walk) -> bool:
    """Return whether a token can't read what we would watch, so that polling won't help."""
    facts = walk.state.facts
    if is_failure(facts.caller, FailureKind.UNAUTHORIZED):
        return True
    return not _is_known(walk) and any(map(is_closed, (facts.workspace, facts.spaces, facts.audiences)))


def _news_of(audience: AudienceProgress, stage: StageSeen) -> tuple[object, ...]:
    """Return what deserves a new line when it changes; for a finished or waiting stage, only its state."""
    if stage.state in {StageState.DONE, StageState.WAITING, StageState.SKIPPED}:
        news: tuple[object, ...] = ()
    else:
        news = stage.detail, tuple(cause.check for cause in stage.causes if cause.is_certain)
    return stage.state, news, *((audience.notes, audience.candidates) if stage.stage is Stage.VISIBLE else ())


def offer(outcome: WatchOutcome, sandbox: str, options: Options) -> Iterator[str]:
    """Yield the offer of the observations after a first success with the real services."""
    if outcome is WatchOutcome.APPEARED and not sandbox:
        command = options.command("doctor")
        yield f"What kinds of answers both services gave: {command} --report FILE --observations"


async def _next_steps(walk: Walk, last: Progress | None) -> tuple[Note, ...]:
    """Return the next steps for the app, none after a failed sync; read the flags for them if the segment appeared."""
    if last is not None:
        record_progress(walk, last)
    if last is not None and last.outcome is WatchOutcome.FAILED:
        return ()
    if last is not None and last.outcome is WatchOutcome.APPEARED:
        walk.ask_for(*FINAL_EVIDENCE)
        await walk.read(StepId.FIRST_SYNC)
    return next_steps(walk.state)


def _why(walk: Walk) -> Iterator[str]:
    for finding in walk.findings:
        if finding.blocks:
            yield from finding_lines(finding, set_in=set_in(walk, finding))


def _next_command(last: Progress, outcome: WatchOutcome) -> str:
    """Return the command to type next; for a sync that is already late, it isn't `watch` again."""
    is_late = any(stage.needs_attention for audience in last.audiences for stage in audience.stages)
    symptom = symptom_shown(last) if outcome is WatchOutcome.TIMEOUT and is_late else None
    return f"troubleshoot {symptom}" if symptom else _NEXT[outcome]


def tell(notice: Notice, walk: Walk, out: Output) -> None:
    """Write a notice, with `--json` also as a document if it's about a wait."""
    out.say(notice.text)
    if notice.waits_for:
        out.document(waiting_document(notice, walk.ports.clock.now()))


class _Narrator:
    """Writes the lines of a watch, each only once."""

    def __init__(self, out: Output, options: Options, walk: Walk) -> None:
        self._out = out
        self._options = options
        self._walk = walk
        self._teller = StageReporter()
        self._shown: dict[tuple[str, Stage], object] = {}
        self._trouble = ""
        self.last: Progress | None = None
        self._waited_after: object = self  # the latest progress when we said that a poll takes long

    def take(self, progress: Progress) -> None:
        self.last = progress
        if self._out.as_json:
            for audience, stage in self._changed(progress):
                self._out.document(stage_document(progress, audience, stage))
            self._say_trouble(progress.trouble)
        else:
            self._out.text(self._teller.news(progress))

    def tell(self, notice: Notice) -> None:
        tell(notice, self._walk, self._out)

    def _say_trouble(self, trouble: str) -> None:
        """Write a trouble when it changes."""
        if trouble != self._trouble:
            self._trouble = trouble
            self._out.say(trouble_line(trouble))

    def _changed(self, progress: Progress) -> Iterator[tuple[AudienceProgress, StageSeen]]:
        for audience in progress.audiences:
            for stage in audience.stages:
                news = _news_of(audience, stage)
                if self._shown.get((audience.key, stage.stage)) != news:
                    self._shown[audience.key, stage.stage] = news
                    yield audience, stage

    def say_that_it_waits(self, now: datetime) -> None:
        """Say, once for each poll, that LaunchDarkly takes long. The progress itself says when Segment does."""
        last = self.last
        due_s = 0.0 if last is None else last.next_poll_s + SILENT_S - (now - last.at).total_seconds()
        if due_s <= 0 and self._waited_after is not last and not self._walk.under_way:  # readings have their own lines
            self._waited_after = last
            self._out.say("Still waiting for LaunchDarkly's answer.")

    def beat(self, now: datetime) -> None:
        """Write that the watch continues and what it waits for, while nothing changes."""
        if self.last is not None and self.last.outcome is None:
            self._out.text([heartbeat(self.last, max(0.0, (now - self.last.at).total_seconds()))])

    def end(self, steps: tuple[Note, ...]) -> ExitCode:
        """Write the last line and return the exit code of the outcome."""
        last = self.last
        if last is None or last.outcome is None:
            return ExitCode.COULD_NOT_TELL
        self._out.ring()
        self._out.document(watched_document(last, (note.text for note in steps[1:])))
        self._out.text([the_end(last, last.outcome), *self._segments(last), *map(words.note, steps)])
        self._out.text(["", *offer(last.outcome, self._walk.state.sandbox, self._options)])
        self._out.text([f"Next: {self._options.command(_next_command(last, last.outcome))}"])
        return _CODES[last.outcome]

    def say_where_it_stands(self) -> None:
        """Write how far the sync is, for a user who leaves early."""
        last = self.last or _nothing_seen(self._walk)
        since = f"after {_lasting(last.elapsed_s, self._walk)}" if self.last else "before the first check"
        then = (
            "The sandbox ended too: its next run starts from the beginning."
            if self._walk.state.sandbox
            else "The sync continues."
        )
        next_command = f"Next: {self._options.command('watch')}"
        lines = [*stages_begun(last), f"Stopped watching {since}. {then}", next_command]
        if self._out.as_json:
            self._out.say(*lines)
            self._out.document(interrupted_document(last))
        else:
            self._out.text(lines)

    def _segments(self, progress: Progress) -> Iterator[str]:
        for audience in progress.audiences:
            yield from segment_lines(audience)
