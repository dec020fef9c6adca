"""The first sync of both services, stage by stage, until the segment exists. Leaving is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from wizard.domain.checks.sync.launchdarkly_flags import FLAGS
from wizard.domain.findings import Finding, Status, healthy, root_causes_first
from wizard.domain.stage import StageState
from wizard.flow.picture import Picture, with_progress
from wizard.flow.steps.next_steps import FINAL_EVIDENCE, in_another_environment
from wizard.flow.steps.step import Note, Step
from wizard.flow.targets.followed_syncs import FollowedSync, other_followed_syncs
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk
from wizard.flow.watching.earlier_watch import with_earlier
from wizard.flow.watching.progress import AudienceProgress, Progress, WatchOutcome, symptom_shown
from wizard.flow.watching.watch import follow, record_progress
from wizard.ui.panes.flag_keys import FlagKeys
from wizard.ui.panes.picture import PictureView
from wizard.ui.panes.sync_lines import (
    COLUMN,
    WHOLE,
    audience_lines,
    environment_lines,
    how_far,
    how_it_went,
    segment_lines,
)
from wizard.ui.panes.sync_state_line import has_nothing_to_watch, state_line
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.finding_row import FindingRow
from wizard.ui.widgets.guidance import while_it_is_stuck, while_it_syncs
from wizard.ui.widgets.steady_text import SteadyText
from wizard.ui.work import work

_OVER = {StageState.DONE, StageState.SKIPPED}


class FirstSyncPane(FlagKeys):
    """The pane of the first sync; it watches only while it is shown, and starts from the present state."""

    class Finished(Message):
        """The sync is complete, and the user is done."""

    class Polled(Message):
        """A poll ended; `progress` is None when the watch has stopped."""

        def __init__(self, progress: Progress | None) -> None:
            self.progress = progress
            super().__init__()

    with_causes = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w,W", "observe", "How both services answered", show=False),
    ]

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(walk, step)
        self._began: datetime | None = None
        self._asked, self._looked = asyncio.Event(), asyncio.Event()  # to poll at once; set once a poll has ended
        self._current: object | None = None  # the watch that polls
        self._applied_at: datetime | None = None
        self._progress: Progress | None = None
        self._beside: tuple[FollowedSync, ...] = ()  # the first syncs of other environments
        self._state_line = SteadyText(classes="verdict")
        self._picture = PictureView(classes="picture")
        self._stages = Aligned(column=COLUMN, classes="changes")
        self._where = Aligned(column=COLUMN, classes="where")
        self.foot.column = COLUMN

    def compose_body(self) -> ComposeResult:
        """Compose a problem with its fix above everything that can wait; the segment's key and address come last."""
        yield self._state_line
        yield self.rows
        yield self._picture
        yield self._stages
        yield from self.questions
        yield self._notes
        yield self._counted
        yield self._where

    def on_mount(self) -> None:
        self.set_interval(1, self._tick)

    def enter(self) -> None:
        applied_at = self.walk.session.saved.applied_at
        if applied_at != self._applied_at:  # more changes were made, so the earlier progress is out of date
            self._applied_at, self._progress = applied_at, None
        known = {one.name: one for one in self._beside if one.walk.session.saved.applied_at}
        self._beside = tuple((known | {one.name: one for one in other_followed_syncs(self.walk)}).values())
        super().enter()
        work(self, self._watch_all(), group="watch", exclusive=True, description="watching the first sync")

    async def look_again(self) -> None:
        """Poll at once, so that the stages are as new as the checks."""
        if self._current is not None:
            self._looked.clear()
            self._asked.set()
            await self._looked.wait()

    def leave(self) -> None:
        self.workers.cancel_group(self, "watch")
        self.post_message(self.Polled(None))

    @property
    def _has_nothing_to_watch(self) -> bool:
        return has_nothing_to_watch(self.walk)

    def rest(self) -> None:
        """Focus the page itself during the watch, not Next, so that a stray Enter doesn't quit."""
        ends = self._is_there or self._has_nothing_to_watch
        self.body.can_focus = not ends
        if ends:
            self.next.focus()
        elif problem := self._problem:
            problem.focus()
        else:
            self.body.focus(scroll_visible=False)

    @property
    def _problem(self) -> FindingRow | None:
        return next((row for row in self.finding_rows if row.finding.blocks), None)

    @property
    def audiences(self) -> tuple[AudienceProgress, ...]:
        return self._progress.audiences if self._progress else ()

    @property
    def can_be_saved(self) -> bool:
        return True

    @property
    def environments(self) -> tuple[tuple[Target, str], ...]:
        """Return the environments that are followed, the walk's own first, and how far each is."""
        every = ((self.walk.state.answers.place, self.walk, self._progress), *map(_parts, self._beside))
        return tuple((Target(name, walk), how_far(progress)) for name, walk, progress in every)

    def name_of(self, walk: Walk) -> str:
        """Return the name of the followed environment that the walk is in."""
        return next((target.name for target, _ in self.environments if target.walk is walk), "")

    @property
    def can_observe(self) -> bool:
        """Return whether to offer the page on the services' answers: all is synced, and the services are real."""
        return self._is_there and not self.walk.state.sandbox

    @property
    def keys_in_help(self) -> tuple[Line, ...]:
        observes = self.can_observe and not self.is_typing
        return (*super().keys_in_help, *((Line("W", "how both services answered"),) if observes else ()))

    def action_observe(self) -> None:
        """Offer the page on how both services answered; nothing is read before a yes."""
        if self.can_observe:
            from wizard.ui.screens.dialogs.observations import ObservationsScreen

            self.app.push_screen(ObservationsScreen(self.walk), lambda saved: self.app.notify(saved) if saved else None)

    def symptom_in(self, walk: Walk) -> str:
        """Return the symptom to troubleshoot in an environment: the stage that isn't done, else the first finding."""
        from wizard.flow.diagnosing import shown_by

        followed = {id(one.walk): one.progress for one in self._beside} | {id(self.walk): self._progress}
        if (unfinished := symptom_shown(followed.get(id(walk)))) is not None:
            return unfinished
        wrong = {Status.FAIL, Status.WARN}
        found = (one for one in root_causes_first(walk.findings_of(self.step)) if one.status in wrong)
        return next((symptom.id for one in found if (symptom := shown_by(walk, one))), "")

    @property
    def _is_own_there(self) -> bool:
        return self._progress is not None and self._progress.outcome is WatchOutcome.APPEARED

    @property
    def _is_there(self) -> bool:
        """Return whether every segment has appeared, in all environments that are followed."""
        return self._is_own_there and all(one.is_there for one in self._beside)

    @property
    def result(self) -> tuple[object, ...]:
        stages = tuple((one.state, one.detail) for audience in self.audiences for one in audience.stages)
        drawn = tuple(with_progress(audience, self.walk.state) for audience in self.audiences)
        return (*super().result, stages, drawn)

    def press_next(self) -> None:
        """Look for a newly typed test user first, and leave after that."""
        known = self.walk.state.answers
        if not self.take_open() or known != self.walk.state.answers:
            return
        if self._is_there:
            self.post_message(self.Finished())
        elif self._has_nothing_to_watch:
            self.post_message(self.BackPressed())
        else:
            self.call_later(self.app.run_action, "ask_quit")

    def go_on_from_answer(self) -> None:
        super().go_on_from_answer()
        self.enter()

    async def _watch_all(self) -> None:
        """Watch all environments at the same time, each with its own polls."""
        async with asyncio.TaskGroup() as all_of_them:
            all_of_them.create_task(self._watch())
            for one in self._beside:
                if not one.is_there:
                    all_of_them.create_task(self._follow(one))

    async def _follow(self, followed: FollowedSync) -> None:
        async for _progress in followed.poll():
            self.walk.changed()
        self._end()

    async def _watch(self) -> None:
        watch = self._current = object()
        try:
            await self._poll()
        finally:
            if self._current is watch:  # unless another watch has taken its place
                self._current = None
            self._looked.set()

    async def _poll(self) -> None:
        await self.walk.read()  # after a restart, nothing has been read yet
        if self._has_nothing_to_watch:
            return
        self._began = self._began or self.walk.ports.clock.now()
        earlier = self._progress
        async for seen in follow(self.walk, since=self._began, asked=self._asked):
            progress = with_earlier(seen, earlier)
            answers_again = self._progress is not None and bool(self._progress.trouble) and not progress.trouble
            was_there, self._progress = self._is_there, progress
            if was_there and not self._is_there and self.next.has_focus:
                self.rest()  # Next would quit now
            if self._is_there or not self._is_own_there:
                self.post_message(self.Polled(progress))
            record_progress(
                self.walk, progress
            )  # at each poll, so that findings never contradict the stages above them
            self.walk.changed()  # redraws the rail and the key bar
            self._looked.set()
            if answers_again:
                self.walk.forget_failures()
                await self.walk.read()
        self.walk.accept(self.step)
        self._end()
        self.walk.ask_for(*FINAL_EVIDENCE)
        await self.walk.read(self.step.id)  # the slots that the watch doesn't poll
        self.walk.session.note_check(healthy(self.walk.findings))

    def _end(self) -> None:
        """Focus the way on once every segment has appeared."""
        if not self._is_there:
            return
        if self._beside:
            self.post_message(self.Polled(self._progress))
        if self.current is None:
            self.rest()
        self.call_after_refresh(self.body.scroll_home, animate=False)  # the result is at the top

    # --- drawing -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        had_problem = self._problem is not None
        super().show()
        if self._problem is not None and not had_problem:
            self.call_after_refresh(self._see_problem)
        if self._progress is not None:
            own = segment_lines(self._progress)
            heading = (Line(text=Content.styled(self._place, "bold"), wide=True),) if own and self._beside else ()
            self._where.show((*heading, *own, *self._where_beside()))
        self._show_stages()
        self.query_one(".purpose").display = self._progress is None  # which says more
        self._tick()

    def _every_environment(self) -> Iterator[Line]:
        """Yield the progress of each environment, in a line or two; nothing where only one is followed."""
        if not self._beside:
            return
        yield from environment_lines(self._place, self._progress, is_told_below=True)
        for one in self._beside:
            yield from environment_lines(one.title, one.progress)

    def _own_lines(self) -> tuple[Line, ...]:
        """Return the stages of the walk's own environment, under its name where others are followed too."""
        if self._progress is None:
            return ()
        told = frozenset(row.finding.id for row in self.finding_rows if row.finding.blocks)
        lines = audience_lines(self._progress, told, in_short=self.is_low)
        heading = (Line(), Line("", Content.styled(self._place, "bold"))) if self._beside and lines else ()
        return (*heading, *lines)

    @property
    def _place(self) -> str:
        return f"{self.walk.state.answers.project} / {self.walk.state.answers.environment}"

    def notes(self) -> tuple[Note, ...]:
        """Return the step's notes; once all are synced, also what is different in the other environments."""
        there = self._beside if self._is_there else ()
        other = (note for one in there for note in in_another_environment(one.title, one.walk.state))
        return (*super().notes(), *other)

    def _where_beside(self) -> Iterator[Line]:
        """Yield the segments of the other environments, each under the environment's name."""
        for one in self._beside:
            if one.progress is not None and (lines := segment_lines(one.progress)):
                yield Line(text=Content.styled(one.title, "bold"), wide=True)
                yield from lines

    def guidance(self) -> tuple[Line, ...]:
        """Return what comes after the wait, and at the end how each stage went."""
        if self._progress is None:
            return ()
        if self._problem is not None:
            return while_it_is_stuck()
        return how_it_went(self._progress) if self._is_there else while_it_syncs()

    def notable_findings(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Leave out what the page says elsewhere.

        The stages say what is unknown while the sync is watched, and the next steps say that no flag uses the segment.
        """
        shown = tuple(one for one in super().notable_findings(findings) if one.id != FLAGS.id)
        return shown if self._is_there else tuple(one for one in shown if one.status is not Status.UNKNOWN)

    def on_resize(self) -> None:
        super().on_resize()
        self.call_after_refresh(self._show_stages)

    def _show_stages(self) -> None:
        self._stages.show((*self._every_environment(), *self._own_lines()))
        self._picture.show_pictures(self._pictures())

    def _pictures(self) -> tuple[Picture, ...]:
        """Return the picture of each audience that is shown in full, with the marks of its sync's stages."""
        if self._progress is None or self._beside or self._is_own_there:
            return ()
        needs_attention = self._problem is not None or any(one.needs_attention for one in self.audiences)
        if needs_attention and not self._has_room:
            return ()
        shown = self._progress.worst_first[: WHOLE if len(self.audiences) <= WHOLE else 1]
        return tuple(with_progress(audience, self.walk.state) for audience in shown)

    @property
    def _has_room(self) -> bool:
        """Return whether the page shows the picture beside a problem or a late stage, too."""
        return self.screen.has_class("-tall")

    def _say_where_next_leads(self) -> None:
        """Do nothing: until the sync is done Next quits, and no problem stops that."""

    def _see_problem(self) -> None:
        """Focus a new problem, so that Enter reads it, unless the user is busy elsewhere on the page."""
        if self._problem is not None and self.screen.focused is self.body and self.current is None:
            self._problem.focus()

    def _show_next(self) -> None:
        leads_on = self._is_there or self._has_nothing_to_watch
        label = "Finish" if self._is_there else "Go to Review" if leads_on else "Quit and watch later"
        self.label_next(label)
        self.next.variant = "primary" if leads_on else "default"
        self.query_one("#quit").display = leads_on  # until then Next quits

    def _tick(self) -> None:
        said = state_line(self.walk, self._progress, self._beside)
        if self.can_observe:
            said += Content.styled("\nPress W to see how both services answered.", "$muted")
        self._state_line.say(said)


def _parts(followed: FollowedSync) -> tuple[str, Walk, Progress | None]:
    return followed.name, followed.walk, followed.progress
