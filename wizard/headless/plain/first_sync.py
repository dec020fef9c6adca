"""First sync: follow both services, stage by stage, until the segment exists. Leaving is safe."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from wizard.domain.step_id import StepId
from wizard.flow.handouts.report import NOT_SAVED, save_at, why_not_saved
from wizard.flow.observing import OFFER, observe, page_of
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.steps.next_steps import FINAL_EVIDENCE, all_segments_exist, in_another_environment, next_steps
from wizard.flow.targets.followed_syncs import FollowedSync, other_followed_syncs
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk
from wizard.flow.watching.progress import Progress, WatchOutcome
from wizard.flow.watching.sync_words import DECIDE, due, synced_line, while_waiting
from wizard.flow.watching.watch import follow, record_progress, why_unknown
from wizard.flow.words import WHICH_GETS_THE_RULE
from wizard.headless.consent import is_yes
from wizard.headless.plain import stages
from wizard.headless.plain.asides.exporting import offer_export
from wizard.headless.plain.asides.rule import offer_rule
from wizard.headless.plain.asides.which_environment import ask_which
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.calls import beats
from wizard.headless.plain.dialogue.conversation import EndOfInput
from wizard.headless.plain.dialogue.leaving import Back, GoTo, Quit
from wizard.headless.plain.dialogue.questions import ask_question
from wizard.headless.plain.steps import StepVisit

_HEARTBEAT_S = 60.0


class FirstSyncVisit(StepVisit):
    """The first sync, until every segment exists. Ctrl+C leaves earlier."""

    _place = ""  # the environment's name, if others are watched too
    _beside: tuple[FollowedSync, ...] = ()

    async def close(self) -> bool:
        for ask in self.walk.asks(self.step):
            if not ask.is_answered(self.walk.state) and ask not in self._asked:
                await ask_question(self.dialogue, ask)
                self._asked.append(ask)
        await self._watch()
        await self.accept()
        with contextlib.suppress(Back, Quit, EndOfInput):  # the setup is complete, so leaving an offer ends the walk
            await self._offer_rule()
            await self._offer_observations()
            await offer_export(self.dialogue)
        return True

    async def _offer_rule(self) -> None:
        """Offer the rule in an environment that has all its segments; if there are several, ask in which."""
        every = (Target.own(self.walk), *(Target(one.name, one.walk) for one in self._beside))
        there = [target for target in every if all_segments_exist(target.walk.state)]
        if not there:
            return
        if target := await ask_which(self.dialogue, WHICH_GETS_THE_RULE, there):
            await offer_rule(self.dialogue, target.walk)

    async def _offer_observations(self) -> None:
        """After a yes, show how both services answered; save that to a file if the user names one."""
        if self.walk.state.sandbox or not all_segments_exist(self.walk.state):
            return
        self.dialogue.say("", f"{OFFER}: type yes to see it. The wizard makes five more reads and sends nothing.")
        if not is_yes(await self.dialogue.ask_aside("yes to see it, Enter to skip: ")):
            return
        await self.dialogue.reading(observe(self.walk))
        page = page_of(self.walk)
        self.dialogue.say("", page)
        if place := (await self.dialogue.ask_aside("File to save it in, Enter to skip: ")).strip():
            self.dialogue.say(_saved(place, page, self.walk))

    async def _watch(self) -> None:
        """Watch this environment and, at the same time, the others whose first sync has begun."""
        walk, answers = self.walk, self.walk.state.answers
        if not chosen_audiences(walk.state) and not why_unknown(walk):
            self.dialogue.say("You haven't chosen an audience yet.")
            raise GoTo(walk.steps.index(walk.step(StepId.AUDIENCES)))
        others = self._beside = other_followed_syncs(walk)
        self._place = f"{answers.project} / {answers.environment}: " if others else ""
        await asyncio.gather(self._watch_own(), *map(self._watch_other, others))

    async def _watch_other(self, followed: FollowedSync) -> None:
        teller = stages.StageReporter()
        async for progress in followed.poll():
            for line in teller.news(progress):
                self.dialogue.say(f"{followed.title}: {line.strip()}")
            if progress.outcome is WatchOutcome.APPEARED:
                self._say_end(f"{followed.title}: ", progress, progress.outcome)
                for note in in_another_environment(followed.title, followed.walk.state):
                    self.dialogue.say(words.note(note))

    async def _watch_own(self) -> None:
        walk = self.walk
        self.dialogue.say("", "Watching both services. Ctrl+C stops watching. The sync continues without the wizard.")
        due_at = due(walk.state, walk.ports, walk.session.history)
        self.dialogue.say(*([f"{due_at}."] if due_at else []), *while_waiting(walk.ports), DECIDE)
        teller, last = stages.StageReporter(), list[Progress]()
        async with beats(walk.ports.stopwatch, _HEARTBEAT_S, _HEARTBEAT_S, lambda: self._say_heartbeat(last)):
            try:
                async for progress in follow(walk):
                    last[:] = [progress]
                    self._say_progress(teller, progress)
                    if progress.outcome is WatchOutcome.APPEARED:
                        await self._say_next_steps(progress)
            except asyncio.CancelledError:
                self.dialogue.say("", *(line for progress in last for line in stages.sync_summary(progress)))
                raise

    def _say_heartbeat(self, last: list[Progress]) -> None:
        now: datetime = self.walk.ports.clock.now()
        for progress in last:
            self.dialogue.say(stages.heartbeat(progress, max(0.0, (now - progress.at).total_seconds())))

    def _say_progress(self, teller: stages.StageReporter, progress: Progress) -> None:
        if news := list(teller.news(progress)):
            self.dialogue.say(*(f"{self._place}{line.strip() if self._place else line}" for line in news))
        if progress.outcome is WatchOutcome.APPEARED:
            self._say_end(self._place, progress, progress.outcome)

    def _say_end(self, place: str, progress: Progress, outcome: WatchOutcome) -> None:
        self.dialogue.ring()
        self.dialogue.say("", f"{place}{stages.the_end(progress, outcome)}")
        self.dialogue.say(*(synced_line(audience, progress) for audience in progress.audiences))
        for audience in progress.audiences:
            self.dialogue.say("", *stages.segment_lines(audience))

    async def _say_next_steps(self, progress: Progress) -> None:
        record_progress(self.walk, progress)
        self.walk.ask_for(*FINAL_EVIDENCE)
        await self.walk.read(self.step.id)
        self.dialogue.say("", *(words.note(note) for note in next_steps(self.walk.state)))


def _saved(place: str, page: str, walk: Walk) -> str:
    try:
        return f"Saved: {save_at(place, page, walk)}"
    except NOT_SAVED as error:
        return f"Not saved. {why_not_saved(place, error)}"
