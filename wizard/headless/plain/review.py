"""Review: each change with its value, reason and host; after a yes, how each change ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.domain.findings import root_causes_first
from wizard.domain.planning.plan import Plan
from wizard.domain.step_id import StepId
from wizard.flow.busy import Busy
from wizard.flow.by_hand.coach import Coach
from wizard.flow.by_hand.request_card import segment_request_card
from wizard.flow.guide import accepted_failure, troubles_before, unanswered_before
from wizard.flow.steps.step import Step
from wizard.flow.targets.picked_environments import Group, PickedEnvironments, keep, left_out
from wizard.flow.writing.change_words import ALL_MADE, AS_WANTED, SOME_FAILED, what_yes_does
from wizard.flow.writing.result import Outcome, Result, Started
from wizard.flow.writing.review import PlanOutdated, apply_reviewed, review
from wizard.headless.consent import is_yes
from wizard.headless.plain import changes
from wizard.headless.plain.by_hand import go_through
from wizard.headless.plain.dialogue.dialogue import NO_ANSWER, Dialogue
from wizard.headless.plain.dialogue.leaving import GoTo, ReadAgain
from wizard.headless.plain.steps import StepVisit


class ReviewVisit(StepVisit):
    """The review step. It applies exactly the plan that was shown when the user said yes."""

    def __init__(self, dialogue: Dialogue, step: Step, results: dict[str, Result]) -> None:
        """Keep `results`, which is filled as changes end, so that leaving in the middle can say how far they got."""
        super().__init__(dialogue, step)
        self._results = results
        self._picked = PickedEnvironments(self.walk)
        self._shown: tuple[Plan, ...] = ()

    @property
    def reads_again(self) -> tuple[StepId, ...]:
        """Empty, so that all steps are read again: the plan depends on each."""
        return ()

    async def close(self) -> bool:
        if wanted := unanswered_before(self.walk, self.step):
            self.dialogue.say("", str(wanted))
            await self._wait(f"Enter goes to step {wanted.number}")
            raise GoTo(wanted.number - 1)
        groups = await self._review()
        self._say_plans(groups)
        to_do = tuple(group.plan for group in groups if group.can_be_applied)
        if groups[0].plan.blocked_by or (not to_do and any(group.plan.blocked_by for group in groups)):
            await self._wait("Enter checks again")
            raise ReadAgain
        await (self._wait_for_yes(to_do) if to_do else self._wait("Enter continues"))
        if self._picked.is_outdated:
            self.dialogue.say("", "You've picked other environments. This is the plan now:")
            return False
        if to_do:
            return await self._is_made(groups)
        await self.accept()
        return True

    async def _review(self) -> tuple[Group, ...]:
        """Return the reviewed plans of this environment and of the others that were picked."""
        if self._picked.update_targets():
            await self.dialogue.reading(self._picked.read())
        return self._picked.groups(review)

    async def _wait(self, prompt: str) -> None:
        while await self.dialogue.ask(prompt, self.step):
            self.dialogue.say(NO_ANSWER)

    def _say_plans(self, groups: tuple[Group, ...]) -> None:
        own, plans = groups[0].plan, tuple(group.plan for group in groups)
        if plans != self._shown:
            self.dialogue.say("", *changes.groups_lines(groups), "")
        self._shown = plans
        if own.blocked_by:
            self.dialogue.say("You can't apply this plan yet.", *self._what_blocks(own))
        elif not any(plan.pending for plan in plans):
            self.dialogue.say(accepted_failure(self.walk) or AS_WANTED)
        else:
            self.dialogue.say(f"{changes.counted(groups)}.", *troubles_before(self.walk, self.step))

    def _what_blocks(self, plan: Plan) -> Iterable[str]:
        """Return the lines of the finding that blocks the plan; if it's unchanged since last time, only that."""
        blocking = [finding for finding in self.walk.findings if finding.id in plan.blocked_by]
        return self.in_full(root_causes_first(blocking)[0]) if blocking else ()

    # --- yes -----------------------------------------------------------------------------------------------------

    async def _wait_for_yes(self, plans: tuple[Plan, ...]) -> None:
        self.dialogue.say(f"Type yes to {what_yes_does(*plans)}.")
        while not is_yes(await self.dialogue.ask("Answer", self.step)):
            self.dialogue.say("Nothing was changed. Type yes or y, or b to go back.")

    async def _is_made(self, groups: tuple[Group, ...]) -> bool:
        """Make the changes; return whether to continue with the first sync."""
        self._results.clear()
        moved = await self._apply_all(groups)
        if moved:
            fix = f" {moved.fix}" if moved.fix else ""
            self.dialogue.say("", f"{moved.why} Nothing was changed.{fix} This is the plan now:")
            return False
        outcomes = {result.outcome for result in self._results.values()}
        if Outcome.FAILED in outcomes:
            self.dialogue.say("", SOME_FAILED)
            await self._wait("Enter shows the plan again")
            return False
        if Outcome.BY_HAND in outcomes:
            self.dialogue.say("", "Do the rest by hand, in Segment's web app.")
            if await self._go_through_by_hand(groups):
                self.walk.forget_what_is_made()
                await self.dialogue.reading(self.walk.read())
                self.dialogue.say("", "The wizard can make the rest now:")
                return False
            self.dialogue.say("", "The first sync shows whether it works.")
        else:
            self.dialogue.say("", left_out(groups) or ALL_MADE)
        await self.accept()
        return True

    async def _go_through_by_hand(self, groups: tuple[Group, ...]) -> bool:
        """Lead through the steps by hand; return whether API changes waited for them, which need another yes."""
        is_awaited = False
        for group in groups:
            walk, results = group.target.walk, tuple(self._of(group))
            if any(result.outcome is Outcome.BY_HAND for result in results):
                coach = Coach(walk, group.plan, results)
                if len(groups) > 1:
                    self.dialogue.say("", f"{group.title}:")
                card = segment_request_card(walk.state, group.plan, results)
                await go_through(self.dialogue, coach, self.step, card)
                is_awaited |= bool(coach.waiting)
        return is_awaited

    async def _apply_all(self, groups: tuple[Group, ...]) -> PlanOutdated | None:
        """Apply one plan after the other; if the services changed since the review, return why nothing was done here.

        A failure in one environment doesn't stop the others.
        """
        to_do = [group for group in groups if group.can_be_applied]
        if len(groups) > 1:
            keep(self.walk, to_do)
        for group in to_do:
            if len(groups) > 1:
                self.dialogue.say("", f"{group.title}:")
            try:
                moved = await self._apply(group)
            except Busy as busy:
                moved = PlanOutdated(group.reviewed, str(busy))
            if moved and group is groups[0]:
                return moved
            if moved:
                self.dialogue.say(f"{moved.why} Nothing was changed here.")
        return None

    async def _apply(self, group: Group) -> PlanOutdated | None:
        """Apply a plan; if the services changed since the review, return why nothing was done."""
        planned = {change.id: change for change in group.plan.changes}
        under_way: list[Started] = []
        async with self.dialogue.heartbeat(lambda: self._say_still(under_way)):
            async for event in apply_reviewed(group.target.walk, group.reviewed):
                under_way.clear()
                if isinstance(event, PlanOutdated):
                    return event
                if isinstance(event, Started):
                    under_way.append(event)
                    self.dialogue.say(f"At {event.host}: {event.doing} …")
                else:
                    self._results[self._key(group, event.id)] = event
                    self.dialogue.say(*changes.result_lines(event, planned[event.id].title))
        return None

    def _of(self, group: Group) -> Iterator[Result]:
        keys = (self._key(group, change.id) for change in group.plan.changes)
        return (self._results[key] for key in keys if key in self._results)

    def _key(self, group: Group, change_id: str) -> str:
        return change_id if group.target.walk is self.walk else f"{change_id} in {group.title}"

    def _say_still(self, under_way: list[Started]) -> None:
        for started in under_way:
            self.dialogue.say(f"Still waiting for {started.host}: {started.doing}.")
        if not under_way:
            self.dialogue.say_still_reading()
