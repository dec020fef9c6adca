"""Review: each change with its value, reason and host; after yes, how each of them goes."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.domain.findings import root_causes_first
from wizard.domain.planning.plan import Change, Plan
from wizard.domain.step_id import StepId
from wizard.flow.by_hand import Coach
from wizard.flow.guide import what_is_left
from wizard.flow.handouts.request_card import segment_request_card
from wizard.flow.steps.step import Step
from wizard.flow.writing.change_words import ALL_MADE, AS_WANTED, SOME_FAILED, what_yes_does
from wizard.flow.writing.plan_rows import tally
from wizard.flow.writing.result import Outcome, Result, Started
from wizard.flow.writing.review import Moved, Reviewed, apply_reviewed, review
from wizard.headless.plain import changes
from wizard.headless.plain.by_hand import go_through
from wizard.headless.plain.dialogue.dialogue import NO_ANSWER, Dialogue
from wizard.headless.plain.dialogue.leaving import ReadAgain
from wizard.headless.plain.steps import StepVisit


class ReviewVisit(StepVisit):
    """What was shown is what is applied: the plan on which yes was said, and nothing else."""

    def __init__(self, dialogue: Dialogue, step: Step, results: dict[str, Result]) -> None:
        """`results` is filled while changes are made, so that a goodbye in the middle says how far they got."""
        super().__init__(dialogue, step)
        self._results = results
        self._shown: Plan | None = None

    @property
    def reads_again(self) -> tuple[StepId, ...]:
        """Read all steps again: the plan depends on each."""
        return ()

    async def close(self) -> bool:
        reviewed = review(self.walk)
        plan = reviewed.plan
        self._say_plan(plan)
        if plan.blocked_by:
            await self._wait("Enter checks again")
            raise ReadAgain
        if plan.pending:
            await self._wait_for_yes(plan)
            return await self._is_made(reviewed)
        await self._wait("Enter goes on")
        await self.accept()
        return True

    async def _wait(self, prompt: str) -> None:
        while await self.dialogue.ask(prompt, self.step):
            self.dialogue.say(NO_ANSWER)

    def _say_plan(self, plan: Plan) -> None:
        if plan != self._shown:
            self.dialogue.say("", *changes.plan_lines(plan), *changes.picture_lines(self.walk, plan), "")
        self._shown = plan
        if plan.blocked_by:
            self.dialogue.say("This plan can't be applied yet.", *self._what_blocks(plan))
        elif not plan.pending:
            self.dialogue.say(what_is_left(self.walk) or AS_WANTED)
        else:
            self.dialogue.say(f"{tally(plan)}.")

    def _what_blocks(self, plan: Plan) -> Iterable[str]:
        """Return what is in the way in full; when it is the same after another look, only that."""
        blocking = [finding for finding in self.walk.findings if finding.id in plan.blocked_by]
        return self.in_full(root_causes_first(blocking)[0]) if blocking else ()

    # --- yes -----------------------------------------------------------------------------------------------------

    async def _wait_for_yes(self, plan: Plan) -> None:
        self.dialogue.say(f"Type yes to {what_yes_does(plan)}.")
        while (await self.dialogue.ask("Answer", self.step)).casefold() != "yes":
            self.dialogue.say("Nothing was changed. Type the word yes, or b to go back.")

    async def _is_made(self, reviewed: Reviewed) -> bool:
        """Make the changes; return True when the user goes on to the first sync."""
        moved = await self._apply(reviewed)
        if moved:
            self.dialogue.say("", f"{moved.why} Nothing was changed. This is the plan now:")
            return False
        outcomes = {result.outcome for result in self._results.values()}
        if Outcome.FAILED in outcomes:
            self.dialogue.say("", SOME_FAILED)
            await self._wait("Enter shows the plan again")
            return False
        if Outcome.BY_HAND in outcomes:
            self.dialogue.say("", "Do the rest by hand, in Segment's web app.")
            if await self._go_through_by_hand(reviewed.plan):
                self.walk.forget_what_is_made()
                await self.dialogue.reading(self.walk.read())
                self.dialogue.say("", "The wizard can make the rest now:")
                return False
            self.dialogue.say("", "The first sync shows whether it works.")
        else:
            self.dialogue.say("", ALL_MADE)
        await self.accept()
        return True

    async def _go_through_by_hand(self, plan: Plan) -> bool:
        """Whether something waited for it, which the API makes after another yes."""
        results = tuple(self._results.values())
        card = segment_request_card(self.walk.state, plan, results)
        coach = Coach(self.walk, plan, results)
        await go_through(self.dialogue, coach, self.step, card)
        return bool(coach.waiting)

    async def _apply(self, reviewed: Reviewed) -> Moved | None:
        """Apply the plan; return why nothing was done, if the services changed since the review."""
        self._results.clear()
        planned = {change.id: change for change in reviewed.plan.changes}
        under_way: list[Started] = []
        async with self.dialogue.heartbeat(lambda: self._say_still(under_way)):
            async for event in apply_reviewed(self.walk, reviewed):
                under_way.clear()
                if isinstance(event, Moved):
                    return event
                if isinstance(event, Started):
                    under_way.append(event)
                    self.dialogue.say(f"At {event.host}: {event.doing} …")
                else:
                    self._take(event, planned[event.id])
        return None

    def _take(self, result: Result, change: Change) -> None:
        self._results[result.id] = result
        self.dialogue.say(*changes.result_lines(result, change.title))

    def _say_still(self, under_way: list[Started]) -> None:
        for started in under_way:
            self.dialogue.say(f"Still waiting for {started.host}: {started.doing}.")
        if not under_way:
            self.dialogue.say_still_reading()
