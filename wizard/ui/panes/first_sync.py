"""First sync: both sides, hop by hop, until the segment is there. Leaving is safe."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.flow.progress import AudienceProgress, Hop, HopSeen, HopState, Progress, WatchOutcome
from wizard.flow.step import Step
from wizard.flow.walk import Walk
from wizard.flow.watch import take_up, watch, watched_by
from wizard.spans import elapsed
from wizard.text import count, plain
from wizard.ui import signs
from wizard.ui.links import link
from wizard.ui.panes.step import StepPane
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.question import Question
from wizard.ui.work import work

_COLUMN = 13


class FirstSyncPane(StepPane):
    """Watches only while it is shown; begins again from where both sides stand."""

    class Finished(Message):
        """The user is done here."""

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(walk, step)
        self._began: datetime | None = None
        self._progress: Progress | None = None
        self._told = False
        self._state_line = Static("", markup=False, classes="verdict")
        self._hops = Aligned(column=_COLUMN, classes="changes")

    def compose_more(self) -> ComposeResult:
        yield self._state_line
        yield self._hops

    def on_mount(self) -> None:
        self.set_interval(1, self._tick)

    def enter(self) -> None:
        super().enter()
        work(self, self._watch(), group="watch", exclusive=True, description="watching the first sync")

    def leave(self) -> None:
        self.workers.cancel_group(self, "watch")

    def rest(self) -> None:
        """While it is waited for, a stray Enter must not leave."""
        if self._is_there:
            self.next.focus()
        elif self.questions:
            self.questions[0].focus_head()

    @property
    def audiences(self) -> tuple[AudienceProgress, ...]:
        return self._progress.audiences if self._progress else ()

    def hint(self) -> Hint:
        return Hint("Enter", "finish" if self._is_there else "test user", "app.simulate_key('enter')")

    @property
    def can_be_saved(self) -> bool:
        return True

    @property
    def symptom(self) -> str:
        """Where troubleshooting starts: the hop that is not done."""
        undone = [hop.hop for one in self.audiences for hop in one.hops if hop.state is not HopState.DONE]
        later = {Hop.COUNTED: "segment-empty", Hop.MEMBER: "flag-misses"}
        return later.get(undone[0], "no-segment") if undone else ""

    @property
    def _is_there(self) -> bool:
        return self._progress is not None and self._progress.outcome is WatchOutcome.APPEARED

    def press_next(self) -> None:
        self.post_message(self.Finished())

    def on_question_answered(self, event: Question.Answered) -> None:
        super().on_question_answered(event)
        self.enter()

    async def _watch(self) -> None:
        await self.walk.read()  # after a resume nothing is known yet that could be watched
        watched = watched_by(self.walk, self._began)
        self._began = watched.since
        async for progress in watch(self.walk.ports, watched):
            self._progress = progress
            if progress.outcome is not None:
                take_up(self.walk, progress)  # what was found wrong before it arrived is found wrong no more
            self._tell(progress)
            self.walk.changed()  # the rail and the line of keys change with it

    def _tell(self, progress: Progress) -> None:
        """The bell, once, for somebody who looked away."""
        if progress.outcome is WatchOutcome.APPEARED and not self._told:
            self._told = True
            self.walk.accept(self.step)
            self.app.bell()
            if self.current is None:
                self.next.focus()

    # --- drawing -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        super().show()
        if self._progress is not None:
            self._hops.show(tuple(self._lines(self._progress)))
        self._tick()

    def _show_next(self) -> None:
        self.label_next("Finish" if self._is_there else "Leave, watch later")
        self.next.variant = "primary" if self._is_there else "default"

    def _tick(self) -> None:
        self._state_line.update(self._how_long())

    def _how_long(self) -> Content:
        progress = self._progress
        if progress is None:
            return Content.styled("○ The first look at both sides is under way.", "$muted")
        if progress.outcome is WatchOutcome.APPEARED:
            return Content.assemble(("✓ ", "$success"), f"There, after {elapsed(progress.elapsed_s)}.")
        age = max(0.0, (self.walk.ports.clock.now() - progress.at).total_seconds())
        watched = f"Watched for {elapsed(progress.elapsed_s + age)} · next look in "
        soon = f"{elapsed(max(0.0, progress.next_look_s - age))}"
        trouble = f" · {progress.trouble}" if progress.trouble else ""
        return Content.assemble(("○ ", "$accent"), watched + soon, (trouble, "$warning"))

    def _lines(self, progress: Progress) -> list[Line]:
        lines: list[Line] = []
        for audience in progress.audiences:
            lines += [*_audience(audience), Line()]
        return lines[:-1]


def _audience(audience: AudienceProgress) -> list[Line]:
    title = Content.assemble((audience.name or audience.key, "bold"), ("  becomes  ", "$muted"), audience.expected_name)
    lines = [Line("Audience", title)]
    if not audience.is_whole:
        for hop in audience.hops:
            lines += _hop(hop)
    return lines + _segment(audience)


def _hop(hop: HopSeen) -> list[Line]:
    sign = signs.of_hop(hop.state)
    took = f" · {elapsed(hop.elapsed_s)}" if hop.elapsed_s is not None else ""
    waited_for = hop.state not in {HopState.DONE, HopState.WAITING, HopState.SKIPPED}
    usual = f"usually {hop.usual}" if hop.usual and waited_for else ""
    beside = "; ".join(part for part in (hop.detail, usual) if part)
    lines = [Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), hop.title + took)]
    if beside and hop.state is not HopState.WAITING:
        lines.append(Line("", Content.styled(beside, "$muted")))
    if hop.advice and waited_for:
        lines.append(Line(Content.styled("  next", "$muted"), hop.advice))
    return lines


def _segment(audience: AudienceProgress) -> list[Line]:
    segment = audience.segment
    if segment is None:
        return [Line("? candidate", f"{plain(each.name)} ({plain(each.key)})") for each in audience.candidates]
    members = "not counted yet" if segment.included_count is None else count(segment.included_count, "member")
    return [
        Line(Content.styled("✓ Segment", "$success"), Content.styled(plain(segment.name), "bold")),
        Line(Content.styled("  Key", "$muted"), plain(segment.key)),
        Line(Content.styled("  Members", "$muted"), members),
        Line(),
        Line(text=link(audience.url), wide=True),
    ]
